//! How much of a tenant's plan is kept until the whole run is planned.

use super::{Step, TenantPlan};
use crate::{diff::nothing_like, experience::Table, model::Resource};

/// What of a plan is wanted. Whatever its digest counts is always there: people approve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// All of it: what programs read, and what a saved plan holds.
    Whole,
    /// What it takes to carry it out, and what people read.
    ToApply,
    /// What people read.
    InWords,
}

impl TenantPlan {
    /// The plan in that detail.
    #[must_use]
    pub fn kept(mut self, detail: Detail) -> Self {
        if detail != Detail::Whole
            && let Some(experience) = &mut self.experience
        {
            if detail == Detail::ToApply {
                experience.goes = experience.table.goes();
            }
            // Larger than all the rest, and only programs read it.
            experience.table = Table::default();
        }
        if detail == Detail::InWords {
            self.cut_to_words();
        }
        self
    }

    fn cut_to_words(&mut self) {
        if let Some(experience) = &mut self.experience {
            experience.brought.clear();
            experience.lines.shrink_to_fit();
        }
        self.steps.iter_mut().for_each(step);
        self.steps.shrink_to_fit();
        self.undoes.clear();
        self.notes.shrink_to_fit();
    }
}

fn step(step: &mut Step) {
    // Whether calls are forwarded now says what people see the step do.
    let is_forward = |it: &Resource| matches!(it, Resource::Forward(_));
    step.before = step.before.take().filter(is_forward);
    // Whether there is one says whether the object goes.
    step.after = step.after.take().map(|it| if is_forward(&it) { it } else { nothing_like(&it) });
    (step.own, step.restored) = (None, None);
    step.fallback.clear();
    step.used_by.clear();
    step.changes.shrink_to_fit();
}
