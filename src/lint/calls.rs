//! What is wrong with calls, found by placing them. Not one lint: each fault has its file.

use super::{
    Lint, Subject, TenantSubject, busy_loop, dead_end, divert_loop, failover_never,
    failover_without_require_agents, forward_comes_back, forward_in_doubt, holiday_below_hours,
    mailbox_of_another, no_answer_loop, nobody_there, outage_loop, phone_never_rings, queue_without_agents,
    ring_loop, rule_never_wins, says_never,
};
use crate::{
    finding::{Finding, Place},
    flow::{
        self, Assumptions, Config, Counted, Fault, Found, Horizon, Network, Seconds, SiteId, System,
        WaysBack, are_within, joined,
    },
    model::{
        Address, Circumstances, DEFAULT_RULE, E164, Extension, Kind, Ringable, Tenant, is_somebodys,
        phone_numbers_that,
    },
    path::{Path, Segment},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// A tenant whose calls are looked at.
pub struct CalledTenant<'a> {
    /// As it is configured: what is declared, laid over what is live where that was read.
    pub tenant: Tenant,
    pub system: System,
    /// Whether everything live is in it.
    pub is_whole: bool,
    /// Whether something live is: the option that reads it.
    pub live: Option<&'static str>,
    /// Whether it is as a restore makes it, which no other command shows.
    pub is_restored: bool,
    /// What else is live, where that was read.
    pub circumstances: Option<&'a Circumstances>,
    /// What of it becomes another by itself, by its key, and when that is next.
    pub until: BTreeMap<String, Seconds>,
    /// Where a value stands. None: only the phone system has it.
    pub place: &'a dyn Fn(&Path) -> Option<Place>,
}

fn lint(fault: Fault) -> &'static Lint {
    match fault {
        Fault::DivertLoop => &divert_loop::LINT,
        Fault::NoAnswerLoop => &no_answer_loop::LINT,
        Fault::BusyLoop => &busy_loop::LINT,
        Fault::OutageLoop => &outage_loop::LINT,
        Fault::RingLoop => &ring_loop::LINT,
        Fault::NobodyThere => &nobody_there::LINT,
        Fault::DeadEnd => &dead_end::LINT,
        Fault::QueueWithoutAgents => &queue_without_agents::LINT,
        Fault::ForwardComesBack => &forward_comes_back::LINT,
        Fault::RuleNeverWins => &rule_never_wins::LINT,
        Fault::HolidayBelowHours => &holiday_below_hours::LINT,
        Fault::PhoneNeverRings => &phone_never_rings::LINT,
        Fault::FailoverNever => &failover_never::LINT,
        Fault::FailoverWithoutRequireAgents => &failover_without_require_agents::LINT,
        Fault::ForwardInDoubt => &forward_in_doubt::LINT,
        Fault::MailboxOfAnother => &mailbox_of_another::LINT,
    }
}

/// The tenants of files whose calls can be placed.
fn placed<'a>(subject: &Subject<'a>) -> Vec<(&'a TenantSubject<'a>, System)> {
    let system = |it: &'a TenantSubject<'a>| {
        let kind = &subject.file.providers.get(&it.tenant.provider)?.kind;
        Some((it, System::of_kind(kind)?))
    };
    subject.tenants.iter().filter_map(system).collect()
}

/// A tenant as its files alone say it.
fn called<'a>((it, system): (&'a TenantSubject<'a>, System)) -> CalledTenant<'a> {
    let tenant = flow::layered(it.tenant, &BTreeMap::new());
    let place = it.place_of_step;
    CalledTenant {
        tenant,
        system,
        is_whole: false,
        live: None,
        is_restored: false,
        circumstances: None,
        until: it.until.clone(),
        place,
    }
}

/// The tenants of files alone.
pub(super) fn declared<'a>(subject: &Subject<'a>) -> Vec<CalledTenant<'a>> {
    placed(subject).into_iter().map(called).collect()
}

/// A circle that calls go in.
pub struct Circle {
    pub finding: Finding,
    /// What sends calls on in it: the tenant, and an object. Rules and diverts of one extension are one.
    pub objects: BTreeSet<String>,
    /// The schedules that say when it does so.
    schedules: BTreeSet<String>,
    /// When calls go in it, of the time that is looked at whole.
    during: Vec<Range<Seconds>>,
    ahead: Range<Seconds>,
}

fn object(tenant: &str, section: &str, key: &str) -> String {
    let section = if section == "diverts" { "rules" } else { section };
    format!("{tenant}/{section}.{key}")
}

impl Circle {
    /// Whether it goes by any object of a tenant.
    pub fn is_of(&self, tenant: &str) -> bool {
        self.objects.iter().any(|it| it.split_once('/').is_some_and(|(own, _)| own == tenant))
    }

    /// Whether it goes by an object of a tenant: one that sends calls on, or the hours of one.
    pub fn goes_by(&self, tenant: &str, address: &Address) -> bool {
        let object = object(tenant, address.kind.section(), &address.key);
        self.objects.contains(&object) || self.schedules.contains(&object)
    }
}

impl Circle {
    /// Whether calls go in it at times when they went in none of the earlier ones. It counts what is looked at whole: where two are
    /// the same then, they are the same later.
    pub fn is_new(&self, earlier: &[Self]) -> bool {
        let is_same = |it: &&Self| it.finding.code == self.finding.code && it.objects == self.objects;
        let same: Vec<&Self> = earlier.iter().filter(is_same).collect();
        // Of what comes after nothing was said.
        let Some(end) = same.iter().map(|it| it.ahead.end).min() else { return true };
        let during = self.during.iter().map(|it| it.start..it.end.min(end));
        let during: Vec<Range<Seconds>> = during.filter(|it| it.start < it.end).collect();
        let before = joined(same.iter().flat_map(|it| it.during.iter().cloned()).collect());
        !are_within(&during, &before)
    }
}

/// The schedules by which a value sends calls on: that of its rule, and those of the rules above, which come first.
fn schedules<'t>(tenant: &'t Tenant, path: &Path) -> impl Iterator<Item = &'t str> {
    let section = path.first().and_then(Segment::as_key);
    let is_of_extension =
        [Kind::Rules, Kind::Diverts].map(Kind::section).iter().any(|it| Some(*it) == section);
    let extension = path.get(1).and_then(Segment::as_key).filter(|_| is_of_extension);
    let rules = extension.and_then(|it| tenant.rules.get(&it.parse::<Extension>().ok()?));
    let last = match path.get(3) {
        Some(Segment::Index(at)) => *at,
        // What is no rule by itself comes after them.
        _ => usize::MAX,
    };
    let order = rules.and_then(|it| it.order.as_ref()).into_iter().flatten();
    order.take(last.saturating_add(1)).map(|rule| rule.when.as_str()).filter(|it| *it != DEFAULT_RULE)
}

/// Whether the extension at a path becomes another by itself, or that of an agent there.
fn changes(it: &CalledTenant<'_>, path: &Path) -> bool {
    let mut keys = path.iter().skip(1);
    let Some(key) = keys.next().and_then(Segment::as_key) else { return false };
    let agents = it.tenant.queues.get(key).filter(|_| path.is_inside(&Path::from([Kind::Queues.section()])));
    let agents = agents.and_then(|queue| queue.agents.as_ref()).into_iter().flatten();
    let mut phones = agents.filter_map(|agent| match &agent.target {
        Ringable::Extension(extension) | Ringable::Device(extension) => Some(extension.as_str()),
        _ => None,
    });
    it.until.contains_key(key)
        || phones.any(|phone| is_somebodys(phone, &|owner| it.until.contains_key(owner)))
}

/// The circles that calls go in as the files are, as findings.
pub(super) fn circles_in_files(subject: &Subject<'_>) -> Vec<Finding> {
    let placed = placed(subject);
    let mut ways = WaysBack::default();
    for (at, (it, _)) in placed.iter().enumerate() {
        ways.add_tenant(SiteId::of(at), it.tenant);
    }
    let back = ways.sites();
    let tenants: Vec<&Tenant> = placed.iter().map(|(it, _)| it.tenant).collect();
    // Of the others no copy is made.
    let mut groups = if back.is_empty() { Vec::new() } else { groups(&tenants) };
    groups.retain(|group| group.iter().any(|at| back.contains(&SiteId::of(*at))));
    let circles = groups.iter().flat_map(|group| {
        let tenants: Vec<CalledTenant<'_>> = group.iter().map(|at| called(placed[*at])).collect();
        let all: Vec<usize> = (0..tenants.len()).collect();
        circles_of(&tenants, &all, subject.at, subject.is_now)
    });
    once(circles.map(|circle| circle.finding).collect())
}

/// The circles that calls go in: everybody does the same, and every schedule counts.
pub fn circles(tenants: &[CalledTenant<'_>], at: Seconds) -> Vec<Circle> {
    groups_of(tenants).iter().flat_map(|group| circles_of(tenants, group, at, true)).collect()
}

fn circles_of(tenants: &[CalledTenant<'_>], group: &[usize], at: Seconds, is_now: bool) -> Vec<Circle> {
    let tables = Tables::of(tenants, group);
    // Most tenants have no way back, whatever the time: no hours are laid out for them.
    if tables.network(flow::around(at)).with_possible_circles().is_empty() {
        return Vec::new();
    }
    let network = tables.network(tables.horizon(tenants, at));
    let ahead = ahead(tenants, group, at);
    let circle = |found: Found| {
        let objects = found.way.iter().filter_map(|(site, path)| {
            let (section, key) = (path.first()?.as_key()?, path.get(1)?.as_key()?);
            Some(object(network.tenant_name(*site), section, key))
        });
        let schedules = found.round.values.iter().flat_map(|(site, path)| {
            let names = tables.called(tenants, *site).into_iter().flat_map(|it| schedules(&it.tenant, path));
            names.map(|name| object(network.tenant_name(*site), Kind::Schedules.section(), name))
        });
        Circle {
            objects: objects.collect(),
            schedules: schedules.collect(),
            during: found.round.during.clone(),
            ahead: ahead.clone(),
            finding: tables.finding(&network, tenants, found, is_now),
        }
    };
    let found = network.circles(ahead.clone()).found.into_iter();
    found.filter(|found| tables.is_told(tenants, found)).map(circle).collect()
}

/// Everything that is wrong with calls to some tenants, among all that there are.
pub fn sweep(tenants: &[CalledTenant<'_>], asked: &BTreeSet<usize>, at: Seconds) -> (Vec<Finding>, Counted) {
    let (mut findings, mut counted) = (Vec::new(), Counted::default());
    for group in groups_of(tenants) {
        let own: BTreeSet<SiteId> = group
            .iter()
            .enumerate()
            .filter(|(_, it)| asked.contains(it))
            .map(|(at, _)| SiteId::of(at))
            .collect();
        if own.is_empty() {
            continue;
        }
        let tables = Tables::of(tenants, &group);
        let network = tables.network(tables.horizon(tenants, at));
        let swept = network.sweep(&own, ahead(tenants, &group, at));
        counted += swept.counted;
        let found = swept.found.into_iter().filter(|found| tables.is_told(tenants, found));
        findings.extend(found.map(|found| tables.finding(&network, tenants, found, true)));
    }
    findings.sort();
    (once(findings), counted)
}

/// Of findings that say the same of one place the first.
fn once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    let mut all = findings;
    all.retain(|it| told.insert((it.code, it.place.clone(), it.message.clone())));
    all
}

/// As far ahead as these tenants stay as they are.
fn ahead(tenants: &[CalledTenant<'_>], group: &[usize], at: Seconds) -> Range<Seconds> {
    let ahead = flow::ahead(at);
    let until = group.iter().flat_map(|it| tenants[*it].until.values()).min().copied();
    ahead.start..until.map_or(ahead.end, |until| until.clamp(ahead.start + 1, ahead.end))
}

fn groups_of(tenants: &[CalledTenant<'_>]) -> Vec<Vec<usize>> {
    let tenants: Vec<&Tenant> = tenants.iter().map(|it| &it.tenant).collect();
    groups(&tenants)
}

/// The tenants that calls come to from each other: in order, each in one group.
fn groups(tenants: &[&Tenant]) -> Vec<Vec<usize>> {
    let mut owners: BTreeMap<&E164, usize> = BTreeMap::new();
    for (at, it) in tenants.iter().enumerate() {
        for number in it.numbers.keys().chain(it.forwards.keys()) {
            owners.entry(number).or_insert(at);
        }
    }
    let mut group: Vec<usize> = (0..tenants.len()).collect();
    fn first(group: &mut [usize], mut at: usize) -> usize {
        while group[at] != at {
            group[at] = group[group[at]];
            at = group[at];
        }
        at
    }
    for (at, it) in tenants.iter().enumerate() {
        phone_numbers_that(it, &mut |number| {
            if let Some(owner) = owners.get(number) {
                let (one, other) = (first(&mut group, at), first(&mut group, *owner));
                group[one.max(other)] = one.min(other);
            }
            false
        });
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..tenants.len() {
        groups.entry(first(&mut group, at)).or_default().push(at);
    }
    groups.into_values().collect()
}

/// Some of the tenants, as the tables are made of them.
struct Tables<'a> {
    tenants: Vec<(usize, Tenant, System, bool, Option<&'a Circumstances>)>,
}

impl<'a> Tables<'a> {
    fn of(tenants: &[CalledTenant<'a>], some: &[usize]) -> Self {
        let of = |at: &usize| {
            let it = &tenants[*at];
            // What is read says all there is.
            let tenant = if it.is_whole { it.tenant.clone() } else { flow::supposed(&it.tenant, it.system) };
            (*at, tenant, it.system, it.is_whole, it.circumstances)
        };
        Self { tenants: some.iter().map(of).collect() }
    }

    /// What these tenants begin or end, as long as they stay as they are.
    fn horizon(&self, tenants: &[CalledTenant<'_>], at: Seconds) -> Horizon {
        let schedules = self.tenants.iter().flat_map(|(_, tenant, ..)| tenant.schedules.values());
        let until = self.tenants.iter().flat_map(|(at, ..)| tenants[*at].until.values()).min().copied();
        let horizon = Horizon::of(at, schedules);
        match until {
            Some(until) => horizon.until(until),
            None => horizon,
        }
    }

    fn network(&self, horizon: impl Into<Horizon>) -> Network {
        let tenants = self.tenants.iter();
        let configs: Vec<Config<'_>> = tenants
            .map(|(_, tenant, system, is_whole, circumstances)| Config {
                tenant,
                system: *system,
                is_whole: *is_whole,
                circumstances: *circumstances,
            })
            .collect();
        Network::new(&configs, horizon, Assumptions::default())
    }

    fn called<'t>(&self, tenants: &'t [CalledTenant<'t>], site: SiteId) -> Option<&'t CalledTenant<'t>> {
        let at = (0..self.tenants.len()).find(|at| SiteId::of(*at) == site)?;
        tenants.get(self.tenants[at].0)
    }

    /// Whether nothing else says so: `self-reference` looks at the files. Of an extension that is another one later nothing is said
    /// never to happen.
    fn is_told(&self, tenants: &[CalledTenant<'_>], found: &Found) -> bool {
        let called = self.called(tenants, found.tenant);
        let changes = || called.is_some_and(|it| !it.until.is_empty() && changes(it, &found.path));
        !(says_never(lint(found.fault).code) && changes())
            && (!found.is_self || called.is_some_and(|it| it.live.is_some()))
    }

    fn finding(
        &self,
        network: &Network,
        tenants: &[CalledTenant<'_>],
        found: Found,
        is_now: bool,
    ) -> Finding {
        let called = self.called(tenants, found.tenant);
        let place = |site: SiteId, path: &Path| self.called(tenants, site).and_then(|it| (it.place)(path));
        // Of a circle any step will do that the files say.
        let in_files = || found.way.iter().find_map(|(site, path)| place(*site, path));
        let place = place(found.tenant, &found.path).or_else(in_files);
        // Without a line the words have to say whose it is.
        let message = match &place {
            Some(_) => found.message,
            None => format!("{}/{}: {}", network.tenant_name(found.tenant), found.path, found.message),
        };
        let live = called.and_then(|it| it.live);
        let is_restored = called.is_some_and(|it| it.is_restored);
        let help = match found.example.as_ref().filter(|_| !is_restored) {
            Some(example) => format!("{}; `{}` shows it", found.help, example.command(live, is_now)),
            None => found.help,
        };
        lint(found.fault).finding(message).at(place).help(help)
    }
}
