//! One assertion: understood, and held against every call that it is about.

use super::{
    On,
    stage::{Set, Stage},
};
use crate::{
    assertion::{Coverage, Moment, judge, misnamed, moments, never},
    error::Failure,
    explained::Explained,
    finding::Finding,
    flow::{Call, Caller, Given, Points, Seconds, SiteId, Target},
    load::LoadedAssertions,
    model::{Assertion, Expect, When},
    path::{Path, Segment},
    report::{self, Failed, Home, Outcome, TestedAssertion},
    run::{asked, clocks::clocks},
    text::shell,
};
use jiff::{Timestamp, tz::TimeZone};

/// An assertion of which it is known whose it is.
pub struct Understood<'t> {
    file: &'t LoadedAssertions,
    index: usize,
    pub called: usize,
    /// Whose names and clock count.
    home: usize,
}

impl Understood<'_> {
    /// The tenants that it is about.
    pub fn tenants(&self) -> Vec<usize> {
        let mut tenants = vec![self.called, self.home];
        tenants.sort_unstable();
        tenants.dedup();
        tenants
    }

    fn assertion(&self) -> &Assertion {
        &self.file.tests[self.index]
    }
}

/// What is wrong with a value of an assertion.
struct Wrong(Vec<Segment>, Explained);

fn key(word: &str) -> Vec<Segment> {
    vec![Segment::key(word)]
}

/// A call of an assertion, as one set has it.
struct Placed {
    to: Target,
    caller: Caller,
    given: Given,
    /// Of the tenant that is called.
    site: SiteId,
    /// Whose names count.
    home: SiteId,
}

/// What came of the calls so far.
#[derive(Default)]
struct Held {
    windows: usize,
    calls: usize,
    assumed: Points,
    failed: Option<Failed>,
}

impl Stage<'_> {
    /// Whose it is. `Err`: what has to be said of an assertion of which that is not known.
    pub fn understand<'t>(
        &self,
        file: &'t LoadedAssertions,
        index: usize,
    ) -> Result<Understood<'t>, Box<TestedAssertion>> {
        let assertion = &file.tests[index];
        let wrong = |path: Vec<Segment>, failure: Failure| {
            let why = match failure {
                Failure::Message { cause, .. } => cause,
                other => Explained::new(other.to_string()),
            };
            Box::new(told_wrong(file, index, Wrong(path, why)))
        };
        let home = assertion.tenant.as_deref().map(|name| self.callees.tenant(self.checked, name));
        let home = home.transpose().map_err(|failure| wrong(key("tenant"), failure))?;
        let called = self.callees.called(self.checked, &assertion.call).or_else(|failure| {
            // What several have is that of the tenant that is named.
            match &assertion.tenant {
                Some(tenant) if !assertion.call.contains('/') => {
                    self.callees.called(self.checked, &format!("{tenant}/{}", assertion.call))
                }
                _ => Err(failure),
            }
        });
        let (called, _) = called.map_err(|failure| wrong(key("call"), failure))?;
        Ok(Understood { file, index, called, home: home.unwrap_or(called) })
    }

    /// Holds an assertion against every call that it is about.
    pub fn hold(
        &self,
        sets: &[Set],
        understood: &Understood<'_>,
        coverage: &mut Coverage,
    ) -> TestedAssertion {
        let mut held = Held::default();
        match self.judged(sets, understood, coverage, &mut held) {
            Err(wrong) => told_wrong(understood.file, understood.index, wrong),
            Ok(()) => {
                let assumed = report::said(held.assumed, self.assumed);
                let outcome = if held.failed.is_none() { Outcome::Holds } else { Outcome::Fails };
                TestedAssertion {
                    outcome,
                    windows: held.windows,
                    calls: held.calls,
                    assumed,
                    failed: held.failed.map(Box::new),
                    ..bare(understood.file, understood.index)
                }
            }
        }
    }

    fn judged(
        &self,
        sets: &[Set],
        understood: &Understood<'_>,
        coverage: &mut Coverage,
        held: &mut Held,
    ) -> Result<(), Wrong> {
        let assertion = understood.assertion();
        let zone = self.zone(understood.home);
        let placed: Vec<Placed> =
            sets.iter().map(|set| self.place(set, understood)).collect::<Result<_, _>>()?;
        let any_time = [When::AnyTime];
        let whens = assertion.at.as_deref().unwrap_or(&any_time);
        for (index, when) in whens.iter().enumerate() {
            let at = |why| Wrong(vec![Segment::key("at"), Segment::Index(index)], why);
            if let When::Instant(text) = when {
                let instant = asked::instant(text, zone.as_deref()).map_err(at)?.as_second();
                let moment = [Moment { at: instant, windows: 1 }];
                if let Some(known) = sets.iter().position(|set| set.within.contains(&instant)) {
                    self.calls(&sets[known], &placed[known], understood, &moment, coverage, held);
                } else {
                    let set = self.at(&understood.tenants(), instant);
                    let placed = self.place(&set, understood)?;
                    self.calls(&set, &placed, understood, &moment, coverage, held);
                }
                continue;
            }
            let mut is_ever = false;
            for (set, placed) in sets.iter().zip(&placed) {
                let found = moments(&set.network, placed.to, placed.home, when, set.within.clone());
                let found = found.map_err(at)?;
                is_ever |= !found.is_empty();
                self.calls(set, placed, understood, &found, coverage, held);
            }
            if let (false, Some((set, placed))) = (is_ever, sets.iter().zip(&placed).next()) {
                let why = never(&set.network, placed.home, when);
                held.failed.get_or_insert(Failed {
                    expected: expected(&assertion.expect),
                    why: format!("{why}: the assertion would say nothing"),
                    at: None,
                    more: 0,
                    trace: None,
                    again: None,
                });
            }
        }
        Ok(())
    }

    /// Follows the call at each of some instants.
    fn calls(
        &self,
        set: &Set,
        placed: &Placed,
        understood: &Understood<'_>,
        moments: &[Moment],
        coverage: &mut Coverage,
        held: &mut Held,
    ) {
        for Moment { at, windows } in moments {
            let call = Call { to: placed.to, at: *at, caller: placed.caller.clone() };
            let expect = &understood.assertion().expect;
            let judged = judge(&set.network, (&call, &placed.given), placed.home, expect);
            held.calls += 1;
            held.windows += windows;
            held.assumed = held.assumed.union(judged.verdict.assumed);
            coverage.note(&set.network, &call, &judged.verdict);
            match (judged.broken, &mut held.failed) {
                (None, _) => {}
                (Some(_), Some(first)) => first.more += windows,
                (Some(why), None) => {
                    let mut failed = self.failed(set, placed, understood, &call, why);
                    failed.more = windows - 1;
                    held.failed = Some(failed);
                }
            }
        }
    }

    /// What of the way of its calls counts in another time zone than they are told in.
    pub fn clocks(&self, sets: &[Set], understood: &Understood<'_>) -> Vec<Finding> {
        let placed = sets.iter().filter_map(|set| Some((set, self.place(set, understood).ok()?.to)));
        placed.flat_map(|(set, to)| clocks(self.checked, &set.scene, self.live, &set.network, [to])).collect()
    }

    fn zone(&self, tenant: usize) -> Option<String> {
        self.checked.loaded(&self.checked.tenants[tenant]).tenant.time_zone.clone()
    }

    fn name(&self, tenant: usize) -> &str {
        &self.checked.loaded(&self.checked.tenants[tenant]).tenant.tenant
    }

    /// What the names in an assertion mean in a set.
    fn place(&self, set: &Set, understood: &Understood<'_>) -> Result<Placed, Wrong> {
        let assertion = understood.assertion();
        let network = &set.network;
        let tenant = self.name(understood.called);
        let unknown = || {
            let failure = asked::unknown(self.checked, &assertion.call, assertion.call.contains('+'));
            let why = match failure {
                Failure::Message { cause, .. } => cause,
                other => Explained::new(other.to_string()),
            };
            Wrong(key("call"), why)
        };
        let site = network.tenant(tenant).ok_or_else(unknown)?;
        let home = network.tenant(self.name(understood.home)).ok_or_else(unknown)?;
        let to = asked::target(network, tenant, &assertion.call).ok_or_else(unknown)?;
        let caller = match &assertion.from {
            None => Caller::Unlisted,
            Some(text) => text.parse().map_err(|why| Wrong(key("from"), why))?,
        };
        let mut given = Given::new(network);
        for (name, state) in &assertion.given {
            asked::give(&mut given, network, tenant, (name, state))
                .map_err(|why| Wrong(vec![Segment::key("given"), Segment::key(name)], why))?;
        }
        match misnamed(network, home, &assertion.expect) {
            Some((path, why)) => Err(Wrong(path, why)),
            None => Ok(Placed { to, caller, given, site, home }),
        }
    }

    /// The first call that is not what is expected, with all that it takes to see why.
    fn failed(
        &self,
        set: &Set,
        placed: &Placed,
        understood: &Understood<'_>,
        call: &Call,
        why: String,
    ) -> Failed {
        let assertion = understood.assertion();
        let zone_name = self.zone(understood.called).unwrap_or_else(|| "UTC".to_owned());
        let zone = TimeZone::get(&zone_name).unwrap_or(TimeZone::UTC);
        let home = Home { site: placed.site, zone, zone_name };
        let place = |tenant: &str, path: &Path| set.scene.place(self.checked, tenant, path);
        let index = self.checked.tenants[understood.called].index;
        let trace = report::Trace {
            given: assertion.given.iter().map(|(name, state)| format!("{name}={state}")).collect(),
            is_live: self.live.is_some_and(|live| live.objects(index).is_some()),
            ..report::trace(&set.network, (call, &placed.given), &home, self.assumed, &place)
        };
        Failed {
            expected: expected(&assertion.expect),
            why,
            at: Some(trace.at.clone()),
            more: 0,
            again: Some(self.again(understood, call.at, &home)),
            trace: Some(trace),
        }
    }

    /// The command that shows a call again.
    fn again(&self, understood: &Understood<'_>, at: Seconds, home: &Home) -> String {
        let assertion = understood.assertion();
        let assume = self.assume.iter().flat_map(|it| ["--assume".to_owned(), it.clone()]);
        let live = if self.is_emulated { "--sandbox" } else { "--live" };
        let mut words = vec!["dialform".to_owned()];
        if self.on == On::Live {
            // No trace is of that alone.
            let name = glob::Pattern::escape(&assertion.name);
            words.extend(["test", &understood.file.file, "--name", &name, "--on", "live"].map(str::to_owned));
            words.extend(self.is_emulated.then(|| live.to_owned()));
        } else {
            let at = home.time(Timestamp::from_second(at).unwrap_or_default());
            let at = at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
            let call = match assertion.call.contains('/') {
                true => assertion.call.clone(),
                false => match &assertion.tenant {
                    Some(tenant) if self.callees.called(self.checked, &assertion.call).is_err() => {
                        format!("{tenant}/{}", assertion.call)
                    }
                    _ => assertion.call.clone(),
                },
            };
            words.extend(["trace".to_owned(), call, "--at".to_owned(), at]);
            words.extend(assertion.from.iter().flat_map(|it| ["--from".to_owned(), it.clone()]));
            let given = assertion.given.iter().map(|(name, state)| format!("{name}={state}"));
            words.extend(given.flat_map(|it| ["--given".to_owned(), it]));
            words.extend((self.on == On::Plan).then(|| live.to_owned()));
        }
        words.extend(assume);
        let quoted = words.iter().map(|word| match word.split_once('=') {
            Some((name, state)) if shell(name) == name && shell(state) == state => word.clone(),
            _ => shell(word),
        });
        quoted.collect::<Vec<_>>().join(" ")
    }
}

/// What is expected, as the file has it, a line for each.
fn expected(expect: &Expect) -> Vec<String> {
    fn one<T: ToString>(word: &str, of: Option<&Vec<T>>) -> Option<String> {
        let of: Vec<String> = of?.iter().map(ToString::to_string).collect();
        match of.as_slice() {
            [one] => Some(format!("{word}: {one}")),
            several => Some(format!("{word}: [{}]", several.join(", "))),
        }
    }
    let Expect { end, passes, never, within } = expect;
    let lists = [one("end", end.as_ref()), one("passes", passes.as_ref()), one("never", never.as_ref())];
    lists.into_iter().chain([within.map(|it| format!("within: {it}"))]).flatten().collect()
}

fn bare(file: &LoadedAssertions, index: usize) -> TestedAssertion {
    let assertion = &file.tests[index];
    TestedAssertion {
        file: file.file.clone(),
        line: file.place(index, &[]).line,
        name: assertion.name.clone(),
        call: assertion.call.clone(),
        outcome: Outcome::Holds,
        windows: 0,
        calls: 0,
        assumed: Vec::new(),
        failed: None,
        finding: None,
    }
}

fn told_wrong(file: &LoadedAssertions, index: usize, Wrong(path, why): Wrong) -> TestedAssertion {
    let finding = Finding::explained("bad-assertion", why).at(file.place(index, &path));
    let finding = Some(Box::new(finding));
    TestedAssertion { outcome: Outcome::Wrong, finding, ..bare(file, index) }
}
