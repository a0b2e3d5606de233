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

/// Of more steps that touch the same calls each may go when it can: the plan says what calls do meanwhile.
const IN_A_ROW: usize = 16;

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
    /// After how many steps, each.
    states: Vec<usize>,
    is_lost: bool,
    call: String,
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
    // Which steps any call to a place can come by.
    let mut touched: BTreeMap<Called, Vec<usize>> = BTreeMap::new();
    let mut before = of(&states.after(0));
    for step in 1..=count {
        let after = of(&states.after(step));
        let pair = Pair { before: &before, after: &after };
        for called in pair.looked_at(&differing(tenant, input.steps[step - 1].address)) {
            touched.entry(called).or_default().push(step - 1);
        }
        before = after;
    }
    let mut classes = vec![Class::Cosmetic; count];
    let mut moved: BTreeSet<Called> = BTreeSet::new();
    // What one step alone touches differs by that step.
    for it in whole.iter().filter(|it| !it.differences.is_empty()) {
        if let Some([step]) = touched.get(&it.to).map(Vec::as_slice) {
            let grade = it.differences.iter().map(|it| it.grade()).min();
            classes[*step] = classes[*step].min(grade.map_or(Class::Cosmetic, Class::from));
        }
    }
    let shared: BTreeMap<&Called, &Vec<usize>> =
        touched.iter().filter(|(_, steps)| steps.len() > 1).collect();
    let mut astray: BTreeMap<Called, Astray> = BTreeMap::new();
    // Those that are now.
    let mut now: BTreeSet<Called> = BTreeSet::new();
    for step in 1..=count {
        let places: BTreeSet<Called> = shared
            .iter()
            .filter(|(_, steps)| steps.contains(&(step - 1)))
            .map(|(it, _)| (*it).clone())
            .collect();
        if !places.is_empty() {
            let (earlier, after) = (of(&states.after(step - 1)), of(&states.after(step)));
            let pair = Pair { before: &earlier, after: &after };
            let differing = differing(tenant, input.steps[step - 1].address);
            let noticed = called_before(pair.noticed_at(&places, &differing, flow::ahead(input.at)));
            let grade = noticed.iter().flat_map(|it| &it.differences).map(|it| it.grade()).min();
            classes[step - 1] = classes[step - 1].min(grade.map_or(Class::Cosmetic, Class::from));
            let changed: BTreeSet<Called> =
                noticed.into_iter().filter(|it| !it.differences.is_empty()).map(|it| it.to).collect();
            if step < count && !changed.is_empty() {
                let passage = Passage { before: ends.before, now: &after, after: ends.after };
                now.retain(|it| !changed.contains(it));
                for found in passage.astray(&changed, flow::ahead(input.at)) {
                    now.insert(found.to.clone());
                    let told = || {
                        let home = after.tenant(tenant)?;
                        let teller = Teller { network: &after, home, labels, tense: Tense::Now };
                        Some(teller.course(found.courses.first()?))
                    };
                    let known = astray.entry(found.to.clone()).or_insert_with(|| Astray {
                        states: Vec::new(),
                        is_lost: false,
                        call: told().unwrap_or_default(),
                    });
                    if found.is_lost && !known.is_lost {
                        (known.is_lost, known.call) = (true, told().unwrap_or_default());
                    }
                }
            }
            moved.extend(changed);
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
    for (called, it) in astray {
        let meanwhile = Meanwhile {
            to: Vec::new(),
            writes: it.states.len(),
            until_by_hand: by_hand.is_some_and(|first| it.states.iter().any(|state| *state >= first)),
            is_lost: it.is_lost,
            call: it.call,
        };
        let to = labels.called(&called);
        match said.iter_mut().find(|one| Meanwhile { to: Vec::new(), ..(**one).clone() } == meanwhile) {
            Some(one) => one.to.push(to),
            None => said.push(Meanwhile { to: vec![to], ..meanwhile }),
        }
    }
    said.sort_by_key(|it| !it.is_lost);
    let mut follows = vec![Vec::new(); count];
    for (_, steps) in touched.into_iter().filter(|(called, _)| moved.contains(called)) {
        let steps: Vec<usize> = steps.into_iter().filter(|it| !input.steps[*it].is_by_hand).collect();
        if steps.len() <= IN_A_ROW {
            for pair in steps.windows(2) {
                if !follows[pair[1]].contains(&pair[0]) {
                    follows[pair[1]].push(pair[0]);
                }
            }
        }
    }
    (classes, follows, said)
}
