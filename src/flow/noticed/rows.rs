//! The calls to one place that differ, by what people notice of them.

use super::{
    Called, Difference, Noticed,
    look::Placed,
    names::{Heard, SharedNames},
    remembered::Known,
};
use crate::flow::windows::Class;
use std::{collections::HashMap, rc::Rc};

/// What people notice of a call: equal ones have one number.
type Sound = usize;

/// The differences between two of the networks that calls are placed in.
pub struct Rows {
    between: [usize; 2],
    rows: Vec<Difference>,
    by_sound: HashMap<[Sound; 2], usize>,
    sounds: HashMap<Option<Vec<Heard>>, Sound>,
    /// By what comes of a call, which one lasts as long as its place is called.
    known: HashMap<*const Known, Sound>,
}

impl Rows {
    pub fn new(between: [usize; 2]) -> Self {
        let (rows, by_sound) = (Vec::new(), HashMap::new());
        Self { between, rows, by_sound, sounds: HashMap::new(), known: HashMap::new() }
    }

    /// What people notice in one of the networks.
    pub fn sound(&mut self, placed: &Placed<'_, '_>, stage: usize) -> Sound {
        let known = placed.known[stage].as_ref();
        if let Some(sound) = known.and_then(|it| self.known.get(&Rc::as_ptr(it))) {
            return *sound;
        }
        let heard = known.map(|it| placed.stages[stage].names.all_heard(&it.verdict));
        let next = self.sounds.len();
        let sound = *self.sounds.entry(heard).or_insert(next);
        if let Some(known) = known {
            self.known.insert(Rc::as_ptr(known), sound);
        }
        sound
    }

    /// The row of calls that come to what this one comes to.
    pub fn row(&mut self, placed: &Placed<'_, '_>) -> Option<usize> {
        let sounds = self.between.map(|stage| self.sound(placed, stage));
        if sounds[0] == sounds[1] {
            return None;
        }
        let next = self.rows.len();
        let row = *self.by_sound.entry(sounds).or_insert(next);
        if row == next {
            let [before, after] = self.between.map(|stage| placed.courses(stage));
            self.rows.push(Difference { cells: Vec::new(), before, after });
        }
        Some(row)
    }

    pub fn add(&mut self, row: Option<usize>, placed: Placed<'_, '_>) {
        if let Some(row) = row.filter(|_| placed.is_of_ends) {
            self.rows[row].cells.push((placed.class, placed.situation));
        }
    }

    pub fn noticed(
        self,
        to: Called,
        classes: Rc<Vec<Class>>,
        is_limited: bool,
        names: &Rc<SharedNames>,
    ) -> Option<Noticed> {
        let mut differences = self.rows;
        differences.retain(|it| !it.cells.is_empty());
        differences.iter_mut().for_each(|it| it.cells.sort());
        differences.sort_by(|a, b| a.cells.cmp(&b.cells));
        let names = Rc::clone(names);
        let is_noticed = !differences.is_empty() || is_limited;
        is_noticed.then_some(Noticed { to, classes, differences, is_limited, names })
    }
}
