//! Whether everything that a switch can show is among the calls.

use serde_json::Value;
use std::collections::BTreeMap;

const ENDS: &str = "answered 101|answered 101wp|answered 2001|answered +|answered beta/|voicemail 101|voicemail 400|voicemail 2001|\
leaves +|waits 400|menu attendant 700|rings_on|loop|dropped blocked|dropped spam|dropped busy|dropped no_mailbox|dropped no_answer|\
dropped unavailable|dropped max_wait|dropped platform_down";
const STATES: &str =
    "answers answers@4 no_answer rejects on_call_rings on_call_busy offline gone dnd logged_out";
/// Points at which the switch would notice it. Not U14 and U15, which it has no words for, nor those of CallTrackingMetrics and
/// of agents who ring one after the other.
const POINTS: &str = "U1 U2 U3 U4 U5 U6 U7 U8 U10 U11 U12 U13 U16 U17 U18 U23 U24 U25 U26 U27 U28 U29 U30";

pub fn everything_comes(cases: &[Value]) {
    let mut seen = BTreeMap::<String, u32>::new();
    let mut add = |it: String| *seen.entry(it).or_default() += 1;
    for call in cases.iter().flat_map(|case| case["calls"].as_array().unwrap()) {
        let end = call["expect"]["end"].as_str().unwrap();
        ENDS.split('|').filter(|it| end.starts_with(*it)).for_each(|it| add(it.to_owned()));
        call["given"].as_object().unwrap().values().for_each(|it| add(it.as_str().unwrap().to_owned()));
        call["flipped"].as_object().unwrap().keys().for_each(|point| add(point.clone()));
    }
    let wanted = ENDS.split('|').chain(STATES.split(' ')).chain(POINTS.split(' '));
    let missing: Vec<&str> = wanted.filter(|it| !seen.contains_key(*it)).collect();
    assert!(missing.is_empty(), "no call shows {missing:?}, but {seen:?}");
}
