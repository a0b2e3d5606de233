//! The wire and the words of the YAML.

mod hours;
mod normalize;
mod objects;
mod targets;

pub use hours::{times, unexplained, weekly};
pub use normalize::{means, normalize};
pub use objects::{
    Said, dispatch_word, forward, no_answer_off, out_of_service, queue, receiver, schedule, tracking_number,
};
pub use targets::{
    Action, FALLBACK, LIST, Names, ONE, PATTERN, TargetType, acted_on, beside_route, fallback, meant,
    meant_in_list, named, pattern, pattern_word, route, shown_pattern, target, unresolved_types,
};
