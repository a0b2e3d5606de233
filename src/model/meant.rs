//! What the words of a file mean that only its provider knows: `token: user_102` is extension 102.

use super::{Address, Bulk, Destination, Divert, E164, Extension, Kind, OrOff, Pointed, Route, Tenant};

/// What a token means in an object; `None` where there is no other word for it. Pure.
pub type Means = fn(&Address, &str) -> Option<Destination>;

impl Tenant {
    /// The tenant with each token as what it means. `None`: it has none that means anything else.
    pub fn meant(&self, means: Means) -> Option<Self> {
        let mut has_token = false;
        self.each_pointer(&mut |_, _, to| {
            has_token |= matches!(to, Pointed::Destination(Destination::DialString(_)));
        });
        if !has_token {
            return None;
        }
        // What answers at an extension that no file declares only the account says.
        let is_known = |to: &Destination| match to {
            Destination::Extension(it) | Destination::Phone(it) => {
                let is_switched = |bulk: &Bulk| bulk.extensions.named().contains(it);
                self.rules.contains_key(it)
                    || self.diverts.contains_key(it)
                    || self.bulk.iter().any(is_switched)
            }
            Destination::Queue(it) => self.queues.contains_key(it),
            _ => true,
        };
        let mut meant = self.clone();
        let mut is_other = false;
        meant.each_destination(&mut |address, to| {
            let Destination::DialString(word) = to else { return };
            if let Some(other) = means(address, word).filter(is_known) {
                is_other |= other != *to;
                *to = other;
            }
        });
        is_other.then_some(meant)
    }

    /// Goes through every place that calls are sent to, to be changed.
    fn each_destination(&mut self, take: &mut dyn FnMut(&Address, &mut Destination)) {
        fn all<'d>(
            address: &Address,
            diverts: impl IntoIterator<Item = &'d mut Option<Divert>>,
            take: &mut dyn FnMut(&Address, &mut Destination),
        ) {
            for divert in diverts {
                if let Some(Divert::To(to)) = divert {
                    take(address, to);
                }
            }
        }
        let of_extension = |kind: Kind, key: &Extension| Address::new(kind, key);
        let of_number = |kind: Kind, key: &E164| Address::new(kind, key);
        for (key, it) in &mut self.receivers {
            if let Some(OrOff::Set(no_answer)) = &mut it.no_answer {
                take(&of_number(Kind::Receivers, key), &mut no_answer.to);
            }
        }
        for (key, it) in &mut self.queues {
            all(&Address::new(Kind::Queues, key), it.forwards_mut(), take);
        }
        for (key, it) in &mut self.rules {
            let address = of_extension(Kind::Rules, key);
            for rule in it.order.iter_mut().flatten() {
                all(&address, rule.forward.conditions_mut(), take);
            }
        }
        for (key, it) in &mut self.diverts {
            all(&of_extension(Kind::Diverts, key), it.conditions_mut(), take);
        }
        for (key, it) in &mut self.numbers {
            if let Some(Route::To(to)) = &mut it.route {
                take(&of_number(Kind::Numbers, key), to);
            }
        }
        for entry in &mut self.bulk {
            // The word is the same for all of them.
            let first = entry.extensions.named().first().map(|it| of_extension(Kind::Rules, it));
            if let (Some(address), Some(rule)) = (first, &mut entry.rule) {
                all(&address, rule.forward.conditions_mut(), take);
            }
        }
    }
}
