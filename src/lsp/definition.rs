//! Where something is declared, and who points to it.

use super::site::Site;
use crate::{
    finding::Place,
    load::LoadedTenant,
    model::{Address, E164, Extension, Kind, Reference, references},
    path::Segment,
    report::Target,
    run::Edited,
};

/// Where what stands at a byte of a file is declared.
pub fn definition(edited: &Edited, file: &str, byte: usize) -> Vec<Place> {
    let Some(site) = Site::at(edited, file, byte) else { return Vec::new() };
    if let Some(reference) = &site.reference {
        return declared(edited, site.loaded, reference);
    }
    match &site.path[..] {
        [Segment::Key(key), ..] if key == "provider" => {
            let name = &site.loaded.tenant.provider;
            edited.provider_place(name).into_iter().collect()
        }
        _ if site.is_declaration() => vec![site.loaded.place_of_key(&site.path)],
        _ => Vec::new(),
    }
}

/// Where what is pointed to is declared. Of an extension: what its tenant says of it.
fn declared(edited: &Edited, loaded: &LoadedTenant, reference: &Reference) -> Vec<Place> {
    let here = |kind: Kind, key: &str| place(loaded, &Address::new(kind, key));
    match reference {
        Reference::Schedule(name) => here(Kind::Schedules, name).into_iter().collect(),
        Reference::Queue(key) => here(Kind::Queues, key).into_iter().collect(),
        Reference::Extension(to)
        | Reference::Phone(to)
        | Reference::Voicemail(to)
        | Reference::Attendant(to) => {
            let kinds = [Kind::Queues, Kind::Rules, Kind::Diverts].into_iter();
            kinds.filter_map(|kind| here(kind, to.as_str())).collect()
        }
        Reference::Receiver(to) => here(Kind::Receivers, &to.to_string()).into_iter().collect(),
        Reference::Number(to) => {
            let key = to.to_string();
            let all = edited.tenants().filter_map(|it| place(it, &Address::new(Kind::Numbers, &key)));
            all.collect()
        }
        Reference::Named(_) | Reference::DialString(_) => Vec::new(),
    }
}

/// Where an object is declared, if it is.
fn place(loaded: &LoadedTenant, address: &Address) -> Option<Place> {
    let path = [Segment::key(address.kind.section()), Segment::key(&address.key)];
    loaded.tree().get(&path)?;
    Some(loaded.place_of_key(&path))
}

/// Who points to what stands at a byte of a file: to the object that it declares, or to what it points to itself.
pub fn pointers(edited: &Edited, file: &str, byte: usize, with_declaration: bool) -> Vec<Place> {
    let Some(site) = Site::at(edited, file, byte) else { return Vec::new() };
    let wanted = match &site.reference {
        Some(reference) => Some(reference.clone()),
        None => site.address().filter(|_| site.is_declaration()).and_then(|it| as_reference(&it)),
    };
    let Some(wanted) = wanted else { return Vec::new() };
    let own = if with_declaration { declared(edited, site.loaded, &wanted) } else { Vec::new() };
    let Ok(target) = Target::parse(&named(&wanted)) else { return own };
    let mut places = own;
    for (address, resource) in site.loaded.tenant.resources() {
        let found = references(&address, &resource).into_iter().filter(|(_, it)| target.is(it));
        places.extend(found.map(|(within, to)| {
            let mut path = address.path();
            path.extend(within);
            // The name, where it stands behind its word.
            let named = path.join(to.word());
            let path = if site.loaded.tree().get(&named).is_some() { named } else { path };
            site.loaded.place(&path)
        }));
    }
    places.sort();
    places.dedup();
    places
}

/// A pointer to an object.
fn as_reference(address: &Address) -> Option<Reference> {
    let key = &address.key;
    match address.kind {
        Kind::Schedules => Some(Reference::Schedule(key.clone())),
        Kind::Queues => Some(Reference::Queue(key.clone())),
        Kind::Rules | Kind::Diverts => key.parse::<Extension>().ok().map(Reference::Extension),
        Kind::Numbers | Kind::Forwards => key.parse::<E164>().ok().map(Reference::Number),
        Kind::Receivers => key.parse::<E164>().ok().map(Reference::Receiver),
    }
}

/// What `who-points-to` is asked for it.
fn named(reference: &Reference) -> String {
    match reference {
        Reference::Schedule(name) => format!("schedule:{name}"),
        Reference::Queue(key) => format!("queue:{key}"),
        Reference::Extension(to)
        | Reference::Phone(to)
        | Reference::Voicemail(to)
        | Reference::Attendant(to) => format!("extension:{to}"),
        Reference::Number(to) => format!("number:{to}"),
        Reference::Receiver(to) => format!("receiver:{to}"),
        // Nobody declares it.
        Reference::Named(_) | Reference::DialString(_) => String::new(),
    }
}
