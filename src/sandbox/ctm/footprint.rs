//! What of an account's state each kind of object may touch.

use crate::model::{Address, Kind};
use crate::sandbox::footprint::{Pattern, fields, key, whole};

pub fn of(address: &Address) -> Vec<Pattern> {
    let name = address.key.as_str();
    match address.kind {
        Kind::Schedules => named("schedules", name),
        Kind::Queues => named("queues", name),
        Kind::Receivers => named("receiving_numbers", name),
        Kind::Numbers => fields(&[key("numbers"), key(name)], &["name", "route", "dial", "routing"]),
        Kind::Forwards => fields(&[key("numbers"), key(name)], &["failsafe_number"]),
        // CTM has no such objects.
        Kind::Rules | Kind::Diverts => Vec::new(),
    }
}

/// The object that has this key, and the counter that new ids are drawn from.
fn named(table: &str, name: &str) -> Vec<Pattern> {
    vec![whole(&[key(table), key(name)]), whole(&[key("sequence")])]
}
