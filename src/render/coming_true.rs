//! What callers notice of a plan, sentence by sentence, as it comes true while the plan is carried out.

use super::{
    GREEN,
    experience::{sentences, tenants},
    paint,
};
use crate::{
    experience::Class,
    outcome::{Outcome, Status},
    page::{Own, Page, say},
    plan::Plan,
    text::printable,
};
use std::{collections::BTreeSet, io};

/// The sentences of a plan that are not true yet.
pub struct ComingTrue(Vec<Sentence>);

struct Sentence {
    class: Class,
    text: String,
    /// The steps that have to be done, as `TENANT/ADDRESS`.
    left: BTreeSet<String>,
}

impl ComingTrue {
    pub fn of(plan: &Plan) -> Self {
        let sentence = |said: super::experience::Said<'_>| Sentence {
            class: said.class,
            text: format!("{}{}", tenants(&said, plan), said.sentence),
            left: said.steps.iter().map(|(tenant, address)| format!("{tenant}/{address}")).collect(),
        };
        Self(sentences(plan).into_iter().map(sentence).collect())
    }

    /// Writes what is true since a step has ended. A step is done when what is live says so.
    pub fn ended(&mut self, out: &mut Page<'_>, outcome: &Outcome) -> io::Result<()> {
        if outcome.status != Status::Done {
            return Ok(());
        }
        let step = format!("{}/{}", outcome.tenant, outcome.address);
        let is_now = |it: &mut Sentence| it.left.remove(&step) && it.left.is_empty();
        for Sentence { class, text, left: _ } in self.0.extract_if(.., is_now) {
            let how = (class == Class::OnFailure).then_some(Own("only when something fails: "));
            say!(out, "{}  {}{}", paint(GREEN, "now true"), how, printable(text))?;
        }
        Ok(())
    }
}
