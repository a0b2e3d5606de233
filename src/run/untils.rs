//! What changes by itself: what is about to, what has, and what lies between a review and now.

use super::place::locate;
use crate::{
    error::Failure,
    finding::{Finding, Place},
    lint,
    load::LoadedTenant,
    model::{Address, Clock, Resource, Until},
    path::Path,
    plan::{Passed, Source, desired_in_part, takes_away},
    provider::{self, Provider, Workspace},
    text::span,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How long before it something that is about to change is said.
const SOON: Duration = Duration::from_secs(7 * 24 * 3600);

/// More instants than this are not looked at one by one.
const MOST: usize = 50;

/// How long one instant is after another; none if it is before.
fn since(earlier: Timestamp, later: Timestamp) -> Duration {
    later.duration_since(earlier).try_into().unwrap_or_default()
}

/// Says of everything with an `until` that it ends soon, that it has ended, or that its time is not one time.
pub(super) fn warnings(workspace: &Workspace) -> Vec<Finding> {
    let at = workspace.at;
    let all = workspace.tenants.iter().flat_map(LoadedTenant::untils);
    all.flat_map(|(until, place)| of(until, at).into_iter().map(|it| it.at(place.clone()))).collect()
}

fn of(until: &Until, at: Timestamp) -> Vec<Finding> {
    let Until { holder, at: local, zone, then, .. } = until;
    if until.has_passed(at) {
        let ago = span(since(until.instant, at));
        let message = format!("the `until` of {holder}, {until}, passed {ago} ago: `{then}` is wanted since");
        let help = "when a plan has nothing to do for it, write what `then` says in the place of what stands before it, and \
                    take `until` out";
        return vec![Finding::warning("until-passed", message).help(help)];
    }
    let mut found = Vec::new();
    let left = since(at, until.instant);
    if left <= SOON {
        let message = format!("{holder} is so until {until}, {} from now; then `{then}`", span(left));
        let help = "the first apply after that changes it: see that one runs; to have it stay as it is, take `until` out";
        found.push(Finding::warning("ends-soon", message).help(help));
    }
    match until.clock {
        Clock::Once => {}
        Clock::Never(instead) => {
            let message = format!("clocks in {zone} never show {local}: {instead} is meant");
            found.push(
                Finding::warning("clock-change", message).help(format!("write what is meant: `{instead}`")),
            );
        }
        Clock::Twice => {
            let message = format!("clocks in {zone} show {local} twice: the first time counts");
            let help = "write a time that comes once, an hour earlier or later";
            found.push(Finding::warning("clock-change", message).help(help));
        }
    }
    found
}

/// What is wrong with the files as they will be once an `until` has passed, and not as they are, each with when that is.
/// `check` says what is wrong with the tenants. What is said never to happen is left out, also of `now`, where it happens at
/// another of those instants.
pub(super) fn later(
    workspace: &Workspace,
    now: &mut Vec<Finding>,
    check: &dyn Fn(&[&LoadedTenant], Timestamp) -> Vec<Finding>,
) -> Vec<Finding> {
    let all = workspace.tenants.iter().flat_map(LoadedTenant::untils).map(|(until, _)| until);
    let coming: BTreeMap<Timestamp, &Until> =
        all.filter(|it| !it.has_passed(workspace.at)).map(|it| (it.instant, it)).collect();
    let last = coming.last_key_value().map(|(instant, until)| (*instant, *until));
    let first = coming.iter().map(|(instant, until)| (*instant, *until)).take(MOST);
    let instants: BTreeMap<Timestamp, &Until> = first.chain(last).collect();
    if instants.is_empty() {
        return Vec::new();
    }
    // What is said of now is said already, and what is said of then is said once.
    let wrong = check(&workspace.tenants.iter().collect::<Vec<_>>(), workspace.at);
    let mut never = BTreeMap::from([(workspace.at, said_never(&wrong))]);
    let mut told: BTreeSet<Finding> = wrong.into_iter().map(unhelped).collect();
    let mut found = Vec::new();
    for (instant, until) in instants {
        let then: Vec<Option<LoadedTenant>> = workspace.tenants.iter().map(|it| it.at(instant)).collect();
        let tenants: Vec<&LoadedTenant> =
            workspace.tenants.iter().zip(&then).map(|(now, then)| then.as_ref().unwrap_or(now)).collect();
        let wrong = check(&tenants, instant);
        never.insert(instant, said_never(&wrong));
        for finding in wrong {
            if told.insert(unhelped(finding.clone())) {
                let message = format!("from {until} on, {}", finding.message);
                found.push(Finding { message, ..finding });
            }
        }
    }
    let happens = happens(workspace, &never);
    let is_so = |it: &Finding| !it.place.as_ref().is_some_and(|at| happens.contains(&(it.code, at)));
    now.retain(is_so);
    found.retain(is_so);
    found
}

/// What is said never to happen, and where that stands.
type Never = BTreeSet<(&'static str, Place)>;

fn said_never(wrong: &[Finding]) -> Never {
    let never = wrong.iter().filter(|it| lint::says_never(it.code));
    never.filter_map(|it| Some((it.code, it.place.clone()?))).collect()
}

/// What is said never to happen at some instant, and at another one stands there and happens.
fn happens<'a>(
    workspace: &Workspace,
    never: &'a BTreeMap<Timestamp, Never>,
) -> BTreeSet<(&'static str, &'a Place)> {
    let mut by_file: BTreeMap<&str, BTreeSet<(&'static str, &Place)>> = BTreeMap::new();
    for (code, place) in never.values().flatten() {
        by_file.entry(place.file.as_str()).or_default().insert((*code, place));
    }
    let mut happens = BTreeSet::new();
    for loaded in &workspace.tenants {
        if by_file.is_empty() {
            break;
        }
        let own = loaded.untils().map(|(until, _)| until.instant).filter(|it| never.contains_key(it));
        let own: BTreeSet<Timestamp> = own.chain([workspace.at]).collect();
        // One that is the same at all times says the same of each. Of a file that several share one is asked.
        if own.len() < 2 {
            continue;
        }
        let asked: BTreeSet<(&'static str, &Place)> =
            loaded.files().filter_map(|file| by_file.remove(file)).flatten().collect();
        for instant in own.iter().filter(|_| !asked.is_empty()) {
            let there = loaded.standing(*instant, &asked.iter().map(|(_, place)| *place).collect());
            let of =
                |(code, place): &(&'static str, &Place)| never[instant].contains(&(*code, (*place).clone()));
            happens.extend(asked.iter().filter(|it| there.contains(it.1) && !of(it)).copied());
        }
    }
    happens
}

/// What is found, whatever call shows it.
fn unhelped(finding: Finding) -> Finding {
    Finding { help: None, ..finding }
}

/// Says of each `until` of a protected object that what follows takes away what it is protected for: a plan of that day is blocked
/// by it, and nobody is there then to take the protection out first.
pub(super) fn protected(workspace: &Workspace) -> Vec<Finding> {
    workspace.tenants.iter().flat_map(|it| protected_in(it, workspace)).collect()
}

fn protected_in(loaded: &LoadedTenant, workspace: &Workspace) -> Vec<Finding> {
    if !loaded.tenant.has_protected() {
        return Vec::new();
    }
    let protected = loaded.tenant.resources().filter(|(_, it)| it.protected());
    let protected: BTreeSet<Address> = protected.map(|(address, _)| address).collect();
    let mut coming = loaded.untils().filter(|(it, _)| !it.has_passed(workspace.at)).peekable();
    let config = workspace.file.providers.get(&loaded.tenant.provider);
    let provider = config.and_then(|config| provider::find(&config.kind));
    let Some(provider) = provider.filter(|_| !protected.is_empty() && coming.peek().is_some()) else {
        return Vec::new();
    };
    let desired = |it: &LoadedTenant| desired_in_part(&it.tenant, &provider.dialect, &|_| None).0;
    let (now, then) = (desired(loaded), loaded.at(Timestamp::MAX).map(|it| desired(&it)).unwrap_or_default());
    let finding = |(until, place): (&Until, &Place)| {
        let address = protected.get(&until.address)?;
        let what = takes_away(&now.get(address)?.resource, &then.get(address)?.resource)?;
        let message =
            format!("{address} is protected, and what follows at {until} {what}: no plan will do that");
        let help =
            "remove `protect: true` in a change of its own, merged before that; or let something else follow";
        Some(Finding::warning("protected-later", message).help(help).at(place.clone()))
    };
    coming.filter_map(finding).collect()
}

/// What the providers of tenants cannot hold of what they say.
pub(super) fn refused(workspace: &Workspace, tenants: &[&LoadedTenant]) -> Vec<Finding> {
    let refused = |loaded: &&LoadedTenant| {
        let config = workspace.file.providers.get(&loaded.tenant.provider)?;
        let dialect = &provider::find(&config.kind)?.dialect;
        Some(desired_in_part(&loaded.tenant, dialect, &|path| Some(locate(loaded, path))).1)
    };
    tenants.iter().filter_map(refused).flatten().collect()
}

/// What of a tenant has changed by itself.
pub(super) fn passed(loaded: &LoadedTenant, provider: &Provider, at: Timestamp) -> Vec<Passed> {
    let mut before = before(loaded, provider, at);
    let passed = loaded.untils().filter(|(until, _)| until.has_passed(at));
    passed
        .map(|(until, place)| Passed {
            address: until.address.clone(),
            at: until.to_string(),
            ago: span(since(until.instant, at)),
            source: Source::from(place.clone()),
            fields: until.fields.iter().map(|field| Path::from([field.as_str()])).collect(),
            before: before.remove(&until.address),
        })
        .collect()
}

/// What a tenant said of the objects that have changed by themselves, before they did.
pub(super) fn before(
    loaded: &LoadedTenant,
    provider: &Provider,
    at: Timestamp,
) -> BTreeMap<Address, Resource> {
    let addresses: BTreeSet<&Address> =
        loaded.untils().filter(|(it, _)| it.has_passed(at)).map(|(it, _)| &it.address).collect();
    if addresses.is_empty() {
        return BTreeMap::new();
    }
    let then = loaded.at(Timestamp::MIN);
    let desired = then.map(|then| desired_in_part(&then.tenant, &provider.dialect, &|_| None).0);
    let desired = desired.into_iter().flatten().filter(|(address, _)| addresses.contains(address));
    desired.map(|(address, it)| (address, it.resource)).collect()
}

/// Says of each `until` that the base has not what it will change: nobody sees that in the steps of a plan.
pub(super) fn added(
    loaded: &LoadedTenant,
    base: Option<&LoadedTenant>,
    named: &str,
    now: Timestamp,
) -> Vec<Finding> {
    let at = |it: &Until| (it.holder.clone(), it.instant, it.then.clone());
    let known: BTreeSet<(Path, Timestamp, String)> =
        base.into_iter().flat_map(LoadedTenant::untils).map(|(it, _)| at(it)).collect();
    let new = loaded.untils().filter(|(until, _)| !known.contains(&at(until)));
    new.filter(|(until, _)| !until.has_passed(now))
        .map(|(until, place)| {
            let Until { holder, then, .. } = until;
            let message = format!("{holder} is to change at {until}: then `{then}`");
            let help = format!("it is not so at {named}: whoever approves this approves that as well");
            Finding::warning("ends-later", message).help(help).at(place.clone())
        })
        .collect()
}

/// Says of each `until` of the base that is taken out what will not change any more. `is_own`: whether the files had it when they
/// left the base.
pub(super) fn taken_out(
    loaded: &LoadedTenant,
    base: Option<&LoadedTenant>,
    named: &str,
    now: Timestamp,
    is_own: &dyn Fn(&Address) -> bool,
) -> Vec<Finding> {
    // One that is changed is told as a new one, and an object that is declared no more is told by itself.
    let kept: BTreeSet<&Path> = loaded.untils().map(|(it, _)| &it.holder).collect();
    let declared: BTreeSet<Address> = loaded.tenant.resources().map(|(address, _)| address).collect();
    let gone = base.into_iter().flat_map(LoadedTenant::untils).map(|(it, _)| it);
    let gone = gone.filter(|it| !it.has_passed(now) && !kept.contains(&it.holder));
    gone.filter(|it| declared.contains(&it.address) && is_own(&it.address))
        .map(|until| {
            let Until { holder, then, .. } = until;
            let message =
                format!("{holder} does not end by itself any more: at {named} `{then}` followed at {until}");
            let help = "whoever approves this approves that it stays until somebody changes it";
            Finding::warning("stays-on", message).help(help)
        })
        .collect()
}

/// Refuses to apply a reviewed plan where something changes by itself between the instant that it was made for and now.
/// `is_meant` says which objects the plan is about.
pub(super) fn ensure_none_between(
    loaded: &LoadedTenant,
    made_for: Timestamp,
    now: Timestamp,
    is_meant: &dyn Fn(&Address) -> bool,
) -> Result<(), Failure> {
    let between = |it: &Until| it.has_passed(made_for) != it.has_passed(now) && is_meant(&it.address);
    let Some((until, Place { file, line, .. })) = loaded.untils().find(|(it, _)| between(it)) else {
        return Ok(());
    };
    let what = match until.has_passed(now) {
        true => "has passed since",
        false => "has not passed yet",
    };
    let message = format!(
        "the reviewed plan was made for {made_for}, and the `until` of {}, {until}, {what} ({file}:{line})",
        until.holder
    );
    Err(Failure::refused(message).help("nothing was changed: plan and review again"))
}
