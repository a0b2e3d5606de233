//! What imported tenants share, as a template that they extend, and what is left for the file of each. Pure.
//!
//! Whole objects first: what more than half of the tenants hold with an equal value. Then objects that are equal but for a few
//! texts, which become variables. It is a proposal: whoever can load files proves that each tenant comes to what it was.
//!
//! - `align`: which objects of different tenants are one but for some texts
//! - `texts`: the texts in values, and variables in them
//! - `vars`: the variables, with what each tenant gives them
//! - `over`: what is written over an object so that another one comes out

mod align;
mod over;
#[cfg(test)]
mod tests;
mod texts;
mod vars;

use super::Declared;
use crate::model::{Address, Kind};
use align::Slot;
use std::collections::{BTreeMap, BTreeSet};
use texts::canonical;
pub use vars::Variable;
use vars::Variables;

/// What one tenant is to say.
#[derive(Debug, Clone, Copy)]
pub struct Office<'a> {
    pub account: &'a str,
    /// What people call it.
    pub name: Option<&'a str>,
    pub time_zone: Option<&'a str>,
    pub objects: &'a BTreeMap<Address, Declared>,
}

/// A template, and what its tenants say beside it.
#[derive(Debug)]
pub struct Proposal {
    pub time_zone: Option<String>,
    pub vars: Vec<Variable>,
    /// As they stand in the template, variables in keys and values.
    pub objects: BTreeMap<Address, Declared>,
    /// In the order of the tenants; `None` for one that cannot extend it.
    pub parts: Vec<Option<Part>>,
}

/// What a tenant says that extends the template.
#[derive(Debug, Clone)]
pub struct Part {
    pub time_zone: Option<String>,
    pub vars: Vec<(String, String)>,
    /// As little as can be: of an object that differs the fields that do.
    pub brief: Own,
    /// Each object that differs as a whole, which needs no knowledge of how files are merged.
    pub whole: Own,
}

/// What stands in a tenant's own file.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// What it does not take, as paths.
    pub without: Vec<String>,
    pub objects: BTreeMap<Address, Declared>,
    /// Comments of objects that stand in the template.
    pub notes: BTreeMap<Address, Vec<String>>,
}

/// An object of the template, with marks where variables stand.
#[derive(Debug, Clone)]
struct Common {
    address: Address,
    declared: Declared,
}

/// What these tenants share; `None` if that is nothing. The order of the tenants makes no difference.
pub fn propose(offices: &[Office<'_>]) -> Option<Proposal> {
    let mut order: Vec<usize> = (0..offices.len()).collect();
    order.sort_by_key(|index| offices[*index].account);
    let everywhere: BTreeSet<Address> =
        equal(offices, &order).into_iter().map(|common| common.address).collect();
    let (members, slots) = align::slots(offices, &order, &everywhere);
    if members.len() < 2 {
        return None;
    }
    let mut vars = Variables::of(offices, &members);
    let mut common: Vec<Common> = Vec::new();
    let mut places: BTreeSet<(usize, Address)> = BTreeSet::new();
    // In no tenant two objects come to one address.
    let mut add = |new: Common, vars: &Variables| {
        let own: Vec<_> = members.iter().map(|index| (*index, vars.given(*index, &new).0)).collect();
        let is_free = own.iter().all(|place| !places.contains(place));
        if is_free {
            places.extend(own);
            common.push(new);
        }
        is_free
    };
    let (needed, others): (Vec<&Slot<'_>>, Vec<&Slot<'_>>) = slots.iter().partition(|slot| slot.is_needed);
    // First those whose variables all give; then what these can say as well.
    for slot in needed.into_iter().chain(others) {
        let mut with = vars.clone();
        if slot.common(&mut with, &members, slot.is_needed).is_some_and(|new| add(new, &with)) {
            vars = with;
        }
    }
    for new in equal(offices, &members) {
        add(new, &vars);
    }
    common.sort_by(|a, b| a.address.cmp(&b.address));
    if common.is_empty() {
        return None;
    }
    let zones = members.iter().filter_map(|index| offices[*index].time_zone);
    let time_zone = most(zones).filter(|(_, held)| held * 2 > members.len()).map(|(zone, _)| zone.to_owned());
    // What each of those that take an object says of it, the template says.
    let taken = |index: usize, common: &Common| {
        let (address, value) = vars.given(index, common);
        offices[index].objects.get(&address).filter(|own| canonical(&own.value) == canonical(&value))
    };
    for it in &mut common {
        let mut takers = members.iter().filter_map(|index| taken(*index, it));
        let first = takers.next().map(|own| own.comments.clone()).unwrap_or_default();
        let comments = takers.fold(first, |mut comments, own| {
            comments.retain(|line| own.comments.contains(line));
            comments
        });
        it.declared.comments = comments;
    }
    let declared = vars.declared();
    let part = |index: usize| -> Option<Part> {
        members.contains(&index).then(|| Part {
            vars: vars.of_tenant(index, &declared),
            ..part(index, &offices[index], &common, &vars, time_zone.as_deref())
        })
    };
    let parts = (0..offices.len()).map(part).collect();
    let objects = common.iter().map(|it| vars.written(it)).collect();
    Some(Proposal { time_zone, vars: declared, objects, parts })
}

/// The objects that more than half of these tenants hold with an equal value.
fn equal(offices: &[Office<'_>], among: &[usize]) -> Vec<Common> {
    let mut held: BTreeMap<&Address, BTreeMap<String, (usize, &Declared)>> = BTreeMap::new();
    for index in among {
        let objects = offices[*index].objects.iter().filter(|(address, _)| !is_own_number(address));
        for (address, declared) in objects {
            let values = held.entry(address).or_default();
            values.entry(canonical(&declared.value)).or_insert((0, declared)).0 += 1;
        }
    }
    let common = held.into_iter().filter_map(|(address, values)| {
        let (_, (_, declared)) = values.into_iter().find(|(_, (count, _))| count * 2 > among.len())?;
        Some(Common { address: address.clone(), declared: declared.clone() })
    });
    // One tenant alone shares nothing.
    if among.len() < 2 { Vec::new() } else { common.collect() }
}

/// Whether an object is one of a number that people dial, which is one account's.
fn is_own_number(address: &Address) -> bool {
    matches!(address.kind, Kind::Numbers | Kind::Forwards)
}

/// What is said most often, and how often; of several the first one.
fn most<'t>(texts: impl Iterator<Item = &'t str>) -> Option<(&'t str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    texts.for_each(|text| *counts.entry(text).or_default() += 1);
    counts.into_iter().max_by(|(one, less), (other, more)| less.cmp(more).then(other.cmp(one)))
}

/// What one tenant says beside the template.
fn part(
    index: usize,
    office: &Office<'_>,
    common: &[Common],
    vars: &Variables,
    time_zone: Option<&str>,
) -> Part {
    let mut brief = Own { objects: office.objects.clone(), ..Own::default() };
    if time_zone.is_some() && office.time_zone.is_none() {
        brief.without.push("time_zone".to_owned());
    }
    let mut whole = brief.clone();
    for it in common {
        let (address, below) = vars.given(index, it);
        let path = address.path();
        let Some(own) = office.objects.get(&address) else {
            brief.without.push(path.to_string());
            whole.without.push(path.to_string());
            continue;
        };
        if canonical(&own.value) == canonical(&below) {
            let said = &it.declared.comments;
            let notes: Vec<String> =
                own.comments.iter().filter(|line| !said.contains(line)).cloned().collect();
            for own in [&mut brief, &mut whole] {
                own.objects.remove(&address);
                if !notes.is_empty() {
                    own.notes.insert(address.clone(), notes.clone());
                }
            }
            continue;
        }
        whole.without.push(path.to_string());
        match over::shorter(&address, own, &below) {
            Some((value, without)) => {
                brief.without.extend(without);
                brief.objects.insert(address, Declared { value, ..own.clone() });
            }
            None => brief.without.push(path.to_string()),
        }
    }
    let time_zone = office.time_zone.filter(|own| Some(*own) != time_zone).map(str::to_owned);
    Part { time_zone, vars: Vec::new(), brief, whole }
}
