//! The way of calls to numbers, drawn as it is before a plan and as it is after it.

use super::{
    CheckedTenant,
    circles::{Objects, Read},
    noticed::{changes, zone},
};
use crate::{
    experience::{Input, sides},
    flow::{Drawing, Edge, Mark, Network, System, Target},
    load::LoadedTenant,
    model::{Circumstances, E164},
    plan::TenantPlan,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Of more numbers than this the others are named: nobody looks at hundreds of pictures.
const MOST: usize = 30;

/// Numbers whose calls a plan changes.
#[derive(Debug, Default)]
pub struct Drawings {
    is_wanted: bool,
    pub each: Vec<Drawn>,
    /// The others, behind their tenants.
    pub left_out: Vec<(String, String)>,
}

/// Calls to one number. None: it is nobody's.
#[derive(Debug)]
pub struct Drawn {
    pub tenant: String,
    pub called: String,
    pub before: Option<Drawing>,
    pub after: Option<Drawing>,
}

impl Drawings {
    /// To be filled by a plan, or left empty.
    pub fn wanted(is_wanted: bool) -> Self {
        Self { is_wanted, ..Self::default() }
    }

    pub fn are_wanted(&self) -> bool {
        self.is_wanted
    }

    /// Adds what the plan of a tenant changes. `live` is what was read.
    pub(super) fn add(
        &mut self,
        loaded: &LoadedTenant,
        tenant: &CheckedTenant,
        live: &Read,
        at: Timestamp,
        plan: &TenantPlan,
    ) {
        self.add_over(loaded, tenant, (&live.objects, &live.circumstances), None, at, plan);
    }

    /// The same where the files are compared with what they said.
    pub(super) fn add_files(
        &mut self,
        loaded: &LoadedTenant,
        tenant: &CheckedTenant,
        at: Timestamp,
        plan: &TenantPlan,
    ) {
        if let Some(then) = &tenant.base {
            self.add_over(
                loaded,
                tenant,
                (&then.desired, &Circumstances::default()),
                Some(zone(then)),
                at,
                plan,
            );
        }
    }

    fn add_over(
        &mut self,
        loaded: &LoadedTenant,
        tenant: &CheckedTenant,
        (live, circumstances): (&Objects, &Circumstances),
        files: Option<Option<&str>>,
        at: Timestamp,
        plan: &TenantPlan,
    ) {
        let called = numbers(plan);
        let system = System::of_kind(tenant.provider.kind).filter(|_| self.is_wanted && !called.is_empty());
        let Some(system) = system else { return };
        let name = plan.tenant.as_str();
        let (drawn, left) = called.split_at(called.len().min(MOST - self.each.len()));
        self.left_out.extend(left.iter().map(|it| (name.to_owned(), it.to_string())));
        if drawn.is_empty() {
            return;
        }
        let steps = changes(tenant, plan);
        let input = Input {
            tenant: loaded.meant(),
            system,
            live,
            circumstances,
            steps: &steps,
            files,
            at: at.as_second(),
        };
        let [before, after] = sides(&input);
        for number in drawn {
            let (before, after) = (drawing(&before, name, number), drawing(&after, name, number));
            let nothing = Drawing::default();
            let both =
                Drawing::differences(before.as_ref().unwrap_or(&nothing), after.as_ref().unwrap_or(&nothing));
            self.each.push(Drawn {
                tenant: name.to_owned(),
                called: number.to_string(),
                before: before.map(|_| without(&both, Mark::New)),
                after: after.map(|_| without(&both, Mark::Gone)),
            });
        }
    }
}

/// The numbers whose calls differ, in the order of the plan's table.
fn numbers(plan: &TenantPlan) -> Vec<E164> {
    let mut seen = BTreeSet::new();
    let calls = plan.experience.iter().flat_map(|it| &it.table.calls);
    let numbers = calls.filter_map(|it| it.to.parse::<E164>().ok());
    numbers.filter(|it| seen.insert(it.to_string())).collect()
}

fn drawing(network: &Network, tenant: &str, number: &E164) -> Option<Drawing> {
    let number = network.number(number)?;
    Some(Drawing::new(network, &[Target::Number(number)], network.tenant(tenant)?))
}

/// One side of two drawings in one: all but what has this mark.
fn without(both: &Drawing, mark: Mark) -> Drawing {
    let mut places = Vec::with_capacity(both.nodes.len());
    let mut nodes = Vec::new();
    for node in &both.nodes {
        places.push((node.mark != mark).then_some(nodes.len()));
        if node.mark != mark {
            let mut node = node.clone();
            node.lines.retain(|it| it.mark != mark);
            nodes.push(node);
        }
    }
    let edges = both.edges.iter().filter(|it| it.mark != mark);
    let edges =
        edges.filter_map(|it| Some(Edge { from: places[it.from]?, to: places[it.to]?, ..it.clone() }));
    Drawing { edges: edges.collect(), nodes }
}
