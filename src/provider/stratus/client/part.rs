//! What a step's look at one object reads: what it is about, and no more.

use crate::{model::Kind, path::Path, plan::Observed, provider::Scope};

/// Where the fields of a queue are that are not in its record.
const USER: &[&str] = &["ring_timeout"];
const RULES: &[&str] = &["failover", "unavailable", "no_answer"];
const AGENTS: &[&str] = &["agents"];
const RECORD: &[&str] =
    &["name", "dispatch", "agent_ring", "require_agents", "max_callers", "max_expected_wait", "max_wait"];

fn any(scope: &Scope, fields: &[&str]) -> bool {
    fields.iter().any(|field| scope.is_about(&[field]))
}

/// What of a queue is read.
#[derive(Clone, Copy)]
pub struct QueuePart {
    pub record: bool,
    /// The user at its extension.
    pub user: bool,
    pub rules: bool,
    pub agents: bool,
}

impl QueuePart {
    /// Agents and rules may outlive their queue (FACTS stratus/readings-12): only the record says that it is there.
    pub fn of(scope: &Scope) -> Self {
        Self {
            record: scope.may_be_gone() || any(scope, RECORD),
            user: any(scope, USER),
            rules: any(scope, RULES),
            agents: any(scope, AGENTS),
        }
    }
}

/// What of an extension is read.
#[derive(Clone, Copy)]
pub struct ExtensionPart {
    /// Its own record.
    pub user: bool,
    pub rules: bool,
}

impl ExtensionPart {
    pub fn of(kind: Kind, scope: &Scope) -> Self {
        let is_rules = kind == Kind::Rules;
        Self {
            user: scope.glance.is_none()
                || (is_rules
                    && (scope.is_about(&["ring_timeout"])
                        || scope.is_about(&["callers", "block_anonymous"]))),
            rules: !is_rules || scope.is_about(&["order"]) || scope.is_about(&["callers"]),
        }
    }
}

/// Says which fields a look has not read.
pub fn leave_out(scope: &Scope, observed: &mut Observed) {
    if scope.glance.is_none() {
        return;
    }
    for address in scope.wanted.keys() {
        let unseen = match address.kind {
            Kind::Queues => of_queue(QueuePart::of(scope)),
            Kind::Rules => of_rules(ExtensionPart::of(address.kind, scope)),
            _ => continue,
        };
        observed.unseen.entry(address.clone()).or_default().extend(unseen);
    }
}

fn of_queue(part: QueuePart) -> Vec<Path> {
    let QueuePart { record, user, rules, agents } = part;
    let parts = [(record, RECORD), (user, USER), (rules, RULES), (agents, AGENTS)];
    let left_out = parts.into_iter().filter(|(is_read, _)| !is_read).flat_map(|(_, fields)| fields);
    left_out.map(|field| Path::from([*field])).collect()
}

fn of_rules(part: ExtensionPart) -> Vec<Path> {
    let ExtensionPart { user, rules } = part;
    let mut unseen = Vec::new();
    if !user {
        unseen.extend([["ring_timeout"].into(), ["callers", "block_anonymous"].into()]);
    }
    if !rules {
        unseen.extend([Path::from(["order"]), Path::from(["callers"])]);
    }
    unseen
}
