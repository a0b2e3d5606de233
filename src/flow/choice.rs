//! Where what happened before, or a race, decides: a walk is gone once for every way.

/// How many courses of one call are looked at. A fleet's call has a handful; one that could go more ways says so.
pub const MOST: usize = 256;

/// The ways taken at the forks of a walk, and how many there were at each.
#[derive(Debug, Default)]
pub struct Choices {
    taken: Vec<(u32, u32)>,
    at: usize,
}

impl Choices {
    /// Which of `of` ways this walk takes; the next walk takes the next.
    pub fn choose(&mut self, of: usize) -> usize {
        if of < 2 {
            return 0;
        }
        let at = self.at;
        self.at += 1;
        if let Some((taken, _)) = self.taken.get(at) {
            return *taken as usize;
        }
        self.taken.push((0, u32::try_from(of).unwrap_or(u32::MAX)));
        0
    }

    /// Makes ready for the next walk. False: every way has been gone.
    pub fn advance(&mut self) -> bool {
        self.at = 0;
        while let Some((taken, of)) = self.taken.last_mut() {
            *taken += 1;
            if taken < of {
                return true;
            }
            self.taken.pop();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;

    /// Every way once, also where a later fork depends on an earlier one.
    #[test]
    fn every_way_is_gone_once() {
        let mut choices = Choices::default();
        let mut seen = Vec::new();
        loop {
            let first = choices.choose(2);
            let second = if first == 1 { choices.choose(3) } else { 9 };
            seen.push((first, second, choices.choose(1)));
            if !choices.advance() {
                break;
            }
        }
        assert_eq!(seen, [(0, 9, 0), (1, 0, 0), (1, 1, 0), (1, 2, 0)]);
    }
}
