//! CallTrackingMetrics where public evidence allows several behaviours: what is written comes to the same, what is read is
//! said as it is, and what cannot be managed stops itself alone.

use crate::world::{self, System, World};
use dialform::{cli::Finished, error::Ending, model::E164, sandbox::find};
use phonenumber::metadata::DATABASE;
use serde_json::{Value, json};

const CTM: System = System {
    live: r#"
users: [{ email: ann@acme.example }, { email: bob@acme.example }]
schedules:
  - name: office
    timezone: Eastern Time (US & Canada)
    description: On the door
    external_id: "77"
    holidays: ["2026-12-25"]
    times:
      - { start_time: "540", end_time: "1020", position: "4", start_day: "1", days: { mon: true } }
      - { start_time: "540", end_time: "720", position: "5", days: { sat: true } }
  - { name: silent, timezone: Eastern Time (US & Canada), times: [{ start_time: 540, end_time: 1020, position: 0 }] }
receiving_numbers:
  - { number: "+14165550123", name: Toronto }
  - { number: "+18765550123", name: Kingston }
  - { number: "+442079460104", name: London }
  - { number: "+14105550101" }
queues:
  - { name: Sales, routing: sticky, agents: [{ user: ann@acme.example, priority: 1 }], former_agents: 2 }
  - { name: Waiting, routing: fewest_calls, seconds_per_agent: 20 }
  - { name: "Support ", seconds_per_agent: 20 }
  - { name: "AQ: Aquatics", seconds_per_agent: 20 }
  - { name: "AQ: 12345", seconds_per_agent: 20 }
numbers:
  - { number: "+18005550101", name: List, route: { call_queue: Sales } }
  - { number: "+18005550102", name: Agent, route: { call_queue: Sales } }
  - { number: "+18005550103", name: Other, route: { user: ann@acme.example }, user_no_answer_seconds: 40, user_default_action_label: voicemail }
  - { number: "+18005550104", name: Stopped, active: false, route: { call_queue: Sales } }
  - { number: "+18005550105", name: Ported, status: ported_out, route: { call_queue: Sales } }
"#,
    ..world::CTM
};

fn run(world: &World, command: &[&str], reading: &str) -> Finished {
    let fault = format!("experimental:on,requests-per-second:0,visible-after:0ms,{reading}");
    world.run(&[command, &["--fault", &fault]].concat())
}

fn apply(world: &World, reading: &str) {
    let applied = run(world, &["apply", "--auto-approve"], reading);
    assert_eq!(applied.ending, Ending::Fine, "{reading}\n{}{}", applied.out, applied.err);
    let again = run(world, &["plan"], reading);
    assert!(again.out.contains("No changes"), "{reading}\n{}{}", again.out, again.err);
}

/// The restore file of the last apply.
fn newest_restore(world: &World) -> String {
    let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap().map(|it| it.unwrap().path());
    files.max().unwrap().to_str().unwrap().to_owned()
}

/// What a plan says of a tenant beside its steps.
fn said(plan: &Finished) -> Vec<String> {
    let lines = plan.out.lines().chain(plan.err.lines()).map(str::trim);
    let telling = ["error[", "note:", "No changes"];
    lines.filter(|line| telling.iter().any(|word| line.starts_with(word))).map(str::to_owned).collect()
}

/// The switches of each reading, and of all that are harsh at once.
fn readings() -> Vec<String> {
    let all = find("ctm").unwrap().faithful().unwrap().readings();
    let harsh: Vec<&str> = all.iter().filter(|it| it.harsh).map(|it| it.switch).collect();
    let mut list: Vec<String> = all.iter().map(|it| it.switch.to_owned()).collect();
    list.push(harsh.join(","));
    list
}

/// A list that the server has accepted and not taken is not applied: what it dials as before was not made by it.
#[test]
fn a_list_that_is_not_taken_makes_nothing() {
    let live = "receiving_numbers: [{ number: \"+14105550123\" }, { number: \"+14105550124\" }]\n\
                numbers: [{ number: \"+18005550101\", name: Ads, route: { receiving_number: [\"+14105550123\"] } }]\n";
    let world = World::on(
        &System { live, ..world::CTM },
        "receivers: { \"+14105550124\": {} }\nnumbers: { \"+18005550101\": { route: { receivers: [\"+14105550124\"] } } }\n",
    );
    let applied = run(&world, &["apply", "--auto-approve"], "accept-and-ignore:1,only:writes");
    assert_eq!(applied.ending, Ending::Partial, "{applied:?}");
    assert!(applied.out.contains("accepted, but not applied by the provider"), "{}", applied.out);
    assert!(!applied.out.contains("once more instead"), "{}", applied.out);
}

/// A number that goes elsewhere keeps the pattern of a list. Where that is the one that is wanted nobody has anything to click, and an
/// apply that needs no hand is done; another one is still set by hand.
#[test]
fn a_pattern_that_is_so_already_is_no_work() {
    let live = "receiving_numbers: [{ number: \"+14105550123\" }, { number: \"+14105550124\" }]\n\
                voice_menus: [{ name: Main }]\n\
                numbers: [{ number: \"+18005550101\", name: Ads, route: { voice_menu: Main } }]\n";
    let provider = world::CTM.provider.replace("experimental: true", "experimental: false");
    for (pattern, by_hand) in [("simultaneous", 0), ("round_robin", 1)] {
        let world = World::on(
            &System { live, provider: provider.clone().leak(), ..world::CTM },
            &format!(
                "receivers: {{ \"+14105550123\": {{}}, \"+14105550124\": {{}} }}\n\
                 numbers: {{ \"+18005550101\": {{ route: {{ receivers: [\"+14105550123\", \"+14105550124\"], pattern: {pattern} }} }} }}\n"
            ),
        );
        let run = |arguments: &[&str]| world.run(&[arguments, &["--fault", "visible-after:0ms"]].concat());
        let applied = run(&["apply", "--auto-approve"]);
        let expected = if by_hand == 0 { Ending::Fine } else { Ending::Partial };
        assert_eq!(applied.ending, expected, "{pattern}: {}{}", applied.out, applied.err);
        assert_eq!(applied.out.matches("by hand   acme").count(), by_hand, "{pattern}: {}", applied.out);
        world.tenant("numbers: { \"+18005550101\": { route: { menu: Main } } }\n");
        assert_eq!(run(&["apply", "--auto-approve"]).ending, Ending::Fine, "{pattern}");
        let file = newest_restore(&world);
        let back = run(&["apply", "--auto-approve", "--restore", &file]);
        assert_eq!(back.ending, Ending::Fine, "{pattern}: {}{}", back.out, back.err);
    }
}

/// A receiving number that goes takes itself out of the lists that dial it, and comes back alone: its plan says so, and does not
/// let callers ring what is gone.
#[test]
fn a_receiver_that_goes_is_not_led_back() {
    let live = "receiving_numbers: [{ number: \"+14105550123\" }, { number: \"+14105550124\" }]\n\
                numbers: [{ number: \"+18005550101\", name: Ads, route: { receiving_number: [\"+14105550123\"] } },\n\
                { number: \"+18005550102\", name: Two, route: { receiving_number: [\"+14105550123\", \"+14105550124\"] } }]\n";
    let world = World::on(&System { live, ..world::CTM }, "absent: { receivers: [\"+14105550123\"] }\n");
    let plan = run(&world, &["plan"], "");
    for said in [
        "no way back with --restore: what sends calls there is not led back: numbers.+18005550101, numbers.+18005550102",
        "Calls to Ads (+1 800 555 0101) now go to number +1 800 555 0101, of which nothing is known here; they rang +1 410 555 0123 \
         until the caller gives up.",
        "Calls to Two (+1 800 555 0102) now ring +1 410 555 0124 until the caller gives up; they rang +1 410 555 0123 and \
         +1 410 555 0124 until the caller gives up.",
    ] {
        assert!(plan.out.lines().any(|line| line.trim() == said), "{said}: {}{}", plan.out, plan.err);
    }
}

/// A fail-safe number that is not in international form is live all the same: it is a comment of an import, and in a drill nobody
/// is said to be lost.
#[test]
fn a_failsafe_number_in_another_form_is_no_empty_one() {
    let live = "receiving_numbers: [{ number: \"+14105550123\" }]\n\
                numbers: [{ number: \"+18005550101\", name: Ads, route: { receiving_number: [\"+14105550123\"] }, \
                failsafe_number: \"4105550199\" }]\n";
    let world = World::on(&System { live, ..world::CTM }, "receivers: { \"+14105550123\": {} }\n");
    let drill = run(&world, &["drill", "--platform-down", "--live"], "");
    assert!(drill.out.contains("0 with nowhere to go, 1 not known"), "{}{}", drill.out, drill.err);
    std::fs::remove_file(world.path("tenants/acme.yaml")).unwrap();
    let imported = run(&world, &["import", "--provider", "pbx", "--account", "302341"], "");
    assert!(imported.out.contains("forwards   1 live: 1 as comments"), "{imported:?}");
    let text = std::fs::read_to_string(world.path("tenants/302341.yaml")).unwrap();
    assert!(text.contains("`4105550199`, which is not in international form (E.164)"), "{text}");
}

/// One apply writes a schedule, a receiving number, a list and a route to an agent. The account that comes of it is the same
/// whatever the server makes of a body, and holds what nobody declared: the words `external_id` and `start_day` are known
/// to no one here.
#[test]
fn what_is_written_comes_to_the_same_under_every_reading() {
    let tenant = r#"
time_zone: America/New_York
schedules: { office: { weekly: { mon: ["09:00-17:00"], tue: ["08:00-12:00"] } } }
receivers: { "+14165550123": { skip_whisper: true } }
numbers:
  "+18005550101": { route: { receivers: ["+14165550123", "+18765550123", "+442079460104"] } }
  "+18005550102": { route: { agent: bob@acme.example } }
"#;
    let mut first: Option<Value> = None;
    for reading in readings() {
        let world = World::on(&CTM, tenant);
        apply(&world, &reading);
        let mut state = world.read_state();
        state["sequence"] = Value::Null;
        let office = &state["schedules"]["office"];
        assert_eq!(
            [&office["description"], &office["external_id"], &office["holidays"], &office["times"]],
            [
                &json!("On the door"),
                &json!("77"),
                &json!(["2026-12-25"]),
                &json!([
                    { "start_time": "480", "end_time": "720", "position": "0", "days": days("tue") },
                    { "start_time": "540", "end_time": "1020", "position": "4", "start_day": "1", "days": days("mon") },
                ]),
            ],
            "{reading}"
        );
        let route = &state["numbers"]["+18005550102"]["route"];
        assert_eq!(
            [&route["user_no_answer_seconds"], &route["user_default_action_label"]],
            [&json!(25), &json!("voicemail")],
            "{reading}"
        );
        assert_eq!(state["receiving_numbers"]["+14165550123"]["name"], "Toronto", "{reading}");
        assert_eq!(state["receiving_numbers"].as_object().unwrap().len(), 4, "{reading}: made twice");
        let first = first.get_or_insert_with(|| state.clone());
        assert_eq!(state, *first, "{reading}");
    }
}

fn days(on: &str) -> Value {
    let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    days.iter().map(|day| ((*day).to_owned(), json!(*day == on))).collect::<serde_json::Map<_, _>>().into()
}

/// What becomes of callers whom an agent does not answer stays as it is where it is shown. Where it is not, the plan has the
/// values that will be sent, and no other apply sends any.
#[test]
fn the_fallback_of_an_agent_stays_or_is_in_the_plan() {
    let note = "note: numbers.+18005550103: what becomes of a caller whom the agent does not answer is not shown; sent \
                with the route: `user_no_answer_seconds: 25`, `user_default_action_label: voicemail`";
    for (reading, seconds, notes) in
        [("agent-fallback:shown", 40, vec![]), ("agent-fallback:hidden", 25, vec![note.to_owned()])]
    {
        let world = World::on(&CTM, "numbers: { \"+18005550103\": { label: New } }");
        assert_eq!(said(&run(&world, &["plan"], reading)), Vec::<String>::new(), "{reading}");
        apply(&world, reading);
        let route = || world.read_state()["numbers"]["+18005550103"]["route"].clone();
        assert_eq!(route()["user_no_answer_seconds"], 40, "{reading}: a label is no route");
        world.tenant("numbers: { \"+18005550103\": { route: { agent: bob@acme.example } } }");
        let mut said = said(&run(&world, &["plan"], reading));
        said.retain(|note| !note.contains("inbound number"));
        assert_eq!(said, notes, "{reading}");
        apply(&world, reading);
        assert_eq!(route()["user_no_answer_seconds"], seconds, "{reading}");
        assert_eq!(route()["user_default_action_label"], "voicemail", "{reading}");
    }
}

/// What has no word in the YAML beside a route comes back with it: what becomes of callers whom an agent does not answer, and the
/// pattern of a list that is no list of numbers. Where it was not shown, the plan of the restore has what will be sent.
#[test]
fn a_route_comes_back_to_the_letter() {
    let live = r#"
users: [{ email: ann@acme.example }]
receiving_numbers: [{ number: "+14105550123" }, { number: "sip:desk@acme.example" }]
queues: [{ name: Sales, seconds_per_agent: 20, agents: [{ user: ann@acme.example, priority: 1 }] }]
numbers:
  - { number: "+18005550101", name: Agent, route: { user: ann@acme.example }, user_no_answer_seconds: 40, user_default_action_label: hangup }
  - { number: "+18005550102", name: List, routing: sequential, route: { receiving_number: ["+14105550123", "sip:desk@acme.example"] } }
"#;
    let (to_agent, to_list) = (["numbers", "+18005550101", "route"], ["numbers", "+18005550102"]);
    for (reading, shown) in [("agent-fallback:shown", true), ("agent-fallback:hidden", false)] {
        let world =
            World::on(&System { live, ..world::CTM }, "numbers: { \"+18005550101\": { label: First } }\n");
        apply(&world, reading);
        let at = |path: &[&str]| path.iter().fold(world.read_state(), |state, key| state[*key].clone());
        let (agent, list) = (at(&to_agent), at(&to_list));
        let to_queue = ["+18005550101", "+18005550102"]
            .map(|it| format!("  \"{it}\": {{ route: {{ queue: Sales }} }}\n"));
        world.tenant(&format!("queues: {{ Sales: {{}} }}\nnumbers:\n{}", to_queue.concat()));
        apply(&world, reading);
        let mut moved = world.read_state();
        moved["numbers"]["+18005550102"]["routing"] = json!("simultaneous");
        std::fs::write(world.state_file(), moved.to_string()).unwrap();
        let file = newest_restore(&world);
        let plan = run(&world, &["plan", "--restore", &file], reading);
        assert_eq!(plan.out.contains("is not shown; sent with the route"), !shown, "{reading}\n{}", plan.out);
        let restored = run(&world, &["apply", "--auto-approve", "--restore", &file], reading);
        assert_eq!(restored.ending, Ending::Fine, "{reading}\n{}{}", restored.out, restored.err);
        assert_eq!(at(&to_list), list, "{reading}");
        if shown {
            assert_eq!(at(&to_agent), agent, "{reading}");
        } else {
            assert_eq!(at(&to_agent)["user_no_answer_seconds"], 25, "{reading}");
        }
    }
}

/// A live value that has no word here is shown as it is and not overwritten, a state in which no calls come is said, and
/// the rest of the tenant goes on.
#[test]
fn what_is_live_is_said_as_it_is() {
    let read =
        "note: queues.Sales: the API counts 3 agents and lists 1: its agents are perhaps not all shown";
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "a count of agents that differs is no reason to stop",
            "queues: { Sales: { dispatch: sticky } }",
            &[read, "No changes. 1 tenant is as declared."],
        ),
        (
            "nor are agents that are declared as they are listed",
            "queues: { Sales: { agents: [ann@acme.example] } }",
            &[read, "No changes. 1 tenant is as declared."],
        ),
        (
            "other agents are",
            "queues: { Sales: { agents: [bob@acme.example] } }",
            &[
                "error[unreadable-value]: the live `agents` of queues.Sales is a list of 1 where 3 agents are counted, \
                 which is not understood",
                read,
            ],
        ),
        (
            "a ring pattern without a word",
            "queues: { Waiting: { dispatch: round_robin } }",
            &[
                "error[unreadable-value]: the live `dispatch` of queues.Waiting is `fewest_calls`, which is not understood",
            ],
        ),
        (
            "it is nobody's business where it is not declared",
            "queues: { Waiting: { agent_ring: 20 } }",
            &[
                "note: queues.Waiting: `dispatch` is `fewest_calls`, which is not understood; it is left alone",
                "No changes. 1 tenant is as declared.",
            ],
        ),
        (
            "hours that do not say their days are not none",
            "time_zone: America/New_York\nschedules: { silent: { weekly: { mon: [\"09:00-17:00\"] } } }",
            &[
                "error[unreadable-value]: the live `weekly` of schedules.silent is `540 to 1020 on days that it does not \
                 name`, which is not understood",
            ],
        ),
        (
            "a number that is off, one that has gone elsewhere, and one that is not here at all",
            "queues: { Sales: {} }\nnumbers:\n  \"+18005550104\": { label: Stopped }\n  \"+18005550105\": { label: Ported }\n  \
             \"+18005550999\": { label: Gone }\n  \"+18005550101\": { label: List }",
            &[
                "error[no-such-number]: number +1 800 555 0999 is not in account `302341`",
                read,
                "note: numbers.+18005550104: it takes no calls now: the API shows `active: false`, `status: inactive`",
                "note: numbers.+18005550105: it may take no calls now: the API shows `status: ported_out`",
            ],
        ),
        (
            "new hours over midnight",
            "time_zone: America/New_York\nschedules: { office: { weekly: { mon-tue: [\"22:00-06:00\"] } } }",
            &[
                "error[bad-value]: window `22:00-06:00` ends before it begins, and what that means is not documented",
            ],
        ),
        (
            "queues with a name that no new one can have",
            "queues: { \"Support \": { agent_ring: 20 }, \"AQ: Aquatics\": { agent_ring: 20 } }",
            &["No changes. 1 tenant is as declared."],
        ),
        (
            "new ones of such a name",
            "queues: { \"New \": { agent_ring: 20 }, \"AQ: New\": { agent_ring: 20 } }",
            &[
                "error[bad-name]: account `302341` has no queue `AQ: New`, and the system calls its own queues so",
                "error[bad-name]: account `302341` has no queue `New `, and a new one cannot have spaces around its name",
            ],
        ),
    ];
    for (name, tenant, lines) in cases {
        let world = World::on(&CTM, tenant);
        let plan = run(&world, &["plan"], "total-agents:more");
        assert_eq!(said(&plan), *lines, "{name}\n{}{}", plan.out, plan.err);
    }
}

/// What becomes of calls to a number that takes none is told as if it did, so that whoever asks is told that as well.
#[test]
fn a_number_that_is_out_of_service_is_said_where_calls_are_told() {
    let stopped = "warning[out-of-service]: `+18005550104` of tenant `acme` takes no calls now: the API shows `active: false`";
    let ported = "warning[out-of-service]: `+18005550105` of tenant `acme` may take no calls now: the API shows `status: ported_out`";
    let warnings = |done: &Finished| -> Vec<String> {
        let lines = done.err.lines().filter(|line| line.starts_with("warning[out-of-service]"));
        lines.map(|line| line.split(", `status: inactive`").next().unwrap_or_default().to_owned()).collect()
    };
    let world =
        World::on(&CTM, "time_zone: America/New_York\nnumbers: { \"+18005550101\": { label: List } }");
    for (command, expected) in [
        (vec!["trace", "+18005550104"], vec![stopped]),
        (vec!["trace", "+18005550101"], vec![]),
        (vec!["export"], vec![ported, stopped]),
    ] {
        let done = run(&world, &command, "");
        let mut said = warnings(&done);
        said.sort_by_key(|it| it.contains("50104"));
        assert_eq!(said, expected, "{command:?}\n{}{}", done.out, done.err);
    }
    let live = format!("account: {{ status: suspended }}\n{}", CTM.live);
    let system = System { live: &live.leak()[..], ..CTM };
    let world =
        World::on(&system, "time_zone: America/New_York\nnumbers: { \"+18005550101\": { label: List } }");
    let done = run(&world, &["trace", "+18005550101"], "");
    let expected = "warning[out-of-service]: `+18005550101` of tenant `acme` belongs to account `302341`, which may take no calls \
                    now: the API shows `status: suspended`";
    assert_eq!(warnings(&done), [expected], "{}{}", done.out, done.err);
}

/// An account that is stopped is said once.
#[test]
fn a_stopped_account_is_said() {
    let live = format!("account: {{ status: suspended }}\n{}", CTM.live);
    let system = System { live: &live.leak()[..], ..CTM };
    let world = World::on(&system, "numbers: { \"+18005550101\": { label: New } }");
    let plan = run(&world, &["plan"], "");
    let note = "note: numbers.+18005550101: account `302341` may take no calls now: the API shows `status: suspended`";
    assert_eq!(said(&plan), [note], "{}", plan.out);
}

/// A queue is used and changed under the name it has, and the system's own queues are left alone even by `exhaustive`.
#[test]
fn a_queue_is_changed_under_the_name_it_has() {
    let world =
        World::on(&CTM, "queues: { \"Support \": { agent_ring: 15 }, \"AQ: Aquatics\": { agent_ring: 15 } }");
    apply(&world, "");
    let state = world.read_state();
    for name in ["Support ", "AQ: Aquatics"] {
        assert_eq!(state["queues"][name]["seconds_per_agent"], 15, "{name}");
    }
    world.tenant(
        "exhaustive: [queues]\nqueues: { Sales: {}, Waiting: {}, \"Support \": {}, \"AQ: Aquatics\": {} }",
    );
    let plan = run(&world, &["plan"], "");
    assert!(plan.out.contains("No changes"), "{}{}", plan.out, plan.err);
}

/// A number of every country that the number plans have an example of. The emulation takes what the provider writes, finds
/// the number that is there, and makes none.
#[test]
fn receivers_of_every_country_can_be_dialled() {
    let example = |plan: &phonenumber::Metadata| {
        let fixed = plan.descriptors().fixed_line().and_then(|it| it.example());
        let number = format!("+{}{}", plan.country_code(), fixed?);
        number.parse::<E164>().ok().filter(|it| it.digits().len() >= 8).map(|it| it.to_string())
    };
    let country = |plan: &&phonenumber::Metadata| plan.id().bytes().all(|b| b.is_ascii_uppercase());
    let mut numbers: Vec<String> = DATABASE.iter().filter(country).filter_map(example).collect();
    numbers.sort();
    numbers.dedup();
    assert!(numbers.len() > 200, "{}", numbers.len());
    let rows = numbers.iter().map(|number| json!({ "number": number }));
    let live = json!({
        "receiving_numbers": rows.collect::<Vec<_>>(), "numbers": [{ "number": "+18005550101" }],
    });
    let system = System { live: live.to_string().leak(), ..CTM };
    let tenant = json!({ "numbers": { "+18005550101": { "route": { "receivers": numbers } } } });
    for reading in ["dial-list:numbers,country:own", "dial-list:ids"] {
        let world = World::on(&system, "");
        let head = "tenant: acme\nprovider: pbx\naccount: \"302341\"\n";
        let body = &tenant["numbers"];
        world.write("tenants/acme.yaml", format!("{head}numbers: {body}\n"));
        apply(&world, reading);
        let state = world.read_state();
        assert_eq!(state["receiving_numbers"].as_object().unwrap().len(), numbers.len(), "{reading}");
    }
}

/// A list with an entry that is no number: it is adopted as it is, and comes back when a change of it is taken back.
#[test]
fn a_list_with_a_client_that_is_no_number_can_be_kept_and_restored() {
    let sip = "sip:desk@acme.example";
    let world = World::on(
        &CTM,
        "numbers: { \"+18005550101\": { route: { receivers: [\"+14165550123\", \"+14105550101\"] } } }",
    );
    apply(&world, "");
    let mut state = world.read_state();
    state["receiving_numbers"]["+14105550101"]["number"] = sip.into();
    std::fs::write(world.state_file(), state.to_string()).unwrap();
    let before = world.read_state()["numbers"].clone();
    let token = format!("receiving numbers +14165550123, {sip}");
    world.tenant(&format!("numbers: {{ \"+18005550101\": {{ route: {{ token: \"{token}\" }} }} }}"));
    assert_eq!(said(&run(&world, &["plan"], "")), ["No changes. 1 tenant is as declared."]);
    world.tenant("numbers: { \"+18005550101\": { route: { receivers: [\"+18765550123\"] } } }");
    apply(&world, "");
    assert_ne!(world.read_state()["numbers"], before);
    let file = newest_restore(&world);
    let restored = run(&world, &["apply", "--restore", &file, "--auto-approve"], "");
    assert_eq!(restored.ending, Ending::Fine, "{}{}", restored.out, restored.err);
    assert_eq!(world.read_state()["numbers"], before);
    world.tenant("numbers: { \"+18005550101\": { route: { token: \"voice_bot Robin\" } } }");
    let refused = run(&world, &["plan"], "");
    let line = "error[unsupported]: a number cannot be routed to `token: voice_bot Robin`";
    assert!(refused.err.contains(line), "{}", refused.err);
}

/// To be cut off is to reach nobody: a queue without agents that hangs up needs a word, like one that leads nowhere.
#[test]
fn a_queue_that_hangs_up_answers_nobody() {
    for (no_answer, critical) in [("hang_up", true), ("off", true), ("voicemail", false)] {
        let world =
            World::on(&CTM, &format!("queues: {{ Sales: {{ agents: [], no_answer: {no_answer} }} }}"));
        let plan = run(&world, &["plan"], "");
        let line = "leaves nobody to answer the calls of numbers.+18005550101";
        assert_eq!(plan.out.contains(line), critical, "{no_answer}\n{}{}", plan.out, plan.err);
    }
}

/// Callers go to `no_answer` after `max_wait`: without one the overflow that somebody reviews never happens. What is told to
/// do about it is what is missing.
#[test]
fn an_overflow_that_never_happens_is_said() {
    const NOTE: &str =
        "note: queues.Sales: callers go to `no_answer` after the queue's `max_wait`, and none is known";
    const BOTH: &str = "set a `max_wait` and a `no_answer` to a person or a mailbox";
    const LIMIT: &str = "set a `max_wait`: `no_answer` is followed after it";
    let cases = [
        ("no_answer: { receiver: \"+14105550101\" }", true, Some(LIMIT)),
        ("no_answer: { receiver: \"+14105550101\" }, max_wait: 60", false, None),
        ("no_answer: off", false, Some(BOTH)),
        ("no_answer: off, max_wait: 60", false, Some("set a `no_answer`")),
        ("max_wait: 60", false, Some("set a `no_answer`")),
        ("", false, Some(BOTH)),
    ];
    for (fields, noted, help) in cases {
        let world = World::on(
            &CTM,
            &format!(
                "queues: {{ Sales: {{ {fields} }} }}\nreceivers: {{ \"+14105550101\": {{}} }}\n\
                 numbers: {{ \"+18005550101\": {{ route: {{ queue: Sales }} }} }}\n"
            ),
        );
        let plan = run(&world, &["plan"], "");
        assert_eq!(plan.out.contains(NOTE), noted, "{fields}\n{}{}", plan.out, plan.err);
        let checked = world.run(&["check", "--calls"]);
        let lines = checked.err.lines().skip_while(|line| !line.contains("[queue-without-agents]"));
        let told = lines.take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix("help: "));
        let told = told.map(|it| it.split_once("; `dialform trace").map_or(it, |(help, _)| help));
        assert_eq!(told, help, "{fields}\n{}", checked.err);
    }
}

/// A place that calls cannot be sent to is refused before anything is asked, and one that is not there before anything is
/// sent.
#[test]
fn a_place_that_cannot_be_is_refused() {
    let receiver =
        |to: &str| format!("receivers: {{ \"+14105550101\": {{ no_answer: {{ after: 20, to: {to} }} }} }}");
    let queue = |to: &str| format!("queues: {{ Waiting: {{ no_answer: {to} }} }}");
    let number = |to: &str| format!("numbers: {{ \"+18005550101\": {{ route: {to} }} }}");
    for (tenant, line) in [
        (receiver("hang_up"), "error[unsupported]: this provider cannot send these calls to `hang_up`"),
        (receiver("voicemail"), "error[unsupported]: this provider cannot send these calls to `voicemail`"),
        (number("voicemail"), "error[unsupported]: this provider cannot send these calls to `voicemail`"),
        (number("hang_up"), "error[unsupported]: this provider cannot send these calls to `hang_up`"),
        (
            queue("{ routing_table: Areas }"),
            "error[unsupported]: this provider cannot send these calls to `routing_table`",
        ),
        (queue("{ token: Menu VOM1 }"), "error[unsupported]: calls cannot be sent to `token: Menu VOM1`"),
        (
            queue("{ token: VoiceMenu voice_menu VOM1 }"),
            "error[unsupported]: calls cannot be sent to `token: VoiceMenu voice_menu VOM1`",
        ),
        (
            queue("{ token: \"receiving number sip:desk@acme.example\" }"),
            "error[no-such-receiver]: account `302341` has no receiving number `sip:desk@acme.example`",
        ),
        (
            number("{ token: \"receiving numbers +14165550123, sip:desk@acme.example\" }"),
            "error[no-such-receiver]: account `302341` has no receiving number `sip:desk@acme.example`",
        ),
        (
            queue("{ voice_bot: Robin }"),
            "error[no-such-place]: account `302341` has no `voice_bot` called `Robin`",
        ),
        (
            number("{ routing_table: Areas }"),
            "error[no-such-place]: account `302341` has no `routing_table` called `Areas`",
        ),
    ] {
        let world = World::on(&CTM, &tenant);
        let plan = run(&world, &["plan"], "");
        assert_eq!(said(&plan).first().map(String::as_str), Some(line), "{tenant}\n{}{}", plan.out, plan.err);
    }
}

/// A queue that no file declares was listed and not read, and calls that come to it over a receiving number of the account were told
/// as "a busy tone".
#[test]
fn a_queue_behind_an_own_number_is_read() {
    let world = World::on(
        &CTM,
        "receivers: { \"+18005550101\": { label: List } }\nnumbers: { \"+18005550103\": { route: { receivers: [\"+18005550101\"] } } }\n",
    );
    let plan = run(&world, &["plan"], "agent-fallback:shown");
    let told = "Calls to Other (+1 800 555 0103) now ring queue Sales at ann@acme.example";
    assert!(plan.out.contains(told), "{}{}", plan.out, plan.err);
    assert!(!plan.out.contains("busy tone"), "{}", plan.out);
}

/// The plan warned that calls reach nobody until a queue is made by hand, and an apply does not lead them there before it is.
#[test]
fn calls_are_led_to_what_a_person_makes_when_it_is_made() {
    let declared = "queues: { New: { agents: [ann@acme.example] } }\nnumbers: { \"+18005550101\": { route: { queue: New } } }\n";
    let provider = CTM.provider.replace("experimental: true", "experimental: false").leak();
    let world = World::on(&System { provider, ..CTM }, declared);
    let plan = world.run(&["plan"]);
    // Also where they lead now is read, which no file declares.
    assert!(plan.out.contains("they rang queue Sales at ann@acme.example"), "{}{}", plan.out, plan.err);
    assert!(!plan.out.contains("reach nobody"), "{}{}", plan.out, plan.err);
    let addresses = plan.out.lines().filter_map(|line| line.trim().get(2..)?.split(' ').next());
    let steps: Vec<&str> =
        addresses.filter(|it| ["queues.New", "numbers.+18005550101"].contains(it)).collect();
    assert_eq!(steps, ["queues.New", "numbers.+18005550101"], "{}", plan.out);
    let applied = world.run(&["apply", "--auto-approve"]);
    let skipped = "skipped   acme/numbers.+18005550101: queues.New has to be done by hand first";
    assert!(applied.out.contains(skipped), "{}{}", applied.out, applied.err);
}

/// A receiving number that something still leads to is no harmless deletion: a choice of a menu under whatever key, a geo router
/// that names the number and not its id, and of which the list shows nothing.
#[test]
fn a_receiver_that_a_menu_or_a_geo_router_uses_is_said_to_be_used() {
    let live = "receiving_numbers: [{ number: \"+14105550123\" }, { number: \"+14105550124\" }]\n\
                voice_menus: [{ name: Main, items: [{ keypress: \"1\", receiving_number: \"+14105550124\" }] }]\n\
                geo_routes: [{ name: West, numbers: [\"+14105550123\"] }]\n";
    for (number, by) in [("+14105550123", "geo router `West`"), ("+14105550124", "voice menu `Main`")] {
        let tenant = format!("absent: {{ receivers: [\"{number}\"] }}\n");
        let world = World::on(&System { live, ..world::CTM }, &tenant);
        for key in ["dial_number_id", "physical_phone_number_id"] {
            run(&world, &["plan"], "");
            let state = world.state().replace("\"dial_number_id\"", &format!("\"{key}\""));
            std::fs::write(world.state_file(), state).unwrap();
            let plan = run(&world, &["plan"], "");
            assert!(plan.out.contains(by), "{number} {key}\n{}{}", plan.out, plan.err);
        }
    }
}

/// The agents of a queue are written as a whole list: a part of them, taken for all, would take the others out. How many pages there
/// are may come as a number or a text, or as the next page alone.
#[test]
fn a_part_of_the_agents_is_not_taken_for_all() {
    let live = "users: [{ email: ann@acme.example }, { email: bob@acme.example }, { email: cy@acme.example }]\n\
                queues: [{ name: Sales, agents: [{ user: ann@acme.example, priority: 1 }, { user: bob@acme.example, priority: 2 }] }]\n";
    let tenant = "queues: { Sales: { agents: [{ agent: ann@acme.example, order: 1 }, { agent: cy@acme.example, order: 2 }] } }\n";
    for totals in ["numbers", "texts"] {
        let world = World::on(&System { live, ..world::CTM }, tenant);
        run(&world, &["plan"], "");
        let before = world.state();
        let applied =
            run(&world, &["apply", "--auto-approve"], &format!("agents-per-page:1,totals:{totals}"));
        assert_ne!(applied.ending, Ending::Fine, "{totals}\n{}{}", applied.out, applied.err);
        let said = format!("{}{}", applied.out, applied.err);
        assert!(said.contains("it has more than one page"), "{totals}\n{said}");
        assert_eq!(world.state(), before, "{totals}");
        // All of them on one page are all of them.
        apply(&world, &format!("agents-per-page:9,totals:{totals}"));
    }
}
