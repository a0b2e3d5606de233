//! What of a domain's state each kind of object may touch.

use super::keeping::LINGERING;
use super::keys::ten_digits;
use crate::model::{Address, Kind};
use crate::sandbox::footprint::{Part, Pattern, fields, key, presence, whole};

const FORWARDS: &[&str] = &[
    "forward-always",
    "forward-on-active",
    "forward-on-busy",
    "forward-no-answer",
    "forward-when-unregistered",
];

pub fn of(address: &Address) -> Vec<Pattern> {
    let name = address.key.as_str();
    let mut all = match address.kind {
        Kind::Schedules => schedule(name),
        Kind::Receivers => Vec::new(),
        Kind::Numbers => number(name),
        Kind::Forwards => forward(name),
        Kind::Rules => rules(name),
        Kind::Diverts => default_rule(name, FORWARDS),
        Kind::Queues => queue(name),
    };
    // What the server remembers of what was deleted is its own, and shows only where it refuses something.
    all.extend([whole(&[key("reserved-names")]), whole(&[key(LINGERING)])]);
    all
}

/// Its hours, dates and holidays. Entries draw on one counter of ids.
fn schedule(name: &str) -> Vec<Pattern> {
    let frame = [key("timeframes"), key(name)];
    let mut all = vec![presence(&frame), whole(&[key("sequence")])];
    let arrays = [
        "timeframe-type",
        "timeframe-days-of-week-array",
        "timeframe-specific-dates-array",
        "timeframe-holiday-array",
    ];
    all.extend(fields(&frame, &arrays));
    // It may be one of a single extension.
    let frame = [key("user-timeframes"), Part::Any, key(name)];
    all.push(presence(&frame));
    all.push(presence(&frame[..2]));
    all.extend(fields(&frame, &arrays));
    all
}

fn number(name: &str) -> Vec<Pattern> {
    let row = [key("phonenumbers"), key(name.trim_start_matches('+'))];
    let written = [
        "enabled",
        "dial-rule-application",
        "dial-rule-parameter",
        "dial-rule-translation-destination-user",
        "dial-rule-translation-destination-host",
        "dial-rule-description",
    ];
    fields(&row, &written)
}

fn forward(name: &str) -> Vec<Pattern> {
    let row = [key("carrier"), key(ten_digits(name.trim_start_matches('+')))];
    let mut all = fields(&row, &["destination", "active"]);
    all.push(presence(&row));
    all
}

/// The rules, with their order, and the two fields of the user that stand on the same page of the portal.
fn rules(extension: &str) -> Vec<Pattern> {
    let user = [key("users"), key(extension)];
    let list = [key("answerrules"), key(extension)];
    let each = [key("answerrules"), key(extension), Part::Each("time-frame")];
    let mut all = fields(&user, &["ring-no-answer-timeout-seconds", "reject-anonymous-calls-enabled"]);
    all.extend([presence(&list), presence(&each)]);
    all.extend(fields(&each, FORWARDS));
    all.extend(fields(&each, &["enabled", "do-not-disturb", "call-screening", "simultaneous-ring"]));
    let lists = ["phone-numbers-to-allow", "phone-numbers-to-reject", "forward-on-spam-call"];
    all.extend(default_rule(extension, &lists));
    all
}

/// Features of the rule `*`, which is made where there is none.
fn default_rule(extension: &str, features: &[&str]) -> Vec<Pattern> {
    let rule = [key("answerrules"), key(extension), Part::Named("time-frame", "*".to_owned())];
    let mut all = fields(&rule, features);
    all.push(presence(&rule));
    all
}

/// The queue, its agents, and the forwards and the ring timeout of its own user. That user, the dial rules that lead to the queue
/// and its mailbox, and the forward to it come and go with it.
fn queue(extension: &str) -> Vec<Pattern> {
    let row = [key("callqueues"), key(extension)];
    let agent = [key("agents"), key(extension), Part::Any];
    let forwards = ["forward-when-unregistered", "forward-on-busy", "forward-no-answer", "forward-always"];
    let mut all = default_rule(extension, &forwards);
    all.extend(fields(&[key("users"), key(extension)], &["ring-no-answer-timeout-seconds"]));
    for word in ["queue", "vmail"] {
        let way = Part::Named("dial-rule-matching-to-uri", format!("{word}_{extension}"));
        all.push(presence(&[key("dialrules"), way]));
    }
    for table in ["callqueues", "agents", "users", "answerrules", "user-timeframes"] {
        all.push(presence(&[key(table), key(extension)]));
    }
    all.extend([presence(&agent), presence(&[key("devices"), Part::Named("user", extension.to_owned())])]);
    let managed = [
        "description",
        "callqueue-dispatch-type",
        "callqueue-agent-dispatch-timeout-seconds",
        "callqueue-require-available-agents-to-accept-new-callers",
        "callqueue-max-current-callers-to-accept-new-callers",
        "callqueue-max-current-wait-to-accept-new-callers-seconds",
        "callqueue-max-wait-timeout-minutes",
    ];
    all.extend(fields(&row, &managed));
    let managed = ["callqueue-agent-dispatch-order-ordinal", "callqueue-agent-wrap-up-allowance-seconds"];
    all.extend(fields(&agent, &managed));
    all
}
