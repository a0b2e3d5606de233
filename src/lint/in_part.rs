//! What is found where something could not be read: nothing that only comes of what is missing.

use super::{
    Lint, Subject, absent_and_declared, allowed_and_blocked, confusable, dead_forward, default_rule_last,
    duplicate_rule, duplicate_tenant, failover_without_require_agents, first_day_inside, foreign_schedule,
    hosted_forward, impossible_number, look_alike, number_twice, one_place, pattern_of_one, receiver_abroad,
    receiver_twice, run, same_but_for_capitals, same_schedule, self_reference, shared_account,
    simultaneous_no_answer, single_account, skip_without_whisper, together, unknown_provider, unknown_queue,
    unknown_schedule, unknown_time_zone, unused_number_range,
};
use crate::{finding::Finding, model::Kind};

/// What has to be known of a tenant, so that what a lint finds in the rest of it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// It is found by what is there alone.
    Nothing,
    /// All of the object that it is found in.
    Object,
    /// Of every object of a kind that it is declared.
    Every(Kind),
}

/// The lints that look at one tenant, and do not need all of it.
static OF_PARTS: &[(&Lint, Needs)] = &[
    (&absent_and_declared::LINT, Needs::Nothing),
    (&allowed_and_blocked::LINT, Needs::Nothing),
    (&confusable::LINT, Needs::Nothing),
    (&dead_forward::LINT, Needs::Object),
    (&default_rule_last::LINT, Needs::Nothing),
    (&duplicate_rule::LINT, Needs::Nothing),
    (&failover_without_require_agents::LINT, Needs::Object),
    (&first_day_inside::LINT, Needs::Object),
    (&foreign_schedule::LINT, Needs::Nothing),
    (&look_alike::LINT, Needs::Nothing),
    (&one_place::LINT, Needs::Nothing),
    (&pattern_of_one::LINT, Needs::Object),
    (&receiver_abroad::LINT, Needs::Nothing),
    (&receiver_twice::LINT, Needs::Nothing),
    (&same_but_for_capitals::LINT, Needs::Nothing),
    (&same_schedule::LINT, Needs::Object),
    (&self_reference::LINT, Needs::Nothing),
    (&simultaneous_no_answer::LINT, Needs::Nothing),
    (&skip_without_whisper::LINT, Needs::Nothing),
    (&unknown_queue::LINT, Needs::Every(Kind::Queues)),
    (&unknown_schedule::LINT, Needs::Every(Kind::Schedules)),
    (&unknown_time_zone::LINT, Needs::Nothing),
];

/// Those that hold tenants against each other, by what is there alone.
static OF_SEVERAL: &[&Lint] = &[
    &duplicate_tenant::LINT,
    &hosted_forward::LINT,
    &number_twice::LINT,
    &shared_account::LINT,
    &single_account::LINT,
];

/// Runs those that look at one value at a time: what is missing of a tenant does not matter to them.
pub fn check_values(subject: &Subject<'_>) -> Vec<Finding> {
    together([&impossible_number::LINT, &unused_number_range::LINT].map(|lint| run(lint, subject)))
}

/// Runs those that look at one tenant, and says what has to be known for each finding to be one.
pub fn check_part(subject: &Subject<'_>) -> Vec<(Finding, Needs)> {
    let each = OF_PARTS.iter().flat_map(|(lint, needs)| {
        together([run(lint, subject)]).into_iter().map(|finding| (finding, *needs))
    });
    each.collect()
}

/// Says of each tenant whose provider is not defined that it is so.
pub fn check_provider(subject: &Subject<'_>) -> Vec<Finding> {
    together([run(&unknown_provider::LINT, subject)])
}

/// Runs those that hold tenants against each other.
pub fn check_several(subject: &Subject<'_>) -> Vec<Finding> {
    together(OF_SEVERAL.iter().map(|lint| run(lint, subject)))
}

/// Whether [`check_several`] finds it.
pub fn is_of_several(code: &str) -> bool {
    OF_SEVERAL.iter().any(|lint| lint.code == code)
}
