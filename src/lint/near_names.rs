//! Which declared name a person most likely meant who wrote another.

use crate::text::{as_seen, closest, look_alike, spelled};
use std::{cell::Cell, collections::HashMap};

/// In one list so many names are compared, letter by letter. After more nobody reads the way out of each mistake.
const COMPARED: usize = 100_000;

/// Declared names, by what is the same in a name that is meant for one of them.
pub struct Meant<'a> {
    by_sight: HashMap<String, Vec<&'a str>>,
    /// A slip is looked for in letters alone.
    by_digits: HashMap<Vec<u8>, Vec<&'a str>>,
    left: Cell<usize>,
}

fn digits(name: &str) -> Vec<u8> {
    name.bytes().filter(u8::is_ascii_digit).collect()
}

impl<'a> Meant<'a> {
    pub fn new(known: impl Iterator<Item = &'a str>) -> Self {
        let (mut by_sight, mut by_digits) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for name in known {
            by_sight.entry(as_seen(name)).or_default().push(name);
            by_digits.entry(digits(name)).or_default().push(name);
        }
        Self { by_sight, by_digits, left: Cell::new(COMPARED) }
    }

    /// The way out, where one was most likely meant.
    pub fn help(&self, name: &str) -> Option<String> {
        let mut alike = self.by_sight.get(&as_seen(name)).into_iter().flatten();
        if let Some(alike) = alike.find(|it| look_alike(name, it)) {
            return Some(format!("declared is {}, which differs only in what is not seen", spelled(alike)));
        }
        let near = self.by_digits.get(&digits(name))?;
        self.left.set(self.left.get().checked_sub(near.len())?);
        closest(name, near.iter().copied()).map(|near| format!("did you mean `{near}`?"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with thousands of names that nobody declared is found wrong in a moment as well.
    #[test]
    fn names_are_proposed_until_they_are_too_many() {
        let name = |at: usize| ["a", "b", "c", "d", "e", "f", "g", "h"][at % 8].repeat(at / 8 + 1);
        let known: Vec<String> = (0..400).map(|at| format!("{}-hours", name(at))).collect();
        let meant = Meant::new(known.iter().map(String::as_str));
        assert_eq!(meant.help("dd-hour").as_deref(), Some("did you mean `dd-hours`?"));
        let proposed = (0..1000).filter(|_| meant.help("dd-hour").is_some()).count();
        assert_eq!(proposed, COMPARED / known.len() - 1);
        assert_eq!(
            meant.help("dd-hours\u{200b}").as_deref(),
            Some("declared is \"dd-hours\", which differs only in what is not seen")
        );
        let numbered: Vec<String> = (0..1000).map(|at| format!("day-{at}")).collect();
        let meant = Meant::new(numbered.iter().map(String::as_str));
        let proposed = (0..1000).filter(|at| meant.help(&format!("dai-{at}")).is_some()).count();
        assert_eq!(proposed, 1000);
    }
}
