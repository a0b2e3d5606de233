//! Assertions about calls, held against the files, against what they come to over what is live, or against what is live.
//!
//! - `stage`: what is configured, over the time that is looked at
//! - `one`: one assertion
//! - `suggested`: assertions that hold today, as a file

mod one;
mod stage;
mod suggested;

pub use suggested::{Suggested, suggest, written};

use super::{
    Checked, Options,
    pattern::{TenantPattern, pattern},
    report::Live,
};
use crate::{
    assertion::{Coverage, Item, Sort},
    error::Failure,
    finding::{Finding, Level, Place, bounded},
    flow,
    load::{ASSERTIONS, Files, LoadedAssertions, assertions},
    report::{Missing, Tallied, Tested, TestedAssertion, Touched, Untouchable},
};
use jiff::Timestamp;
use one::Understood;
use stage::Stage;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Seconds of "any time".
pub(super) const HORIZON: flow::Seconds = 53 * 7 * 24 * 3600;

/// What assertions are held against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum On {
    /// What the files say.
    #[default]
    Files,
    /// The files laid over what is live: what there is once they are applied.
    Plan,
    /// What is live alone.
    Live,
}

impl On {
    pub fn word(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Plan => "plan",
            Self::Live => "live",
        }
    }
}

/// Which assertions, and how.
#[derive(Debug, Clone, Default)]
pub struct TestOptions {
    pub on: On,
    /// Only assertions about calls to tenants that this pattern names.
    pub tenant: Option<String>,
    /// Only assertions whose name matches this pattern.
    pub name: Option<String>,
    /// `U7=no`.
    pub assume: Vec<String>,
    pub coverage: bool,
    /// Whether what is live is emulated: the command that repeats a call says so.
    pub is_emulated: bool,
}

/// Files of assertions.
pub struct Tests {
    files: Vec<LoadedAssertions>,
    /// What may be a slip.
    pub warnings: Vec<Finding>,
}

/// Reads the files that are named, or those that there are. A run that tests nothing is an error.
pub fn read(root: &Path, named: &[String]) -> Result<Tests, Failure> {
    let (files, findings) = assertions(&Files::Directory(root.to_owned()), named);
    if findings.iter().any(|finding| finding.level == Level::Error) {
        return Err(Failure::Findings(bounded(findings)));
    }
    if files.is_empty() {
        return Err(Failure::error(format!("there are no assertions: no file matches `{ASSERTIONS}`"))
            .help("`dialform test --suggest TENANT` prints some that hold today, for `tests/TENANT.yaml`"));
    }
    Ok(Tests { files, warnings: findings })
}

/// What came of assertions, and what of it is told in another time zone than it counts in.
pub struct TestRun {
    pub tested: Tested,
    pub clocks: Vec<Finding>,
}

/// An assertion: the place of its file among the files, and its own there.
type Key = (usize, usize);

/// Holds every assertion against what there is.
pub fn test(
    checked: &Checked,
    tests: &Tests,
    live: Option<&Live>,
    options: &Options,
    test: &TestOptions,
) -> Result<TestRun, Failure> {
    let tenants = test.tenant.as_deref().map(TenantPattern::of).transpose()?;
    let name = test.name.as_deref().map(|text| pattern(text, "--name")).transpose()?;
    let is_selected = |at: usize| {
        let tenant = &checked.loaded(&checked.tenants[at]).tenant;
        tenants.as_ref().is_none_or(|it| it.selects(tenant))
    };
    let stage = Stage::of(checked, live, options, test)?;
    // Assertions about calls to the same tenants share what is worked out for those.
    let mut done: BTreeMap<Key, TestedAssertion> = BTreeMap::new();
    let mut groups: BTreeMap<Vec<usize>, Vec<(Key, Understood<'_>)>> = BTreeMap::new();
    for (file, loaded) in tests.files.iter().enumerate() {
        for (at, assertion) in loaded.tests.iter().enumerate() {
            if name.as_ref().is_some_and(|it| !it.matches(&assertion.name)) {
                continue;
            }
            match stage.understand(loaded, at) {
                Ok(it) if !is_selected(it.called) => {}
                Ok(it) => groups.entry(it.tenants()).or_default().push(((file, at), it)),
                // Whose it is nobody knows: it is of every run.
                Err(wrong) => _ = done.insert((file, at), *wrong),
            }
        }
    }
    if done.is_empty() && groups.is_empty() {
        let failure = Failure::error("no assertion is selected, so that nothing is tested");
        return Err(failure.help("look at `--tenant` and `--name`, and at the files that are named"));
    }
    if test.coverage {
        let all = (0..checked.tenants.len()).filter(|at| is_selected(*at));
        all.for_each(|at| _ = groups.entry(vec![at]).or_default());
    }
    let mut covered = Covered::default();
    let mut clocks = BTreeSet::new();
    for (tenants, group) in groups {
        let sets = stage.sets(&tenants);
        if test.coverage
            && let [only] = tenants.as_slice()
        {
            sets.iter().for_each(|set| covered.add(&stage, set, *only));
        }
        for (key, understood) in group {
            clocks.extend(stage.clocks(&sets, &understood));
            done.insert(key, stage.hold(&sets, &understood, &mut covered.coverage));
        }
    }
    let coverage = test.coverage.then(|| covered.told());
    let from = Timestamp::from_second(stage.now).unwrap_or_default().to_string();
    let assertions = done.into_values().collect();
    let tested = Tested { on: test.on.word(), from, edition: flow::edition(), assertions, coverage };
    Ok(TestRun { tested, clocks: clocks.into_iter().collect() })
}

/// What there is and what is reached, with places.
#[derive(Default)]
struct Covered {
    coverage: Coverage,
    places: BTreeMap<Item, Option<Place>>,
}

impl Covered {
    /// Takes in what a tenant has.
    fn add(&mut self, stage: &Stage<'_>, set: &stage::Set, tenant: usize) {
        let name = &stage.checked.loaded(&stage.checked.tenants[tenant]).tenant.tenant;
        let Some(site) = set.network.tenant(name) else { return };
        self.coverage.add(&set.network, &[site], set.within.clone());
        let all = self.coverage.missing().chain(self.coverage.unreachable().map(|(item, _)| item));
        for item in all.filter(|item| item.tenant == *name) {
            let place = || set.scene.place(stage.checked, &item.tenant, &item.path);
            self.places.entry(item.clone()).or_insert_with(place);
        }
    }

    fn told(&self) -> Touched {
        let missing = |item: &Item| Missing {
            sort: item.sort.word(),
            tenant: item.tenant.clone(),
            what: item.text.clone(),
            place: self.places.get(item).cloned().flatten(),
        };
        let tallied = |sort: Sort| {
            let tally = self.coverage.tally(Some(sort));
            Tallied { sort: sort.word(), reached: tally.reached, of: tally.of, percent: tally.percent() }
        };
        let all = self.coverage.tally(None);
        let unreachable = self.coverage.unreachable();
        Touched {
            sorts: Sort::ALL.into_iter().map(tallied).collect(),
            reached: all.reached,
            of: all.of,
            percent: all.percent(),
            missing: self.coverage.missing().map(missing).collect(),
            unreachable: unreachable.map(|(item, why)| Untouchable { what: missing(item), why }).collect(),
        }
    }
}
