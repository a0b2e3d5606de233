//! A way out that is named is one: whoever follows it is not refused.

use crate::world::World;
use dialform::error::Ending;

/// The texts in double quotes of the first help line.
fn quoted(err: &str) -> Vec<String> {
    let help = err.lines().find_map(|line| line.trim_start().strip_prefix("help: ")).unwrap_or_default();
    help.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Times and dates that people write, and what they are told to write: for windows one for each day that is meant.
#[test]
fn a_hint_is_accepted() {
    let windows: [(&str, &[&str]); 7] = [
        ("22:00-06:00", &["22:00-24:00", "00:00-06:00"]),
        ("22:00-00:00", &["22:00-24:00"]),
        ("24:00-06:00", &["00:00-06:00"]),
        ("24:00-00:00", &["00:00-24:00"]),
        ("00:00-00:00", &["00:00-24:00"]),
        ("24:00-24:00", &["00:00-24:00"]),
        ("09:00", &["08:00-17:00"]),
    ];
    let dates: [(&str, &[&str]); 7] = [
        ("2026-12-24T12:00", &["2026-12-24T12:00..2026-12-24T17:00"]),
        ("2027-12-24T12:00", &["2027-12-24T12:00..2027-12-24T17:00"]),
        ("2027-12-24T18:30", &["2027-12-24T18:30..2027-12-24T24:00"]),
        ("2027-12-24T17:00", &["2027-12-24T17:00..2027-12-24T24:00"]),
        ("2027-12-24T24:00", &["2027-12-24"]),
        ("2027-12-24T12:00..17:00", &["2027-12-24T12:00..2027-12-24T17:00"]),
        ("2027-12-24T12:00..T17:00", &["2027-12-24T12:00..2027-12-24T17:00"]),
    ];
    let weekly =
        |window: &str, day: &str| format!("schedules: {{ x: {{ weekly: {{ {day}: [\"{window}\"] }} }} }}\n");
    let dated = |date: &str, _: &str| format!("schedules: {{ x: {{ dates: [\"{date}\"] }} }}\n");
    type Form<'a> = &'a dyn Fn(&str, &str) -> String;
    let all = windows
        .map(|case| (case, &weekly as Form<'_>))
        .into_iter()
        .chain(dates.map(|case| (case, &dated as Form<'_>)));
    for ((written, expected), form) in all {
        let world = World::new(&form(written, "mon"));
        let refused = world.run(&["plan"]);
        assert_eq!(refused.ending, Ending::Error, "{written}");
        assert_eq!(quoted(&refused.err), expected, "{written}: {}", refused.err);
        for (hint, day) in expected.iter().zip(["mon", "tue"]) {
            world.tenant(&form(hint, day));
            let followed = world.run(&["plan"]);
            assert_eq!(followed.ending, Ending::Fine, "{hint}: {}{}", followed.out, followed.err);
        }
    }
}

/// A number has the same reading in every field, also where a word may stand instead.
#[test]
fn a_number_is_read_alike_in_every_field() {
    let fields = ["rules: { \"101\": { ring_timeout: N } }", "queues: { \"400\": { agent_ring: N } }"];
    for field in fields {
        for written in ["025", "+25", "25.0", "0x19", "\"25\"", "'025'"] {
            let world = World::new(&format!("{}\n", field.replace('N', written)));
            let run = world.run(&["plan"]);
            let help: Vec<&str> = run.err.lines().filter(|line| line.starts_with("help: ")).collect();
            assert_eq!((run.ending, help), (Ending::Error, vec!["help: write 25"]), "{field} {written}");
        }
        let world = World::new(&format!("{}\n", field.replace('N', "25")));
        assert_eq!(world.run(&["plan"]).ending, Ending::Fine, "{field}");
    }
}
