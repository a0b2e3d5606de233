//! Who can be registered as a phone, and by which name: short, and of letters and digits alone, whatever it is called in a file.

use crate::model::E164;
use std::collections::BTreeMap;

/// Somebody who can be rung.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phone {
    /// A phone of a tenant, by its place among them: an extension, a device, an agent.
    Own(usize, String),
    Outside(E164),
}

/// Phones by the name of their account.
#[derive(Debug, Default)]
pub struct Phones {
    names: BTreeMap<Phone, String>,
}

/// The account that calls.
pub const CALLER: &str = "caller";

impl Phones {
    /// The account of a phone, which it has from now on.
    pub(super) fn account(&mut self, phone: Phone) -> String {
        if let Some(name) = self.names.get(&phone) {
            return name.clone();
        }
        let wanted = match &phone {
            Phone::Own(_, name) => name.clone(),
            Phone::Outside(number) => format!("out{}", number.digits()),
        };
        let is_plain =
            (1..=20).contains(&wanted.len()) && wanted.bytes().all(|it| it.is_ascii_alphanumeric());
        let begins = wanted.starts_with(|c: char| c.is_ascii_digit()) || matches!(phone, Phone::Outside(_));
        let is_free = !self.names.values().any(|it| it.eq_ignore_ascii_case(&wanted));
        let name = match is_plain && begins && is_free {
            true => wanted,
            false => format!("phone{}", self.names.len() + 1),
        };
        self.names.insert(phone, name.clone());
        name
    }

    /// Every phone with its account.
    pub fn all(&self) -> impl Iterator<Item = (&Phone, &str)> {
        self.names.iter().map(|(phone, name)| (phone, name.as_str()))
    }

    /// Whose account it is.
    pub fn of(&self, account: &str) -> Option<&Phone> {
        self.names.iter().find(|(_, name)| *name == account).map(|(phone, _)| phone)
    }
}
