//! What emulates one kind of phone system.

use super::behaviour::Behaviour;
use super::notation::{SwitchError, Switches, wrong};
use super::vendor::Vendor;

/// The emulation of one kind of provider.
#[derive(Debug)]
pub struct Emulation {
    /// The word in `kind:`.
    pub kind: &'static str,
    /// Where it serves each endpoint of the provider, by the name that the provider has for it.
    pub endpoints: &'static [(&'static str, &'static str)],
    /// The names of the switches that it has besides those of every emulation.
    pub switches: &'static [&'static str],
    /// Makes it, with what is set of its own switches.
    pub vendor: fn(&Switches) -> Result<Box<dyn Vendor>, SwitchError>,
}

impl Emulation {
    /// The vendor as its FACTS.md tells of it.
    pub fn faithful(&self) -> Result<Box<dyn Vendor>, SwitchError> {
        (self.vendor)(&Switches::default())
    }

    /// Reads a notation of switches, `name:value,name:value`. One that only one of `others` has is passed over; one that
    /// none has is an error. Empty text is the default.
    pub fn read(&self, text: &str, others: &[&Emulation]) -> Result<(Behaviour, Switches), SwitchError> {
        let (mut behaviour, mut own) = (Behaviour::default(), Switches::default());
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (name, value) = item.split_once(':').unwrap_or((item, ""));
            let (name, value) = (name.trim(), value.trim());
            if let Some(set) = behaviour.set(name, value) {
                set.map_err(|expected| wrong(name, value, expected))?;
            } else if let Some(known) = self.switches.iter().find(|known| **known == name) {
                own.set(known, value);
            } else if !others.iter().any(|other| other.switches.contains(&name)) {
                return Err(SwitchError::Unknown { name: name.to_owned(), known: self.names(others) });
            }
        }
        // What the values say is for the vendor to judge.
        (self.vendor)(&own)?;
        Ok((behaviour, own))
    }

    /// Every name there is, once: first those of every emulation.
    fn names(&self, others: &[&Emulation]) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Behaviour::names().collect();
        for name in [self].iter().chain(others).flat_map(|emulation| emulation.switches) {
            if !names.contains(name) {
                names.push(name);
            }
        }
        names
    }
}
