//! The limits, and that every shape keeps to them.

use super::{
    bare::{self, Parser},
    chains, devices, findings, globs, json, lines, links,
    measured::{Used, used},
    scalars,
    shape::{Make, SMALL, Shape},
    tenants,
};
use std::{
    collections::BTreeSet,
    env,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// The largest file that is read.
const LARGEST: usize = 2 << 20;
/// `check` takes no more than so many times the bare parse of the same bytes.
const TIMES_BARE: f64 = 6.0;
/// Twice the bytes take no more than so many times as much.
const DOUBLED: f64 = 2.2;
/// Eight files take no more than so many times as much as one.
const EIGHTFOLD: f64 = 8.5;
/// Bytes of memory that the check of one file takes at most.
const PEAK: u64 = 100_000_000;
/// Shapes that are still above a limit, with what they have reached: the peak in MB, and eight files to one. None of them
/// may get worse.
const ABOVE: [(&str, &str, u64, f64); 7] = [
    ("minified JSON", "numbers", 100, 11.0),
    ("minified JSON", "queues", 110, EIGHTFOLD),
    ("minified JSON", "queues that are not there", 120, EIGHTFOLD),
    ("many findings", "schedules that are not there", 115, EIGHTFOLD),
    ("many findings", "one rule again and again", 155, EIGHTFOLD),
    ("many tenants", "with a few numbers", 100, 11.0),
    ("many tenants", "of usual size", 125, EIGHTFOLD),
];
/// What takes no measure from its files ends within this time.
const BOUND: Duration = Duration::from_secs(10);
/// A machine that does other things as well is asked again before a limit counts as broken.
const TRIES: usize = 6;

fn shapes() -> impl Iterator<Item = &'static Shape> {
    let files = json::SHAPES.iter().chain(&lines::SHAPES).chain(&findings::SHAPES).chain(&scalars::SHAPES);
    let more = chains::SHAPES.iter().chain(&tenants::SHAPES);
    files.chain(more).chain(&globs::SHAPES).chain(&links::SHAPES).chain(&devices::SHAPES)
}

/// The kinds that are asked for, each in at least five variations with a name of its own.
#[test]
fn every_kind_has_its_shapes() {
    let kinds = [
        "minified JSON",
        "long lines",
        "many findings",
        "many scalars",
        "long chains",
        "many tenants",
        "deep globs",
        "links",
        "devices",
    ];
    for kind in kinds {
        let mut names: Vec<&str> = shapes().filter(|it| it.kind == kind).map(|it| it.name).collect();
        names.sort_unstable();
        names.dedup();
        assert!(names.len() >= 5, "{kind}: {names:?}");
    }
    assert!(shapes().all(|shape| kinds.contains(&shape.kind)));
}

fn check(program: &str, root: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("-C").arg(root).arg("check").stdin(Stdio::null());
    command
}

/// Each shape ends with what it is meant to end with, at a small size: every third, or all where `DIALFORM_CASES` asks for
/// much.
#[test]
fn every_shape_is_what_it_is_meant_to_be() {
    let mut wrong = Vec::new();
    let every = if std::env::var_os("DIALFORM_CASES").is_some() { 1 } else { 3 };
    for shape in shapes().step_by(every) {
        let directory = tempfile::tempdir().unwrap();
        shape.write(directory.path(), 1, SMALL);
        let run = check(env!("CARGO_BIN_EXE_dialform"), directory.path()).output().unwrap();
        let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
        let code = if shape.said == "no errors" { 0 } else { 1 };
        if run.status.code() != Some(code) || !said.contains(shape.said) {
            let start: String = said.chars().take(300).collect();
            wrong.push(format!("{}, {}: {} {start}", shape.kind, shape.name, run.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A shape in one size, to be measured again and again.
struct Sized {
    root: tempfile::TempDir,
    least: Option<Used>,
}

impl Sized {
    fn new(shape: &Shape, files: usize, bytes: usize) -> Self {
        let root = tempfile::tempdir().unwrap();
        shape.write(root.path(), files, bytes);
        Self { root, least: None }
    }

    /// The least that it took so far, after one more time.
    fn again(&mut self, program: &str) -> Used {
        let now = used(check(program, self.root.path()).stdout(Stdio::null()).stderr(Stdio::null()));
        let least = self.least.map_or(now, |it| Used {
            work: it.work.min(now.work),
            peak: it.peak.min(now.peak),
            ..now
        });
        *self.least.insert(least)
    }
}

fn times(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64().max(0.001)
}

/// What is wrong with a shape whose measure is its bytes. Eight files of it take the most time, and are measured where
/// `with_eight` says so.
fn measure(program: &str, shape: &Shape, with_eight: bool) -> Vec<String> {
    let sizes = [(1, LARGEST), (1, LARGEST / 2), (if with_eight { 8 } else { 1 }, LARGEST)];
    let [mut one, mut half, mut eight] = sizes.map(|(files, bytes)| Sized::new(shape, files, bytes));
    let above = ABOVE.iter().find(|(kind, name, ..)| (*kind, *name) == (shape.kind, shape.name));
    let (peak, eightfold) = above.map_or((PEAK, EIGHTFOLD), |(_, _, peak, eight)| (peak * 1_000_000, *eight));
    let mut bare: Option<(Parser, Duration)> = None;
    let mut wrong = Vec::new();
    for attempt in 0..TRIES {
        let (parser, now) = bare::parse(one.root.path());
        let least = bare.map_or(now.work, |(_, least)| least.min(now.work));
        bare = Some((parser, least));
        let (whole, half) = (one.again(program), half.again(program));
        // Eight files take long, and the first time mostly tells.
        let eight = match eight.least {
            _ if !with_eight => whole,
            Some(least) if times(least.work, whole.work) <= eightfold => least,
            _ => eight.again(program),
        };
        let ratios = [
            ("the bare parse", times(whole.work, least), TIMES_BARE),
            ("half of it", times(whole.work, half.work), DOUBLED),
            ("one of eight", times(eight.work, whole.work), eightfold),
        ];
        // What is over in no time is no measure.
        let short = whole.work < Duration::from_millis(20);
        let broken = ratios.iter().filter(|(_, ratio, limit)| ratio > limit && !short);
        wrong = broken
            .map(|(of, ratio, limit)| format!("takes {ratio:.2} times {of}, more than {limit}"))
            .collect();
        if whole.peak > peak {
            wrong.push(format!("takes {} MB", whole.peak / 1_000_000));
        }
        if [whole, half, eight].iter().any(|it| !matches!(it.code, Some(0 | 1))) {
            wrong.push("does not end by itself".to_owned());
        }
        // Twice in any case, for the least of one run is no least.
        if attempt > 0 && wrong.is_empty() || attempt + 1 == TRIES {
            let [bare, half, eight] = ratios.map(|(_, ratio, _)| ratio);
            println!(
                "{:14} {:34} {parser:?} {:6.1} ms, check {:6.1} ms: {bare:5.2} bare, {half:4.2} half, {eight:4.2} one of eight, {:4} MB",
                shape.kind,
                shape.name,
                least.as_secs_f64() * 1e3,
                whole.work.as_secs_f64() * 1e3,
                whole.peak / 1_000_000,
            );
            break;
        }
    }
    wrong
}

/// What is wrong with a shape that only has to have an end.
fn bound(program: &str, shape: &Shape) -> Vec<String> {
    let used = Sized::new(shape, 1, 0).again(program);
    println!(
        "{:14} {:34} check {:6.1} ms, {:4} MB",
        shape.kind,
        shape.name,
        used.work.as_secs_f64() * 1e3,
        used.peak / 1_000_000
    );
    let mut wrong = Vec::new();
    if used.work > BOUND {
        wrong.push(format!("takes {:?}", used.work));
    }
    if used.peak > PEAK {
        wrong.push(format!("takes {} MB", used.peak / 1_000_000));
    }
    if !matches!(used.code, Some(0 | 1)) {
        wrong.push("does not end by itself".to_owned());
    }
    wrong
}

/// The acceptance line, on the release build that `DIALFORM_SIZES` names; `DIALFORM_SIZES_ONLY` is a part of the kind or
/// the name of the shapes that are measured. Eight files are measured of the first shape of each kind, of all where
/// `DIALFORM_SIZES_ALL` is set.
#[test]
#[ignore = "for .ci/sizes"]
fn no_shape_takes_more_than_it_may() {
    let program = env::var("DIALFORM_SIZES").unwrap();
    let only = env::var("DIALFORM_SIZES_ONLY").unwrap_or_default();
    let mut wrong = Vec::new();
    let mut kinds = BTreeSet::new();
    for shape in shapes().filter(|it| it.kind.contains(&only) || it.name.contains(&only)) {
        let with_eight = kinds.insert(shape.kind) || env::var_os("DIALFORM_SIZES_ALL").is_some();
        let found = match shape.make {
            Make::File(_) | Make::Files(_) => measure(&program, shape, with_eight),
            Make::Place(_) => bound(&program, shape),
        };
        wrong.extend(found.into_iter().map(|why| format!("{}, {}: {why}", shape.kind, shape.name)));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
