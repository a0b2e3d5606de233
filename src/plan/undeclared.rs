//! What the files said at the base revision and say no longer, while it is still live: nobody would see it otherwise.

use super::{Action, Base, BulkEntry, Desired, Note, Observed, Policy, Source, TenantPlan, zones::joined};
use crate::{
    diff,
    finding::Finding,
    model::{Address, DEFAULT_RULE, Extensions, Forward, Kind, Resource, Rule, Rules},
    path::Path,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the files have said of objects without being what they are, and do not any more.
pub(super) struct NotAnyMore {
    pub(super) exhaustive: BTreeSet<Kind>,
    pub(super) absent: BTreeSet<Address>,
    pub(super) protected: BTreeSet<Address>,
}

impl NotAnyMore {
    pub(super) fn findings(&self, tenant: &str, revision: &str) -> Vec<Finding> {
        let say = |message: String, help: &str| Finding::warning("otherwise", message).help(help);
        let sections: Vec<String> =
            self.exhaustive.iter().map(|kind| format!("`{}`", kind.section())).collect();
        let lost = (!sections.is_empty()).then(|| {
            let sections = sections.join(", ");
            say(
                format!("`exhaustive` of tenant `{tenant}` has lost {sections} since {revision}"),
                "what nobody declares of it is left alone from now on",
            )
        });
        let absent = self.absent.iter().map(|address| {
            say(
                format!("`{tenant}/{address}` is not `absent` any more since {revision}"),
                "where it is live it is left alone from now on",
            )
        });
        let protected = self.protected.iter().map(|address| {
            say(
                format!("`{tenant}/{address}` is not protected any more since {revision}"),
                "the next change may delete it",
            )
        });
        lost.into_iter().chain(absent).chain(protected).collect()
    }
}

/// What it follows from whether the files have let something go.
pub(super) struct LetGo<'a> {
    pub(super) base: &'a Base,
    /// What the files declare, before `bulk` is added to it.
    pub(super) desired: &'a BTreeMap<Address, Desired>,
    pub(super) absent: &'a BTreeMap<Address, Option<Source>>,
    pub(super) exhaustive: &'a BTreeSet<Kind>,
    pub(super) protected: &'a BTreeSet<Address>,
    pub(super) bulk: &'a [BulkEntry],
    pub(super) observed: &'a Observed,
    pub(super) policy: &'a Policy,
    pub(super) only: &'a dyn Fn(&Address) -> bool,
}

impl LetGo<'_> {
    /// A note for each object, the fields of one, each emergency forward that was on by the files, and each entry of `bulk` that
    /// nobody declares any more. What was protected is a warning.
    pub(super) fn say(&self, plan: &mut TenantPlan) {
        let mut notes = Vec::new();
        for (address, then) in self.base.desired.iter().filter(|(address, _)| (self.only)(address)) {
            let goes = plan.steps.iter().any(|step| step.address == *address && step.removes());
            if goes || self.absent.contains_key(address) {
                continue;
            }
            match self.desired.get(address) {
                Some(now) => {
                    // Nothing is live yet of what is made.
                    let made = || {
                        let mut own = plan.steps.iter().filter(|step| step.address == *address);
                        own.any(|step| step.action == Action::Create)
                    };
                    notes.extend(self.in_part(address, then, &now.resource).filter(|_| !made()));
                    notes.extend(self.of_forward(address, then, Some(&now.resource)));
                }
                None if self.is_others(address)
                    || is_elsewhere(address, self.base, self.desired, self.bulk) => {}
                None => {
                    let told = self.of_forward(address, then, None);
                    let Some(note) = told.or_else(|| self.whole(address, then)) else { continue };
                    let was_protected = self.base.protected.contains(address);
                    if was_protected {
                        plan.findings.push(warning(&plan.tenant, address, self.base));
                    }
                    // That it is on is more than the warning says.
                    if !was_protected || is_active(then) {
                        notes.push(note);
                    }
                }
            }
        }
        notes.extend(self.base.bulk.iter().filter_map(|entry| self.of_bulk(entry)));
        plan.notes.extend(notes);
        // A plan against the files alone says it of all that the tenant says of itself.
        if self.base.tenant.is_none() {
            plan.findings.extend(self.not_any_more().findings(&plan.tenant, &self.base.revision));
        }
    }

    /// But for what others have added since the files left the base: these have never said it.
    fn not_any_more(&self) -> NotAnyMore {
        let Self { base, desired, absent, exhaustive, protected, only, .. } = self;
        let left = base.left.as_deref().unwrap_or(base);
        let own = |then: &BTreeSet<Address>, left: &BTreeSet<Address>, gone: &dyn Fn(&Address) -> bool| {
            then.intersection(left).filter(|it| only(it) && gone(it)).cloned().collect()
        };
        NotAnyMore {
            exhaustive: base
                .exhaustive
                .intersection(&left.exhaustive)
                .copied()
                .collect::<BTreeSet<Kind>>()
                .difference(exhaustive)
                .copied()
                .collect(),
            absent: own(&base.absent, &left.absent, &|it| {
                !absent.contains_key(it) && !desired.contains_key(it) && self.live(it).is_some()
            }),
            protected: own(&base.protected, &left.protected, &|it| {
                !protected.contains(it) && desired.contains_key(it)
            }),
        }
    }

    /// Whether the files have never declared it: others have added it since they left the base.
    fn is_others(&self, address: &Address) -> bool {
        self.base.left.as_ref().is_some_and(|left| !left.desired.contains_key(address))
    }

    /// Whether it may be live though nothing of it was read.
    fn is_unread(&self, address: &Address, then: &Resource) -> bool {
        // Rules and diverts are read where they are declared.
        let is_there = || {
            let extensions = &self.observed.extensions;
            extensions.is_empty() || extensions.keys().any(|it| it.as_str() == address.key)
        };
        let unseen =
            self.live(address).is_none() && matches!(address.kind, Kind::Rules | Kind::Diverts) && is_there();
        self.policy.unobservable.contains(&address.kind) || (unseen && !then.is_vacant())
    }

    fn live(&self, address: &Address) -> Option<&Resource> {
        self.observed.objects.get(address).filter(|live| !live.is_vacant())
    }

    fn in_part(&self, address: &Address, then: &Resource, now: &Resource) -> Option<Note> {
        let mut then = then.clone();
        // What is to be said of that is said apart.
        if let Resource::Forward(forward) = &mut then
            && forward.is_active()
        {
            forward.active = None;
        }
        undeclared_fields(address, &then, now, self.base)
    }

    fn of_forward(&self, address: &Address, then: &Resource, now: Option<&Resource>) -> Option<Note> {
        if !is_active(then) || !releases(now) {
            return None;
        }
        let unread = match self.live(address) {
            Some(live) if is_active(live) => "",
            _ if self.is_unread(address, then) => " whether it is on cannot be read;",
            // Off already: nothing is left of it but the number.
            _ => return None,
        };
        let revision = &self.base.revision;
        let text = format!(
            "was on by the files at {revision};{unread} nobody declares it: `active: false` switches it off"
        );
        Some(Note::new(address, text))
    }

    fn whole(&self, address: &Address, then: &Resource) -> Option<Note> {
        let unread = self.is_unread(address, then);
        // A forward that was on and is off is dealt with: nothing is left of it but the number.
        if is_active(then) || (self.live(address).is_none() && !unread) {
            return None;
        }
        let still = if unread { "perhaps still live" } else { "still live" };
        let Base { revision, .. } = self.base;
        let way_out = way_out(address.kind);
        let text = format!("no longer declared since {revision}, {still}, left alone{way_out}");
        Some(Note::new(address, text))
    }

    /// The extensions that an entry of `bulk` was about and whose rules for its schedule nobody declares any more, but for those whose
    /// rules are not declared at all: of them that is said.
    fn of_bulk(&self, then: &BulkEntry) -> Option<Note> {
        let Self { base, desired, absent, bulk, only, .. } = self;
        let schedule = then.schedule();
        // One that only switches a rule says nothing of where it leads.
        let same = |it: &&BulkEntry| {
            it.schedule() == schedule && (it.entry.rule.is_some() || then.entry.rule.is_none())
        };
        let added = |it: &Base| !it.bulk.iter().any(|it| it.entry == then.entry);
        if absent.contains_key(&schedule) || base.left.as_deref().is_some_and(added) {
            return None;
        }
        let now: Vec<&BulkEntry> = bulk.iter().filter(same).collect();
        let whose = match &then.entry.extensions {
            Extensions::All if !only(&schedule) || now.iter().any(|it| it.of_all().is_some()) => return None,
            Extensions::All => {
                let named = now.iter().flat_map(|it| it.entry.extensions.named());
                let named: Vec<&str> = named.map(|it| it.as_str()).collect();
                match named.is_empty() {
                    true => "all extensions".to_owned(),
                    false => format!("all but {}", joined(&named, "extension")),
                }
            }
            Extensions::Named(list) => {
                let of = list.iter().filter(|extension| {
                    let rules = Address::new(Kind::Rules, *extension);
                    let in_part = desired.get(&rules).is_some_and(|it| own_order(&it.resource).is_none());
                    in_part && only(&rules) && !now.iter().any(|it| it.may_be_about(&rules))
                });
                let of: Vec<&str> = of.map(|it| it.as_str()).collect();
                if of.is_empty() {
                    return None;
                }
                joined(&of, "extension")
            }
        };
        let revision = &base.revision;
        // Whether it is switched still.
        let what = match bulk.iter().any(|it| it.schedule() == schedule) && then.entry.rule.is_some() {
            true => "`rule` is ",
            false => "",
        };
        let text = format!(
            "{what}no longer in `bulk` since {revision} for {whose}; what is live there is left alone"
        );
        Some(Note::new(&schedule, text))
    }
}

/// That a whole object is declared no more.
pub(super) fn warning(tenant: &str, address: &Address, base: &Base) -> Finding {
    let was = if base.protected.contains(address) { ", which was protected," } else { "" };
    let message = format!("`{tenant}/{address}`{was} is no longer declared since {}", base.revision);
    let help = format!("what is live is left alone{}", way_out(address.kind));
    Finding::warning("undeclared", message).help(help)
}

/// Whether what is declared no more at its own place is declared at another: the diverts of an extension in its Default rule, the rules
/// that `bulk` named in an entry for all. That nothing protects them any more is said all the same.
pub(super) fn is_elsewhere(
    address: &Address,
    base: &Base,
    desired: &BTreeMap<Address, Desired>,
    bulk: &[BulkEntry],
) -> bool {
    let has_default = |it: &Desired| {
        own_order(&it.resource).is_some_and(|order| order.iter().any(|rule| rule.when == DEFAULT_RULE))
    };
    match address.kind {
        _ if base.protected.contains(address) => false,
        Kind::Diverts => desired.get(&Address::new(Kind::Rules, &address.key)).is_some_and(has_default),
        Kind::Rules => {
            let only_named = base.desired.get(address) == Some(&Resource::Rules(Rules::default()));
            let mut then = base.bulk.iter().filter(|it| it.may_be_about(address)).peekable();
            let same = |then: &BulkEntry| {
                let of = |it: &&BulkEntry| it.schedule() == then.schedule() && it.may_be_about(address);
                bulk.iter().filter(of).any(|it| it.entry.rule.is_some() || then.entry.rule.is_none())
            };
            only_named && then.peek().is_some() && then.all(same)
        }
        _ => false,
    }
}

fn own_order(resource: &Resource) -> Option<&Vec<Rule>> {
    match resource {
        Resource::Rules(Rules { order, .. }) => order.as_ref(),
        _ => None,
    }
}

fn is_active(resource: &Resource) -> bool {
    matches!(resource, Resource::Forward(forward) if forward.is_active())
}

/// Whether the files leave it to people whether the forward is on.
fn releases(now: Option<&Resource>) -> bool {
    match now {
        Some(Resource::Forward(Forward { active, .. })) => active.is_none(),
        _ => true,
    }
}

/// What deletes an object of that kind.
fn way_out(kind: Kind) -> &'static str {
    match kind {
        Kind::Schedules | Kind::Receivers | Kind::Queues | Kind::Forwards => "; `absent` deletes it",
        Kind::Numbers | Kind::Rules | Kind::Diverts => "",
    }
}

/// The fields of an object that are not declared any more.
pub(super) fn undeclared_fields(
    address: &Address,
    then: &Resource,
    now: &Resource,
    base: &Base,
) -> Option<Note> {
    let gone =
        diff::diff(then, now).into_iter().filter(|it| it.old.is_none() && now.value(&it.path).is_none());
    // Nor what others have added since they left the base, which the files have never declared.
    let others = |path: &Path| {
        let left = base.left.as_ref().map(|left| left.desired.get(address));
        left.is_some_and(|left| left.is_none_or(|left| left.value(path).is_none()))
    };
    let gone = gone.filter(|it| !others(&it.path));
    // What is in a list that is declared is a change of the list.
    let gone = gone.filter(|it| it.path.iter().all(|segment| segment.as_key().is_some()));
    let fields: Vec<String> = gone.map(|it| format!("`{}`", it.path)).collect();
    let text = || {
        format!(
            "{} no longer declared since {}; what is live there is left alone",
            fields.join(", "),
            base.revision
        )
    };
    (!fields.is_empty()).then(|| Note::new(address, text()))
}
