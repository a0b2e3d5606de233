//! Every phone number that a tenant's file names.

use super::{Address, Caller, E164, Kind, Reference, Resource, Rules, Said, Tenant, references};
use crate::path::Path;

/// Every phone number of a tenant with its path in the file, also those that are keys.
pub fn phone_numbers(tenant: &Tenant) -> Vec<(Path, E164)> {
    let mut found = Vec::new();
    for said in tenant.said() {
        let Said { address, resource, .. } = &said;
        if matches!(address.kind, Kind::Numbers | Kind::Forwards | Kind::Receivers) {
            found.extend(address.key.parse().ok().map(|number| (said.at(&[]), number)));
        }
        let inside = inside(address, resource);
        found.extend(inside.into_iter().map(|(path, number)| (said.at(&path), number)));
    }
    let absent = &tenant.absent;
    for (section, numbers) in [("receivers", &absent.receivers), ("forwards", &absent.forwards)] {
        let at = Path::from(["absent", section]);
        found.extend(numbers.iter().enumerate().map(|(index, number)| (at.join(index), number.clone())));
    }
    found
}

fn inside(address: &Address, resource: &Resource) -> Vec<(Path, E164)> {
    let mut found = Vec::new();
    for (path, reference) in references(address, resource) {
        let word = reference.word();
        if let Reference::Number(number) | Reference::Receiver(number) = reference {
            // Of a destination, the text itself; elsewhere that is where the path ends.
            found.push((path.join(word), number));
        }
    }
    if let Resource::Rules(Rules { callers: Some(callers), .. }) = resource {
        for (word, list) in [("allow", &callers.allow), ("block", &callers.block)] {
            for (index, caller) in list.iter().flatten().enumerate() {
                if let Caller::Number(number) = caller {
                    found.push((Path::from(["callers", word]).join(index), number.clone()));
                }
            }
        }
    }
    found
}
