//! What a system holds can be named as it is, changed, and put back to the byte: the promise for forms that a portal makes and
//! no other word of the files has.

use crate::world::{self, System, World};
use dialform::error::Ending;
use serde_json::{Map, Value, json};

/// Something live, how a file names it, and something else in its place.
struct Kept {
    name: &'static str,
    live: &'static str,
    /// Left out where a file cannot name it.
    as_it_is: Option<&'static str>,
    otherwise: &'static str,
    /// Where it lies in the state.
    at: &'static [&'static str],
}

/// What belongs to an object that is made anew.
fn without_ids(mut value: Value) -> Value {
    if let Value::Object(map) = &mut value {
        map.retain(|key, _| !matches!(key.as_str(), "id" | "filter_id"));
        let inner: Map<String, Value> =
            std::mem::take(map).into_iter().map(|(key, value)| (key, without_ids(value))).collect();
        *map = inner;
    }
    value
}

fn holds(system: &System, cases: &[Kept], readings: &[&str]) {
    for Kept { name, live, as_it_is, otherwise, at } in cases {
        for reading in readings {
            let fault = format!("{reading},visible-after:0ms");
            let world = World::on(&System { live, ..*system }, as_it_is.unwrap_or_default());
            let run = |line: &[&str]| world.run(&[line, &["--fault", &fault]].concat());
            let kept = || {
                at.iter()
                    .map(|at| without_ids(world.read_state().pointer(at).cloned().unwrap_or(json!("none"))))
            };
            let kept = || kept().collect::<Vec<_>>();

            let plan = run(&["plan", "--detailed-exitcode"]);
            assert_eq!(plan.ending, Ending::Fine, "{name} ({reading})\n{}{}", plan.out, plan.err);
            let before = kept();
            world.tenant(otherwise);
            let applied = run(&["apply", "--auto-approve", "--override-guard"]);
            assert_eq!(applied.ending, Ending::Fine, "{name} ({reading})\n{}{}", applied.out, applied.err);
            assert_ne!(kept(), before, "{name} ({reading})");

            let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap();
            let last = files.map(|file| file.unwrap().path()).max().unwrap();
            let line = ["apply", "--restore", last.to_str().unwrap(), "--auto-approve", "--override-guard"];
            let restored = run(&line);
            assert_eq!(restored.ending, Ending::Fine, "{name} ({reading})\n{}{}", restored.out, restored.err);
            assert_eq!(kept(), before, "{name} ({reading})");
        }
    }
}

const ACCOUNT: &str = r#"
users: [{ email: ann@acme.example }]
geo_routes: [{ name: By state }]
conditional_routers: [{ name: Smart }]
routing_tables: [{ name: Areas }]
voice_bots: [{ name: Robin }]
voice_menus: [{ name: Main menu }]
receiving_numbers:
  - { number: "+14105550101", name: Front }
  - { number: "sip:desk@acme.example", name: Desk, no_answer_seconds: 20, default_action: { voice_menu: Main menu } }
queues:
  - { name: Longest, routing: longest_wait }
  - { name: Mailbox, default_action: voicemail }
  - { name: Night, default_action: hang_up }
  - { name: Bot, default_action: { voice_bot: Robin } }
  - { name: Geo, default_action: { geo_config: By state } }
  - { name: Person, default_action: { user: ann@acme.example } }
  - { name: Panel, default_action: { type: CustomPanel, label: custom panel_2, id: 77 } }
  - { name: Odd, default_action: { type: VoiceMail, label: voicemail, id: VMB12 } }
  - { name: Desk, default_action: { receiving_number: "sip:desk@acme.example" } }
numbers:
  - { number: "+18005550101", route: { routing_table: Areas } }
  - { number: "+18005550102", route: { voice_bot: Robin } }
  - { number: "+18005550103", routing: round_robin, route: { receiving_number: ["sip:desk@acme.example", "+14105550101"] } }
"#;

/// On CallTrackingMetrics: where calls go.
#[test]
fn ctm_places_come_back_as_they_were() {
    let queue =
        |name, as_it_is, otherwise, at| Kept { name, live: ACCOUNT, as_it_is: Some(as_it_is), otherwise, at };
    holds(
        &world::CTM,
        &[
            queue(
                "where callers of queues go",
                r#"queues: { Mailbox: { no_answer: voicemail }, Night: { no_answer: hang_up }, Bot: { no_answer: { voice_bot: Robin } },
                    Geo: { no_answer: { geo_router: By state } }, Person: { no_answer: { agent: ann@acme.example } },
                    Odd: { no_answer: { token: VoiceMail voicemail VMB12 } },
                    Desk: { no_answer: { token: "receiving number sip:desk@acme.example" } } }"#,
                r#"queues: { Mailbox: { no_answer: off }, Night: { no_answer: voicemail }, Bot: { no_answer: hang_up },
                    Geo: { no_answer: off }, Person: { no_answer: { menu: Main menu } }, Odd: { no_answer: voicemail },
                    Desk: { no_answer: { receiver: "+14105550101" } } }"#,
                &["/queues"],
            ),
            queue(
                "a pattern of the portal alone",
                "queues: { Longest: { dispatch: longest_wait } }",
                "queues: { Longest: { dispatch: round_robin } }",
                &["/queues"],
            ),
            queue(
                "where numbers go",
                r#"numbers: { "+18005550101": { route: { routing_table: Areas } }, "+18005550102": { route: { voice_bot: Robin } },
                    "+18005550103": { route: { token: "receiving numbers sip:desk@acme.example, +14105550101" } } }"#,
                r#"numbers: { "+18005550101": { route: { voice_bot: Robin } }, "+18005550102": { route: { menu: Main menu } },
                    "+18005550103": { route: { receivers: ["+14105550101"] } } }"#,
                &["/numbers"],
            ),
        ],
        &["experimental:on", "experimental:on,strict:on"],
    );
}

/// On CallTrackingMetrics: hours over midnight, and names with blanks around them beside the same ones without.
#[test]
fn ctm_hours_and_names_come_back_as_they_were() {
    let schedule = |name, as_it_is, otherwise| Kept {
        name,
        live: HOURS,
        as_it_is: Some(as_it_is),
        otherwise,
        at: &["/schedules"],
    };
    holds(
        &world::CTM,
        &[
            schedule(
                "hours over midnight",
                r#"schedules: { night: { time_zone: America/New_York, weekly: { mon: ["08:00-12:00", "22:00-06:00"], fri: ["22:00-06:00"] } } }"#,
                r#"schedules: { night: { time_zone: America/New_York, weekly: { mon: ["08:00-12:00", "22:00-24:00"], tue: ["00:00-06:00"] } } }"#,
            ),
            schedule(
                "hours over midnight beside others that change",
                r#"schedules: { night: { time_zone: America/New_York, weekly: { mon: ["08:00-12:00", "22:00-06:00"], fri: ["22:00-06:00"] } } }"#,
                r#"schedules: { night: { time_zone: America/New_York, weekly: { mon: ["08:00-13:00", "22:00-06:00"], fri: ["22:00-06:00"] } } }"#,
            ),
            schedule(
                "the first and the last day of an entry, and numbers that are no texts",
                r#"schedules: { odd: { time_zone: Pacific/Honolulu, weekly: { sat: ["09:00-17:00"] } } }"#,
                r#"schedules: { odd: { time_zone: Pacific/Honolulu, weekly: { sat: ["09:00-12:00"], sun: ["10:00-12:00"] } } }"#,
            ),
            schedule(
                "hours over midnight that go with their schedule",
                r#"schedules: { night: { time_zone: America/New_York, weekly: { mon: ["08:00-12:00", "22:00-06:00"], fri: ["22:00-06:00"] } } }"#,
                "absent: { schedules: [night] }",
            ),
            schedule(
                "blanks at the end of a name",
                r#"schedules: { "office ": { time_zone: America/New_York, weekly: { mon: ["09:00-17:00"] } } }"#,
                r#"schedules: { "office ": { weekly: { tue: ["09:00-17:00"] }, time_zone: America/New_York } }"#,
            ),
            Kept {
                name: "a name with blanks around it goes beside one without",
                live: HOURS,
                as_it_is: None,
                otherwise: r#"absent: { schedules: ["office "] }"#,
                at: &["/schedules"],
            },
        ],
        &["experimental:on", "strict:on"],
    );
}

const HOURS: &str = r#"
schedules:
  - name: night
    timezone: Eastern Time (US & Canada)
    times:
      - { start_time: "480", end_time: "720", position: "0", days: { mon: true } }
      - { start_time: "1320", end_time: "360", position: "1", days: { mon: true, fri: true } }
  - { name: office, timezone: Hawaii }
  - { name: odd, timezone: Hawaii, times: [{ start_time: 540, end_time: 1020, position: 7, start_day: sun, end_day: sat, days: { sat: true } }] }
  - { name: "office ", timezone: Eastern Time (US & Canada), times: [{ start_time: "540", end_time: "1020", position: "0", days: { mon: true } }] }
  - { name: " office", timezone: Eastern Time (US & Canada), times: [] }
"#;
