//! A tenant's plan as far as it is told in words: of a fleet nothing else is kept until all of it is planned.

use super::{Step, TenantPlan};
use crate::{diff::nothing_like, experience::Table, model::Resource};

impl TenantPlan {
    /// Takes away the table of calls, which is larger than all of the rest: whoever carries the plan out does not read it.
    pub fn without_table(&mut self) {
        if let Some(experience) = &mut self.experience {
            experience.table = Table::default();
        }
    }

    /// Takes away what only a program reads, or whoever carries it out: whole objects, the table of calls, and where the system
    /// is reached.
    pub fn in_words(&mut self) {
        self.without_table();
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
