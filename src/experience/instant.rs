//! What calls do while the steps of a plan are carried out: after each of them they go where they went before, or where they
//! go when all are done. Where they do not, it is said.

use super::{
    Class, Input, called_before,
    state::States,
    told::{Labels, Teller, Tense, listed},
};
use crate::{
    flow::{self, Called, Differing, Network, Noticed, Pair, Passage},
    model::{Address, Kind, Tenant},
    text::count,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Of more steps that the same calls rest on each may go when it can: one after the other they would take too long. What is said
/// of such calls meanwhile is of the plan's own order.
const IN_A_ROW: usize = 32;

/// Calls that are for a while neither as before nor as after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meanwhile {
    /// What is called, as people call it.
    pub to: Vec<String>,
    /// For how many writes.
    pub writes: usize,
    /// Whether it stays so until a person has done the steps by hand.
    pub until_by_hand: bool,
    /// Whether such a call reaches nobody, and would before and after.
    pub is_lost: bool,
    /// What the first of them does.
    pub call: String,
}

impl Meanwhile {
    /// In one sentence.
    pub fn sentence(&self) -> String {
        let how = if self.is_lost { "reach nobody" } else { "are neither as before nor as after" };
        let long = match (self.until_by_hand, self.writes) {
            (true, _) => "until the steps by hand are done".to_owned(),
            (false, writes) => format!("for {}", count(writes, "write")),
        };
        let to = listed(self.to.clone(), "and", "number");
        format!("While it is applied, some calls to {to} {how} {long}: they {}.", self.call)
    }
}

/// When each step is noticed, which earlier steps it follows, and what calls do meanwhile.
pub type Each = (Vec<Class>, Vec<Vec<usize>>, Vec<Meanwhile>);

/// What a step differs in.
fn differing(tenant: &str, address: &Address) -> Differing {
    let mut differing = Differing::default();
    differing.objects.insert((tenant.to_owned(), address.clone()));
    if address.kind == Kind::Diverts {
        let rules = Address::new(Kind::Rules, &address.key);
        differing.objects.insert((tenant.to_owned(), rules));
    }
    differing
}

/// Calls to one place that are astray after some steps.
struct Astray {
    to: Called,
    /// After how many steps, each.
    states: Vec<usize>,
    is_lost: bool,
    call: String,
}

/// The steps that calls to each place rest on, at any time: in their order such calls are after each of them as in the plan's
/// own order, whatever else is done.
struct Touched<'a> {
    input: &'a Input<'a>,
    by_address: BTreeMap<&'a Address, Vec<usize>>,
    places: BTreeMap<Called, BTreeSet<usize>>,
}

impl<'a> Touched<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let mut by_address: BTreeMap<&Address, Vec<usize>> = BTreeMap::new();
        for (at, step) in input.steps.iter().enumerate() {
            by_address.entry(step.address).or_default().push(at);
        }
        Self { input, by_address, places: BTreeMap::new() }
    }

    fn step(&mut self, at: usize, places: &BTreeSet<Called>) {
        for called in places {
            self.places.entry(called.clone()).or_default().insert(at);
        }
    }

    /// Adds what calls rest on as it is now.
    fn rests(&mut self, now: &Network, of: &dyn Fn(&Called) -> bool) {
        for (called, objects) in now.rests(&self.input.tenant.tenant, of) {
            let steps = objects.iter().filter_map(|it| self.by_address.get(it)).flatten();
            self.places.entry(called).or_default().extend(steps);
        }
    }

    /// The one step that calls to a place rest on, where no other is.
    fn alone(&self, called: &Called) -> Option<usize> {
        let steps = self.places.get(called)?;
        steps.first().copied().filter(|_| steps.len() == 1)
    }

    /// The places whose calls rest on a step, and on others as well.
    fn with_others(&self, step: usize) -> BTreeSet<Called> {
        let own = self.places.iter().filter(|(_, steps)| steps.len() > 1 && steps.contains(&step));
        own.map(|(called, _)| called.clone()).collect()
    }

    /// For each step the earlier ones that it waits for. Calls that no step changes count as well: two steps may not change them
    /// only because they are in this order.
    fn follows(self) -> Vec<Vec<usize>> {
        let mut follows = vec![Vec::new(); self.input.steps.len()];
        for steps in self.places.into_values() {
            let steps: Vec<usize> =
                steps.into_iter().filter(|it| !self.input.steps[*it].is_by_hand).collect();
            if steps.len() <= IN_A_ROW {
                for pair in steps.windows(2) {
                    if !follows[pair[1]].contains(&pair[0]) {
                        follows[pair[1]].push(pair[0]);
                    }
                }
            }
        }
        follows
    }
}

/// How it is before the first step and after the last.
pub struct Ends<'a> {
    pub before: &'a Network,
    pub after: &'a Network,
    pub labels: Labels,
}

/// `of` makes the tables of a state, `whole` is what all steps together differ in.
pub fn each(
    input: &Input<'_>,
    states: &States<'_>,
    ends: &Ends<'_>,
    whole: &[Noticed],
    of: &dyn Fn(&Tenant) -> Network,
) -> Each {
    let count = input.steps.len();
    let tenant = input.tenant.tenant.as_str();
    let labels = &ends.labels;
    // Which steps the calls to a place rest on.
    let mut touched = Touched::new(input);
    let mut before = of(&states.after(0));
    touched.rests(&before, &|_| true);
    for step in 1..=count {
        let after = of(&states.after(step));
        let pair = Pair { before: &before, after: &after };
        let looked_at = pair.looked_at(&differing(tenant, input.steps[step - 1].address));
        let looked_at: BTreeSet<Called> = looked_at.into_iter().map(Called::dialled).collect();
        touched.step(step - 1, &looked_at);
        touched.rests(&after, &|it| looked_at.contains(it));
        before = after;
    }
    let mut classes = vec![Class::Cosmetic; count];
    // What one step alone touches differs by that step.
    for it in whole.iter().filter(|it| !it.differences.is_empty()) {
        if let Some(step) = touched.alone(&it.to.clone().dialled()) {
            let grade = it.differences.iter().map(|it| it.grade()).min();
            classes[step] = classes[step].min(grade.map_or(Class::Cosmetic, Class::from));
        }
    }
    let mut astray: BTreeMap<Called, Astray> = BTreeMap::new();
    // Those that are now.
    let mut now: BTreeSet<Called> = BTreeSet::new();
    for step in 1..=count {
        let places = touched.with_others(step - 1);
        if !places.is_empty() {
            let (earlier, after) = (of(&states.after(step - 1)), of(&states.after(step)));
            let pair = Pair { before: &earlier, after: &after };
            let differing = differing(tenant, input.steps[step - 1].address);
            let noticed = called_before(pair.noticed_at(&places, &differing, flow::ahead(input.at)));
            let grade = noticed.iter().flat_map(|it| &it.differences).map(|it| it.grade()).min();
            classes[step - 1] = classes[step - 1].min(grade.map_or(Class::Cosmetic, Class::from));
            let changed: BTreeSet<Called> = noticed
                .into_iter()
                .filter(|it| !it.differences.is_empty())
                .map(|it| it.to.dialled())
                .collect();
            if step < count && !changed.is_empty() {
                let passage = Passage { before: ends.before, now: &after, after: ends.after };
                now.retain(|it| !changed.contains(it));
                for found in passage.astray(&changed, flow::ahead(input.at)) {
                    let place = found.to.clone().dialled();
                    now.insert(place.clone());
                    let told = || {
                        let home = after.tenant(tenant)?;
                        let teller = Teller { network: &after, home, labels, tense: Tense::Now };
                        Some(teller.course(found.courses.first()?))
                    };
                    let known = astray.entry(place).or_insert_with(|| Astray {
                        to: found.to.clone(),
                        states: Vec::new(),
                        is_lost: false,
                        call: told().unwrap_or_default(),
                    });
                    if found.is_lost && !known.is_lost {
                        (known.is_lost, known.call) = (true, told().unwrap_or_default());
                    }
                }
            }
        }
        if step < count {
            for called in &now {
                if let Some(it) = astray.get_mut(called) {
                    it.states.push(step);
                }
            }
        }
    }
    let by_hand = input.steps.iter().position(|it| it.is_by_hand);
    let mut said: Vec<Meanwhile> = Vec::new();
    for it in astray.into_values() {
        let meanwhile = Meanwhile {
            to: Vec::new(),
            writes: it.states.len(),
            until_by_hand: by_hand.is_some_and(|first| it.states.iter().any(|state| *state >= first)),
            is_lost: it.is_lost,
            call: it.call,
        };
        let to = labels.called(&it.to);
        match said.iter_mut().find(|one| Meanwhile { to: Vec::new(), ..(**one).clone() } == meanwhile) {
            Some(one) => one.to.push(to),
            None => said.push(Meanwhile { to: vec![to], ..meanwhile }),
        }
    }
    said.sort_by_key(|it| !it.is_lost);
    let follows = touched.follows();
    (classes, follows, said)
}
