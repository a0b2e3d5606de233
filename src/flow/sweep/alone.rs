//! One rule by itself: which of its forwards any call can take.

use crate::{
    flow::{
        compile::Config,
        network::{Network, Target},
        point::Assumptions,
        state::{Caller, Given, Phone},
        system::System,
        timeline::Why,
        walk::Call,
    },
    model::{Caller as Listed, Callers, DEFAULT_RULE, Diverts, Extension, Rule, Rules, Tenant},
};
use std::collections::BTreeSet;

/// The conditions of a rule that lead somewhere in any state of the phones, in the words of the YAML.
pub fn conditions_of_rule(
    extension: &Extension,
    rule: &Rule,
    callers: Option<&Callers>,
) -> BTreeSet<&'static str> {
    // As if it were in force.
    let rule = Rule { when: DEFAULT_RULE.to_owned(), enabled: true, ..rule.clone() };
    let rules = Rules { order: Some(vec![rule]), callers: callers.cloned(), ..Rules::default() };
    let mut tenant = Tenant::default();
    tenant.rules.insert(extension.clone(), rules);
    conditions(&tenant, extension, System::Stratus, callers)
}

/// The same of forwards that hold whenever.
pub fn conditions_of_diverts(
    extension: &Extension,
    diverts: &Diverts,
    system: System,
) -> BTreeSet<&'static str> {
    let mut tenant = Tenant::default();
    tenant.diverts.insert(extension.clone(), diverts.clone());
    conditions(&tenant, extension, system, None)
}

fn conditions(
    tenant: &Tenant,
    extension: &Extension,
    system: System,
    callers: Option<&Callers>,
) -> BTreeSet<&'static str> {
    let config = Config { tenant, system, is_whole: true, circumstances: None };
    let network = Network::new(&[config], 0..1, Assumptions::default());
    let Some(to) = network.extension(&tenant.tenant, extension.as_str()).map(Target::Extension) else {
        return BTreeSet::new();
    };
    let allowed = callers.and_then(|it| it.allow.as_ref()).into_iter().flatten().find_map(|it| match it {
        Listed::Number(number) => Some(Caller::Number(number.clone())),
        Listed::Other(_) => None,
    });
    let mut taken = BTreeSet::new();
    for caller in std::iter::once(Caller::Unlisted).chain(allowed) {
        for phone in Phone::all() {
            let call = Call { to, at: 0, caller: caller.clone() };
            let verdict = network.verdict(&call, &Given::everybody(&network, phone));
            // What it leads to has no rules here.
            let hops = verdict.timelines.iter().flat_map(|it| &it.hops);
            taken.extend(hops.filter_map(|hop| match hop.why {
                Why::Rule(condition, _) => Some(condition.word()),
                _ => None,
            }));
        }
    }
    taken
}
