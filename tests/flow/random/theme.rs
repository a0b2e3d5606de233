//! Worlds in which one thing is always asked. In others too much happens before it comes to the clock, to several phones or
//! to a queue.

use super::{
    account::{OUTSIDE, Parties},
    chance,
    dice::Dice,
    one,
    schedules::{ZONES, clock_change},
};
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Everything as it comes.
    Any,
    /// Which rule is in force decides at once, or after one extension has rung.
    Clock,
    /// One rule, several phones.
    Phones,
    /// A queue, and who is there.
    Queue,
}

impl Theme {
    pub fn of(dice: &mut Dice) -> Self {
        one(
            dice,
            &[
                Self::Any,
                Self::Any,
                Self::Any,
                Self::Any,
                Self::Clock,
                Self::Clock,
                Self::Phones,
                Self::Queue,
            ],
        )
    }

    /// The ids that matter there.
    pub fn ids(self) -> &'static [&'static str] {
        match self {
            Self::Any => &super::calls::IDS,
            Self::Clock => &["U10", "U11", "U12", "U12", "U13", "U14", "U15", "U26", "U27", "U27"],
            Self::Phones => &["U1", "U2", "U3", "U3", "U4", "U6", "U6", "U16", "U24", "U25", "U26"],
            Self::Queue => &["U7", "U8", "U8", "U23", "U23", "U28", "U29", "U32", "U25"],
        }
    }

    /// Makes a tenant of Stratus one of the theme.
    pub fn narrow(self, dice: &mut Dice, parties: &Parties, at: usize, all: &mut Value) {
        if self == Self::Any {
            return;
        }
        all["forwards"] = json!({});
        for number in &parties.numbers[at] {
            all["numbers"][number] = json!({ "route": match self {
                Self::Queue => json!({ "queue": one(dice, &["400", "401"]) }),
                _ => json!({ "extension": one(dice, &["101", "102"]) }),
            } });
        }
        match self {
            Self::Any => {}
            Self::Clock => clock(dice, all),
            Self::Phones => {
                for extension in ["101", "102"] {
                    let order = all.pointer_mut(&format!("/rules/{extension}/order"));
                    let Some(order) = order.and_then(Value::as_array_mut) else { continue };
                    order.retain(|it| it["when"] == "default");
                    for rule in order {
                        rule["enabled"] = json!(true);
                        phones(dice, rule);
                    }
                }
            }
            Self::Queue => {
                for (_, queue) in all["queues"].as_object_mut().into_iter().flatten() {
                    if chance(dice, 60) {
                        queue["require_agents"] = json!(true);
                    }
                    if chance(dice, 40) {
                        queue["agents"] = json!([{ "number": OUTSIDE[0] }, { "number": OUTSIDE[1] }]);
                    }
                }
            }
        }
    }
}

/// Two extensions, one after the other, and two schedules that both look at.
pub fn clock(dice: &mut Dice, all: &mut Value) {
    if chance(dice, 60) {
        all["schedules"]["a"] = clock_change(dice);
        all["time_zone"] = json!(one(dice, &ZONES[..4]));
    }
    let always = |number: &str| json!({ "always": { "number": number } });
    let order = |last: Value| {
        json!([
            { "when": "a", "forward": always(OUTSIDE[0]) },
            { "when": "b", "forward": always(OUTSIDE[1]) },
            { "when": "default", "forward": last },
        ])
    };
    let timeout = one(dice, &[5, 10, 25, 60]);
    all["rules"]["101"] =
        json!({ "ring_timeout": timeout, "order": order(json!({ "no_answer": { "extension": "102" } })) });
    all["rules"]["102"] = json!({ "order": order(always(OUTSIDE[2])) });
    if chance(dice, 30) {
        // The second alone looks at the clock.
        all["rules"]["101"]["order"] =
            json!([{ "when": "default", "forward": { "no_answer": { "extension": "102" } } }]);
    }
}

/// A rule under which it comes to the phones, and mostly on from them.
fn phones(dice: &mut Dice, rule: &mut Value) {
    let mut forward = rule.get("forward").cloned().unwrap_or(json!({}));
    for (word, percent, to) in [("busy", 50, OUTSIDE[0]), ("unreachable", 50, OUTSIDE[1])] {
        if chance(dice, percent) {
            forward[word] = json!({ "number": to });
        }
    }
    if chance(dice, 50) {
        forward.as_object_mut().unwrap().shift_remove("on_call");
    }
    forward.as_object_mut().unwrap().shift_remove("always");
    if chance(dice, 12) {
        rule["do_not_disturb"] = json!(true);
        if chance(dice, 60) {
            forward["always"] = json!({ "number": OUTSIDE[2] });
        }
    }
    if chance(dice, 50) {
        rule["ring"] = match dice.below(3) {
            0 => json!({ "simultaneous": { "all_phones": true } }),
            1 => {
                json!({ "simultaneous": { "own_extension": true, "also": [{ "extension": "103", "delay": 2 }] } })
            }
            _ => json!({ "simultaneous": { "own_extension": true, "also": [{ "number": OUTSIDE[2] }] } }),
        };
    }
    rule["forward"] = forward;
}
