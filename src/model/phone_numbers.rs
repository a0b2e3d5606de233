//! Every phone number that a tenant's file names.

use super::{Caller, Callers, E164, Kind, Rules, Tenant, Whose, reference::Take};
use crate::path::Path;

/// Every phone number of a tenant with its path in the file, also those that are keys.
pub fn phone_numbers(tenant: &Tenant) -> Vec<(Path, E164)> {
    phone_numbers_that(tenant, &mut |_| true)
}

/// Those of them that are asked for: of all others no path is made.
pub fn phone_numbers_that(tenant: &Tenant, wanted: &mut dyn FnMut(&E164) -> bool) -> Vec<(Path, E164)> {
    let mut found = Vec::new();
    each_number(tenant, &mut |number, path| {
        if wanted(number) {
            found.push((path(), number.clone()));
        }
    });
    found
}

/// Takes a number, with its path.
type Number<'t> = dyn FnMut(&E164, &dyn Fn() -> Path) + 't;

fn each_number(tenant: &Tenant, take: &mut Number<'_>) {
    for (key, it) in &tenant.receivers {
        of_key(Kind::Receivers, key, take, |take| it.each_pointer(take));
    }
    for (key, it) in &tenant.queues {
        inside(Whose { kind: Kind::Queues, key, entry: None }, take, |take| it.each_pointer(take));
    }
    for (key, it) in &tenant.rules {
        let whose = Whose { kind: Kind::Rules, key: key.as_str(), entry: None };
        inside(whose, take, |take| it.each_pointer(take));
        callers(whose, it, take);
    }
    for (key, it) in &tenant.diverts {
        let whose = Whose { kind: Kind::Diverts, key: key.as_str(), entry: None };
        inside(whose, take, |take| it.each_pointer(super::Within::default(), take));
    }
    for (key, it) in &tenant.numbers {
        of_key(Kind::Numbers, key, take, |take| it.each_pointer(take));
    }
    for (key, it) in &tenant.forwards {
        of_key(Kind::Forwards, key, take, |take| it.each_pointer(take));
    }
    for said in tenant.said_by_bulk() {
        inside(said.whose(), take, |take| said.resource.each_pointer(take));
    }
    let absent = &tenant.absent;
    for (section, numbers) in [("receivers", &absent.receivers), ("forwards", &absent.forwards)] {
        for (index, number) in numbers.iter().enumerate() {
            take(number, &|| Path::from(["absent", section]).join(index));
        }
    }
}

/// An object that is called by a number.
fn of_key(kind: Kind, key: &E164, take: &mut Number<'_>, each: impl FnOnce(&mut Take<'_>)) {
    let whose = Whose { kind, key: key.as_str(), entry: None };
    take(key, &|| whose.at(&[]));
    inside(whose, take, each);
}

fn inside(whose: Whose<'_>, take: &mut Number<'_>, each: impl FnOnce(&mut Take<'_>)) {
    each(&mut |within, to| {
        if let Some((word, number)) = to.number() {
            // Of a destination, the text itself; elsewhere that is where the path ends.
            take(number, &|| whose.at(&within.path_to(word)));
        }
    });
}

fn callers(whose: Whose<'_>, rules: &Rules, take: &mut Number<'_>) {
    let Some(Callers { allow, block, .. }) = &rules.callers else { return };
    for (word, list) in [("allow", allow), ("block", block)] {
        for (index, caller) in list.iter().flatten().enumerate() {
            if let Caller::Number(number) = caller {
                take(number, &|| whose.at(&Path::from(["callers", word]).join(index)));
            }
        }
    }
}
