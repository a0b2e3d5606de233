//! One tenant: what it declares against what is live.

use super::{
    Action, Base, BulkEntry, Class, Desired, Dialect, LISTED, Note, Observed, Passed, Policy, Reason,
    Remnant, Role, Source, Step, TenantPlan, Unverifiable, bulk,
    by_hand::{self, is_by_hand},
    class, guard, leading, live, order, passed,
    portal::{Clicks, join},
    protect, reason, remarks, taken, toggle, top,
    undeclared::LetGo,
    unreadable,
    uses::Uses,
    wanted::Wanted,
    zones,
};
use crate::{
    diff::{self, FieldChange},
    finding::{Finding, Place},
    model::{Address, Destination, Divert, Diverts, Kind, Resource, Route},
    path::{Path, Segment},
    text::{as_drawn, as_read, spelled_out},
};
use std::collections::{BTreeMap, BTreeSet};

/// Everything a tenant's plan follows from.
pub struct Input<'a> {
    pub tenant: &'a str,
    pub provider: &'a str,
    pub account: &'a str,
    pub desired: BTreeMap<Address, Desired>,
    /// The tenant's time zone, as its file says.
    pub time_zone: Option<&'a str>,
    /// The numbers of every account on the same platform that was read, with that account.
    pub platform: &'a BTreeMap<String, String>,
    /// Objects that must not exist, with the place that says so.
    pub absent: BTreeMap<Address, Option<Source>>,
    /// Objects that say `protect: true` now.
    pub protected: BTreeSet<Address>,
    /// What has changed by itself.
    pub passed: &'a [Passed],
    /// The tenant at the base revision, if one was named (`--base`).
    pub base: Option<&'a Base>,
    /// Schedules that are declared to be switched off, with every rule declared here that uses them.
    pub switched_off: BTreeSet<Address>,
    /// Rules that are switched for many extensions at once.
    pub bulk: &'a [BulkEntry],
    /// Kinds of which everything undeclared is deleted.
    pub exhaustive: BTreeSet<Kind>,
    pub observed: &'a Observed,
    pub dialect: &'a Dialect,
    pub policy: Policy,
    /// Where something stands in the tenant's file.
    pub place: &'a dyn Fn(&[Segment]) -> Option<Place>,
    /// Which addresses this run is about (`--only`).
    pub only: &'a dyn Fn(&Address) -> bool,
}

/// Plans one tenant. Pure: equal inputs give equal plans.
pub fn build(input: Input<'_>) -> TenantPlan {
    let Input {
        tenant,
        provider,
        account,
        mut desired,
        time_zone,
        platform,
        mut absent,
        mut protected,
        passed,
        base,
        switched_off,
        bulk,
        exhaustive,
        observed,
        dialect,
        policy,
        place,
        only,
    } = input;
    let policy = &policy;
    let mut plan = TenantPlan::blocked(tenant, provider, account, Vec::new());
    plan.findings = top::forwards_on(tenant, observed);
    let clocks = zones::Clocks { tenant, account, time_zone, zones: &observed.zones, is_of_calls: false };
    plan.findings.extend(of_clocks(&clocks, &desired, observed, dialect, place));
    // As the files say it: what `bulk` makes of it is what is live.
    let as_written = base.map(|base| (base, desired.clone()));
    let without_rule = bulk::expand(&mut desired, bulk, observed);
    let has_bulk =
        |base: &&Base| !base.bulk.is_empty() || base.left.as_ref().is_some_and(|left| !left.bulk.is_empty());
    let base_of_bulk = base.filter(has_bulk).map(|base| base.over(observed));
    let base = base_of_bulk.as_ref().or(base);
    let declared: BTreeSet<Address> = desired.keys().cloned().collect();
    let uses = Uses::of(&desired, observed);
    desired.retain(|address, _| only(address));
    // A restore brings back what was, to the letter.
    let keep = |address: &Address, wanted: &mut Resource| {
        if let Some(live) = observed.objects.get(address).filter(|_| !policy.restores) {
            (dialect.keep)(wanted, live);
        }
    };
    for (address, wanted) in &mut desired {
        recognise_attendants(&mut wanted.resource, observed);
        keep(address, &mut wanted.resource);
    }
    let mut not_restored = Vec::new();
    if policy.restores {
        let taken = taken::leave_out(&mut desired, &mut absent, observed);
        taken.iter().for_each(|(address, _)| {
            plan.withheld_fields.entry(address.clone()).or_default().insert(Path::from(["order"]));
        });
        not_restored = taken.into_iter().map(|(_, finding)| finding).collect();
    }
    let (mut stale, ways_out) = live::check(account, &desired, &absent, observed, platform, policy, place);
    plan.across.ways_out = ways_out;
    stale.extend(without_rule.into_iter().filter(|(address, _)| only(address)));
    let stopped = base.into_iter().flat_map(|base| &base.stopped);
    stale.extend(stopped.map(|(address, finding)| (address.clone(), finding.clone())));
    for kind in exhaustive.intersection(&policy.unobservable) {
        let message =
            format!("`exhaustive: [{}]` is not possible: the live ones cannot be read here", kind.section());
        let help =
            "name single objects under `absent`, or connect the provider to an interface that can read them";
        plan.blocked
            .push(Finding::error("unsupported", message).help(help).at(place(&[Segment::key("exhaustive")])));
    }
    if !plan.blocked.is_empty() {
        plan.blocked.extend(stale.into_iter().map(|(_, finding)| finding));
        return plan;
    }
    // What is stale stops what depends on it, and nothing else.
    let (stale, findings): (Vec<Address>, Vec<Finding>) = stale.into_iter().unzip();
    plan.blocked = findings;
    plan.blocked.extend(not_restored);
    let goes =
        |it: &Address| absent.contains_key(it) || (exhaustive.contains(&it.kind) && !declared.contains(it));
    let in_part = unreadable::in_part(&desired, observed);
    let withheld = live::dependents(stale.into_iter(), &in_part, &desired, observed, &goes);
    plan.notes.extend(live::kept_notes(&withheld));
    plan.withheld = withheld.into_keys().collect();
    unreadable::withhold(&mut plan, &desired, &absent, observed, bulk, place);

    let basis = Basis {
        desired: &desired,
        declared: &declared,
        absent: &absent,
        exhaustive: &exhaustive,
        withheld: &plan.withheld,
        base,
        observed,
        dialect,
        policy,
        only,
    };
    plan.steps.extend(basis.settings(&mut plan.unverifiable));
    plan.steps.extend(basis.unseen_removals(&mut plan.unverifiable));
    plan.steps.extend(basis.deletions(&uses));
    for step in &mut plan.steps {
        step.own = observed.own.get(&step.address).cloned();
        step.restored = desired.get(&step.address).and_then(|wanted| wanted.own.clone());
        step.reason = basis.reason_of(step, &keep);
    }
    let own_protected = protected.clone();
    protected.extend(base.into_iter().flat_map(|base| base.protected.iter().cloned()));
    let stranded = guard::mark_critical(&mut plan.steps, observed);
    let violations = protect::check(&plan.steps, &protected, &stranded, place);
    if !violations.is_empty() {
        plan.blocked.extend(violations);
        let TenantPlan { findings, blocked, across, .. } = plan;
        return TenantPlan { findings, across, ..TenantPlan::blocked(tenant, provider, account, blocked) };
    }
    let settable = |kind: Kind, change: &FieldChange| !is_by_hand(dialect.grade(kind, change).grade, policy);
    order::arrange(&mut plan.steps, &observed.objects, dialect.order, &settable);
    plan.refused = guard::limits(&plan.steps, declared.len(), &policy.guard);

    if let Some((base, desired)) = &as_written {
        let (absent, exhaustive, protected) = (&absent, &exhaustive, &own_protected);
        LetGo { base, desired, absent, exhaustive, protected, bulk, observed, policy, only }.say(&mut plan);
    }
    let line = |schedule: &Address| Some(place(&Path::from(["schedules", &schedule.key, "enabled"]))?.line);
    plan.notes.extend(toggle::notes(&switched_off, &plan.steps, &declared, &desired, observed, &line));
    // Part of a tenant says nothing about the rest of it.
    if declared.len() == desired.len() {
        plan.notes.extend(bulk::notes(bulk, &desired));
    }
    describe(&mut plan, &declared, &desired, observed, dialect);
    plan.notes.extend(passed::notes(passed, &plan.steps, &plan.unverifiable));
    let (nowhere, ways_out) = leading::nowhere(account, &plan, &desired, observed, platform);
    plan.notes.extend(nowhere);
    plan.across.ways_out.extend(ways_out);
    plan.notes.extend(leading::undeclared(account, &plan, &desired, observed, only));
    plan.notes.extend(remnants(&plan.steps, observed, only));
    let objects = desired.into_iter().map(|(address, it)| (address, it.resource)).collect();
    plan.wanted = Wanted { objects, absent: absent.into_keys().collect(), exhaustive, declared };
    plan
}

/// What the steps of a tenant follow from.
struct Basis<'a> {
    desired: &'a BTreeMap<Address, Desired>,
    /// All that the file declares, whatever the run is about.
    declared: &'a BTreeSet<Address>,
    absent: &'a BTreeMap<Address, Option<Source>>,
    exhaustive: &'a BTreeSet<Kind>,
    withheld: &'a BTreeSet<Address>,
    base: Option<&'a Base>,
    observed: &'a Observed,
    dialect: &'a Dialect,
    policy: &'a Policy,
    only: &'a dyn Fn(&Address) -> bool,
}

impl Basis<'_> {
    fn is_free(&self, address: &Address) -> bool {
        !self.withheld.contains(address)
    }

    fn is_unobservable(&self, address: &Address) -> bool {
        self.policy.unobservable.contains(&address.kind)
    }

    /// The steps that make objects as they are declared.
    fn settings(&self, unverifiable: &mut Vec<Unverifiable>) -> Vec<Step> {
        let Self { base, observed, dialect, policy, .. } = *self;
        let mut steps = Vec::new();
        for (address, wanted) in self.desired.iter().filter(|(address, _)| self.is_free(address)) {
            if !self.is_unobservable(address) {
                steps.extend(steps_for(address, wanted, observed, base, dialect, policy));
                continue;
            }
            match base.and_then(|base| by_hand::set(address, wanted, base, dialect)) {
                Some(step) => steps.push(step),
                None => unverifiable.push(by_hand::check_whole(address, &wanted.resource, dialect)),
            }
        }
        steps
    }

    /// The steps that take away what cannot be observed. It may exist: that it is gone cannot be verified.
    fn unseen_removals(&self, unverifiable: &mut Vec<Unverifiable>) -> Vec<Step> {
        let Self { base, observed, dialect, .. } = *self;
        let is_unseen = |address: &Address| {
            let is_hidden = observed.opaque.contains_key(address)
                && observed.objects.get(address).is_some_and(Resource::is_vacant);
            self.is_unobservable(address) || (is_hidden && (self.only)(address))
        };
        let mut steps = Vec::new();
        for (address, source) in self.absent.iter().filter(|(it, _)| is_unseen(it) && self.is_free(it)) {
            if base.is_some_and(|base| !base.absent.contains(address)) {
                steps.push(by_hand::remove(address, source.clone(), dialect));
            } else {
                unverifiable.push(by_hand::check_absent(address, dialect));
            }
        }
        steps
    }

    /// The steps that delete what is there.
    fn deletions(&self, uses: &Uses) -> Vec<Step> {
        let Self { observed, dialect, policy, .. } = *self;
        let is_surplus =
            |address: &Address| !self.declared.contains(address) && self.exhaustive.contains(&address.kind);
        let is_meant = |address: &Address| (self.only)(address) && self.is_free(address);
        let mut steps = Vec::new();
        for (address, live) in observed.objects.iter().filter(|(address, _)| is_meant(address)) {
            let source = self.absent.get(address);
            if (source.is_some() || is_surplus(address)) && !live.is_vacant() {
                steps.push(deletion(address, live, source.cloned().flatten(), dialect, policy));
            }
        }
        for (address, remnant) in observed.remnants.iter().filter(|(address, _)| is_meant(address)) {
            let Some(source) = self.absent.get(address) else { continue };
            let class = if uses.has(address) { Class::CallerVisible } else { Class::Cosmetic };
            let step = deletion(address, &remnant.object, source.clone(), dialect, policy);
            steps.push(Step { class, ..step });
        }
        steps
    }

    /// Whether the files or the live system moved. `keep` fills in what is live and nobody declares.
    fn reason_of(&self, step: &Step, keep: &dyn Fn(&Address, &mut Resource)) -> Option<Reason> {
        let Some(base) = self.base.filter(|_| step.action != Action::Manual) else {
            return step.reason;
        };
        let wanted = self.desired.get(&step.address).map(|wanted| &wanted.resource);
        let named = self.absent.contains_key(&step.address) && !base.absent.contains(&step.address);
        let then = base.desired.get(&step.address).cloned().map(|mut then| {
            keep(&step.address, &mut then);
            then
        });
        let before = base.passed.get(&step.address);
        Some(reason::of(step, wanted, then.as_ref(), before, named))
    }
}

/// What is to be said of the clocks by which schedules are read.
fn of_clocks(
    clocks: &zones::Clocks<'_>,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
    dialect: &Dialect,
    place: &dyn Fn(&[Segment]) -> Option<Place>,
) -> Vec<Finding> {
    let zone_place = place(&[Segment::key("time_zone")]).filter(|_| clocks.time_zone.is_some());
    let objects = desired.iter().map(|(address, it)| (address, &it.resource)).collect();
    let differing = clocks.findings(&objects, observed, dialect.zoned_schedules);
    let placed = differing.into_iter().map(|(finding, first)| {
        // Where the file says no zone, the rules are where the hours are used.
        let rules = || place(&first?.path().iter().cloned().collect::<Vec<_>>());
        finding.at(zone_place.clone().or_else(rules))
    });
    placed.collect()
}

/// What is left of objects that are not there, and what becomes of it. Only a word for the one object takes it away: what
/// is no whole object may be something else after all.
fn remnants(steps: &[Step], observed: &Observed, only: &dyn Fn(&Address) -> bool) -> Vec<Note> {
    let note = |(address, remnant): (&Address, &Remnant)| {
        let step = steps.iter().find(|step| step.address == *address);
        let then = match step.map(Step::removes) {
            Some(true) => "it is deleted",
            Some(false) => "it is made whole",
            None => "left alone, `absent` deletes it",
        };
        Note::new(address, format!("{}; {then}", remnant.text))
    };
    observed.remnants.iter().filter(|(address, _)| only(address)).map(note).collect()
}

/// Objects to be made whose name is that of a live one but for capitals, or what the portal shows for one: perhaps that one
/// was meant.
fn look_alikes(steps: &[Step], observed: &Observed) -> Vec<Note> {
    let made = steps.iter().filter(|step| step.action == Action::Create);
    let pairs = made.filter_map(|Step { address, .. }| {
        let mut alike =
            observed.objects.keys().filter(|live| live.kind == address.kind && **live != *address);
        let is_read_so = |live: &&Address| as_read(&live.key) == as_read(&address.key);
        let is_drawn_so = |live: &&Address| as_drawn(&live.key) == as_drawn(&address.key);
        let named = |live: &Address| {
            Note::new(address, format!("{live} has this name in the portal; this creates a second one"))
        };
        let Some(live) = alike.clone().find(is_read_so).or_else(|| alike.find(is_drawn_so)) else {
            return live::called(address, observed).map(named);
        };
        // Of letters of two alphabets a reader sees no difference.
        let drawn = if is_read_so(&live) {
            String::new()
        } else {
            let [live, own] = [&live.key, &address.key].map(|it| spelled_out(it));
            format!(", which looks like it: {live}, not {own}")
        };
        Some(Note::new(address, format!("{live} already exists{drawn}; this creates a second one")))
    });
    pairs.collect()
}

/// What a reviewer should know beside the steps: live objects nobody declared, and notes.
fn describe(
    plan: &mut TenantPlan,
    declared: &BTreeSet<Address>,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
    dialect: &Dialect,
) {
    let deleted: BTreeSet<&Address> = plan.steps.iter().filter(|s| s.removes()).map(|s| &s.address).collect();
    plan.unmanaged = observed
        .objects
        .iter()
        .filter(|(address, live)| LISTED.contains(&address.kind) && !live.is_vacant())
        .map(|(address, _)| address)
        .filter(|address| !declared.contains(*address) && !deleted.contains(*address))
        .cloned()
        .collect();
    let has_rules = |extension: &str| {
        declared.contains(&Address::new(Kind::Rules, extension))
            || declared.contains(&Address::new(Kind::Diverts, extension))
    };
    let people = observed.extensions.iter().filter(|(_, role)| **role == Role::Person);
    let alone = people.map(|(extension, _)| extension.to_string()).filter(|it| !has_rules(it));
    plan.unmanaged_extension_names = alone.collect();
    plan.unmanaged_extensions = plan.unmanaged_extension_names.len();
    if plan.unmanaged_extensions > 0 {
        for step in plan.steps.iter().filter(|step| step.is_of_shared_hours()) {
            let text = "answering rules of extensions that are not declared here may use it too";
            plan.notes.push(Note::new(&step.address, text));
        }
    }
    plan.notes.extend(look_alikes(&plan.steps, observed));
    let unreadable = unreadable::notes(plan, desired, observed);
    plan.notes.extend(unreadable);
    plan.notes.extend(remarks::half_failovers(desired, &plan.withheld, observed));
    plan.notes.extend(remarks::of_vendor(&plan.steps, dialect));
    for (address, paths) in observed.opaque.iter().chain(&observed.unseen) {
        // What is refused is nothing to enter by hand.
        let Some(wanted) = desired.get(address).filter(|_| !plan.withheld.contains(address)) else {
            continue;
        };
        let written = |path: &&Path| plan.steps.iter().any(|s| s.address == *address && s.concerns(path));
        let fields: Vec<Path> = paths
            .iter()
            .filter(|path| wanted.resource.value(path).is_some() && !written(path))
            .cloned()
            .collect();
        if !fields.is_empty() {
            plan.unverifiable.push(by_hand::check_fields(address, &wanted.resource, fields, dialect));
        }
    }
    for (address, entries) in &observed.beyond {
        let stays = desired.get(address).is_some_and(|it| it.resource.value(&["other"].into()).is_none());
        if stays && !plan.withheld.contains(address) {
            let text = format!(
                "it also holds what the file has no word for, and that stays: {}",
                entries.join("; ")
            );
            plan.notes.push(Note::new(address, text));
        }
    }
    for (address, texts) in &observed.notes {
        if desired.contains_key(address) && !plan.withheld.contains(address) {
            plan.notes.extend(texts.iter().map(|text| Note::new(address, text)));
        }
    }
}

pub(super) fn steps_for(
    address: &Address,
    wanted: &Desired,
    observed: &Observed,
    base: Option<&Base>,
    dialect: &Dialect,
    policy: &Policy,
) -> Vec<Step> {
    let before = observed.objects.get(address);
    let nothing = diff::nothing_like(&wanted.resource);
    let changes = diff::diff(&wanted.resource, before.unwrap_or(&nothing));
    let opaque = observed.opaque.get(address);
    let hidden = |path: &Path| opaque.is_some_and(|fields| fields.iter().any(|field| path.is_inside(field)));
    let files_changed = |path: &Path| {
        base.is_some_and(|base| {
            let then = base.desired.get(address).unwrap_or(&nothing);
            diff::diff(&wanted.resource, then).iter().any(|change| change.path.is_inside(path))
        })
    };
    let source = &wanted.source;
    let presence = dialect.presence(address.kind, false);
    let made_by_hand = before.is_none() && is_by_hand(presence.grade, policy);
    let made = presence.clicks(address, &wanted.resource, None).filter(|_| before.is_none());
    let mut clicks: Vec<Clicks> = made.clone().filter(|_| made_by_hand).into_iter().collect();
    let mut fallback: Vec<(Path, Clicks)> = made.map(|made| (Path::default(), made)).into_iter().collect();
    let mut by_hand: Vec<FieldChange> = Vec::new();
    let mut by_api: Vec<FieldChange> = Vec::new();
    let mut sent = wanted.resource.clone();
    let unseen = |path: &Path| {
        let fields = observed.unseen.get(address);
        fields.is_some_and(|fields| fields.iter().any(|field| path.is_inside(field)))
    };
    for change in changes {
        // Nobody can tell whether a field that is not shown is so already: it is something to do only when the files say
        // something new. One that is shown and not understood is never written.
        if unreadable::hides(observed, address, &change.path)
            || (unseen(&change.path) && !files_changed(&change.path))
        {
            sent.forget(&change.path);
            continue;
        }
        let row = dialect.grade(address.kind, &change);
        // It is so by itself, which the read-back sees.
        let kept = observed.kept.get(address).and_then(|fields| fields.get(&change.path));
        if is_by_hand(row.grade, policy) && kept.is_some() && kept == change.new.as_ref() {
            continue;
        }
        let then = base.and_then(|base| base.desired.get(address)).filter(|_| hidden(&change.path));
        let page = row.clicks(address, &wanted.resource, then.or(before));
        if !made_by_hand && !is_by_hand(row.grade, policy) {
            fallback.extend(page.map(|page| (change.path.clone(), page)));
            by_api.push(change);
            continue;
        }
        sent.forget(&change.path);
        // Where the provider does not show the field, there is no telling whether it was done by hand already.
        if made_by_hand || !hidden(&change.path) || files_changed(&change.path) {
            clicks.extend(page);
            by_hand.push(change);
        }
    }
    let step = |action, changes: Vec<FieldChange>, wanted: &Resource, instructions, fallback| {
        let after = diff::overlay(wanted, before.unwrap_or(&nothing));
        Step {
            class: if before.is_none() { Class::Cosmetic } else { class::beyond(address.kind, &changes) },
            changes,
            before: before.cloned(),
            after: Some(after),
            instructions,
            fallback,
            ..Step::plain(address.clone(), action, source.clone())
        }
    };
    let mut steps = Vec::new();
    // A queue or schedule that is named but has no managed field must be there already (`live::check`).
    if !made_by_hand && (before.is_none() || !by_api.is_empty()) {
        let action = if before.is_none() { Action::Create } else { Action::Update };
        steps.push(step(action, by_api, &sent, Vec::new(), fallback));
    }
    if made_by_hand || !by_hand.is_empty() {
        steps.push(step(Action::Manual, by_hand, &wanted.resource, join(clicks), Vec::new()));
    }
    steps
}

pub(super) fn deletion(
    address: &Address,
    live: &Resource,
    source: Option<Source>,
    dialect: &Dialect,
    policy: &Policy,
) -> Step {
    let presence = dialect.presence(address.kind, true);
    let by_hand = is_by_hand(presence.grade, policy);
    let clicks = presence.clicks(address, live, None);
    let whole = serde_json::to_value(live).unwrap_or_default();
    let changes = vec![FieldChange { path: Path::default(), old: Some(whole), new: None }];
    let action = if by_hand { Action::Manual } else { Action::Delete };
    Step {
        changes,
        before: Some(live.clone()),
        instructions: clicks.filter(|_| by_hand).into_iter().collect(),
        ..Step::plain(address.clone(), action, source)
    }
}

/// `extension: "600"` and `attendant: "600"` are one place when an attendant answers there: what the extension is
/// decides (FACTS stratus/numbers-5).
pub(super) fn recognise_attendants(resource: &mut Resource, observed: &Observed) {
    let fix = |to: &mut Destination| {
        if let Destination::Extension(extension) = to
            && observed.extensions.get(extension) == Some(&Role::Attendant)
        {
            *to = Destination::Attendant(extension.clone());
        }
    };
    let diverts = |diverts: &mut Diverts| {
        for divert in diverts.conditions_mut() {
            if let Some(Divert::To(to)) = divert {
                fix(to);
            }
        }
    };
    match resource {
        Resource::Schedule(_) | Resource::Receiver(_) | Resource::Forward(_) => {}
        Resource::Number(number) => {
            if let Some(Route::To(to)) = &mut number.route {
                fix(to);
            }
        }
        Resource::Diverts(it) => diverts(it),
        Resource::Rules(rules) => {
            rules.order.iter_mut().flatten().for_each(|rule| diverts(&mut rule.forward))
        }
        Resource::Queue(queue) => {
            for divert in queue.forwards_mut() {
                if let Some(Divert::To(to)) = divert {
                    fix(to);
                }
            }
        }
    }
}
