//! Where public evidence allows several behaviours of a vendor, the list is run under each of them, and under all harsh ones
//! at once: a write that is right under one reading alone is wrong.

use super::{
    Held,
    case::{Case, Setup},
    held, run_all,
};
use dialform::sandbox::{Reading, find};

/// Every so many cases are run where `DIALFORM_SWEEP=full` is not set: under each reading, and under all harsh ones. With
/// `DIALFORM_CASES` it is three times as many.
const SAMPLE: [usize; 2] = [360, 120];

/// A case whose provider behaves in one way.
struct Run {
    setup: Setup,
    cases: Vec<&'static Case>,
}

fn under(held: &Held, name: &str, readings: &[Reading], turn: usize) -> Run {
    let switches: Vec<&str> = readings.iter().map(|reading| reading.switch).collect();
    let setup = Setup { reading: switches.join(","), ..Setup::of(&held.setup.kind) };
    let sweep = std::env::var("DIALFORM_SWEEP").unwrap_or_default();
    let times = if std::env::var_os("DIALFORM_CASES").is_some() { 3 } else { 1 };
    let sample = SAMPLE[usize::from(readings.len() > 1)] / times;
    let cases: Vec<&Case> = match &*sweep {
        "" => held.cases.iter().skip(turn % sample).step_by(sample).copied().collect(),
        "full" => held.cases.clone(),
        part => held.cases.iter().filter(|case| case.name.contains(part)).copied().collect(),
    };
    println!("{}: {name}: {} transitions", setup.kind, cases.len());
    Run { setup, cases }
}

/// `DIALFORM_SWEEP=full` runs every case under every reading, another text the cases with it in their name; without, each
/// reading has some cases of its own.
#[test]
fn every_transition_is_right_under_every_reading() {
    let mut runs = Vec::new();
    for held in held() {
        let readings = find(&held.setup.kind).unwrap().faithful().unwrap().readings();
        let harsh: Vec<Reading> = readings.iter().filter(|it| it.harsh).copied().collect();
        for (turn, reading) in readings.iter().enumerate() {
            runs.push(under(held, reading.switch, &[*reading], turn));
        }
        runs.push(under(held, "all that are harsh", &harsh, readings.len()));
    }
    let list: Vec<(&Setup, &Case)> =
        runs.iter().flat_map(|run| run.cases.iter().map(|case| (&run.setup, *case))).collect();
    let broken = run_all(&list);
    assert!(broken.is_empty(), "{} of {} broken:\n{}", broken.len(), list.len(), broken.join("\n"));
}
