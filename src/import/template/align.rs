//! Which objects of different tenants are one but for some texts: those of one address, and numbers that say the same.

use super::{
    Common, Office, is_own_number,
    texts::{Way, canonical, is_e164, texts, with_texts},
    vars::Variables,
};
use crate::{
    import::{Declared, LeftOut},
    model::{Address, Kind},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Of ten tenants, how many have to give a value for a variable. The others do not extend the template.
const NEEDED_OF_TEN: usize = 9;
/// One object brings in no more variables than this: with more of them nobody sees what it says.
const MOST_VARS: usize = 3;
/// So many numbers of one tenant that say the same are told apart by their order.
const MOST_ALIKE: usize = 4;

/// An object of the template with variables in it, as tenants hold it.
pub struct Slot<'a> {
    place: Place,
    held: BTreeMap<usize, (&'a Address, &'a Declared)>,
    /// Whether its variables are those that tenants give a value for.
    pub is_needed: bool,
}

/// What its holders have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Fixed(Address),
    /// Numbers of a kind that say the same, `Some` texts aside; the last is which of them it is.
    Number(Kind, Alike, String, usize),
}

/// What may differ in numbers that say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Alike {
    Numbers,
    Texts,
}

/// The tenants that give values for variables, and all objects that may have some. `order` is that of the tenants, `taken` what
/// is shared already.
pub fn slots<'a>(
    offices: &[Office<'a>],
    order: &[usize],
    taken: &BTreeSet<Address>,
) -> (Vec<usize>, Vec<Slot<'a>>) {
    let mut chosen =
        Chosen { members: order.to_vec(), vars: Variables::of(offices, order), all: order.len() };
    let mut slots = fixed(offices, order, taken);
    slots.extend(numbers(offices, order, Alike::Numbers, &|_, address| !taken.contains(address)));
    chosen.take(&mut slots);
    let needed = slots.iter().filter(|slot| slot.is_needed);
    let used: BTreeSet<(usize, &Address)> =
        needed.flat_map(|slot| slot.held.iter().map(|(index, (address, _))| (*index, *address))).collect();
    let free =
        |index: usize, address: &Address| !taken.contains(address) && !used.contains(&(index, address));
    let mut coarse = numbers(offices, order, Alike::Texts, &free);
    chosen.take(&mut coarse);
    slots.extend(coarse);
    slots.sort_by(|a, b| a.place.cmp(&b.place));
    (chosen.members, slots)
}

/// What has been settled so far.
struct Chosen {
    members: Vec<usize>,
    vars: Variables,
    all: usize,
}

impl Chosen {
    /// Marks the objects whose variables all but a few tenants can give, those that most tenants hold first.
    fn take(&mut self, slots: &mut [Slot<'_>]) {
        let mut order: Vec<&mut Slot<'_>> = slots.iter_mut().collect();
        order.sort_by(|a, b| (Reverse(a.held.len()), &a.place).cmp(&(Reverse(b.held.len()), &b.place)));
        for slot in order {
            let holds = |index: &&usize| slot.held.contains_key(index);
            let left: Vec<usize> = self.members.iter().filter(holds).copied().collect();
            if left.len() < 2 || left.len() * 10 < self.all * NEEDED_OF_TEN {
                continue;
            }
            let mut vars = self.vars.clone();
            if slot.common(&mut vars, &left, true).is_some() && vars.len() <= self.vars.len() + MOST_VARS {
                slot.is_needed = true;
                (self.members, self.vars) = (left, vars);
            }
        }
    }
}

/// Objects of one address that differ in nothing but texts.
fn fixed<'a>(offices: &[Office<'a>], order: &[usize], taken: &BTreeSet<Address>) -> Vec<Slot<'a>> {
    let mut forms: BTreeMap<&'a Address, BTreeMap<String, Slot<'a>>> = BTreeMap::new();
    for index in order {
        let free = |it: &&Address| !taken.contains(*it) && !is_own_number(it);
        for (address, declared) in offices[*index].objects.iter().filter(|(it, _)| free(it)) {
            let form = canonical(&with_texts(&declared.value, &mut |_, _| String::new()));
            let slot = forms.entry(address).or_default().entry(form).or_insert_with(|| Slot {
                place: Place::Fixed(address.clone()),
                held: BTreeMap::new(),
                is_needed: false,
            });
            slot.held.insert(*index, (address, declared));
        }
    }
    let most = |forms: BTreeMap<String, Slot<'a>>| {
        forms.into_iter().min_by_key(|(form, slot)| (Reverse(slot.held.len()), form.clone()))
    };
    forms.into_values().filter_map(most).map(|(_, slot)| slot).collect()
}

/// Numbers that say the same, whatever they are.
fn numbers<'a>(
    offices: &[Office<'a>],
    order: &[usize],
    alike: Alike,
    free: &dyn Fn(usize, &Address) -> bool,
) -> Vec<Slot<'a>> {
    let mut found: BTreeMap<Place, Slot<'a>> = BTreeMap::new();
    for index in order {
        let mut seen: BTreeMap<(Kind, String), usize> = BTreeMap::new();
        for (address, declared) in offices[*index].objects {
            let is_number = matches!(address.kind, Kind::Numbers | Kind::Forwards | Kind::Receivers);
            if !is_number || !free(*index, address) {
                continue;
            }
            let form = canonical(&with_texts(&declared.value, &mut |_, text| match alike {
                Alike::Numbers if !is_e164(text) => text.to_owned(),
                Alike::Numbers | Alike::Texts => String::new(),
            }));
            let which = seen.entry((address.kind, form.clone())).or_default();
            let place = Place::Number(address.kind, alike, form, *which);
            *which += 1;
            if *which > MOST_ALIKE {
                continue;
            }
            let new = || Slot { place: place.clone(), held: BTreeMap::new(), is_needed: false };
            found.entry(place.clone()).or_insert_with(new).held.insert(*index, (address, declared));
        }
    }
    found.into_values().collect()
}

impl Slot<'_> {
    /// The object as these tenants have it. `may_add`: variables may come in. None where it needs one that is not there.
    pub fn common(&self, vars: &mut Variables, members: &[usize], may_add: bool) -> Option<Common> {
        if self.held.len() * 2 <= members.len() {
            return None;
        }
        let held: Vec<(usize, &Address, &Declared)> = members
            .iter()
            .filter_map(|index| self.held.get(index).map(|(address, declared)| (*index, *address, *declared)))
            .collect();
        if held.len() * 2 <= members.len() {
            return None;
        }
        let (_, address, first) = held.first()?;
        let mut columns: BTreeMap<Way, BTreeMap<usize, String>> = BTreeMap::new();
        for (index, _, declared) in &held {
            for (way, text) in texts(&declared.value) {
                columns.entry(way).or_default().insert(*index, text);
            }
        }
        let mut trial = vars.clone();
        let mut put = |name: &str, column: &BTreeMap<usize, String>| trial.text(column, name, may_add);
        let kind = address.kind;
        let key = match &self.place {
            Place::Fixed(address) => address.key.clone(),
            Place::Number(..) => {
                let keys: BTreeMap<usize, String> =
                    held.iter().map(|(index, address, _)| (*index, address.key.clone())).collect();
                // A number is one account's: two that seem to have it are no reason to give it to all.
                let has_two = keys.values().collect::<BTreeSet<_>>().len() < keys.len();
                if has_two && kind != Kind::Receivers {
                    return None;
                }
                put(&key_name(kind, first), &keys)?
            }
        };
        let mut said = BTreeMap::new();
        for (way, column) in columns {
            let text = put(&name(kind, &self.place, &way), &column)?;
            said.insert(way, text);
        }
        let value = with_texts(&first.value, &mut |way, text| {
            said.get(way).cloned().unwrap_or_else(|| text.to_owned())
        });
        *vars = trial;
        let declared =
            Declared { full: value.clone(), value, comments: Vec::new(), left: LeftOut::default() };
        Some(Common { address: Address::new(kind, key), declared })
    }
}

/// What to call a number that is a key: what people call it.
fn key_name(kind: Kind, declared: &Declared) -> String {
    let is_name = |label: &&str| label.contains(|c: char| c.is_ascii_alphanumeric());
    let label = declared.value.get("label").and_then(|label| label.as_str()).filter(is_name);
    match kind {
        Kind::Receivers => "receiver".to_owned(),
        Kind::Forwards => "forwarded".to_owned(),
        _ => label.unwrap_or("number").to_owned(),
    }
}

/// What to call a text: the last two words of the way to it.
fn name(kind: Kind, place: &Place, way: &[String]) -> String {
    let mut words = vec![kind.section().trim_end_matches('s')];
    if let Place::Fixed(address) = place {
        words.push(&address.key);
    }
    words.extend(way.iter().map(String::as_str).filter(|word| word.parse::<usize>().is_err()));
    // What has no name but that of its object has the section before it.
    let last = if way.len() == 1 { 3 } else { 2 };
    words[words.len().saturating_sub(last)..].join("_")
}
