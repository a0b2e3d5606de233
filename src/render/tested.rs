//! What came of assertions about calls, for people.

use super::{BOLD, DIM, GREEN, RED, YELLOW, findings, paint, trace, xml::escaped};
use crate::{
    page::{Exact, Page, add, say},
    report::{Assumed, Failed, Missing, Outcome, Tallied, Tested, TestedAssertion, Touched, Untouchable},
    text::count,
};
use std::{collections::BTreeMap, io};

/// Writes what fails, with all that it takes to see why, and how many hold.
pub fn tested(out: &mut Page<'_>, tested: &Tested) -> io::Result<()> {
    let mut files: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for it in &tested.assertions {
        let counts = files.entry(&it.file).or_default();
        counts[0] += usize::from(it.outcome == Outcome::Holds);
        counts[1] += 1;
    }
    for (file, [hold, all]) in &files {
        say!(out, "{}: {} of {} hold", *file, *hold, *all)?;
    }
    for it in &tested.assertions {
        match (&it.finding, &it.failed) {
            (Some(finding), _) => {
                say!(out)?;
                heading(out, "wrong", it)?;
                findings(out, &[(**finding).clone()])?;
            }
            (None, Some(failed)) => {
                say!(out)?;
                heading(out, "fails", it)?;
                self::failed(out, failed)?;
            }
            (None, None) => {}
        }
    }
    rests_on(out, &tested.assertions)?;
    if let Some(touched) = &tested.coverage {
        say!(out)?;
        coverage(out, touched)?;
    }
    say!(out)?;
    summary(out, tested)
}

fn heading(out: &mut Page<'_>, word: &'static str, it: &TestedAssertion) -> io::Result<()> {
    let place = format!("{}:{}", it.file, it.line);
    say!(out, "{}  {}  {}", paint(RED, word), paint(DIM, place), paint(BOLD, it.name.as_str()))
}

/// The first call of an assertion that is not what is expected.
fn failed(out: &mut Page<'_>, failed: &Failed) -> io::Result<()> {
    let Failed { expected, why, at, more, trace: told, again } = failed;
    for line in expected {
        say!(out, "  expected  {}", line.as_str())?;
    }
    add!(out, "  but       {}", why.as_str())?;
    if let Some(at) = at {
        add!(out, ", on {}", at.as_str())?;
    }
    if *more > 0 {
        add!(out, " and in {}", count(*more, "more window"))?;
    }
    say!(out)?;
    if let Some(told) = told {
        say!(out)?;
        trace(out, told)?;
    }
    if let Some(again) = again {
        say!(out, "\n  again: {}", Exact(again))?;
    }
    Ok(())
}

/// What no source says and assertions rest on, with how many those are.
fn rests_on(out: &mut Page<'_>, all: &[TestedAssertion]) -> io::Result<()> {
    let mut known: BTreeMap<usize, (&Assumed, usize)> = BTreeMap::new();
    for assumed in all.iter().flat_map(|it| &it.assumed) {
        let number = assumed.id.trim_start_matches('U').parse().unwrap_or_default();
        known.entry(number).or_insert((assumed, 0)).1 += 1;
    }
    if known.is_empty() {
        return Ok(());
    }
    say!(out, "\nNo source says, and this takes it that:")?;
    for (Assumed { id, yes, says }, assertions) in known.values() {
        let other = if *yes { "no" } else { "yes" };
        let of = format!("({}; --assume {id}={other} takes it otherwise)", count(*assertions, "assertion"));
        say!(out, "  {:4} {}  {}", *id, *says, paint(DIM, of))?;
    }
    Ok(())
}

fn coverage(out: &mut Page<'_>, touched: &Touched) -> io::Result<()> {
    let Touched { sorts, reached, of, percent, missing, unreachable } = touched;
    if !missing.is_empty() {
        say!(out, "No assertion's calls come to:")?;
        missing.iter().try_for_each(|it| line(out, it, ""))?;
        say!(out)?;
    }
    if !unreachable.is_empty() {
        say!(out, "Not counted, for no call can come to it:")?;
        unreachable.iter().try_for_each(|Untouchable { what, why }| line(out, what, why))?;
        say!(out)?;
    }
    for Tallied { sort, reached, of, percent } in sorts {
        say!(out, "{:9} {:3} %  {} of {}", *sort, *percent, *reached, *of)?;
    }
    say!(out, "{:9} {:3} %  {} of {}", "all", *percent, *reached, *of)
}

fn line(out: &mut Page<'_>, missing: &Missing, why: &'static str) -> io::Result<()> {
    let Missing { sort: _, tenant, what, place } = missing;
    add!(out, "  {}  {}", tenant.as_str(), what.as_str())?;
    if !why.is_empty() {
        add!(out, " ({})", why)?;
    }
    match place {
        Some(place) => say!(out, "  {}", paint(DIM, format!("{}:{}", place.file, place.line))),
        None => say!(out),
    }
}

fn summary(out: &mut Page<'_>, tested: &Tested) -> io::Result<()> {
    let all = tested.assertions.len();
    let windows = tested.assertions.iter().map(|it| it.windows).sum();
    let calls = tested.assertions.iter().map(|it| it.calls).sum();
    let (hold, fail, wrong) =
        (tested.count(Outcome::Holds), tested.count(Outcome::Fails), tested.count(Outcome::Wrong));
    add!(
        out,
        "{}, {}, {} followed: ",
        count(all, "assertion"),
        count(windows, "window"),
        count(calls, "call")
    )?;
    if hold == all {
        return say!(out, "{}.", paint(GREEN, if all == 1 { "it holds" } else { "all hold" }));
    }
    let verb =
        |count: usize, one: &'static str, several: &'static str| if count == 1 { one } else { several };
    add!(out, "{} {}, ", hold, verb(hold, "holds", "hold"))?;
    add!(out, "{} {}", paint(RED, fail.to_string()), verb(fail, "fails", "fail"))?;
    if wrong > 0 {
        add!(out, ", {} cannot be judged", paint(RED, wrong.to_string()))?;
    }
    say!(out, ".")
}

/// Says that assertions come to too little.
pub fn below(out: &mut Page<'_>, tested: &Tested, least: usize) -> io::Result<()> {
    let percent = tested.coverage.as_ref().map_or(0, |it| it.percent);
    say!(
        out,
        "{}: the assertions come to {} %, and {} % are asked for",
        paint(YELLOW, "coverage"),
        percent,
        least
    )
}

/// Writes a file of assertions.
pub fn suggested(out: &mut Page<'_>, text: &str) -> io::Result<()> {
    out.raw(text)
}

/// Writes what came of assertions as JUnit has it.
pub fn junit(tested: &Tested) -> io::Result<String> {
    let mut files: BTreeMap<&str, Vec<&TestedAssertion>> = BTreeMap::new();
    tested.assertions.iter().for_each(|it| files.entry(&it.file).or_default().push(it));
    let counts = |of: &[&TestedAssertion]| {
        let count = |outcome: Outcome| of.iter().filter(|it| it.outcome == outcome).count();
        format!(
            "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
            of.len(),
            count(Outcome::Fails),
            count(Outcome::Wrong)
        )
    };
    let all: Vec<&TestedAssertion> = tested.assertions.iter().collect();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dialform test\" {}>\n",
        counts(&all)
    );
    for (file, cases) in files {
        xml += &format!("  <testsuite name=\"{}\" {}>\n", escaped(file), counts(&cases));
        for case in cases {
            xml += &testcase(case)?;
        }
        xml += "  </testsuite>\n";
    }
    Ok(xml + "</testsuites>\n")
}

fn testcase(case: &TestedAssertion) -> io::Result<String> {
    let (name, file) = (escaped(&case.name), escaped(&case.file));
    let head =
        format!("    <testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\" line=\"{}\"", case.line);
    let mut told = Vec::new();
    let (word, message) = match (&case.finding, &case.failed) {
        (Some(finding), _) => {
            findings(&mut Page::text(&mut told), &[(**finding).clone()])?;
            ("error", finding.message.clone())
        }
        (None, Some(failed)) => {
            self::failed(&mut Page::text(&mut told), failed)?;
            ("failure", failed.why.clone())
        }
        (None, None) => return Ok(head + "/>\n"),
    };
    let told = anstream::adapter::strip_bytes(&told).into_vec();
    let (message, told) = (escaped(&message), escaped(&String::from_utf8_lossy(&told)));
    Ok(format!("{head}>\n      <{word} message=\"{message}\">{told}</{word}>\n    </testcase>\n"))
}
