//! The single phones of people that objects ring.

use super::{Extension, Resource, Ring, Ringable};
use crate::path::Path;

/// The single devices that an object rings, also those that it names only by a word of the phone system's own: `102wp` of an
/// extension that is gone is read as one.
pub fn devices(resource: &Resource) -> Vec<(Path, String)> {
    let device = |target: &Ringable| match target {
        Ringable::Device(device) => Some(device.to_string()),
        Ringable::DialString(word) => owner_of(word).map(|_| word.clone()),
        _ => None,
    };
    let mut found = Vec::new();
    match resource {
        Resource::Queue(queue) => {
            for (index, agent) in queue.agents.iter().flatten().enumerate() {
                found.extend(device(&agent.target).map(|it| (Path::from(["agents"]).join(index), it)));
            }
        }
        Resource::Rules(rules) => {
            for (index, rule) in rules.order.iter().flatten().enumerate() {
                let Ring::Simultaneous(ring) = &rule.ring else { continue };
                let path = Path::from(["order"]).join(index).join("ring").join("simultaneous").join("also");
                for (at, also) in ring.also.iter().enumerate() {
                    found.extend(device(&also.target).map(|it| (path.join(at), it)));
                }
            }
        }
        _ => {}
    }
    found
}

/// The extension whose phone a device is, where that is gone: 107 of `107am`. None where somebody has it.
pub fn lost_owner(device: &str, is_there: &dyn Fn(&str) -> bool) -> Option<Extension> {
    owner_of(device).filter(|_| !is_somebodys(device, is_there))
}

/// Whether it is an extension, or the device of one: any beginning of it that letters alone follow may be whose it is, as
/// extensions may have letters themselves, and `107am` is of `107a` or of `107`.
pub fn is_somebodys(phone: &str, is_there: &dyn Fn(&str) -> bool) -> bool {
    (stem(phone).len().max(1)..=phone.len()).any(|end| is_there(&phone[..end]))
}

/// The extension of a device by its digits alone: 102 of `102wp`.
fn owner_of(device: &str) -> Option<Extension> {
    let stem = stem(device);
    let is_extension = !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit());
    stem.parse().ok().filter(|_| is_extension && stem != device)
}

fn stem(device: &str) -> &str {
    device.trim_end_matches(|c: char| c.is_ascii_alphabetic())
}
