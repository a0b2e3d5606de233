//! One write of one transition meets one fault.

use super::{
    fault::{End, Fault},
    start::{Recovery, Reported, Start, bench, bound, reported},
};
use crate::transitions::{
    bench::{Outcome, Run},
    promise::add,
};
use dialform::error::Ending;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

pub struct Trial<'a> {
    pub start: &'a Start<'a>,
    /// Counted from 0.
    pub write: usize,
    pub fault: &'static Fault,
}

/// How it went, as far as that may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Went {
    /// Whether everything was done in spite of the fault.
    pub done: bool,
}

impl Trial<'_> {
    pub fn name(&self) -> String {
        let Self { start, write, fault } = self;
        format!("{} `{}`, write {}, {}", start.setup.kind, start.case.name, write + 1, fault.name)
    }

    pub fn run(&self) -> Outcome<Went> {
        let Self { start, write, fault } = self;
        let bench = bench(start.setup, start.case);
        bench.put(&start.before);
        bench.declare(&start.case.b);
        let switches = fault.switches(*write, start.writes[*write]);
        let began = Instant::now();
        let run = bench.apply(&start.promise.critical, &format!("visible-after:0ms,{switches}"));
        let took = began.elapsed();
        let steps = reported(&run.out).map_err(|why| format!("{why}{}", run.err))?;
        let bound = bound(if fault.lasts() { steps.len() } else { 1 });
        if took > bound {
            return Err(format!("it took {took:?}, more than {bound:?}"));
        }
        if run.writes.len() <= *write {
            return Err(format!("the fault met nothing: {:?}", run.writes));
        }
        self.adds_up(&steps, &run)?;
        let before: Value = serde_json::from_slice(&start.before).unwrap();
        let strays = start.strays(&before, &bench.state());
        if !strays.is_empty() {
            return Err(format!("outside of what was planned: {}", strays.join("; ")));
        }
        let told = || steps.iter().map(|step| step.text.as_str()).collect::<Vec<_>>().join("\n    ");
        let recovery = start.recover(&bench).map_err(|why| format!("{why}\n    {}", told()))?;
        truthful(&steps, &recovery)?;
        let done = run.ending == start.fine();
        let again = run.writes.len() > start.writes.len();
        self.as_far_as_it_could(&steps, done, again).map_err(|why| format!("{why}\n    {}", told()))?;
        Ok(Went { done })
    }

    /// Every planned step is reported, and the run ends as its steps did.
    fn adds_up(&self, steps: &[Reported], run: &Run) -> Outcome<()> {
        let mut found = BTreeMap::new();
        for step in steps.iter().filter(|step| step.action != "manual") {
            add(&mut found, step.address.clone(), &step.action);
        }
        if found != self.start.promise.steps {
            return Err(format!("planned {:?}, reported {found:?}", self.start.promise.steps));
        }
        let fine = |step: &Reported| matches!(step.status.as_str(), "done" | "accepted");
        let wanted = if steps.iter().all(fine) { Ending::Fine } else { Ending::Partial };
        if run.ending == wanted { Ok(()) } else { Err(format!("it ended {:?}, not {wanted:?}", run.ending)) }
    }

    /// What a fault cannot stop has to be done. Of a step that sends several writes, one that went wrong may leave the rest
    /// unsent. What was ignored may be missed at once and written `again` in another form.
    fn as_far_as_it_could(&self, steps: &[Reported], done: bool, again: bool) -> Outcome<()> {
        let has = |status: &str| steps.iter().any(|step| step.status == status);
        let whole = self.start.writes.len() == steps.iter().filter(|step| step.action != "manual").count();
        let creates = steps.iter().any(|step| step.action == "create");
        match self.fault.end {
            End::Done if !done => Err("not everything was done".to_owned()),
            End::Committed if whole && !done => Err("not everything was done that had happened".to_owned()),
            End::Lost if whole && !creates && !done => {
                Err("what is safe to repeat was not repeated".to_owned())
            }
            End::Ignored if whole && !again && !has("not_applied") && !has("accepted") => {
                Err("what was ignored was not missed".to_owned())
            }
            End::Refused if whole && !has("failed") => Err("nothing failed".to_owned()),
            End::Done | End::Refused | End::Ignored | End::Committed | End::Lost => Ok(()),
        }
    }
}

/// What was reported is what one more apply finds: nothing to do about what is done, something about what surely is not.
fn truthful(steps: &[Reported], recovery: &Recovery) -> Outcome<()> {
    let open: BTreeSet<&str> =
        steps.iter().filter(|step| step.status != "done").map(|step| step.address.as_str()).collect();
    for step in steps {
        let found = recovery.steps.get(&step.address);
        let surely_not = matches!(step.status.as_str(), "failed" | "not_applied" | "skipped");
        match found {
            Some(left) if !open.contains(step.address.as_str()) => {
                return Err(format!("reported done, and {left} was left: {}", step.text));
            }
            None if surely_not => return Err(format!("nothing was left to do about {}", step.text)),
            _ => {}
        }
    }
    Ok(())
}
