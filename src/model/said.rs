//! What a tenant's file says of its objects, wherever it says it: in their sections, and in `bulk`.

use super::{Address, Bulk, Kind, Pointed, Resource, Rules, Tenant, Within, reference::Take};
use crate::path::{Path, Segment};

/// An object, or a part of one, as the file says it.
#[derive(Debug, Clone)]
pub struct Said {
    pub address: Address,
    pub resource: Resource,
    /// The entry of `bulk` that says it; `None` for the object's own section.
    entry: Option<usize>,
}

impl Said {
    /// Where a part of the object stands in the file.
    pub fn at(&self, inside: &[Segment]) -> Path {
        self.whose().at(inside)
    }

    pub(super) fn whose(&self) -> Whose<'_> {
        Whose { kind: self.address.kind, key: &self.address.key, entry: self.entry }
    }
}

/// What a pointer is in: an object, or a part of one, as the file says it.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    pub kind: Kind,
    pub key: &'a str,
    /// The entry of `bulk` that says it; `None` for the object's own section.
    pub entry: Option<usize>,
}

impl Whose<'_> {
    /// Where a part of the object stands in the file.
    pub fn at(&self, inside: &[Segment]) -> Path {
        match self.entry {
            Some(index) => in_entry(index, inside),
            None => {
                let own = [Segment::key(self.kind.section()), Segment::key(self.key)];
                own.into_iter().chain(inside.iter().cloned()).collect()
            }
        }
    }
}

/// Where a part of rules that are nothing but the rule of an entry stands.
fn in_entry(index: usize, inside: &[Segment]) -> Path {
    let entry = Path::from(["bulk"]).join(index);
    match inside {
        [_, Segment::Index(_), Segment::Key(field)] if field == "when" => entry.join("schedule"),
        [_, Segment::Index(_), Segment::Key(field)] if field == "enabled" => entry.join("enabled"),
        [_, Segment::Index(_), rest @ ..] => entry.join("rule").iter().chain(rest).cloned().collect(),
        _ => entry,
    }
}

impl Bulk {
    /// The rules of each named extension, as far as the entry says them: the one on top.
    pub fn said(&self, index: usize) -> impl Iterator<Item = Said> {
        let rules = self.on_top().map(|rule| Rules { order: Some(vec![rule]), ..Rules::default() });
        self.extensions.named().iter().filter_map(move |extension| {
            let resource = Resource::Rules(rules.clone()?);
            Some(Said { address: Address::new(Kind::Rules, extension), resource, entry: Some(index) })
        })
    }
}

impl Tenant {
    /// Goes through every pointer that the file says, in the order of [`Tenant::said`].
    pub fn each_pointer(&self, take: &mut dyn FnMut(Whose<'_>, Within, Pointed<'_>)) {
        fn of<'w>(
            kind: Kind,
            key: &'w str,
            take: &'w mut dyn FnMut(Whose<'_>, Within, Pointed<'_>),
            each: impl FnOnce(&mut Take<'_>),
        ) {
            each(&mut |within, to| take(Whose { kind, key, entry: None }, within, to));
        }
        for (key, it) in &self.receivers {
            of(Kind::Receivers, key.as_str(), take, |take| it.each_pointer(take));
        }
        for (key, it) in &self.queues {
            of(Kind::Queues, key, take, |take| it.each_pointer(take));
        }
        for (key, it) in &self.rules {
            of(Kind::Rules, key.as_str(), take, |take| it.each_pointer(take));
        }
        for (key, it) in &self.diverts {
            of(Kind::Diverts, key.as_str(), take, |take| it.each_pointer(Within::default(), take));
        }
        for (key, it) in &self.numbers {
            of(Kind::Numbers, key.as_str(), take, |take| it.each_pointer(take));
        }
        for (key, it) in &self.forwards {
            of(Kind::Forwards, key.as_str(), take, |take| it.each_pointer(take));
        }
        for said in self.said_by_bulk() {
            let whose = said.whose();
            said.resource.each_pointer(&mut |within, to| take(whose, within, to));
        }
    }

    /// Goes through all rules that the file says, in the order of [`Tenant::said`].
    pub fn each_rules(&self, take: &mut dyn FnMut(Whose<'_>, &Rules)) {
        for (key, rules) in &self.rules {
            take(Whose { kind: Kind::Rules, key: key.as_str(), entry: None }, rules);
        }
        for said in self.said_by_bulk() {
            if let Resource::Rules(rules) = &said.resource {
                take(said.whose(), rules);
            }
        }
    }

    /// Everything that the file says of objects: its sections, then what `bulk` puts on top of rules. A rule of `bulk` comes
    /// once for each extension.
    pub fn said(&self) -> impl Iterator<Item = Said> {
        let own = self.resources().map(|(address, resource)| Said { address, resource, entry: None });
        own.chain(self.said_by_bulk())
    }

    /// What `bulk` puts on top of rules.
    pub fn said_by_bulk(&self) -> impl Iterator<Item = Said> {
        self.bulk.iter().enumerate().flat_map(|(index, entry)| entry.said(index))
    }

    /// Where the file says a part of the rules that come of `bulk`; `None` for everything else. The rules on top are the
    /// first of an order; of the others, which are live, it says nothing but their extension.
    pub fn place_in_bulk(&self, path: &[Segment]) -> Option<Path> {
        let [Segment::Key(section), Segment::Key(key), inside @ ..] = path else { return None };
        if section != Kind::Rules.section() {
            return None;
        }
        let of_order = inside.first().and_then(Segment::as_key) == Some("order");
        let mut declared = self.rules.iter().filter(|(extension, _)| extension.as_str() == key);
        if declared.any(|(_, rules)| !of_order || rules.order.is_some()) {
            return None;
        }
        let entries = || self.bulk.iter().enumerate();
        let named = |(_, entry): &(usize, &Bulk)| {
            entry.extensions.named().iter().any(|extension| extension.as_str() == key)
        };
        if let Some(Segment::Index(at)) = inside.get(1)
            && let Some((index, _)) = entries().filter(named).filter(|(_, it)| it.rule.is_some()).nth(*at)
        {
            return Some(in_entry(index, inside));
        }
        let all = |(_, entry): &(usize, &Bulk)| entry.extensions == super::Extensions::All;
        let (index, _) = entries().find(named).or_else(|| entries().find(all))?;
        Some(Path::from(["bulk"]).join(index))
    }
}
