//! The wire and the words of the YAML.

mod dial;
mod hours;
mod normalize;
mod objects;
mod targets;

pub use dial::national;
pub use hours::{times, weekly};
pub use normalize::normalize;
pub use objects::{dispatch_word, forward, no_answer_off, queue, receiver, schedule, tracking_number};
pub use targets::{
    Names, TargetType, acted_on, pattern_word, route, shows_pattern, target, unresolved_types,
};
