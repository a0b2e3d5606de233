//! A plan of some tenants looks at the others and parses them only where they matter. What it finds is what a plan of all
//! finds, as far as that is about those tenants. A plan of a fleet, of which one batch is loaded after the other, finds all of
//! it.

use crate::workspace::Workspace;
use dialform::{
    error::Failure,
    finding::Finding,
    load::{Files, InBatches, Which},
    provider,
    run::{self, Options, Selection},
};
use std::collections::BTreeSet;

const NOW: &str = "2027-01-04T12:00:00Z";

const WORKSPACE: &str = r#"version: 1
providers:
  pbx:
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    carrier: { url: "http://127.0.0.1:1", token: { env: NOT_NEEDED } }
  bare:
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
  desk:
    kind: deskphone
    bridge: manual
tenants: ["tenants/*.yaml"]
shared: ["shared/*.yaml"]
"#;

const SHARED: &str = "schedules: { holidays: { dates: [\"2027-12-25\"] } }\n";

const TEMPLATE: &str = r#"vars: { main: { type: number } }
provider: pbx
numbers: { "${main}": { route: { extension: "101" } } }
"#;

/// Tenants, each by itself.
const TENANTS: usize = 9;

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

fn number(at: usize) -> String {
    format!("+1214556{at:04}")
}

fn file(at: usize) -> String {
    format!("tenants/t{at}.yaml")
}

fn tenant(at: usize) -> String {
    let (own, other) = (number(at), number(at + 100));
    format!(
        "# Tenant {at}\ntenant: t{at}\nprovider: pbx\naccount: t{at}.1.service # its domain\nlabels: [l{at}]\n\nnumbers:\n  \"{own}\": {{ label: \"Main, {at}\", route: {{ extension: \"101\" }} }}\nforwards:\n  \"{own}\": {{ to: \"+197255501{at:02}\" }}\nrules:\n  \"101\":\n    ring_timeout: 20\n    order:\n      - when: shared/holidays\n        forward: {{ always: {{ number: \"{other}\" }} }}\n"
    )
}

fn workspace() -> Workspace {
    let workspace = Workspace::default();
    workspace.write("dialform.yaml", WORKSPACE);
    workspace.write("shared/days.yaml", SHARED);
    workspace.write("templates/small.yaml", TEMPLATE);
    for at in 0..TENANTS {
        workspace.write(&file(at), tenant(at));
    }
    workspace
}

/// One thing that is wrong with a tenant, mostly together with another.
fn fault(workspace: &Workspace, kind: usize, one: usize, other: usize) {
    let change = |at: usize, from: &str, to: &str| {
        let text = workspace.read(&file(at));
        workspace.write(&file(at), text.replace(from, to));
    };
    let forwards_to = number(one + 100);
    match kind {
        // The number of another tenant, declared, or named.
        0 => change(one, &number(one), &number(other)),
        1 => change(one, &format!("+197255501{one:02}"), &number(other)),
        // A circle of two.
        2 => {
            change(one, &forwards_to, &number(other));
            change(other, &number(other + 100), &number(one));
        }
        3 => change(one, &format!("account: t{one}."), &format!("account: t{other}.")),
        4 => change(one, &format!("tenant: t{one}"), &format!("tenant: T{other}")),
        5 => change(one, &format!("tenant: t{one}"), &format!("tenant: t{other}")),
        // A file that adds to a tenant, something that it has or not.
        6 => {
            let text = format!("tenant: t{other}\nforwards: {{ \"{}\": {{ to: \"+19725550198\" }} }}\n", number(one));
            workspace.write(&format!("tenants/more-{one}.yaml"), text);
        }
        7 => workspace.write(&format!("tenants/lost-{one}.yaml"), format!("tenant: x{other}\nqueues: {{ \"400\": {{}} }}\n")),
        // What only its template makes a number of it.
        8 => workspace.write(
            &file(one),
            format!("tenant: t{one}\naccount: t{one}.1.service\nextends: ../templates/small.yaml\nvars: {{ main: \"{}\" }}\n", number(other)),
        ),
        9 => change(one, &format!("provider: pbx\naccount: t{one}.1.service"), &format!("provider: desk\naccount: d{one}")),
        // What is wrong with a provider, for what is declared on it.
        10 => change(one, "provider: pbx", "provider: bare"),
        // Each by itself.
        11 => change(one, "ring_timeout: 20", "ring_timeout: [20]"),
        12 => change(one, "when: shared/holidays", "when: nothing"),
        13 => change(one, "numbers:", "nombers:"),
        14 => change(one, "\"101\": ", "\"101: "),
        // A text that goes on below is the same text.
        _ => {
            change(one, &format!("account: t{one}.1.service # its domain"), "account: both\n  - same");
            change(other, &format!("account: t{other}.1.service"), "account: both - same");
        }
    }
}

/// What is found, and the tenants of the run.
fn found(workspace: &Workspace, selection: &Selection, in_part: bool) -> (Vec<Finding>, Option<Vec<String>>) {
    let options =
        Options { selection: selection.clone(), in_part, now: NOW.parse().ok(), ..Options::default() };
    match run::check(workspace.root(), &options) {
        Ok(checked) => (checked.warnings.clone(), Some(checked.tenant_names())),
        Err(Failure::Findings(found)) => (found, None),
        Err(failure) => panic!("{failure:?}"),
    }
}

/// Whether a finding is about a tenant: in its files, or in words.
fn is_about(finding: &Finding, at: usize, text: &str) -> bool {
    let mut place = finding.place.as_ref();
    let mut files = BTreeSet::new();
    while let Some(it) = place {
        files.insert(it.file.clone());
        place = it.also.as_deref();
    }
    let name = text.lines().find_map(|line| line.strip_prefix("tenant: ")).unwrap_or_default();
    let told = format!("{} {}", finding.message, finding.help.clone().unwrap_or_default());
    files.contains(&file(at)) || told.contains(&format!("`{name}`")) || told.contains(&file(at))
}

/// Tenants by twos with faults of all kinds: of a selected tenant nothing is lost, and nothing is found that is not so.
#[test]
fn nothing_about_a_selected_tenant_is_lost() {
    let mut dice = Dice(7);
    let (mut about, mut less) = (0, 0);
    for round in 0..50 {
        let workspace = workspace();
        workspace.commit(&["."]);
        for _ in 0..=dice.below(3) {
            let one = dice.below(TENANTS);
            let other = (one + 1 + dice.below(TENANTS - 1)) % TENANTS;
            fault(&workspace, if round < 16 { round } else { dice.below(16) }, one, other);
        }
        let by_name = dice.below(TENANTS);
        let name = |at: usize| {
            let text = workspace.read(&file(at));
            text.lines().find_map(|line| line.strip_prefix("tenant: ")).unwrap_or_default().to_owned()
        };
        let before = dice.below(2) == 0;
        if before {
            workspace.git(&["add", "."]);
            workspace.git(&["commit", "-qm", "faults", "--allow-empty"]);
            let text = workspace.read(&file(by_name));
            workspace.write(&file(by_name), format!("{text}# changed\n"));
        }
        let base = |base: bool| base.then(|| "HEAD".to_owned());
        let selections = [
            Selection { tenant: Some(name(by_name)), ..Selection::default() },
            Selection { tenant: Some(name(by_name)), base: base(true), ..Selection::default() },
            Selection { changed_since: base(true), ..Selection::default() },
            Selection {
                changed_since: base(true),
                base: base(true),
                config: base(true),
                ..Selection::default()
            },
        ];
        for selection in selections {
            let (whole, names) = found(&workspace, &selection, false);
            let (part, part_names) = found(&workspace, &selection, true);
            let new: Vec<&Finding> = part.iter().filter(|it| !whole.contains(it)).collect();
            assert!(new.is_empty(), "{round} {selection:?}: {new:#?}\nof {whole:#?}");
            let is_changed = |at: &usize| match selection.changed_since {
                None => *at == by_name,
                Some(_) if before => *at == by_name,
                Some(_) => workspace.read(&file(*at)) != tenant(*at),
            };
            for at in (0..TENANTS).filter(is_changed) {
                let text = workspace.read(&file(at));
                let own: Vec<&Finding> = whole.iter().filter(|it| is_about(it, at, &text)).collect();
                let lost: Vec<&&Finding> = own.iter().filter(|it| !part.contains(it)).collect();
                assert!(lost.is_empty(), "{round} {selection:?}: {lost:#?}\nof {part:#?}");
                about += own.len();
            }
            if let Some(names) = names {
                assert_eq!(part_names, Some(names), "{round} {selection:?}");
            }
            less += usize::from(part.len() < whole.len());
        }
    }
    assert!(about > 70 && less > 15, "{about} {less}");
}

/// Tenants that have nothing in common are never in memory together, and all the same each finding is there: also the one that
/// needs two of them.
#[test]
fn a_fleet_in_batches_is_found_the_same_in() {
    let mut dice = Dice(11);
    let (mut told, mut split) = (0, 0);
    for round in 0..60 {
        let workspace = workspace();
        for _ in 0..=dice.below(3) {
            let one = dice.below(TENANTS);
            let other = (one + 1 + dice.below(TENANTS - 1)) % TENANTS;
            fault(&workspace, if round < 16 { round } else { dice.below(16) }, one, other);
        }
        let checked = |bytes: Option<u64>| {
            let in_batches = bytes.map(|bytes| InBatches { bytes, of_each: 0, ..run::in_batches() });
            let options = Options { in_batches, now: NOW.parse().ok(), ..Options::default() };
            match run::check(workspace.root(), &options) {
                Ok(it) => (it.warnings.clone(), it.counts()),
                Err(Failure::Findings(found)) => (found, (0, 0)),
                Err(failure) => panic!("{failure:?}"),
            }
        };
        let (whole, counts) = checked(None);
        for bytes in [1, 900] {
            let (found, other) = checked(Some(bytes));
            assert_eq!((found, other), (whole.clone(), counts), "{round}, batches of {bytes}");
            let how = InBatches { bytes, of_each: 0, ..run::in_batches() };
            let (files, at) = (Files::Directory(workspace.root().to_owned()), NOW.parse().unwrap());
            let loaded =
                provider::Workspace::load_to_check(&files, &provider::Kinds, at, &Which::InBatches(&how));
            split += usize::from(loaded.is_ok_and(|it| it.batches() > 1));
        }
        told += whole.len();
    }
    assert!(told > 60 && split > 20, "{told} {split}");
}

/// Of a fleet the files are parsed that have changed, however many others there are.
#[test]
fn what_is_parsed_does_not_grow_with_the_fleet() {
    for tenants in [10, 40] {
        let workspace = workspace();
        for at in 0..tenants {
            workspace.write(&file(at), tenant(at));
        }
        workspace.commit(&["."]);
        // The number of a second one is named, so that it is parsed too.
        workspace.edit(&file(3), &number(103), &number(5));
        let selections = [
            Selection { changed_since: Some("HEAD".to_owned()), ..Selection::default() },
            Selection {
                tenant: Some("t3".to_owned()),
                base: Some("HEAD".to_owned()),
                ..Selection::default()
            },
        ];
        for selection in selections {
            let options = Options { selection, in_part: true, now: NOW.parse().ok(), ..Options::default() };
            let checked = run::check(workspace.root(), &options).unwrap();
            let loaded: Vec<&str> =
                checked.workspace.tenants.iter().map(|it| it.tenant.tenant.as_str()).collect();
            assert_eq!(loaded, ["t3", "t5"]);
            assert_eq!(checked.tenant_names(), ["t3"]);
        }
    }
}
