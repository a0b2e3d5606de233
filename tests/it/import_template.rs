//! Offices that were set up by one hand, imported with a template: what they share stands once, and each comes to what it was.

use crate::{golden, workspace::refusal, world::World};
use dialform::{cli::Finished, error::Ending};
use serde_json::{Value, json};

const TEMPLATE: &str = "templates/pbx.yaml";
/// A file of a tenant that fits on half a screen.
const SHORT: usize = 15;

/// What one office is set up as. Of some of them a little differs, as people leave it over the years.
fn office(number: usize) -> Value {
    let (domain, name) = (account(number), format!("Office {number:03}"));
    let [main, cell] = ["214555", "972555"].map(|area| format!("{area}{number:04}"));
    let hours = |day: &str, to: &str| {
        json!({
            format!("timeframe-weekly-{day}-begin-time-1"): "0800",
            format!("timeframe-weekly-{day}-end-time-1"): to,
        })
    };
    let mut week = json!({
        "timeframe-recurrence-type": "weekly", "timeframe-recurrence-begin-date": "20220103",
        "timeframe-recurrence-end-option": "never",
    });
    for day in ["monday", "tuesday", "wednesday", "thursday", "friday"] {
        let closes = if number % 50 == 7 && day == "friday" { "1500" } else { "1700" };
        let hours = hours(day, closes).as_object().unwrap().clone();
        week.as_object_mut().unwrap().extend(hours);
    }
    let day = |date: &str| {
        json!({
            "timeframe-specific-dates-begin-date": date, "timeframe-specific-dates-begin-time": "0000",
            "timeframe-specific-dates-end-date": date, "timeframe-specific-dates-end-time": "2359",
            "timeframe-recurrence-type": "doesNotRecur",
        })
    };
    let yes = |parameters: &str| json!({ "enabled": "yes", "parameters": [parameters] });
    let user = |extension: &str, rules: Value| json!({ "user": extension, "ring-no-answer-timeout-seconds": 25, "answerrules": rules });
    let holidays = json!({ "time-frame": "holidays", "do-not-disturb": { "enabled": "yes" } });
    let open = json!({
        "time-frame": "open", "forward-no-answer": yes("queue_400"), "forward-when-unregistered": yes(&format!("1{cell}")),
    });
    let closed = json!({ "time-frame": "*", "forward-always": yes("vmail_101") });
    let mut users = vec![
        user("101", json!([holidays, open, closed])),
        user("102", json!([holidays, { "time-frame": "*", "forward-no-answer": yes("vmail_102") }])),
        user("103", json!([{ "time-frame": "*", "forward-on-busy": yes("101") }])),
    ];
    if number % 20 == 3 {
        users.push(json!({ "user": "104" }));
    }
    let agent = |extension: &str, order: usize| json!({ "callqueue-agent-id": format!("{extension}@{domain}"), "ordinal-order": order });
    let mut queues = vec![json!({
        "callqueue": "400", "description": format!("{name} reception"), "callqueue-dispatch-type": "Ring All",
        "callqueue-agent-dispatch-timeout-seconds": 20,
        "agents": [agent("101", 1), agent("102", 2)],
    })];
    users.push(json!({ "user": "400", "service-code": "system-queue" }));
    if number % 10 != 4 {
        queues.push(
            json!({ "callqueue": "401", "description": "Billing", "callqueue-dispatch-type": "Linear Cascade",
            "agents": [agent("103", 1)] }),
        );
        users.push(json!({ "user": "401", "service-code": "system-queue" }));
    }
    let phone = |number: &str, application: &str, user: &str, label: &str| {
        json!({
            "phonenumber": format!("1{number}"), "dial-rule-application": application,
            "dial-rule-translation-destination-user": user, "dial-rule-translation-destination-host": domain,
            "dial-rule-description": label,
        })
    };
    json!({
        "domain": { "domain": domain, "description": name, "time-zone": "US/Central" },
        "timeframes": [
            { "timeframe-name": "open", "timeframe-type": "days-of-week", "timeframe-days-of-week-array": [week] },
            { "timeframe-name": "holidays", "timeframe-type": "specific-dates",
              "timeframe-specific-dates-array": [day("20271125"), day("20271224")] },
        ],
        "users": users,
        "callqueues": queues,
        "phonenumbers": [
            phone(&main, "to-callqueue", "400", "Main line"),
        ],
        "carrier": [{ "number": main, "destination": cell, "active": false }],
    })
}

/// A workspace without tenants, and these offices.
fn offices(numbers: impl Iterator<Item = usize>) -> World {
    let world = World::new("");
    std::fs::remove_dir_all(world.path("tenants")).unwrap();
    std::fs::remove_dir_all(world.path("live")).unwrap();
    for number in numbers {
        add(&world, number, &office(number));
    }
    world
}

fn add(world: &World, number: usize, office: &Value) {
    world.write(&format!("live/pbx/{}.yaml", account(number)), office.to_string());
}

fn account(number: usize) -> String {
    format!("office{number:03}.1.service")
}

fn tenant(number: usize) -> String {
    format!("tenants/office-{number:03}.yaml")
}

/// Every file that an import has written, in order.
fn files(world: &World) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for directory in ["tenants", "tenants/office001", "templates"] {
        let Ok(files) = std::fs::read_dir(world.path(directory)) else { continue };
        let files = files.filter(|file| file.as_ref().unwrap().path().is_file());
        let names = files.map(|file| format!("{directory}/{}", file.unwrap().file_name().to_str().unwrap()));
        found.extend(names.map(|name| (name.clone(), world.read(&name))));
    }
    found.sort();
    found
}

fn import(world: &World, more: &[&str]) -> Finished {
    world.run(&[&["import", "--all", "--template"], more].concat())
}

/// How many accounts by default: each is read by every import and every plan. `DIALFORM_CASES=300` is what it is about.
const OFFICES: usize = 40;

/// The reason for all this: three hundred accounts become one template and three hundred files that fit on half a screen, and
/// one line of it is a change of all.
#[test]
fn many_accounts_are_one_template_and_short_files() {
    let said = std::env::var("DIALFORM_CASES").ok().and_then(|text| text.parse().ok());
    let all: usize = said.unwrap_or(OFFICES).clamp(OFFICES, 300);
    let world = offices(1..=all);
    let done = import(&world, &["--format", "json"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["template"], json!({ "file": TEMPLATE, "objects": 9, "tenants": all }));
    assert_eq!(report["known"], json!([]));
    let written = files(&world);
    assert_eq!(written.len(), all + 1);
    for account in report["accounts"].as_array().unwrap() {
        let text = world.read(account["file"].as_str().unwrap());
        let lines = text.lines().count();
        assert_eq!(account["extending"], json!({ "lines": lines }));
        // One more extension is a whole object of its own.
        assert!(lines < SHORT || (lines == SHORT && text.contains("\"104\":")), "{text}");
    }
    golden::assert("import_template/template.yaml", &world.read(TEMPLATE));
    // As most are, one with one more user, one without a queue, and one that closes earlier.
    let some = [1, 3, 4, 7].map(|number| world.read(&tenant(number)));
    golden::assert("import_template/tenants.yaml", &some.join("---\n"));

    let objects = 9 * all + (3..=all).step_by(20).count() - (4..=all).step_by(10).count();
    let check = world.check();
    let expected = format!("{all} tenants, {objects} objects: no errors, 0 warnings.\n");
    assert_eq!((check.out, check.err), (expected, String::new()));
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);

    world.edit(TEMPLATE, "agent_ring: 20", "agent_ring: 25");
    let plan = world.run(&["plan", "--format", "json"]);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    let tenants = plan["tenants"].as_array().unwrap();
    for tenant in tenants {
        let steps = tenant["steps"].as_array().unwrap();
        let said: Vec<_> = steps.iter().map(|step| (&step["address"], &step["changes"][0]["path"])).collect();
        assert_eq!(said, [(&json!("queues.400"), &json!(["agent_ring"]))], "{tenant}");
    }
    assert_eq!(tenants.len(), all);
}

/// A reviewer can do the same again: the files depend on what is live, and not on how the accounts are named.
#[test]
fn the_files_do_not_depend_on_the_order_of_the_accounts() {
    let world = offices(1..=5);
    let mut seen = Vec::new();
    for order in [[1, 2, 3, 4, 5], [5, 3, 1, 2, 4]] {
        let accounts = order.map(account);
        let named: Vec<&str> = accounts.iter().flat_map(|it| ["--account", it.as_str()]).collect();
        let done = world.run(&[&["import", "--template", TEMPLATE], named.as_slice()].concat());
        assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
        seen.push(files(&world));
        std::fs::remove_dir_all(world.path("tenants")).unwrap();
        std::fs::remove_dir_all(world.path("templates")).unwrap();
    }
    assert_eq!(seen[0], seen[1]);
}

/// What is a template has to be said before anything is read, and no file of anybody may come to something else by it.
#[test]
fn a_template_takes_no_place_of_another_file() {
    let table: [(&[&str], &str); 7] = [
        (
            &["tenants/office.yaml"],
            "`tenants/office.yaml` matches `tenants/*.yaml` in `tenants` of `dialform.yaml`, and a template does not",
        ),
        (
            &["shared/days.yaml"],
            "`shared/days.yaml` matches `shared/*.yaml` in `shared` of `dialform.yaml`, and a template does not",
        ),
        (&["../office.yaml"], "`--template ../office.yaml` is no file for a template"),
        (&["/office.yaml"], "`--template /office.yaml` is no file for a template"),
        (&["dialform.yaml"], "`--template dialform.yaml` is no file for a template"),
        (&["templates"], "`--template templates` is no file for a template"),
        (&["templates/mine.yaml"], "`templates/mine.yaml` is there already"),
    ];
    let world = offices(1..=2);
    world.write("shared/days.yaml", "schedules: { feast: { dates: [\"2027-12-25\"] } }\n");
    world.write("dialform.yaml", format!("{}shared: [\"shared/*.yaml\"]\n", world.workspace()));
    world.write("templates/mine.yaml", "queues: {}\n");
    for (arguments, message) in table {
        let done = import(&world, &[arguments, &["--record", "traffic.jsonl"]].concat());
        assert_eq!((done.ending, refusal(&done)), (Ending::Error, message.to_owned()));
        assert_eq!(world.traffic().len(), 0);
    }
    assert!(!world.path("tenants").exists());
    let done = world.run(&["import", "--all", "--only", "queues.*", "--write", "--template"]);
    assert!(done.err.starts_with("error: the argument '--write' cannot be used with"), "{}", done.err);
    // What extends a template is short, and has no need of a file for each section.
    let done = world.run(&["import", "--all", "--split", "--template"]);
    assert!(
        done.err.starts_with("error: the argument '--split' cannot be used with '--template [<FILE>]'"),
        "{}",
        done.err
    );
}

/// A tenant of several files keeps them beside tenants that come to share a template, and may extend it as any other.
#[test]
fn a_tenant_of_several_files_keeps_them() {
    let world = offices(1..=3);
    world.edit("dialform.yaml", "tenants/*.yaml", "tenants/**/*.yaml");
    let done = world.run(&["import", "--account", &account(1), "--only", "numbers.*", "--split"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    let numbers = world.read("tenants/office001/numbers.yaml");
    let done = import(&world, &[]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    let main = "tenants/office001/tenant.yaml";
    let lines = world.read(main).lines().count() + numbers.lines().count();
    let said: Vec<&str> = done.out.lines().take(3).collect();
    let short = format!(
        "  {lines} lines, without the template: its file was there already, and `--force` writes it anew"
    );
    let first = format!("office001 ({}): {main}", account(1));
    assert_eq!(said, [first.as_str(), "  added: 8 objects and 0 comments", short.as_str()]);
    assert_eq!(world.read("tenants/office001/numbers.yaml"), numbers);
    assert!(done.out.ends_with("9 objects shared by 2 tenants\n"), "{}", done.out);
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);

    // Its sections go into a template by hand, and the rest stands in two files.
    let other = world.read(&tenant(2)).replace("office-002", "office001").replace("Office 002", "Office 001");
    let other = other.replace("office002", "office001").replace("5550002", "5550001");
    world.write(main, other.replace("../templates", "../../templates"));
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    let now = files(&world);
    let done = import(&world, &["--force"]);
    let message = format!("`{main}` extends `{TEMPLATE}`, and this import does not write it anew");
    assert_eq!((done.ending, refusal(&done)), (Ending::Error, message));
    assert_eq!(files(&world), now);
}

/// A second run adds what is new to the files, and writes all of it anew where that is asked for. A template that others extend
/// is theirs.
#[test]
fn what_extends_a_template_is_imported_again() {
    let world = offices(1..=3);
    assert_eq!(import(&world, &[]).ending, Ending::Fine);
    let first = files(&world);
    let again = world.run(&["import", "--all"]);
    assert_eq!(again.out.matches("unchanged: there is nothing to add").count(), 3, "{}", again.out);
    assert_eq!(files(&world), first);

    // A fourth account finds the template taken, and with another one too few new files.
    add(&world, 4, &office(4));
    assert_eq!(refusal(&import(&world, &[])), format!("`{TEMPLATE}` is there already"));
    let done = import(&world, &["templates/new.yaml"]);
    assert!(
        done.out.ends_with("templates/new.yaml: not written: a template is for two new files or more\n"),
        "{}",
        done.out
    );
    assert!(
        done.out.contains(
            "lines, without the template: its file was there already, and `--force` writes it anew"
        ),
        "{}",
        done.out
    );
    assert!(!world.path("templates/new.yaml").exists());

    // Written anew, the same comes of the same; and of what has changed a template of what is now.
    std::fs::remove_file(world.path(&tenant(4))).unwrap();
    std::fs::remove_file(world.path(&format!("live/pbx/{}.yaml", account(4)))).unwrap();
    std::fs::remove_file(world.path(&format!(".dialform/sandbox/pbx/{}.json", account(4)))).unwrap();
    let done = import(&world, &["--force"]);
    assert_eq!((done.ending, files(&world)), (Ending::Fine, first.clone()), "{}{}", done.out, done.err);
    for number in 1..=3 {
        let state = format!(".dialform/sandbox/pbx/{}.json", account(number));
        world.write(&state, world.read(&state).replace("Billing", "Accounts"));
    }
    let done = import(&world, &["--force"]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert!(world.read(TEMPLATE).contains("name: Accounts"));
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);

    let now = files(&world);
    let (one, two) = (account(1), account(2));
    let done = world.run(&["import", "--account", &one, "--account", &two, "--template", "--force"]);
    let message = format!("`{}` extends `{TEMPLATE}`, and this import does not write it anew", tenant(3));
    assert_eq!((done.ending, refusal(&done)), (Ending::Error, message));
    assert_eq!(files(&world), now);
}

/// An account that was set up by another hand has nothing of the template, and is imported as it would be without.
#[test]
fn what_shares_nothing_stands_alone() {
    let world = offices(1..=10);
    let odd = json!({
        "domain": { "domain": account(11), "description": "Office 011", "time-zone": "US/Eastern" },
        "users": [{ "user": "700" }],
    });
    add(&world, 11, &odd);
    let done = import(&world, &[]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert!(done.out.ends_with("templates/pbx.yaml: 9 objects shared by 10 tenants\n"), "{}", done.out);
    let (_, last) = done.out.split_once("tenants/office-011.yaml\n").unwrap();
    let said: Vec<&str> = last.lines().take(2).collect();
    assert_eq!(said, ["  new", "  13 lines, without the template: it has no value for a variable"]);
    assert!(world.read(&tenant(11)).starts_with("# Office 011\ntenant: office-011\nprovider: pbx\n"));
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
}

/// What was wrong before anybody wrote a file stops nobody, wherever it stands now.
#[test]
fn the_baseline_knows_what_is_wrong_in_a_template() {
    let world = offices(std::iter::empty());
    for number in 1..=3 {
        let text =
            office(number).to_string().replace("\"time-frame\":\"holidays\"", "\"time-frame\":\"gone\"");
        // One says something of its own of an object whose mistake stands in the template.
        let text = if number == 3 { text.replace("seconds\":25", "seconds\":30") } else { text };
        add(&world, number, &serde_json::from_str(&text).unwrap());
    }
    let done = import(&world, &[]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert!(world.read(TEMPLATE).contains("when: gone"));
    assert!(world.read(&tenant(3)).contains("\"101\": { ring_timeout: 30 }"), "{}", world.read(&tenant(3)));
    let check = world.check();
    assert_eq!((check.ending, check.err.as_str()), (Ending::Fine, ""), "{}", check.out);
    assert_eq!(world.read(".dialform-baseline.yaml").matches("code: unknown-schedule").count(), 6);
}

/// Texts that mean something to a template say in one what they say in a file.
#[test]
fn texts_of_a_template_are_texts() {
    let world = offices(std::iter::empty());
    for number in 1..=3 {
        let text =
            office(number).to_string().replace("Billing", "$(name) $$(x) US$").replace(" reception", "$(");
        add(&world, number, &serde_json::from_str(&text.replace("Main line", "null")).unwrap());
    }
    let done = import(&world, &[]);
    assert!(done.out.ends_with("9 objects shared by 3 tenants\n"), "{}{}", done.out, done.err);
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}\n{}", plan.out, plan.err, world.read(TEMPLATE));
}
