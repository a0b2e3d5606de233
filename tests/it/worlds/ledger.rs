//! What a run said.

use crate::workspace::outcome;
use dialform::{cli::Finished, error::Ending};
use serde_json::Value;
use std::{collections::BTreeSet, time::Duration};

pub struct Run {
    pub finished: Finished,
    pub took: Duration,
}

/// A step, planned or carried out.
#[derive(Debug)]
#[expect(dead_code, reason = "what is not compared is shown")]
pub struct Step {
    pub tenant: String,
    pub address: String,
    pub action: String,
    /// Empty while it is only planned.
    pub status: String,
    /// Why it is not done, or what it would change.
    pub detail: String,
}

impl Step {
    fn new(tenant: &str, from: &Value) -> Self {
        let word = |name: &str| from[name].as_str().unwrap_or_default().to_owned();
        let changes = from.get("changes").map(Value::to_string).unwrap_or_default();
        Self {
            tenant: tenant.to_owned(),
            address: word("address"),
            action: word("action"),
            status: word("status"),
            detail: word("detail") + &changes,
        }
    }

    /// What the object is called, whatever it is.
    pub fn key(&self) -> &str {
        self.address.split_once('.').map_or("", |(_, key)| key)
    }
}

impl Run {
    fn json(&self) -> Result<Value, String> {
        let Finished { out, err, ending } = &self.finished;
        // A plan is one document, an apply one event a line.
        let read = serde_json::from_str(out).or_else(|_| outcome(out));
        read.map_err(|error| format!("{error}, ended {ending:?}: {out}{err}"))
    }

    pub fn digest(&self) -> Result<String, String> {
        Ok(self.json()?["digest"].as_str().unwrap_or_default().to_owned())
    }

    /// The steps of a plan.
    pub fn steps(&self) -> Result<Vec<Step>, String> {
        let plan = self.json()?;
        let each = plan["tenants"].as_array().into_iter().flatten().flat_map(|tenant| {
            let name = tenant["tenant"].as_str().unwrap_or_default();
            tenant["steps"].as_array().into_iter().flatten().map(move |step| Step::new(name, step))
        });
        Ok(each.collect())
    }

    /// Why the files, or a tenant of a plan, are refused.
    pub fn blocked(&self) -> Option<String> {
        let said = match self.json() {
            Ok(said) => said,
            Err(why) => return Some(why),
        };
        let mut errors = said["findings"].as_array().into_iter().flatten();
        if let Some(error) = errors.find(|it| it["level"] == "error") {
            return Some(error.to_string());
        }
        // An apply names the tenants alone.
        if let Some(tenant) = said["blocked"].as_array().and_then(|all| all.first()) {
            return Some(format!("{tenant} is blocked"));
        }
        let tenants = said["tenants"].as_array().into_iter().flatten();
        let mut findings = tenants.flat_map(|tenant| tenant["blocked"].as_array().into_iter().flatten());
        findings.next().map(Value::to_string)
    }

    /// What of a plan needs a word of its own.
    pub fn critical(&self) -> Result<BTreeSet<String>, String> {
        let plan = self.json()?;
        let mut found = BTreeSet::new();
        for tenant in plan["tenants"].as_array().into_iter().flatten() {
            let steps = tenant["steps"].as_array().into_iter().flatten();
            for step in steps.filter(|step| step.get("critical").is_some()) {
                let words = [&tenant["tenant"], &step["address"]].map(|it| it.as_str().unwrap_or_default());
                found.insert(words.join("/"));
            }
        }
        Ok(found)
    }

    /// How the steps of an apply ended.
    pub fn outcomes(&self) -> Result<Vec<Step>, String> {
        let said = self.json()?;
        if said["event"] != "finished" {
            return Err(format!("ended {:?}: {said} {}", self.finished.ending, self.finished.err));
        }
        let steps = said["steps"].as_array().into_iter().flatten();
        Ok(steps.map(|step| Step::new(step["tenant"].as_str().unwrap_or_default(), step)).collect())
    }

    /// The tenants an apply could not plan for.
    pub fn blocked_tenants(&self) -> Result<Vec<String>, String> {
        let said = self.json()?;
        let names = said["blocked"].as_array().into_iter().flatten();
        Ok(names.filter_map(|name| name.as_str().map(str::to_owned)).collect())
    }

    /// An apply without anything to say.
    pub fn all_done(&self) -> Result<(), String> {
        let open: Vec<Step> = self.outcomes()?.into_iter().filter(|step| step.status != "done").collect();
        if open.is_empty() && self.finished.ending == Ending::Fine {
            return Ok(());
        }
        Err(format!("ended {:?} with {open:?} {}", self.finished.ending, self.finished.err))
    }
}
