//! Whether what a plan makes of a tenant lets calls go in a circle: what is declared or comes back, laid over what is live.

use super::{
    Checked, CheckedTenant, Intent,
    after::{After, bare},
    lints::changes,
};
use crate::{
    finding::{Finding, Level, Place},
    flow::{self, Seconds, SiteId, System, WaysBack},
    lint::calls::{self, CalledTenant, Circle},
    load::LoadedTenant,
    model::{
        Address, Circumstances, Destination, Diverts, Kind, Pointed, Queue, Reference, Resource, Ringable,
        Rule, Rules, Schedule, Tenant, references,
    },
    path::Path,
    plan::{self, Class, Desired, Step, TenantPlan},
};
use std::{
    borrow::Cow,
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

/// What is live, by address.
pub type Objects = BTreeMap<Address, Resource>;

/// What was read of an account, and where it leads on to.
#[derive(Default)]
pub struct Read {
    pub objects: Objects,
    pub circumstances: Circumstances,
    /// What could not be read of where it leads on to, and why.
    pub failed: BTreeMap<Address, String>,
}

/// The extensions that declared forwards lead to, on to others, and of which nothing has been read: what a plan about other
/// objects does not look at. So are the schedules of rules there of which a list shows the name alone. `covers`: whether the run
/// is about an object, and has read it as such. What it is not about and the files have is looked at where it goes by a schedule
/// that changes.
pub fn unread(
    tenant: &CheckedTenant,
    read: &Read,
    covers: &dyn Fn(&Address) -> bool,
) -> BTreeMap<Address, Resource> {
    let Read { objects: live, circumstances, .. } = read;
    let is_own = |address: &Address| tenant.desired.contains_key(address) && covers(address);
    let has_rules = System::of_kind(tenant.provider.kind) != Some(System::Deskphone);
    // What `bulk` puts on top of rules sends calls on as well.
    let said = |it: &'_ (&Address, &Desired)| -> Option<Resource> {
        let is_named = !tenant.bulk.is_empty() && it.0.kind == Kind::Rules;
        is_named.then(|| plan::with_bulk(it.0, &it.1.resource, &tenant.bulk))
    };
    // What the run is not about stays as it is.
    let declared = tenant.desired.iter().filter(|(address, _)| covers(address)).map(|it| match said(&it) {
        Some(resource) => (it.0, Cow::Owned(resource)),
        None => (it.0, Cow::Borrowed(&it.1.resource)),
    });
    let declared: Vec<(&Address, Cow<'_, Resource>)> = declared.collect();
    let all = || {
        let live = live.iter();
        live.chain(declared.iter().map(|(address, resource)| (*address, resource.as_ref())))
    };
    let called = called(all().map(|(_, resource)| resource));
    let leads_to = |address: &Address, resource: &Resource| -> Vec<Reference> {
        references(address, resource).into_iter().map(|(_, to)| to).collect()
    };
    let is_moved = |address: &Address| {
        let will = tenant.desired.get(address).map(|it| leads_to(address, &it.resource));
        let was = live.get(address).map(|it| leads_to(address, it));
        will.is_some_and(|will| !will.is_empty() && was.is_none_or(|was| was != will))
    };
    let mut next = timed_beside(tenant, live, covers);
    let are_told = OnceCell::new();
    // What callers of a declared number notice depends on every place that they pass.
    let is_told = |address: &Address, resource: &Resource| {
        let is_unread = |to: &Reference| {
            let Reference::Extension(to) = to else { return false };
            let mut answering =
                [Kind::Rules, Kind::Diverts, Kind::Queues].map(|it| Address::new(it, to)).into_iter();
            !answering.any(|it| live.contains_key(&it) || is_own(&it))
        };
        tenant.desired.contains_key(address)
            && leads_to(address, resource).iter().any(is_unread)
            && *are_told.get_or_init(|| changes_a_place(&declared, live) && led_on(tenant) <= MOST_LED_ON)
    };
    for (address, resource) in all() {
        let leads = match address.kind {
            Kind::Rules | Kind::Diverts | Kind::Queues => true,
            // What stays as it is, and is called by nothing, leads nowhere new.
            Kind::Numbers => {
                called.contains(&address.key)
                    || is_own(address) && is_moved(address)
                    || is_told(address, resource)
            }
            _ => false,
        };
        if !leads {
            continue;
        }
        let names_only =
            |it: &Address| matches!(live.get(it), Some(Resource::Schedule(it)) if flow::says_no_hours(it));
        let schedules = references(address, resource).into_iter().filter_map(|(_, to)| match to {
            Reference::Schedule(name) => Some(Address::new(Kind::Schedules, name)),
            _ => None,
        });
        next.extend(schedules.filter(names_only).map(|it| (it, Resource::Schedule(Schedule::default()))));
        let forwards = references(address, resource).into_iter().filter_map(|(path, to)| {
            let rings = path.keys().iter().any(|it| matches!(it.as_key(), Some("ring" | "agents")));
            match to {
                _ if rings => None,
                Reference::Extension(to) => Some((to.to_string(), false)),
                Reference::Queue(to) => Some((to, true)),
                _ => None,
            }
        });
        for (to, is_queue) in forwards.chain(on_dnd(address, resource, circumstances)) {
            let answering = [Kind::Rules, Kind::Diverts, Kind::Queues].map(|kind| Address::new(kind, &to));
            let is_read = |it: &Address| match live.get(it) {
                // A list has no more than its name.
                Some(Resource::Queue(queue)) => queue.agents.is_some(),
                live => live.is_some(),
            };
            if answering.iter().any(|it| is_read(it) || is_own(it)) {
                continue;
            }
            let [rules, diverts, queues] = answering;
            if is_queue {
                next.insert(queues, Resource::Queue(Queue::default()));
                continue;
            }
            // The forwards of a Default rule are read with it.
            match has_rules {
                true => next.insert(rules, Resource::Rules(Rules::default())),
                false => next.insert(diverts, Resource::Diverts(Diverts::default())),
            };
        }
    }
    next
}

/// Where declared numbers lead to more extensions than this, those that no file declares are not looked at.
const MOST_LED_ON: usize = 200;

/// Whether anything changes to which a number may lead.
fn changes_a_place(declared: &[(&Address, Cow<'_, Resource>)], live: &Objects) -> bool {
    declared.iter().any(|(address, wanted)| {
        !matches!(address.kind, Kind::Numbers | Kind::Forwards)
            && live.get(*address).is_none_or(|live| plan::differs(live, wanted))
    })
}

/// To how many extensions declared numbers lead of which the files say nothing.
fn led_on(tenant: &CheckedTenant) -> usize {
    let numbers = tenant.desired.iter().filter(|(address, _)| address.kind == Kind::Numbers);
    let each = numbers.flat_map(|(address, it)| references(address, &it.resource));
    let extensions: BTreeSet<String> = each
        .filter_map(|(_, to)| match to {
            Reference::Extension(to) => Some(to.to_string()),
            _ => None,
        })
        .filter(|to| !tenant.desired.contains_key(&Address::new(Kind::Rules, to)))
        .collect();
    extensions.len()
}

/// The rules in the files that a run is not about, and that go by a schedule which it changes.
fn timed_beside(
    tenant: &CheckedTenant,
    live: &Objects,
    covers: &dyn Fn(&Address) -> bool,
) -> BTreeMap<Address, Resource> {
    let is_beside = |(address, _): &(&Address, &Desired)| {
        address.kind == Kind::Rules && !covers(address) && !live.contains_key(*address)
    };
    let mut beside = tenant.desired.iter().filter(is_beside).peekable();
    // So it is with every run about whole tenants.
    if beside.peek().is_none() {
        return BTreeMap::new();
    }
    let changes = |(address, wanted): &(&Address, &Desired)| {
        address.kind == Kind::Schedules
            && covers(address)
            && live.get(*address).is_some_and(|live| plan::differs(live, &wanted.resource))
    };
    let changed: BTreeSet<&str> =
        tenant.desired.iter().filter(changes).map(|(it, _)| it.key.as_str()).collect();
    let goes_by =
        |(_, to): &(Path, Reference)| matches!(to, Reference::Schedule(it) if changed.contains(it.as_str()));
    let timed = beside.filter(|(address, it)| references(address, &it.resource).iter().any(goes_by));
    timed.map(|(address, _)| (address.clone(), Resource::Rules(Rules::default()))).collect()
}

/// The numbers that something sends calls on to, so that those come in again.
fn called<'a>(objects: impl Iterator<Item = &'a Resource>) -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    for resource in objects {
        resource.each_pointer(&mut |_, to| {
            if let Pointed::Number(to)
            | Pointed::Receiver(to)
            | Pointed::Ringable(Ringable::Number(to))
            | Pointed::Destination(Destination::Number(to) | Destination::Receiver(to)) = to
            {
                called.insert(to.to_string());
            }
        });
    }
    called
}

/// Where the rules of an extension send callers with Do not disturb, and whether that is a queue.
fn on_dnd(address: &Address, rules: &Resource, circumstances: &Circumstances) -> Vec<(String, bool)> {
    let Resource::Rules(Rules { order: Some(order), .. }) = rules else { return Vec::new() };
    let to = |rule: &Rule| match circumstances.on_dnd.get(&(address.key.clone(), rule.when.clone()))? {
        Destination::Extension(to) => Some((to.to_string(), false)),
        Destination::Queue(to) => Some((to.clone(), true)),
        _ => None,
    };
    order.iter().filter(|rule| rule.do_not_disturb).filter_map(to).collect()
}

/// What of a tenant's files says something else by itself, and when. A restore is about none of it.
fn untils(checked: &Checked, tenant: &CheckedTenant) -> BTreeMap<String, Seconds> {
    match tenant.intent {
        Intent::Declared => changes(checked.loaded(tenant), checked.workspace.at),
        Intent::Restore(_) => BTreeMap::new(),
    }
}

/// Whether calls may come back to where they were, by what is declared, comes back or is live.
fn may_come_back(checked: &Checked, tenant: &CheckedTenant, live: &Objects) -> bool {
    let site = SiteId::of(0);
    let mut ways = WaysBack::default();
    match &tenant.intent {
        Intent::Declared => ways.add_tenant(site, checked.loaded(tenant).meant()),
        Intent::Restore(it) => {
            it.desired.iter().for_each(|(address, resource)| ways.add_object(site, address, resource));
        }
    }
    live.iter().for_each(|(address, resource)| ways.add_object(site, address, resource));
    !ways.sites().is_empty()
}

/// A tenant with what of it is live.
pub struct Laid<'a> {
    pub loaded: &'a LoadedTenant,
    pub tenant: &'a CheckedTenant,
    pub live: &'a Objects,
}

/// The circles that lead through several of these tenants, each with whether the plans make it.
pub fn between(checked: &Checked, all: &[Laid<'_>], option: &'static str) -> Vec<(Circle, bool)> {
    type Places<'a> = Box<dyn Fn(&Path) -> Option<Place> + 'a>;
    let at = checked.workspace.at;
    let afters: Vec<After<'_>> = all.iter().map(|it| After::of(checked, it.tenant, it.live)).collect();
    let places = all.iter().zip(&afters);
    let places: Vec<Places<'_>> =
        places.map(|(it, after)| -> Places<'_> { Box::new(|path| after.place(it.loaded, path)) }).collect();
    let wholes: Vec<Tenant> = afters.iter().map(|it| it.whole.clone()).collect();
    let called = |tenants: &[Tenant]| {
        let each = all.iter().zip(tenants).zip(&places);
        let each = each.filter_map(|((it, tenant), place)| {
            let (system, until) = (System::of_kind(it.tenant.provider.kind)?, untils(checked, it.tenant));
            let tenant = tenant.clone();
            // What the account does beside its objects is read of a tenant's own plan alone.
            let circumstances = None;
            Some(CalledTenant {
                tenant,
                system,
                is_whole: false,
                live: Some(option),
                is_restored: it.tenant.intent.restore().is_some(),
                circumstances,
                until,
                place,
            })
        });
        calls::circles(&each.collect::<Vec<_>>(), at.as_second())
    };
    let mut circles = called(&wholes);
    // What leads through one of them alone is of its own plan.
    circles.retain(|circle| all.iter().filter(|it| circle.is_of(&it.loaded.tenant.tenant)).count() > 1);
    if circles.is_empty() {
        return Vec::new();
    }
    let before: Vec<Tenant> = all.iter().map(|it| flow::layered(&bare(it.loaded), it.live)).collect();
    let earlier = called(&before);
    circles
        .into_iter()
        .map(|circle| {
            let is_new = circle.is_new(&earlier);
            (circle, is_new)
        })
        .collect()
}

/// Which steps a circle is ascribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Makers {
    /// Those on its way, or of its hours, that send calls: a label changes no way.
    OnItsWay,
    /// All that send calls. What kept them from going round stands elsewhere, as an emergency forward that ends does.
    Anywhere,
    /// Those on its way, whatever they change.
    Labels,
}

impl Makers {
    /// Of the steps of some plans.
    pub fn of<'p>(
        plans: impl Iterator<Item = &'p TenantPlan> + Clone,
        circle: &Circle,
        is_new: bool,
    ) -> Self {
        let is_any = |makers: Self| {
            let mut plans = plans.clone();
            plans.any(|plan| plan.steps.iter().any(|step| makers.is_one(&plan.tenant, step, circle)))
        };
        if is_any(Self::OnItsWay) {
            Self::OnItsWay
        } else if is_critical(circle, is_new) && is_any(Self::Anywhere) {
            Self::Anywhere
        } else {
            Self::Labels
        }
    }

    fn is_one(self, tenant: &str, step: &Step, circle: &Circle) -> bool {
        let moves = || step.class != Class::Cosmetic;
        let is_of_it = || circle.goes_by(tenant, &step.address);
        match self {
            Self::OnItsWay => moves() && is_of_it(),
            Self::Anywhere => moves(),
            Self::Labels => is_of_it(),
        }
    }
}

fn is_critical(circle: &Circle, is_new: bool) -> bool {
    circle.finding.level == Level::Error && is_new
}

/// Marks the steps of a tenant's plan that make a circle; whether there are any.
pub fn mark(plan: &mut TenantPlan, circle: &Circle, is_new: bool, makers: Makers) -> bool {
    let name = plan.tenant.clone();
    let mut steps: Vec<&mut Step> =
        plan.steps.iter_mut().filter(|step| makers.is_one(&name, step, circle)).collect();
    if is_critical(circle, is_new) {
        for step in &mut steps {
            step.critical.get_or_insert_with(|| circle.finding.message.clone());
        }
    }
    !steps.is_empty()
}

/// A circle as a finding of a plan; `None`: it is known.
pub fn told(circle: Circle, is_new: bool, known: &[Finding]) -> Option<Finding> {
    let finding = circle.finding;
    if known.iter().any(|it| it.code == finding.code && it.place == finding.place) {
        return None;
    }
    // What is so already is not of this plan's making.
    let level = if is_new { finding.level } else { Level::Warning };
    Some(Finding { level, ..finding })
}

/// Adds to a tenant's plan which circles it makes: a step by which no phone rings any more is critical.
pub fn judge(
    checked: &Checked,
    tenant: &CheckedTenant,
    live: &Read,
    option: &'static str,
    mut plan: TenantPlan,
) -> TenantPlan {
    let (loaded, at, known) = (checked.loaded(tenant), checked.workspace.at, &checked.warnings);
    let Some(system) = System::of_kind(tenant.provider.kind) else { return plan };
    let Read { objects: live, circumstances, .. } = live;
    // Where it sends callers no pointer of an object says.
    if circumstances.on_dnd.is_empty() && !may_come_back(checked, tenant, live) {
        return plan;
    }
    let (until, is_restored) = (untils(checked, tenant), tenant.intent.restore().is_some());
    let at = at.as_second();
    let nowhere = |_: &Path| -> Option<Place> { None };
    let after = After::of(checked, tenant, live);
    let place = |path: &Path| after.place(loaded, path);
    let called = |tenant: Tenant, place| CalledTenant {
        tenant,
        system,
        is_whole: false,
        live: Some(option),
        is_restored,
        circumstances: Some(circumstances),
        until: until.clone(),
        place,
    };
    let circles = calls::circles(&[called(after.whole.clone(), &place)], at);
    if circles.is_empty() {
        return plan;
    }
    let before = called(flow::layered(&bare(loaded), live), &nowhere);
    let earlier = calls::circles(&[before], at);
    for circle in circles {
        let is_new = circle.is_new(&earlier);
        let makers = Makers::of(std::iter::once(&plan), &circle, is_new);
        mark(&mut plan, &circle, is_new, makers);
        plan.findings.extend(told(circle, is_new, known));
    }
    plan
}
