//! Circles that lead through several tenants. What changes in one may send calls to a number of another, and what is live there,
//! back. Only accounts that such a way leads into are read for it, and none that the run still has in memory. With that it is known
//! for which steps of others a step waits.

use super::{
    Checked, CheckedTenant, Session,
    after::After,
    circles::{self, Laid, Makers, Objects},
    platforms::Known,
    ways::{Reached, Spot},
};
use crate::{
    apply,
    error::Failure,
    model::{Address, E164, Kind},
    plan::{self, Action, Note, OnWay, Step, TenantPlan},
    provider::Scope,
};
use futures::StreamExt;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The numbers of others that the steps of a plan send calls on to, over whatever of the tenant lies between.
pub(super) fn sends(checked: &Checked, tenant: &CheckedTenant, live: &Objects, steps: &[Step]) -> Vec<E164> {
    let whole = After::of(checked, tenant, live).whole;
    Reached::from_changed(&whole, steps.iter().map(|step| &step.address)).elsewhere(&whole)
}

impl Followed {
    fn of(live: Objects) -> Self {
        Self { asked: live.keys().cloned().collect(), live }
    }
}

/// The ways between the tenants of a run, as far as they have been followed. A tenant is the position of its plan.
#[derive(Default)]
pub(super) struct Between {
    ways: BTreeSet<(usize, usize)>,
    /// The numbers by which calls come into a tenant.
    entered: BTreeMap<usize, BTreeSet<E164>>,
    /// Those that came by a number which has not been followed yet.
    waiting: BTreeSet<usize>,
    known: BTreeMap<usize, Followed>,
}

/// What is known of one tenant.
#[derive(Clone, Default)]
struct Followed {
    live: Objects,
    /// Also what is not there.
    asked: BTreeSet<Address>,
}

impl Between {
    /// The ways on which the changes of each plan send calls. `owner`: the tenant that has a number.
    pub fn of(plans: &[TenantPlan], owner: &dyn Fn(&E164) -> Option<usize>) -> Self {
        let mut between = Self::default();
        for (from, plan) in plans.iter().enumerate() {
            between.lead(from, &plan.across.sends, owner);
        }
        between
    }

    /// Adds the ways from a tenant to numbers of others.
    pub fn lead(&mut self, from: usize, numbers: &[E164], owner: &dyn Fn(&E164) -> Option<usize>) {
        for number in numbers {
            let Some(to) = owner(number).filter(|to| *to != from) else { continue };
            self.ways.insert((from, to));
            if self.entered.entry(to).or_default().insert(number.clone()) {
                self.waiting.insert(to);
            }
        }
    }

    /// The tenants into which no way has been followed yet.
    pub fn waiting(&self) -> &BTreeSet<usize> {
        &self.waiting
    }

    /// What steps wait for in other tenants: what is changed on the ways from the numbers to which they lead calls. Where something
    /// there is not planned, they are held.
    fn wait(
        &self,
        plans: &mut [TenantPlan],
        tenants: &BTreeMap<usize, &CheckedTenant>,
        owner: &dyn Fn(&E164) -> Option<usize>,
    ) {
        let from: Vec<usize> = (0..plans.len()).filter(|at| !plans[*at].across.leads.is_empty()).collect();
        if from.is_empty() {
            return;
        }
        let nothing = Followed::default();
        let come = self.entered.iter().map(|(at, numbers)| {
            let live = &self.known.get(at).unwrap_or(&nothing).live;
            let staying =
                tenants.get(at).map(|tenant| staying(&plans[*at], tenant, live)).unwrap_or_default();
            (*at, plan::come_by(numbers.iter(), &plans[*at].steps, live, &staying))
        });
        let come: BTreeMap<usize, BTreeMap<&E164, OnWay<'_>>> = come.collect();
        let reached = |from: usize, numbers: &BTreeSet<E164>| {
            let (mut reached, mut held, mut seen) = (BTreeSet::new(), None, BTreeSet::new());
            let mut next: Vec<&E164> = numbers.iter().collect();
            while let Some(number) = next.pop() {
                if !seen.insert(number.clone()) {
                    continue;
                }
                let Some(at) = owner(number) else {
                    held = held.or_else(|| of_unread(number, plans, tenants));
                    continue;
                };
                if at == from {
                    continue;
                }
                let Some(on_way) = come.get(&at).and_then(|come| come.get(number)) else { continue };
                let steps = on_way.steps.iter().map(|it| (plans[at].tenant.clone(), (*it).clone()));
                reached.extend(steps);
                held = held.or_else(|| Some((plans[at].tenant.clone(), on_way.staying.clone()?)));
                next.extend(&on_way.numbers);
            }
            (reached, held)
        };
        let mut found = Vec::new();
        for at in from {
            let (mut waits, mut all_held) = (BTreeMap::new(), BTreeMap::new());
            for (step, numbers) in &plans[at].across.leads {
                let (reached, held) = reached(at, numbers);
                all_held.extend(held.map(|it| (step.clone(), it)));
                if !reached.is_empty() {
                    waits.insert(step.clone(), reached);
                }
            }
            found.push((at, waits, all_held));
        }
        for (at, waits, held) in found {
            plans[at].across.waits = waits;
            plans[at].across.held = held;
        }
    }

    /// The tenants from which calls may come back.
    pub fn in_circles(&self) -> BTreeSet<usize> {
        let mut ways: Vec<(usize, usize)> = self.ways.iter().copied().collect();
        loop {
            let from: BTreeSet<usize> = ways.iter().map(|way| way.0).collect();
            let to: BTreeSet<usize> = ways.iter().map(|way| way.1).collect();
            let before = ways.len();
            ways.retain(|way| from.contains(&way.1) && to.contains(&way.0));
            if ways.len() == before {
                return ways.into_iter().map(|way| way.0).collect();
            }
        }
    }
}

/// What a tenant declares and its plan does not come to.
fn staying(plan: &TenantPlan, tenant: &CheckedTenant, live: &Objects) -> BTreeSet<Address> {
    if !plan.is_stopped() {
        return plan.withheld.clone();
    }
    let differs = |(address, wanted): &(&Address, &plan::Desired)| {
        live.get(*address).is_none_or(|live| plan::differs(live, &wanted.resource))
    };
    tenant.desired.iter().filter(differs).map(|(address, _)| address.clone()).collect()
}

/// The tenant that declares a number, and whose account could not be read.
fn of_unread(
    number: &E164,
    plans: &[TenantPlan],
    tenants: &BTreeMap<usize, &CheckedTenant>,
) -> Option<(String, Address)> {
    let address = Address::new(Kind::Numbers, number);
    let declares = |(at, plan): &(usize, &TenantPlan)| {
        plan.is_unread() && tenants.get(at).is_some_and(|it| it.desired.contains_key(&address))
    };
    let (_, plan) = plans.iter().enumerate().find(declares)?;
    Some((plan.tenant.clone(), address))
}

/// Says at the steps which of them are not carried out because of other tenants, and which go without waiting for others.
fn say_order(plans: &mut [TenantPlan]) {
    let mut notes: BTreeMap<usize, Vec<Note>> = BTreeMap::new();
    let all: Vec<&TenantPlan> = plans.iter().collect();
    let named = |(number, index): (usize, usize)| (&all[number].tenant, &all[number].steps[index].address);
    let not_waited_for = apply::not_waited_for(&all);
    let mut unordered: BTreeSet<(&String, &Address, &String, &Address)> = BTreeSet::new();
    for (step, before) in not_waited_for {
        let ((from, step_address), (tenant, address)) = (named(step), named(before));
        if unordered.insert((from, step_address, tenant, address)) {
            let text = format!(
                "not ordered after {tenant}/{address}, on the way to which it leads calls: the tenants would wait for each other"
            );
            notes.entry(step.0).or_default().push(Note::new(step_address, text));
        }
    }
    let mut held: BTreeSet<(&String, &Address)> = BTreeSet::new();
    for (at, plan) in all.iter().enumerate() {
        for (step, (tenant, address)) in &plan.across.held {
            let text = format!("apply leaves it: it leads calls to {tenant}/{address}, which is not planned");
            notes.entry(at).or_default().push(Note::new(step, text));
            held.insert((&plan.tenant, step));
        }
    }
    // What needs one that is left is left as well.
    while !held.is_empty() {
        let mut more = BTreeSet::new();
        for (at, plan) in all.iter().enumerate() {
            let open = |step: &&plan::Step| {
                step.action != Action::Manual && !held.contains(&(&plan.tenant, &step.address))
            };
            for step in plan.steps.iter().filter(open) {
                let own = step.needs.iter().find(|it| held.contains(&(&plan.tenant, *it)));
                let waits = plan.across.waits.get(&step.address).filter(|_| step.action.sets());
                let is_held = |(tenant, address): &&(String, Address)| {
                    held.contains(&(tenant, address))
                        && !unordered.contains(&(&plan.tenant, &step.address, tenant, address))
                };
                let by = own.map(ToString::to_string).or_else(|| {
                    let (tenant, address) = waits.into_iter().flatten().find(is_held)?;
                    Some(format!("{tenant}/{address}"))
                });
                let Some(by) = by else { continue };
                if more.insert((&plan.tenant, &step.address)) {
                    let text = format!("apply leaves it: it needs {by}, which is left");
                    notes.entry(at).or_default().push(Note::new(&step.address, text));
                }
            }
        }
        if more.is_empty() {
            break;
        }
        held.extend(more);
    }
    for (at, notes) in notes {
        plans[at].notes.extend(notes);
    }
}

impl<'a> Session<'a> {
    /// Adds the circles that lead through several tenants to the plans of all tenants that are loaded. `lives`: what was read of each,
    /// where that is kept.
    pub(super) async fn find_circles_between(
        &self,
        plans: &mut [TenantPlan],
        known: &Known,
        lives: &[Arc<circles::Read>],
    ) -> Result<(), Failure> {
        let owner = |number: &E164| known.owner(number).and_then(|it| usize::try_from(it).ok());
        let mut between = Between::of(plans, &owner);
        if !between.waiting().is_empty() {
            // What was read for the plans is not read again.
            let live = lives.iter().map(|read| Followed::of(read.objects.clone()));
            between.known = live.enumerate().collect();
        }
        let tenants: BTreeMap<usize, &'a CheckedTenant> = self.checked.tenants.iter().enumerate().collect();
        while !between.waiting().is_empty() {
            self.follow_between(&mut between, &tenants, &owner).await?;
        }
        between.wait(plans, &tenants, &owner);
        say_order(plans);
        self.add_circles(plans, &between, &tenants);
        Ok(())
    }

    /// Reads on from the numbers by which calls come into tenants.
    pub(super) async fn follow_between(
        &self,
        between: &mut Between,
        tenants: &BTreeMap<usize, &'a CheckedTenant>,
        owner: &dyn Fn(&E164) -> Option<usize>,
    ) -> Result<(), Failure> {
        let waiting: Vec<usize> =
            std::mem::take(&mut between.waiting).into_iter().filter(|at| tenants.contains_key(at)).collect();
        let place: BTreeMap<usize, usize> = waiting.iter().map(|at| (tenants[at].index, *at)).collect();
        let read = |tenant: &'a CheckedTenant| {
            let at = place[&tenant.index];
            let known = between.known.get(&at).cloned();
            let entered = between.entered.get(&at).cloned().unwrap_or_default();
            self.follow_in(tenant, known, entered)
        };
        let reads = self.each_of(waiting.iter().map(|at| tenants[at]), read).collect::<Vec<_>>();
        let reads = tokio::select! {
            biased;
            () = self.context.shutdown.stop.cancelled() => return Err(self.context.stopped()),
            reads = reads => reads,
        };
        for (position, (known, sends)) in reads {
            let at = waiting[position];
            between.known.insert(at, known);
            between.lead(at, &sends, owner);
        }
        Ok(())
    }

    /// What is live on the ways from some numbers of a tenant, and the numbers of others to which they lead. The account is read
    /// once as its plan reads it, and what that leaves out when a way leads there.
    async fn follow_in(
        &self,
        tenant: &CheckedTenant,
        known: Option<Followed>,
        entered: BTreeSet<E164>,
    ) -> (Followed, Vec<E164>) {
        let loaded = self.checked.loaded(tenant);
        let is_untrusted = self.checked.workspace.untrusted(loaded).is_some() && !self.sandbox;
        let it = &loaded.tenant;
        let mut known = match known {
            Some(known) => known,
            None if is_untrusted => Followed::default(),
            None => {
                let read = self.look(&it.provider, &it.tenant, &it.account, &self.scope(tenant)).await;
                Followed::of(read.map(|read| read.objects).unwrap_or_default())
            }
        };
        loop {
            let whole = After::of(self.checked, tenant, &known.live).whole;
            let reached = Reached::from(&whole, entered.iter().cloned().map(Spot::Number));
            let mut wanted = reached.objects(&whole);
            // A run that is not about them has not read them.
            let unread = entered.iter().filter(|number| !whole.numbers.contains_key(*number));
            wanted.extend(unread.map(|number| Address::new(Kind::Numbers, number)));
            let kinds = tenant.provider.dialect.order;
            wanted.retain(|it| kinds.contains(&it.kind) && known.asked.insert(it.clone()));
            if wanted.is_empty() || is_untrusted {
                return (known, reached.elsewhere(&whole));
            }
            let said = |address: &Address| match tenant.desired.get(address) {
                Some(it) => plan::with_bulk(address, &it.resource, &tenant.bulk),
                None => plan::nothing_of(address.kind),
            };
            let kinds = wanted.iter().map(|address| address.kind).collect();
            let said = |address: Address| {
                let resource = said(&address);
                (address, resource)
            };
            let wanted = wanted.into_iter().map(said).collect();
            let scope = Scope { wanted, kinds, ..Scope::default() };
            // One that is not there is told by the plan of its tenant.
            let read = self.look(&it.provider, &it.tenant, &it.account, &scope).await;
            known.live.extend(read.into_iter().flat_map(|read| read.objects));
        }
    }

    /// Adds the circles to the plans through which they lead: told is each once.
    pub(super) fn add_circles(
        &self,
        plans: &mut [TenantPlan],
        between: &Between,
        tenants: &BTreeMap<usize, &CheckedTenant>,
    ) {
        let nothing = Followed::default();
        let members: Vec<usize> =
            between.in_circles().into_iter().filter(|at| tenants.contains_key(at)).collect();
        if members.is_empty() {
            return;
        }
        let laid = members.iter().map(|at| {
            let tenant = tenants[at];
            let live = &between.known.get(at).unwrap_or(&nothing).live;
            Laid { loaded: self.checked.loaded(tenant), tenant, live }
        });
        let laid: Vec<Laid<'_>> = laid.collect();
        let mut found: BTreeMap<usize, Vec<_>> = BTreeMap::new();
        for (circle, is_new) in circles::between(self.checked, &laid, self.read_by()) {
            let of = members.iter().filter(|at| circle.is_of(&plans[**at].tenant));
            let of: Vec<usize> = of.copied().collect();
            let mut goes_by = of.clone();
            let makers = Makers::of(of.iter().map(|at| &plans[*at]), &circle, is_new);
            goes_by.retain(|at| circles::mark(&mut plans[*at], &circle, is_new, makers));
            // Of one that no step makes, whoever is the first of it.
            let Some(first) = goes_by.first().or(of.first()) else { continue };
            let told = circles::told(circle, is_new, &self.checked.warnings);
            found.entry(*first).or_default().extend(told);
        }
        for (at, found) in found {
            let plan = std::mem::replace(&mut plans[at], TenantPlan::blocked("", "", "", Vec::new()));
            plans[at] = self.judged(plan, found);
        }
    }
}
