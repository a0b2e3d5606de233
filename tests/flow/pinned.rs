//! Calls of which somebody has read the end in `src/flow/SEMANTICS.md`: what holds the reference itself.

use crate::{
    naive::{Assume, Call, Course, To, judge},
    random::IDS,
};
use serde_json::Value;
use std::collections::BTreeMap;

const TENANTS: &str = r##"
- tenant: acme
  kind: stratus
  time_zone: America/Chicago
  schedules:
    business: { weekly: { mon-fri: ["08:00-17:00"] } }
    holidays: { dates: ["2026-12-25"], yearly: ["07-04"] }
    night: { weekly: { fri: ["22:00-06:00"] } }
    early: { weekly: { mon-sun: ["01:30-02:30"] } }
    late: { weekly: { sat: ["20:00-24:00"] } }
    payday: { monthly: [{ day: "31", every: 2 months, first_day: "2026-08-20" }] }
    leap: { yearly: ["02-20..02-29"] }
    live: {}
  numbers:
    "+12145550100": { route: { queue: "400" } }
    "+12145550101": { route: { extension: "101" } }
    "+12145550102": { route: { extension: "102" } }
    "+12145550103": { route: { queue: "401" } }
    "+12145550104": { route: { attendant: "700" } }
    "+12145550105": { label: nowhere }
    "+12145550106": { route: { extension: "106" } }
    "+12145550107": { route: { phone: "101" } }
  forwards:
    "+12145550100": { to: "+19725550199" }
    "+12145550104": { to: "+12145550201", active: true }
    "+12145550109": { to: "+19725550198" }
  rules:
    "101":
      ring_timeout: 20
      callers: { block: ["+13125550123"], block_anonymous: true, allow: ["+13125550177"], spam: voicemail }
      order:
        - { when: holidays, forward: { always: { number: "+19725550190" } } }
        - when: business
          ring: { simultaneous: { own_extension: true, also: [{ extension: "102", delay: 10 }] } }
          forward: { on_call: { extension: "103" }, busy: { extension: "103" }, no_answer: { number: "+19725550191" }, unreachable: { number: "+19725550192" } }
        - { when: default }
    "102": { ring_timeout: unlimited, order: [{ when: live, do_not_disturb: true }, { when: default, forward: { always: "off" } }] }
    "103": { order: [{ when: default, forward: { no_answer: { extension: "104" }, busy: { extension: "104" } } }] }
    "104": { order: [{ when: default, forward: { no_answer: { extension: "103" } } }] }
    "107": { order: [{ when: default, enabled: false }, { when: business, forward: { always: { number: "+19725550190" } } }] }
    "109": { callers: { block: ["+13125550123"] } }
    "108": { ring_timeout: 20, order: [{ when: default, forward: { no_answer: { extension: "101" } } }] }
    "106":
      order:
        - { when: night, forward: { always: { number: "+19725550191" } } }
        - { when: early, forward: { always: { number: "+19725550192" } } }
        - { when: late, forward: { always: { number: "+19725550193" } } }
        - { when: payday, forward: { always: { number: "+19725550194" } } }
        - { when: leap, forward: { always: { number: "+19725550195" } } }
        - { when: default, forward: { always: "voicemail" } }
  diverts:
    "110": { always: { number: "+19725550196" } }
  queues:
    "400": { agent_ring: 15, require_agents: true, agents: ["101", "102"], failover: { number: "+19725550199" } }
    "401": { dispatch: linear_hunt, agent_ring: 10, ring_timeout: 25, max_wait: 60, no_answer: voicemail, agents: ["101", { device: 102wp }, { number: "+12145550202" }] }
    "402": { require_agents: true, agents: ["110"], failover: "off", unavailable: { number: "+12145550109" } }
    "403": { dispatch: linear_cascade, agent_ring: 10, ring_timeout: 40, no_answer: voicemail, agents: ["101", "103", { number: "+12145550202" }] }
    "404": { require_agents: true, agents: [{ number: "+19725550183" }], failover: voicemail }
- tenant: clinic
  kind: ctm
  numbers:
    "+12145550200": { route: { receivers: ["+12145550101", "+19725550180"] } }
    "+12145550201": { route: { receivers: ["+19725550180", "+19725550181"], pattern: sequential } }
    "+12145550202": { route: { receiver: "+19725550182" } }
    "+12145550203": { route: { queue: Sales } }
    "+12145550204": { route: { receivers: ["+19725550180", "+19725550181"], pattern: least_connected } }
    "+12145550205": { route: { agent: ana@example.com } }
  receivers:
    "+19725550180": { no_answer: { after: 8, to: { receiver: "+19725550181" } } }
    "+19725550181": { no_answer: { after: 9, to: hang_up } }
    "+19725550182": { no_answer: "off" }
  queues:
    Sales: { dispatch: sticky, agent_ring: 10, max_wait: 15, no_answer: { menu: Main }, agents: [ana@example.com, bo@example.com] }
- tenant: harbour
  kind: deskphone
  numbers:
    "+12145550300": { route: { extension: "2001" } }
  diverts:
    "2001": { always: "off", busy: voicemail, no_answer: { extension: "2002" }, unreachable: { number: "+441234567890" } }
    "2002": { no_answer: { extension: "2001" } }
"##;

/// The step, the call, and every timeline: the end, its second, and who rings from which second on.
const CASES: &[(&str, &str, &[&str])] = &[
    (
        "3.10: who lifts first has the call",
        "{ to: '+12145550101', given: { '101': answers } }",
        &["answered 101 at 1: 101@0"],
    ),
    (
        "3.9: another phone joins after its delay",
        "{ to: '+12145550101', given: { '102': answers } }",
        &["answered 102 at 11: 101@0 102@10"],
    ),
    ("3.11: the timeout is over", "{ to: '+12145550101' }", &["leaves +19725550191 at 20: 101@0 102@10"]),
    (
        "3.10: the very instant of the timeout is too late",
        "{ to: '+12145550101', given: { '101': 'answers@20' } }",
        &["leaves +19725550191 at 20: 101@0 102@10"],
    ),
    (
        "words: two phones that lift in the same instant",
        "{ to: '+12145550101', given: { '101': 'answers@12', '102': 'answers@2' } }",
        &["answered 101 at 12: 101@0 102@10", "answered 102 at 12: 101@0 102@10"],
    ),
    (
        "3.4 and 3.11: out of hours Default is in force, and nothing is set",
        "{ to: '+12145550101', at: '2026-11-25T17:00' }",
        &["voicemail 101 at 20: 101@0"],
    ),
    (
        "U11: the minute at which it ends",
        "{ to: '+12145550101', at: '2026-11-25T17:00', assume: { U11: true } }",
        &["leaves +19725550191 at 20: 101@0 102@10"],
    ),
    ("3.5: always", "{ to: '+12145550101', at: '2026-12-25T10:00' }", &["leaves +19725550190 at 0:"]),
    (
        "3.8 and U3: unreachable is looked at before several phones ring",
        "{ to: '+12145550101', given: { '101': offline } }",
        &["leaves +19725550192 at 0:"],
    ),
    (
        "U3: or after all were offline",
        "{ to: '+12145550101', given: { '101': offline, '102': offline }, assume: { U3: false } }",
        &["leaves +19725550192 at 10:"],
    ),
    (
        "3.12: all refuse, and the last decides when; 3.7 does not look at other phones",
        "{ to: '+12145550101', given: { '101': rejects, '102': on_call_busy, '103': answers } }",
        &["answered 103 at 11: 101@0 103@10"],
    ),
    (
        "3.12, U2, U4: as if busy were not set",
        "{ to: '+12145550101', given: { '101': rejects, '102': on_call_busy }, assume: { U2: false } }",
        &["leaves +19725550191 at 10: 101@0"],
    ),
    (
        "3.7: on a call",
        "{ to: '+12145550101', given: { '101': on_call_rings, '103': answers } }",
        &["answered 103 at 1: 103@0"],
    ),
    ("3.2: blocked", "{ to: '+12145550101', from: '+13125550123' }", &["dropped blocked at 0:"]),
    ("3.2: anonymous", "{ to: '+12145550101', from: anonymous }", &["dropped blocked at 0:"]),
    ("3.3: spam", "{ to: '+12145550101', from: spam }", &["voicemail 101 at 0:"]),
    (
        "U16: spam is a caller like any",
        "{ to: '+12145550101', from: spam, assume: { U16: false } }",
        &["leaves +19725550191 at 20: 101@0 102@10"],
    ),
    (
        "words: a leg that would begin when the ringing ends does not ring",
        "{ to: '+12145550101', given: { '101': 'answers@10' } }",
        &["answered 101 at 10: 101@0"],
    ),
    (
        "3.4: a rule below Default is never in force, even where Default is switched off; U25",
        "{ to: '107' }",
        &["voicemail 107 at 60: 107@0"],
    ),
    (
        "U27: schedules are looked at for the instant at which the call came in",
        "{ to: '108', at: '2026-11-25T16:59:50' }",
        &["leaves +19725550191 at 40: 108@0 101@20 102@30"],
    ),
    (
        "U27: or for that at which the call is there",
        "{ to: '108', at: '2026-11-25T16:59:50', assume: { U27: false } }",
        &["voicemail 101 at 40: 108@0 101@20"],
    ),
    (
        "8: a schedule that nobody has read; 3.6; 3.11 without any end of ringing",
        "{ to: '+12145550102' }",
        &["rings_on at never: 102@0", "voicemail 102 at 0:"],
    ),
    (
        "3.6: do not disturb without a mailbox",
        "{ to: '+12145550102', off: ['102'], given: { '102': answers } }",
        &["answered 102 at 1: 102@0", "dropped busy at 0:"],
    ),
    (
        "7: a loop is where a place is left a second time for the same reason; U25",
        "{ to: '103' }",
        &["loop at 180: 103@0 104@60 103@120"],
    ),
    (
        "2 and U5: a phone is past the rules, also of the calendar",
        "{ to: '+12145550107', at: '2026-12-25T10:00', given: { '101': rejects } }",
        &["voicemail 101 at 2: 101@0"],
    ),
    (
        "4.6: a queue that rings all",
        "{ to: '+12145550100', given: { '102': answers } }",
        &["answered 102 at 1: 101@0 102@0", "waits 400 at never: 101@0"],
    ),
    (
        "4.2: all offline",
        "{ to: '+12145550100', given: { '101': offline, '102': offline } }",
        &["leaves +19725550199 at 0:"],
    ),
    ("4.1 and U7: full", "{ to: '+12145550100', full: ['400'] }", &["leaves +19725550199 at 0:"]),
    (
        "4.1 and 4.3: full, each for its own",
        "{ to: '+12145550100', full: ['400'], assume: { U7: false } }",
        &["dropped unavailable at 0:"],
    ),
    (
        "4: one after the other, who refuses is passed over; the third is a number of another tenant",
        "{ to: '+12145550103', given: { '101': 'rejects@4', '+19725550182': 'answers@5' } }",
        &["answered +19725550182 at 19: 101@0 102wp@4 +19725550182@14"],
    ),
    (
        "U32 and 4.6: the next rings when the time is over; after the queue's time its own mailbox",
        "{ to: '+12145550103', given: { '101': 'rejects@4', '+19725550182': 'answers@5' }, assume: { U32: false } }",
        &["voicemail 401 at 25: 101@0 102wp@10 +19725550182@20"],
    ),
    (
        "4.2: `off` is as if it were not set; 1: a number that has a forward alone is ours",
        "{ to: '402', given: { '110': offline } }",
        &["unknown number +12145550109 at 0:"],
    ),
    (
        "U7: each for its own",
        "{ to: '402', given: { '110': offline }, assume: { U7: false } }",
        &["dropped unavailable at 0:"],
    ),
    ("4.4: an agent rings whatever the diverts say", "{ to: '402' }", &["waits 402 at never: 110@0"]),
    ("U8: or not", "{ to: '402', assume: { U8: false } }", &["waits 402 at never:"]),
    (
        "4: a cascade goes on, and those before ring to the end of the round",
        "{ to: '403', given: { '101': 'rejects@4', '103': 'answers@15' } }",
        &["answered 103 at 25: 101@0 103@10 +19725550182@20"],
    ),
    (
        "4: a refusal changes nothing in a cascade, nor one where a number of a tenant comes in",
        "{ to: '403', given: { '101': 'rejects@4', '+19725550182': offline } }",
        &["voicemail 403 at 40: 101@0 103@10"],
    ),
    (
        "4: the state of an agent that is a number of a tenant is not asked",
        "{ to: '403', given: { '+12145550202': logged_out, '+19725550182': 'answers@5' } }",
        &["answered +19725550182 at 25: 101@0 103@10 +19725550182@20"],
    ),
    (
        "U23 and 4.4: an outside number is never offline, and does not ring where it is",
        "{ to: '404', given: { '+19725550183': offline } }",
        &["waits 404 at never:"],
    ),
    (
        "U23: or it is",
        "{ to: '404', given: { '+19725550183': offline }, assume: { U23: false } }",
        &["voicemail 404 at 0:"],
    ),
    (
        "4.2: who is logged out is away",
        "{ to: '404', given: { '+19725550183': logged_out } }",
        &["voicemail 404 at 0:"],
    ),
    ("U26: without `order` there is Default", "{ to: '109' }", &["voicemail 109 at 60: 109@0"]),
    ("U26: or nobody knows", "{ to: '109', assume: { U26: false } }", &["unknown rules 109 at 0:"]),
    (
        "3.2 and U26: callers are looked at before",
        "{ to: '109', from: '+13125550123', assume: { U26: false } }",
        &["dropped blocked at 0:"],
    ),
    ("2: where the model ends", "{ to: '700x' }", &["unknown extension 700x at 0:"]),
    (
        "1.1: an active forward, to a number of another tenant; 6.4, U20",
        "{ to: '+12145550104', given: { '+19725550180': offline } }",
        &["dropped hang_up at 9: +19725550181@0"],
    ),
    (
        "1.4: Deskphone is down",
        "{ to: '+12145550300', platform: { deskphone: switched } }",
        &["dropped platform_down at 0:"],
    ),
    ("1.5: no route", "{ to: '+12145550105' }", &["unknown number +12145550105 at 0:"]),
    (
        "1.2: down, and nobody has switched",
        "{ to: '+12145550100', platform: { stratus: down } }",
        &["dropped platform_down at 0:"],
    ),
    (
        "1.2: switched",
        "{ to: '+12145550100', platform: { stratus: switched } }",
        &["leaves +19725550199 at 0:"],
    ),
    (
        "6.2 and 3: one of several at once is a number of a tenant, whose mailbox lifts",
        "{ to: '+12145550200', at: '2026-11-25T18:00' }",
        &["voicemail acme/101 at 20: +19725550180@0 acme/101@0"],
    ),
    (
        "6.2 and 3: a call that leaves where it comes in is lifted",
        "{ to: '+12145550200', at: '2026-12-25T10:00' }",
        &["leaves +19725550190 at 0:"],
    ),
    (
        "2: a person rings until somebody lifts",
        "{ to: '+12145550205' }",
        &["rings_on at never: ana@example.com@0"],
    ),
    (
        "2: a person who refuses is busy",
        "{ to: '+12145550205', given: { ana@example.com: rejects } }",
        &["dropped busy at 2: ana@example.com@0"],
    ),
    (
        "2: a person who is offline is too",
        "{ to: '+12145550205', given: { ana@example.com: offline } }",
        &["dropped busy at 0:"],
    ),
    (
        "6.2 and U19: nobody lifts",
        "{ to: '+12145550200', from: '+13125550123', assume: { U19: false } }",
        &["dropped no_answer at 30: +19725550180@0"],
    ),
    (
        "6.5, 6.1 and 6.7: the free one, and from it on",
        "{ to: '+12145550204', given: { '+19725550181': on_call_busy } }",
        &["dropped hang_up at 8: +19725550180@0"],
    ),
    (
        "U21: or the target of a no-answer routing has none of its own",
        "{ to: '+12145550204', given: { '+19725550181': on_call_busy }, assume: { U21: false } }",
        &["dropped busy at 8: +19725550180@0"],
    ),
    (
        "6.2 and 3: a call that is dropped where it comes in is a refusal",
        "{ to: '+12145550200', from: '+13125550123', given: { '+19725550180': on_call_busy } }",
        &["dropped busy at 0:"],
    ),
    (
        "6.6 and 4: either may be the first",
        "{ to: '+12145550203', given: { ana@example.com: 'answers@6' } }",
        &[
            "answered ana@example.com at 6: ana@example.com@0",
            "menu menu Main at 15: bo@example.com@0 ana@example.com@10",
        ],
    ),
    (
        "6.1: off, and nobody lifts",
        "{ to: '+12145550202', given: { '+19725550182': dnd } }",
        &["dropped busy at 0:"],
    ),
    (
        "5 and U18: rejected is busy",
        "{ to: '+12145550300', given: { '2001': rejects } }",
        &["voicemail 2001 at 2: 2001@0"],
    ),
    (
        "5 and 7: two that lead to each other",
        "{ to: '+12145550300' }",
        &["loop at 900: 2001@0 2002@300 2001@600"],
    ),
    (
        "5 and U17: the phone of the other alone",
        "{ to: '+12145550300', given: { '2002': offline }, assume: { U17: false } }",
        &["dropped busy at 300: 2001@0"],
    ),
    (
        "U13: Friday night goes on into Saturday",
        "{ to: '+12145550106', at: '2026-11-28T05:59' }",
        &["leaves +19725550191 at 0:"],
    ),
    (
        "U13: or is Friday morning",
        "{ to: '+12145550106', at: '2026-11-27T05:59', assume: { U13: false } }",
        &["leaves +19725550191 at 0:"],
    ),
    (
        "U13: to the very end of the day, whatever U10 says",
        "{ to: '+12145550106', at: '2026-11-27T23:59:30', assume: { U10: false, U13: false } }",
        &["leaves +19725550191 at 0:"],
    ),
    (
        "U12: the hour that comes twice counts twice",
        "{ to: '+12145550106', at: '2026-11-01T07:15:00Z' }",
        &["voicemail 106 at 0:"],
    ),
    (
        "U12: 01:45 for the second time is within 01:30 to 02:30 either way",
        "{ to: '+12145550106', at: '2026-11-01T07:45:00Z' }",
        &["leaves +19725550192 at 0:"],
    ),
    (
        "U12: two instants, between which 01:15 comes again",
        "{ to: '+12145550106', at: '2026-11-01T07:15:00Z', assume: { U12: false } }",
        &["leaves +19725550192 at 0:"],
    ),
    (
        "U10: the last minute before 24:00",
        "{ to: '+12145550106', at: '2026-11-28T23:59:30' }",
        &["leaves +19725550193 at 0:"],
    ),
    (
        "U10: or not",
        "{ to: '+12145550106', at: '2026-11-28T23:59:30', assume: { U10: false } }",
        &["voicemail 106 at 0:"],
    ),
    (
        "U10: U11 is not about it",
        "{ to: '+12145550106', at: '2026-11-28T23:59:30', assume: { U10: false, U11: true } }",
        &["voicemail 106 at 0:"],
    ),
    (
        "8: every second month from that of the first time, August",
        "{ to: '+12145550106', at: '2026-12-31T12:00' }",
        &["leaves +19725550194 at 0:"],
    ),
    (
        "8: October is one, but November has no 31st, and January is none",
        "{ to: '+12145550106', at: '2027-01-31T12:00' }",
        &["voicemail 106 at 0:"],
    ),
    (
        "8: up to 29 February is up to the end of the month",
        "{ to: '+12145550106', at: '2027-02-28T23:30' }",
        &["leaves +19725550195 at 0:"],
    ),
];

/// A reference that is wrong is worse than none: two would be made to agree on it.
#[test]
fn every_call_ends_as_somebody_has_read() {
    let tenants: Vec<Value> = serde_yaml::from_str(TENANTS).unwrap();
    let wrong: Vec<String> = CASES
        .iter()
        .filter_map(|(step, call, wanted)| {
            let call: Value = serde_yaml::from_str(call).unwrap();
            let (call, assume) = read(&call, &tenants);
            let courses: Vec<String> = judge(&tenants, &call, &assume).iter().map(told).collect();
            let mut wanted = wanted.to_vec();
            wanted.sort_unstable();
            (courses != wanted).then(|| format!("{step}\n  wanted {wanted:?}\n  found  {courses:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn told(course: &Course) -> String {
    let Course { end, rings, at } = course;
    let at = at.map_or("never".to_owned(), |at| (at / 1000).to_string());
    let rings: String = rings.iter().map(|(who, at)| format!(" {who}@{}", at / 1000)).collect();
    format!("{end} at {at}:{rings}")
}

fn read(call: &Value, tenants: &[Value]) -> (Call, Assume) {
    let to = call["to"].as_str().unwrap();
    let home = tenants.iter().find(|it| it["numbers"].get(to).is_some()).unwrap_or(&tenants[0]);
    let texts = |word: &str| {
        let list = call[word].as_array().into_iter().flatten();
        list.map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let map = |word: &str| -> BTreeMap<String, String> {
        let map = call[word].as_object().into_iter().flatten();
        map.map(|(name, it)| (name.clone(), it.as_str().unwrap().to_owned())).collect()
    };
    let at = call["at"].as_str().unwrap_or("2026-11-25T10:00");
    let at = match at.ends_with('Z') {
        true => at.parse().unwrap(),
        false => format!("{at}[America/Chicago]").parse::<jiff::Zoned>().unwrap().timestamp(),
    };
    let assume = call["assume"].as_object().into_iter().flatten();
    let assume = assume
        .map(|(id, it)| (*IDS.iter().find(|known| *known == id).unwrap(), it.as_bool().unwrap()))
        .collect();
    let call = Call {
        tenant: home["tenant"].as_str().unwrap().to_owned(),
        to: if to.starts_with('+') { To::Number(to.to_owned()) } else { To::Extension(to.to_owned()) },
        at,
        from: call["from"].as_str().unwrap_or("+13125550000").to_owned(),
        given: map("given"),
        mailbox_off: texts("off"),
        full: texts("full"),
        platform: map("platform"),
    };
    (call, assume)
}
