//! One of several plans of which each is of a part of the tenants, for jobs that run at once.
//!
//! Which tenant is in which shard follows from the names of the tenants and of their providers, and from nothing else.
//! They stand in a row, by provider and then by name, and the row is cut into as many pieces of nearly the same length. A
//! provider's limit counts for all jobs that use it at once, so that a cut near the end of a provider is made there. A tenant
//! more or less moves each cut by one at most, or to the next provider.

use serde::{Deserialize, Deserializer, Serialize, de};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

/// More jobs than any system of CI runs at once.
const MOST: usize = 1000;

/// Which shard, and of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Shard {
    /// From 1.
    pub index: usize,
    pub of: usize,
}

impl Shard {
    /// `None` where there is no such shard.
    pub fn new(index: usize, of: usize) -> Option<Self> {
        (1 <= index && index <= of && of <= MOST).then_some(Self { index, of })
    }

    /// The tenants of this shard. Each of `all` is its provider and its name.
    pub fn own(self, all: &BTreeSet<(String, String)>) -> BTreeSet<&str> {
        let (from, to) = (cut(all, self.index - 1, self.of), cut(all, self.index, self.of));
        all.iter().take(to).skip(from).map(|(_, tenant)| tenant.as_str()).collect()
    }
}

/// How many tenants are before a cut.
fn cut(all: &BTreeSet<(String, String)>, index: usize, of: usize) -> usize {
    let even = all.len() * index / of;
    // A shard is at most half as large again as it would be, also where both its ends are moved.
    let slack = all.len().div_ceil(of).div_ceil(2) / 2;
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter().for_each(|(provider, _)| *sizes.entry(provider).or_default() += 1);
    let ends = sizes.values().scan(0, |end, size| {
        *end += size;
        Some(*end)
    });
    let near = ends.filter(|end| end.abs_diff(even) <= slack && *end < all.len());
    match index {
        0 => 0,
        _ if index == of => all.len(),
        _ => near.min_by_key(|end| end.abs_diff(even)).unwrap_or(even),
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.parse().ok().filter(|_| text.bytes().all(|it| it.is_ascii_digit()));
        let parts = text.split_once('/').and_then(|(index, of)| Some((number(index)?, number(of)?)));
        let Some((index, of)) = parts else {
            return Err("write which shard and of how many: `1/7` is the first of seven".to_owned());
        };
        Self::new(index, of).ok_or_else(|| match of {
            0 => "there is at least one shard: `1/1` is everything".to_owned(),
            _ if of > MOST => format!("there are at most {MOST} shards"),
            _ => format!("of {of} shards the first is `1/{of}` and the last is `{of}/{of}`"),
        })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl<'de> Deserialize<'de> for Shard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Saved {
            index: usize,
            of: usize,
        }
        let Saved { index, of } = Saved::deserialize(deserializer)?;
        Self::new(index, of).ok_or_else(|| de::Error::custom(format!("there is no shard {index}/{of}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shards(all: &BTreeSet<(String, String)>, of: usize) -> Vec<BTreeSet<String>> {
        let each = (1..=of).filter_map(|index| Shard::new(index, of));
        each.map(|it| it.own(all).into_iter().map(str::to_owned).collect()).collect()
    }

    /// So many tenants on each provider.
    fn row(sizes: &[usize]) -> BTreeSet<(String, String)> {
        let each = sizes.iter().enumerate();
        each.flat_map(|(p, size)| (0..*size).map(move |n| (format!("p{p:02}"), format!("t{p:02}-{n:04}"))))
            .collect()
    }

    fn providers(all: &BTreeSet<(String, String)>, shard: &BTreeSet<String>) -> usize {
        let own = all.iter().filter(|(_, tenant)| shard.contains(tenant));
        own.map(|(provider, _)| provider).collect::<BTreeSet<_>>().len()
    }

    proptest! {
        /// A tenant that is in no shard is never planned, and one that is in two is applied twice at once. A job that has
        /// much more to do than the others is what everybody waits for.
        #[test]
        fn each_tenant_is_in_one_shard(sizes in prop::collection::vec(0_usize..40, 0..12), of in 1_usize..30) {
            let all = row(&sizes);
            let shards = shards(&all, of);
            let mut seen = BTreeSet::new();
            for tenant in shards.iter().flatten() {
                prop_assert!(seen.insert(tenant.clone()), "{} is in two shards", tenant);
            }
            prop_assert_eq!(seen.len(), all.len());
            let most = all.len().div_ceil(of);
            for shard in &shards {
                prop_assert!(shard.len() <= most + most.div_ceil(2), "{} of {}", shard.len(), all.len());
            }
        }

        /// A plan of yesterday and one of today are compared shard by shard: with one tenant more nearly all are where they were.
        #[test]
        fn a_tenant_more_moves_few_of_one_provider(size in 0_usize..300, at in 0_usize..300, of in 1_usize..20) {
            let all = row(&[size]);
            let mut more = all.clone();
            more.insert(("p00".to_owned(), format!("t00-{:04}-new", at.min(size))));
            let (before, after) = (shards(&all, of), shards(&more, of));
            let moved = before.iter().zip(&after).map(|(before, after)| before.difference(after).count());
            prop_assert!(moved.clone().all(|it| it <= 2), "{:?}", moved.collect::<Vec<_>>());
        }
    }

    /// Two jobs on one provider share its limit: where that can be helped it is, and not at the price of one long job.
    #[test]
    fn a_provider_stays_together() {
        // Tenants of each provider, in how many shards; tenants and providers of each shard.
        type Row = (&'static [usize], usize, &'static [usize], &'static [usize]);
        let table: [Row; 10] = [
            (&[10, 10, 10], 3, &[10, 10, 10], &[1, 1, 1]),
            (&[9, 11, 10], 3, &[9, 11, 10], &[1, 1, 1]),
            (&[4, 2], 2, &[4, 2], &[1, 1]),
            (&[5, 1], 2, &[3, 3], &[1, 2]),
            (&[30], 3, &[10, 10, 10], &[1, 1, 1]),
            (&[3000, 3, 3], 7, &[429, 429, 430, 429, 430, 429, 430], &[1, 1, 1, 1, 1, 1, 3]),
            (&[1, 1, 1, 1], 2, &[2, 2], &[2, 2]),
            (&[1, 4, 5], 5, &[2, 2, 2, 2, 2], &[2, 1, 2, 1, 1]),
            (&[2], 4, &[0, 1, 0, 1], &[0, 1, 0, 1]),
            (&[], 2, &[0, 0], &[0, 0]),
        ];
        for (sizes, of, lengths, on) in table {
            let all = row(sizes);
            let shards = shards(&all, of);
            let found: Vec<usize> = shards.iter().map(BTreeSet::len).collect();
            assert_eq!(found, lengths, "{sizes:?} in {of}");
            let found: Vec<usize> = shards.iter().map(|it| providers(&all, it)).collect();
            assert_eq!(found, on, "{sizes:?} in {of}");
        }
    }

    /// A job of a matrix that has slipped by one must not plan nothing and call it done.
    #[test]
    fn only_shards_that_there_are_can_be_named() {
        assert_eq!("3/7".parse(), Ok(Shard { index: 3, of: 7 }));
        let which = "write which shard and of how many: `1/7` is the first of seven";
        let range = "of 7 shards the first is `1/7` and the last is `7/7`";
        let table = [
            ("", which),
            ("3", which),
            ("/7", which),
            ("3/", which),
            ("3/7/1", which),
            ("-1/7", which),
            ("+1/7", which),
            (" 1/7", which),
            ("a/7", which),
            ("99999999999999999999/7", which),
            ("0/7", range),
            ("8/7", range),
            ("1/0", "there is at least one shard: `1/1` is everything"),
            ("1/1001", "there are at most 1000 shards"),
        ];
        for (text, why) in table {
            assert_eq!(text.parse::<Shard>(), Err(why.to_owned()), "{text}");
        }
    }
}
