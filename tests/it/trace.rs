//! What happens to a call, as `dialform trace` tells it.

use crate::{golden, workspace::Workspace};
use dialform::error::Ending;

/// What each command line prints, one after the other.
fn told(workspace: &Workspace, lines: &[&str]) -> String {
    let tell = |line: &&str| {
        let done = workspace.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(done.ending, Ending::Fine, "{line}: {}", done.err);
        format!("$ dialform {line}\n{}{}\n", done.out, done.err)
    };
    lines.iter().map(tell).collect()
}

/// Each with its whole answer: a number in hours, out of hours, on the day of an outage, over systems, for programs.
#[test]
fn calls_are_told() {
    let workspace = Workspace::quickstart();
    let asked = [
        "trace +12145550101 --at 2027-07-02T10:00",
        "trace acme-dental/101 --at 2027-07-02T10:00 --given 101=offline",
        "trace +12145550101 --at 2027-07-02T10:00 --given 101=answers@5",
        "trace +12145550101 --at 2027-07-02T10:00 --from anonymous",
        "trace +12145550101 --at 2027-07-02T10:00 --given stratus=down",
        "trace +12145550100 --at 2027-07-02T10:00 --given stratus=switched",
        "trace +12145550100 --at 2027-07-02T10:00 --given 101=logged_out,102=logged_out --given queue:400=full",
        "trace +12145550101 --at 2027-07-04T10:00",
        "trace +12145550101 --at 2027-07-02T10:00 --week",
        "trace +18005550142 --at 2027-07-02T10:00-04:00",
        "trace +18005550142 --at 2027-07-02T10:00 --given ctm=down",
        "trace harbour-legal/2001 --at 2027-07-02T10:00",
        "trace +12145550101 --at 2027-07-02T10:00 --format mermaid",
        "trace +12145550101 --at 2027-07-02T10:00 --format json",
        "trace +12145550101 --at 2027-07-02T10:00 --format case",
        "trace +12145550100 --at 2027-07-02T10:00 --sandbox",
    ];
    let told = told(&workspace, &asked);
    golden::assert("trace/told.txt", &told);
}

/// An outage, rehearsed: what goes on by itself, what somebody has to switch, what has nowhere to go.
#[test]
fn outages_are_rehearsed() {
    let workspace = Workspace::quickstart();
    let asked = [
        "drill --platform-down --at 2027-07-02T10:00-05:00",
        "drill --extensions 101,102 --at 2027-07-02T10:00-05:00 --tenant acme-dental",
        "drill --platform-down --sandbox --tenant acme-dental --at 2027-07-02T10:00-05:00",
        "drill --platform-down --tenant bright-solar --at 2027-07-02T10:00-05:00 --format json",
    ];
    let told = told(&workspace, &asked);
    golden::assert("trace/drill.txt", &told);
    for (line, expected) in [
        ("drill --extensions 999", "no tenant of this run has a phone `999`"),
        ("drill --platform-down --at 2027-07-02T10:00", "`--at 2027-07-02T10:00` is not an instant"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let done = workspace.run(&words);
        assert_eq!((done.ending, done.out.as_str()), (Ending::Error, ""), "{line}");
        assert!(done.err.starts_with(&format!("error[failed]: {expected}\n")), "{}", done.err);
    }
}

/// What cannot be understood is said, with the way out, and nothing is guessed.
#[test]
fn slips_are_told() {
    let workspace = Workspace::quickstart();
    let asked = [
        "trace +12145550199",
        "trace 12145550101",
        "trace nobody/101",
        "trace acme-dental/999",
        "trace +12145550101 --at tomorrow",
        "trace +12145550101 --at 2027-03-14T02:30",
        "trace +12145550101 --from me",
        "trace +12145550101 --given 101",
        "trace +12145550101 --given 101=asleep",
        "trace +12145550101 --given 101=offline@3",
        "trace +12145550101 --given 101=answers@soon",
        "trace +12145550101 --given 999=offline",
        "trace +12145550101 --given mailbox:101=on",
        "trace +12145550101 --given queue:400=busy",
        "trace +12145550101 --given door:1=open",
        "trace +12145550101 --given stratus=gone",
        "trace +12145550101 --assume U99=yes",
        "trace +12145550101 --assume U4=perhaps",
    ];
    let mut told = String::new();
    for line in asked {
        let words: Vec<&str> = line.split(' ').collect();
        let done = workspace.run(&words);
        assert_eq!((done.ending, done.out.as_str()), (Ending::Error, ""), "{line}");
        told += &format!("$ dialform {line}\n{}\n", done.err);
    }
    golden::assert("trace/slips.txt", &told);
}
