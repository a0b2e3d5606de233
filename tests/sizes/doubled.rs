//! Of twice as much a run makes twice as much work: no path takes the square of anything that a workspace or an account has
//! many of.
//!
//! Instructions are counted, which a busy machine does not change, by `valgrind`. Where it is not asked for
//! (`DIALFORM_DOUBLED=1`) each row is run small, for what it ends with.

use std::{env, fmt::Write, fs, path::Path, process::Command};

/// What doubling a size may add, beside what doubling it the first time added.
const LIMIT: f64 = 2.2;

/// Something there can be many of.
struct Row {
    name: &'static str,
    /// The tenant's file below its head, and the account's document below its domain, of so many.
    make: fn(usize) -> (String, String),
    /// Whether so many tenants have one each, instead of one tenant so many.
    is_of_tenants: bool,
    args: &'static [&'static str],
    /// The smallest size.
    size: usize,
    said: &'static str,
}

fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, at| {
        all.push_str(&row(at));
        all
    })
}

fn list(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

fn number(at: usize) -> String {
    format!("+1214{:07}", 2_000_000 + at)
}

fn users(count: usize) -> String {
    format!("users: [{}]\n", list(count, |at| format!("{{ user: \"{}\" }}", 1000 + at)))
}

fn schedules(count: usize) -> String {
    let day = |at: usize| format!("20{:02}-{:02}-{:02}", 27 + at / 336, at / 28 % 12 + 1, at % 28 + 1);
    format!("schedules:\n{}", rows(count, |at| format!("  s{at}: {{ dates: [\"{}\"] }}\n", day(at))))
}

const CHECK: &[&str] = &["check"];
const PLAN: &[&str] = &["plan", "--sandbox"];
const APPLY: &[&str] = &["apply", "--auto-approve", "--sandbox"];

const ROWS: &[Row] = &[
    Row {
        name: "tenants that are checked",
        make: |_| (schedules(1), String::new()),
        is_of_tenants: true,
        args: CHECK,
        size: 100,
        said: "no errors",
    },
    Row {
        name: "tenants that are planned",
        make: |_| (schedules(1), String::new()),
        is_of_tenants: true,
        args: PLAN,
        size: 10,
        said: "to create",
    },
    Row {
        name: "tenants that are applied",
        make: |_| (schedules(1), String::new()),
        is_of_tenants: true,
        args: APPLY,
        size: 8,
        said: "Applied:",
    },
    Row {
        name: "keys of one tenant",
        make: |count| {
            (
                format!(
                    "forwards:\n{}",
                    rows(count, |at| format!("  \"{}\": {{ to: \"+19725550199\" }}\n", number(at)))
                ),
                String::new(),
            )
        },
        is_of_tenants: false,
        args: CHECK,
        size: 300,
        said: "no errors",
    },
    Row {
        name: "misspelt keys",
        make: |count| {
            let wrong = |at| format!("  s{at}: {{ dates: [\"2027-12-25\"], datez{at}: 1 }}\n");
            (format!("schedules:\n{}", rows(count, wrong)), String::new())
        },
        is_of_tenants: false,
        args: CHECK,
        size: 100,
        said: "unknown key",
    },
    Row {
        name: "names that nobody declared",
        make: |count| {
            let rule =
                |at| format!("  \"{}\": {{ order: [{{ when: x{at}, do_not_disturb: true }}] }}\n", 1000 + at);
            (format!("{}rules:\n{}", schedules(count), rows(count, rule)), String::new())
        },
        is_of_tenants: false,
        args: CHECK,
        size: 100,
        said: "is not declared",
    },
    Row {
        name: "deletions",
        make: |count| {
            let live = |at| {
                format!(
                    "{{ timeframe-name: s{at}, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }}"
                )
            };
            (
                format!("absent:\n  schedules: [{}]\n", list(count, |at| format!("s{at}"))),
                format!("timeframes: [{}]\n", list(count, live)),
            )
        },
        is_of_tenants: false,
        args: PLAN,
        size: 40,
        said: "to delete",
    },
    Row {
        name: "callers of one list",
        make: |count| {
            let block = list(count, |at| format!("\"{}\"", number(at)));
            (format!("rules:\n  \"1000\": {{ callers: {{ block: [{block}] }} }}\n"), users(1))
        },
        is_of_tenants: false,
        args: PLAN,
        size: 100,
        said: "to update",
    },
    Row {
        name: "rules of as many users",
        make: |count| {
            let rule = |at| format!("  \"{}\": {{ ring_timeout: 35 }}\n", 1000 + at);
            (format!("rules:\n{}", rows(count, rule)), users(count))
        },
        is_of_tenants: false,
        args: PLAN,
        // Of fewer the calls after each step are looked at, which takes the square, and of more it is said that they are not.
        size: 150,
        said: "to update",
    },
    Row {
        name: "numbers",
        make: |count| {
            let live = |at| {
                format!(
                    "{{ phonenumber: \"{}\", dial-rule-application: to-user-residential, \
                     dial-rule-translation-destination-user: \"1000\" }}",
                    &number(at)[1..]
                )
            };
            let declared = rows(count, |at| format!("  \"{}\": {{ label: Main {at} }}\n", number(at)));
            (format!("numbers:\n{declared}"), format!("{}phonenumbers: [{}]\n", users(1), list(count, live)))
        },
        is_of_tenants: false,
        args: PLAN,
        size: 30,
        said: "to update",
    },
];

fn write(root: &Path, row: &Row, count: usize) {
    let place = "http://127.0.0.1:1";
    let settings = format!(
        "version: 1\nguard: {{ max_deletes: 100000 }}\nproviders:\n  pbx: {{ kind: stratus, url: \"{place}/ns-api/v2\", \
         token: {{ env: T }}, carrier: {{ url: \"{place}\", token: {{ env: T }} }}, \
         limits: {{ requests_per_second: 100000, concurrency: 16 }} }}\ntenants: [\"tenants/*.yaml\"]\n"
    );
    fs::create_dir_all(root.join("tenants")).unwrap();
    fs::create_dir_all(root.join("live/pbx")).unwrap();
    fs::write(root.join("dialform.yaml"), settings).unwrap();
    let (tenants, each) = if row.is_of_tenants { (count, 1) } else { (1, count) };
    for tenant in 0..tenants {
        let account = format!("t{tenant:05}.1.service");
        let (mut file, mut live) = (String::new(), String::new());
        let (declared, found) = (row.make)(each);
        write!(
            file,
            "tenant: t{tenant:05}\nprovider: pbx\naccount: {account}\ntime_zone: America/Chicago\n{declared}"
        )
        .unwrap();
        write!(live, "domain: {{ domain: {account}, time-zone: America/Chicago }}\n{found}").unwrap();
        fs::write(root.join(format!("tenants/t{tenant:05}.yaml")), file).unwrap();
        fs::write(root.join(format!("live/pbx/{account}.yaml")), live).unwrap();
    }
}

/// What a run says, and how many instructions it takes where they are counted.
fn run(row: &Row, count: usize, is_counted: bool) -> (String, f64) {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), row, count);
    let program = env!("CARGO_BIN_EXE_dialform");
    let mut command = if is_counted { Command::new("valgrind") } else { Command::new(program) };
    if is_counted {
        command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", program]);
    }
    let output = command.arg("-C").arg(root.path()).args(row.args).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if !is_counted {
        return (said, 0.0);
    }
    let number = said.lines().find_map(|line| line.split_once("refs:")).unwrap_or_else(|| panic!("{said}")).1;
    let number = number.trim().replace(',', "").parse().unwrap();
    (said, number)
}

/// A fleet grows, a queue gets agents, a file gets numbers: what takes the square of that is unusable one day.
#[test]
fn twice_as_much_is_twice_the_work() {
    let is_counted = env::var_os("DIALFORM_DOUBLED").is_some();
    let mut wrong = Vec::new();
    for row in ROWS {
        let (said, _) = run(row, 3, false);
        if !said.contains(row.said) {
            wrong.push(format!("{}: {said}", row.name));
        }
        if !is_counted {
            continue;
        }
        let [one, two, four] = [1, 2, 4].map(|times| run(row, row.size * times, true).1);
        let ratio = (four - two) / (two - one);
        println!(
            "{:28} {:6} of {:5}, {:6} of twice, {:6} of four times as many, in millions: {ratio:.2}",
            row.name,
            (one / 1e6).round(),
            row.size,
            (two / 1e6).round(),
            (four / 1e6).round()
        );
        if !(0.0..=LIMIT).contains(&ratio) {
            wrong.push(format!("{}: what is added when it doubles grows {ratio:.2} times", row.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
