//! Many objects that a file takes from the portal: their places are changed together, and what comes of it is read once.

use super::{
    import::Work,
    import_files::TenantFiles,
    import_kept::{fields, goes, is_as_live, path_of, same_but},
};
use crate::{
    edit::{self, Refused},
    import::Declared,
    load::{LoadedTenant, Tree},
    model::Address,
    path::Segment,
    plan::{Observed, Step},
    provider::Kinds,
};
use std::collections::{BTreeMap, BTreeSet};

/// An object that needs more changes than this, one after the other, is looked at alone.
const MOST_ROUNDS: usize = 64;

/// What stands between two places of a file goes, and this comes.
struct Change {
    file: usize,
    start: usize,
    end: usize,
    new: String,
}

/// Why not all can be changed together.
enum Apart {
    /// These cannot be changed in their place.
    Some(BTreeSet<Address>),
    /// It is not known which of them are in the way.
    Unknown,
}

impl Work<'_> {
    /// Takes what can be taken of these, and says of each of the others why not.
    pub(super) fn take_all<'s>(
        &self,
        files: &mut TenantFiles,
        steps: &[&'s Step],
        lives: &BTreeMap<Address, Declared>,
        observed: &Observed,
        refused: &mut Vec<(&'s Step, Refused)>,
    ) {
        if let [] | [_] = steps {
            let Some(step) = steps.first() else { return };
            match self.taken(files, step, lives, observed) {
                Ok(taken) => *files = taken,
                Err(why) => refused.push((step, why)),
            }
            return;
        }
        let (first, rest) = match self.together(files, steps, lives, observed) {
            Ok(taken) => {
                *files = taken;
                return;
            }
            Err(Apart::Some(apart)) if apart.len() < steps.len() => {
                let (alone, others): (Vec<_>, Vec<_>) =
                    steps.iter().partition(|step| apart.contains(&step.address));
                self.take_all(files, &others, lives, observed, refused);
                alone.chunks(1).for_each(|one| self.take_all(files, one, lives, observed, refused));
                return;
            }
            Err(Apart::Some(_)) => {
                steps.chunks(1).for_each(|one| self.take_all(files, one, lives, observed, refused));
                return;
            }
            Err(Apart::Unknown) => steps.split_at(steps.len() / 2),
        };
        self.take_all(files, first, lives, observed, refused);
        self.take_all(files, rest, lives, observed, refused);
    }

    /// The files with all of these as they are live.
    fn together(
        &self,
        files: &TenantFiles,
        steps: &[&Step],
        lives: &BTreeMap<Address, Declared>,
        observed: &Observed,
    ) -> Result<TenantFiles, Apart> {
        let workspace = &self.checked.workspace;
        let read =
            |files: &TenantFiles| workspace.read_tenant(files.each(), &Kinds).map_err(|_| Apart::Unknown);
        let before = read(files)?;
        let gone: BTreeSet<&Address> =
            steps.iter().filter(|it| goes(it, observed)).map(|it| &it.address).collect();
        let has_passed = |step: &&&Step| {
            before.untils().any(|(it, _)| it.address == step.address && it.has_passed(workspace.at))
        };
        let mut apart: BTreeSet<Address> =
            steps.iter().filter(has_passed).map(|it| it.address.clone()).collect();
        let (mut files, mut open) = (files.clone(), steps.to_vec());
        for round in 0.. {
            if round == MOST_ROUNDS {
                return Err(Apart::Unknown);
            }
            let trees: Vec<Tree> = files
                .each()
                .map(|(name, text)| Tree::parse(name, text).map_err(|_| Apart::Unknown))
                .collect::<Result<_, _>>()?;
            let mut changes = Vec::new();
            for step in open {
                let goes = gone.contains(&step.address);
                match self.next(&trees, &before, step, goes, lives.get(&step.address)) {
                    None => {}
                    Some(Ok(change)) => changes.push((change, step)),
                    Some(Err(Refused(_))) => drop(apart.insert(step.address.clone())),
                }
            }
            if !apart.is_empty() {
                return Err(Apart::Some(apart));
            }
            if changes.is_empty() {
                break;
            }
            changes.sort_by_key(|(it, _)| (it.file, it.start));
            // Those that touch come one after the other.
            open = Vec::new();
            let mut last = None;
            changes.retain(|(change, step)| {
                let touches = last.is_some_and(|(file, end)| file == change.file && change.start <= end);
                if !touches {
                    last = Some((change.file, change.end));
                }
                if touches || !gone.contains(&step.address) {
                    open.push(*step);
                }
                !touches
            });
            for (Change { file, start, end, new }, _) in changes.iter().rev() {
                let text = files.text(*file);
                let text = format!("{}{new}{}", &text[..*start], &text[*end..]);
                files = files.with(*file, &text);
            }
        }
        let after = read(&files)?;
        let touched = steps.iter().map(|step| {
            let fields = if gone.contains(&step.address) { BTreeSet::new() } else { fields(step) };
            (step.address.clone(), fields)
        });
        let touched: BTreeMap<Address, BTreeSet<String>> = touched.collect();
        same_but(&before.tenant, &after.tenant, &touched).map_err(|_| Apart::Unknown)?;
        is_as_live(self, &before, &after, &|it| touched.contains_key(it), lives, observed)
            .map_err(|_| Apart::Unknown)?;
        Ok(files)
    }

    /// The next change of one object; None where it is as it is live.
    fn next(
        &self,
        trees: &[Tree],
        before: &LoadedTenant,
        step: &Step,
        goes: bool,
        live: Option<&Declared>,
    ) -> Option<Result<Change, Refused>> {
        let path = path_of(&step.address);
        let file = trees.iter().position(|it| it.get(&path).is_some()).unwrap_or_default();
        let tree = &trees[file];
        let change = |text: String| Change::between(file, tree.text(), &text);
        if goes {
            return Some(edit::remove(tree, &path).map(change));
        }
        let Some(live) = live else {
            return Some(Err(Refused("what is live cannot be declared".to_owned())));
        };
        let changed = fields(step).into_iter().find_map(|field| {
            let at = [&path[..], &[Segment::key(&field)]].concat();
            let [full, brief] = self.values(before, &at, live, &step.address);
            match full {
                None => tree.get(&at).map(|_| edit::remove(tree, &at)),
                Some(full) => {
                    let brief = brief.unwrap_or_else(|| full.clone());
                    edit::towards(tree, &at, &full, &brief)
                }
            }
        })?;
        Some(changed.map(change))
    }
}

impl Change {
    /// What has changed from one text to the other.
    fn between(file: usize, old: &str, new: &str) -> Self {
        let mut start = common_start(old.as_bytes(), new.as_bytes());
        while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
            start -= 1;
        }
        let (rest, come) = (&old[start..], &new[start..]);
        let mut same = common_end(rest.as_bytes(), come.as_bytes());
        while !rest.is_char_boundary(rest.len() - same) || !come.is_char_boundary(come.len() - same) {
            same -= 1;
        }
        Self { file, start, end: old.len() - same, new: come[..come.len() - same].to_owned() }
    }
}

/// How many are the same from the beginning on: piece by piece, and then one by one.
fn common_start(one: &[u8], other: &[u8]) -> usize {
    let pieces = one.chunks_exact(PIECE).zip(other.chunks_exact(PIECE));
    let whole = pieces.take_while(|(one, other)| one == other).count() * PIECE;
    let rest = one[whole..].iter().zip(&other[whole..]);
    whole + rest.take_while(|(one, other)| one == other).count()
}

/// The same from the end on.
fn common_end(one: &[u8], other: &[u8]) -> usize {
    let pieces = one.rchunks_exact(PIECE).zip(other.rchunks_exact(PIECE));
    let whole = pieces.take_while(|(one, other)| one == other).count() * PIECE;
    let rest = one[..one.len() - whole].iter().rev().zip(other[..other.len() - whole].iter().rev());
    whole + rest.take_while(|(one, other)| one == other).count()
}

const PIECE: usize = 4096;
