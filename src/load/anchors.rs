//! Anchored values and the budget for unfolding them.
//!
//! A few lines of aliases of aliases can stand for more than any memory holds ("billion laughs"), so what all
//! copies of a file come to is counted before each copy is made.

use std::collections::HashMap;

use super::tree::Node;
use crate::finding::Finding;

/// What all aliases of a file may unfold to; without aliases only the file's size counts.
const MAX_NODES: usize = 1_000_000;
const MAX_BYTES: usize = 64 * 1024 * 1024;

#[derive(Default)]
pub(super) struct Anchors {
    defined: HashMap<usize, Node>,
    nodes: usize,
    bytes: usize,
}

pub(super) enum Unfolded {
    /// A copy, and how many levels of maps and lists it has.
    Node(Node, usize),
    /// The anchored value is still being read: the alias is inside it.
    Unfinished,
    TooMany,
}

impl Anchors {
    /// Remembers a finished value. False if there is no room for it: anchors inside anchors would otherwise
    /// multiply the file.
    #[must_use]
    pub fn define(&mut self, id: usize, node: &Node) -> bool {
        let fits = self.spend(node).is_some();
        if fits {
            self.defined.insert(id, node.clone());
        }
        fits
    }

    pub fn unfold(&mut self, id: usize) -> Unfolded {
        // Taken out while it is counted, which needs the whole of `self`.
        let Some(node) = self.defined.remove(&id) else { return Unfolded::Unfinished };
        let Some(height) = self.spend(&node) else { return Unfolded::TooMany };
        let copy = node.clone();
        self.defined.insert(id, node);
        Unfolded::Node(copy, height)
    }

    /// Charges one copy of `node`, returning its height; nothing when the budget is used up.
    fn spend(&mut self, node: &Node) -> Option<usize> {
        self.nodes += 1;
        self.bytes += node.text().len();
        if self.nodes > MAX_NODES || self.bytes > MAX_BYTES {
            return None;
        }
        let mut height = 0;
        for (key, value) in node.entries() {
            self.spend(key)?;
            height = height.max(self.spend(value)?);
        }
        for item in node.items() {
            height = height.max(self.spend(item)?);
        }
        Some(height + usize::from(!node.is_scalar()))
    }
}

pub(super) fn too_many() -> Finding {
    Finding::error("too-large", "the aliases of this file expand to too much")
        .help(format!("together they may expand to {MAX_NODES} values or {} MiB of text", MAX_BYTES >> 20))
}
