//! Where in a tenant's YAML a step of a call comes from.

use super::{
    network::{Network, SiteId},
    timeline::{Condition, Hop, Place, RulePlace, Why},
};
use crate::path::{Path, Segment};

impl Network {
    /// The tenant and the path to the value that sends a call on.
    pub fn source(&self, hop: &Hop) -> (SiteId, Path) {
        self.source_of(hop.from, hop.why)
    }

    /// The same for what is left for a reason.
    pub(super) fn source_of(&self, from: Place, why: Why) -> (SiteId, Path) {
        let key = |words: &[&str]| words.iter().map(Segment::key).collect::<Vec<_>>();
        let (site, path) = match from {
            Place::Number(number) => {
                let it = &self.numbers[number.at()];
                let name = self.parties[it.number.at()].name.as_str();
                let path = match why {
                    Why::Active | Why::Down => key(&["forwards", name, "to"]),
                    _ => key(&["numbers", name, "route"]),
                };
                (it.site, path)
            }
            Place::Receiver(receiver) => {
                let it = &self.receivers[receiver.at()];
                let name = self.parties[it.party.at()].name.as_str();
                let path = match why {
                    Why::Rings => key(&["receivers", name]),
                    _ => key(&["receivers", name, "no_answer", "to"]),
                };
                (it.site, path)
            }
            Place::Queue(queue) => {
                let it = &self.queues[queue.at()];
                let field = match why {
                    Why::Failover => Some("failover"),
                    Why::Unavailable => Some("unavailable"),
                    Why::NoAnswer => Some("no_answer"),
                    Why::Rings => Some("agents"),
                    _ => None,
                };
                let mut path = key(&["queues", &it.name]);
                path.extend(field.map(Segment::key));
                (it.site, path)
            }
            Place::Extension(extension) => {
                let it = &self.extensions[extension.at()];
                let name = self.parties[it.phone.at()].name.as_str();
                let path = match why {
                    Why::Rule(condition, RulePlace::Order(place)) => {
                        let mut path = key(&["rules", name, "order"]);
                        path.push(Segment::Index(place as usize));
                        match condition {
                            Condition::DoNotDisturb => path.push(Segment::key("do_not_disturb")),
                            _ => path.extend(key(&["forward", condition.word()])),
                        }
                        path
                    }
                    Why::Rule(condition, RulePlace::Diverts) => key(&["diverts", name, condition.word()]),
                    Why::Spam => key(&["rules", name, "callers", "spam"]),
                    _ => key(&["rules", name]),
                };
                (it.site, path)
            }
        };
        (site, path.into_iter().collect())
    }
}
