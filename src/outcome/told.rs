//! What an apply has printed for programs, one event a line, read back.
//!
//! A job that is killed prints no end, perhaps half a line, perhaps nothing: that is told as what it is. Anything else that is not
//! what an apply prints is refused, whoever has written it.

use super::{Outcome, Status, Writes};
use crate::{
    finding::Finding,
    model::Address,
    plan::{
        Action,
        read_back::{SavedClicks, SavedFinding, clicks, findings, word},
        saved::unequivocal,
    },
};
use serde::{Deserialize, de::Error};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A step of a plan: its tenant, its object, and whether it is a person's.
pub type StepName = (String, Address, bool);

/// What one apply has printed.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its plan in JSON, if it came that far.
    pub plan: Option<Value>,
    /// The steps of that.
    pub steps: BTreeSet<StepName>,
    /// What of a reviewed plan was so already.
    pub already: Vec<String>,
    /// The steps that were begun.
    pub begun: BTreeSet<StepName>,
    /// The steps that have ended.
    pub ended: BTreeMap<StepName, Outcome>,
    pub end: End,
}

/// How an apply has ended.
#[derive(Debug, Clone)]
pub enum End {
    /// It has carried out its plan, as far as that went.
    Finished { restore: Option<String>, findings: Vec<Finding>, exit_code: i32 },
    /// It has ended before it carried anything out.
    Failed { findings: Vec<Finding>, exit_code: i32 },
    /// It tells of no end.
    CutOff,
}

/// Reads what an apply has printed; why it is not that, where it is something else.
pub fn told(text: &str) -> Result<Told, String> {
    let mut told = Reader::default();
    let mut lines = text.trim_end().split('\n').enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let event = match unequivocal(line) {
            Ok(event) => event,
            // The last line may be half of one.
            Err(error) if lines.peek().is_none() && error.is_eof() => break,
            Err(error) => return Err(said(at, &error)),
        };
        told.take(event).map_err(|error| said(at, &error))?;
    }
    let Reader { plan, steps, already, begun, ended, end } = told;
    let steps: BTreeSet<StepName> = steps.into_keys().collect();
    if matches!(end, Some(End::Finished { .. })) && steps.iter().any(|name| !ended.contains_key(name)) {
        return Err("it is finished, and does not say how every step ended".to_owned());
    }
    Ok(Told { plan, steps, already, begun, ended, end: end.unwrap_or(End::CutOff) })
}

fn said(line: usize, error: &serde_json::Error) -> String {
    let error = error.to_string();
    // The line of one event is always the first.
    let error = error.split_once(" at line ").map_or(error.as_str(), |(error, _)| error);
    format!("line {}: {error}", line + 1)
}

#[derive(Default)]
struct Reader {
    plan: Option<Value>,
    /// What the plan does.
    steps: BTreeMap<StepName, Action>,
    already: Vec<String>,
    begun: BTreeSet<StepName>,
    ended: BTreeMap<StepName, Outcome>,
    end: Option<End>,
}

/// Of the plan in the event `planned` what a plan in JSON has.
const FIELDS: [&str; 6] = ["format_version", "digest", "made_from", "findings", "tenants", "part"];

impl Reader {
    fn take(&mut self, mut event: Value) -> serde_json::Result<()> {
        let kind = event.as_object_mut().and_then(|fields| fields.shift_remove("event"));
        let kind = kind.as_ref().and_then(Value::as_str);
        let kind = kind.ok_or_else(|| Error::custom("it is no event of `dialform apply --format json`"))?;
        if self.end.is_some() {
            return Err(Error::custom("there is more after its end"));
        }
        if self.plan.is_none() && !matches!(kind, "planned" | "failed") {
            return Err(Error::custom(format!("`{kind}` stands before the plan")));
        }
        match kind {
            "planned" => self.planned(event),
            "already" => {
                let Already { objects } = Already::deserialize(event)?;
                self.already.extend(objects);
                Ok(())
            }
            "started" => {
                let name = self.known(Started::deserialize(event)?)?;
                match self.begun.insert(name) {
                    true => Ok(()),
                    false => Err(Error::custom("a step is begun twice")),
                }
            }
            "step" => self.step(event),
            "finished" => self.finished(event),
            "failed" if self.begun.is_empty() && self.ended.is_empty() => {
                let Failed { findings, exit_code } = Failed::deserialize(event)?;
                if !matches!(exit_code, 1 | 3) {
                    return Err(Error::custom(format!("an apply that fails does not end with {exit_code}")));
                }
                self.end = Some(End::Failed { findings: self::findings(findings)?, exit_code });
                Ok(())
            }
            "failed" => Err(Error::custom("it fails after something was begun")),
            other => Err(Error::custom(format!("`{other}` is no event of an apply"))),
        }
    }

    fn planned(&mut self, event: Value) -> serde_json::Result<()> {
        if self.plan.is_some() {
            return Err(Error::custom("there are two plans"));
        }
        let Planned { digest, tenants } = Planned::deserialize(&event)?;
        for PlannedTenant { tenant, steps } in tenants {
            for PlannedStep { address, action } in steps {
                let name = (tenant.clone(), address, action == Action::Manual);
                if let Some((tenant, address, _)) = self.steps.insert(name.clone(), action).map(|_| name) {
                    return Err(Error::custom(format!("the step {tenant}/{address} stands twice")));
                }
            }
        }
        let Value::Object(fields) = event else { return Err(Error::custom("it is no object")) };
        let fields = fields.into_iter().filter(|(name, _)| FIELDS.contains(&name.as_str())).collect();
        let plan = Value::Object(fields);
        if crate::plan::saved::digest(&plan).as_ref() != Some(&digest) {
            return Err(Error::custom("its digest is not that of its steps"));
        }
        self.plan = Some(plan);
        Ok(())
    }

    /// A step of the plan by its name.
    fn known(&self, Started { tenant, address, action }: Started) -> serde_json::Result<StepName> {
        let name = (tenant, address, action == Action::Manual);
        match self.steps.get(&name) {
            Some(planned) if *planned == action => Ok(name),
            _ => Err(Error::custom(format!("{}/{} is no such step of the plan", name.0, name.1))),
        }
    }

    fn step(&mut self, event: Value) -> serde_json::Result<()> {
        let outcome = outcome(event)?;
        let Outcome { tenant, address, action, .. } = outcome.clone();
        let name = self.known(Started { tenant, address, action })?;
        match self.ended.insert(name, outcome) {
            None => Ok(()),
            Some(_) => Err(Error::custom("a step ends twice")),
        }
    }

    /// The end says all of it again, and that is what counts.
    fn finished(&mut self, event: Value) -> serde_json::Result<()> {
        let Finished { digest, restore, steps, findings, exit_code } = Finished::deserialize(event)?;
        let planned = self.plan.as_ref().and_then(|it| it["digest"].as_str());
        if planned != Some(digest.as_str()) {
            return Err(Error::custom("its end is that of another plan"));
        }
        if !matches!(exit_code, 0 | 1 | 4) {
            return Err(Error::custom(format!("an apply that finishes does not end with {exit_code}")));
        }
        let before = std::mem::take(&mut self.ended);
        steps.into_iter().try_for_each(|it| self.step(it))?;
        let same = |(name, then): (&StepName, &Outcome)| {
            self.ended.get(name).is_some_and(|now| now.status == then.status)
        };
        if !before.iter().all(same) {
            return Err(Error::custom("its end says otherwise how a step ended"));
        }
        self.end = Some(End::Finished { restore, findings: self::findings(findings)?, exit_code });
        Ok(())
    }
}

#[derive(Deserialize)]
struct Planned {
    digest: String,
    tenants: Vec<PlannedTenant>,
}

#[derive(Deserialize)]
struct PlannedTenant {
    tenant: String,
    steps: Vec<PlannedStep>,
}

#[derive(Deserialize)]
struct PlannedStep {
    address: Address,
    action: Action,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Already {
    objects: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Started {
    tenant: String,
    address: Address,
    action: Action,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failed {
    findings: Vec<SavedFinding>,
    exit_code: i32,
}

#[derive(Deserialize)]
struct Finished {
    digest: String,
    restore: Option<String>,
    steps: Vec<Value>,
    findings: Vec<SavedFinding>,
    exit_code: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedOutcome {
    tenant: String,
    address: Address,
    action: Action,
    status: Status,
    detail: Option<String>,
    help: Option<String>,
    writes: Option<Writes>,
    #[serde(default, rename = "instructions")]
    _instructions: Vec<String>,
    #[serde(default)]
    by_hand: Vec<SavedClicks>,
    slow: Option<String>,
}

fn outcome(event: Value) -> serde_json::Result<Outcome> {
    let it = SavedOutcome::deserialize(event)?;
    Ok(Outcome {
        tenant: it.tenant,
        address: it.address,
        action: it.action,
        status: it.status,
        detail: it.detail,
        help: it.help,
        writes: it.writes,
        instructions: it.by_hand.into_iter().map(clicks).collect(),
        slow: it.slow.map(word),
        written: false,
    })
}
