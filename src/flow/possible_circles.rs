//! Where calls may come back to.

use super::{
    network::{ExtensionId, Network, NumberId, QueueId, ReceiverId, Target},
    reach::Reach,
};
use std::collections::BTreeMap;

/// The places from which a call may come back: sets of places that all lead to each other. Tarjan's algorithm, without recursion.
pub(super) fn possible_circles(network: &Network) -> Vec<Vec<Target>> {
    struct Node {
        low: usize,
        on_stack: bool,
    }
    let count = |length: usize| 0..u32::try_from(length).unwrap_or(u32::MAX);
    let numbers = count(network.numbers.len()).map(|it| Target::Number(NumberId(it)));
    let extensions = count(network.extensions.len()).map(|it| Target::Extension(ExtensionId(it)));
    let queues = count(network.queues.len()).map(|it| Target::Queue(QueueId(it)));
    let receivers = count(network.receivers.len());
    let receivers = receivers.map(|it| Target::Receiver(ReceiverId(it)));
    let mut index: BTreeMap<Target, usize> = BTreeMap::new();
    let (mut nodes, mut stack, mut found): (Vec<Node>, Vec<Target>, Vec<Vec<Target>>) = Default::default();
    for root in numbers.chain(extensions).chain(queues).chain(receivers) {
        if index.contains_key(&root) {
            continue;
        }
        let mut path: Vec<(Target, Vec<Target>)> = Vec::new();
        let mut enter = Some(root);
        loop {
            if let Some(at) = enter.take() {
                index.insert(at, nodes.len());
                nodes.push(Node { low: nodes.len(), on_stack: true });
                stack.push(at);
                path.push((at, Reach::next(network, at)));
            }
            let Some((at, next)) = path.last_mut() else { break };
            let own = index[at];
            match next.pop() {
                Some(to) => match index.get(&to) {
                    None => enter = Some(to),
                    Some(other) if nodes[*other].on_stack => nodes[own].low = nodes[own].low.min(*other),
                    Some(_) => {}
                },
                None => {
                    let at = *at;
                    path.pop();
                    let low = nodes[own].low;
                    if let Some((outer, _)) = path.last() {
                        let outer = index[outer];
                        nodes[outer].low = nodes[outer].low.min(low);
                    }
                    if low == own {
                        let begin = stack.iter().rposition(|it| *it == at).unwrap_or_default();
                        let set = stack.split_off(begin);
                        set.iter().for_each(|it| nodes[index[it]].on_stack = false);
                        if set.len() > 1 || Reach::next(network, at).contains(&at) {
                            found.push(set);
                        }
                    }
                }
            }
        }
    }
    found
}
