//! What the applies of all shards of a plan have printed, proved to be those of one, and joined: how it went, as one apply of all
//! of it would have told.

use super::{
    Outcome, Status,
    told::{End, StepName, Told},
};
use crate::{
    finding::Finding,
    plan::{Action, Gaps, Joining, NoWhole, Plan, SavedShard, Shard, Step, Whole},
    text::{count, printable},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How it went.
#[derive(Debug)]
pub struct Joined {
    pub plan: Plan,
    /// The same in JSON.
    pub json: Value,
    /// What of a reviewed plan was so already.
    pub already: Vec<String>,
    /// Every step, in the order of the plan.
    pub outcomes: Vec<Outcome>,
    /// The steps that were begun.
    begun: BTreeSet<StepName>,
    /// What went wrong beside the steps.
    pub findings: Vec<Finding>,
    pub shards: Vec<ShardEnd>,
    /// Whether something was carried out, or nobody knows.
    pub carried_out: bool,
    /// Whether all that was planned is as it was to be.
    pub all_done: bool,
}

/// How one of the applies ended.
#[derive(Debug, Clone, Serialize)]
pub struct ShardEnd {
    pub file: String,
    /// `None`: it has printed nothing that says which it is, and there are several.
    pub shard: Option<String>,
    pub end: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// How many its plan has.
    #[serde(skip)]
    pub steps: usize,
}

/// Of more tenants than this of which nothing is known only so many are named.
const NAMED: usize = 6;

const FINISHED: &str = "finished";
const FAILED: &str = "failed";
const CUT_OFF: &str = "cut_off";

const HEAL: &str = "its job was killed, or still runs: apply that shard again, which leaves as it is what is done, and join the outcomes anew";

/// A step that nobody has told the end of: how it counts, and why.
type Open = (Status, String);

/// Joins what applies have printed, each with the name of its file.
pub fn join(all: Vec<(String, Told)>) -> Result<Joined, NoWhole> {
    let (with, without): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, told)| told.plan.is_some());
    if with.is_empty() {
        return Err(nothing_told(&without));
    }
    let saved =
        |(file, told): &(String, Told)| Some(SavedShard { file: file.clone(), plan: told.plan.clone()? });
    let saved: Vec<SavedShard> = with.iter().filter_map(saved).collect();
    let shard = |it: &SavedShard| Shard::deserialize(&it.plan["made_from"]["shard"]).ok();
    let shards: Vec<Option<Shard>> = saved.iter().map(shard).collect();
    let (whole, gaps) = Whole::with_gaps(Joining::Outcomes, saved, without.len())?;
    let plan = whole.plan().map_err(|error| NoWhole {
        message: printable(format!("the outcomes hold something that cannot be shown: {error}")),
        help: "apply every shard with this version of dialform".to_owned(),
    })?;
    let mut known: Vec<(Shard, (String, Told))> =
        shards.into_iter().zip(with).filter_map(|(shard, it)| Some((shard?, it))).collect();
    known.sort_by_key(|(shard, _)| *shard);
    let mut ends = Ends::default();
    known.into_iter().for_each(|(shard, (file, told))| ends.take(shard, file, told));
    ends.take_untold(without, &gaps);
    let Ends { mut already, begun, mut ended, mut open, mut findings, shards } = ends;
    let outcomes: Vec<Outcome> = plan
        .steps()
        .filter_map(|(tenant, step)| {
            let name = (tenant.tenant.clone(), step.address.clone(), step.action == Action::Manual);
            let nobody_told = || Some(left_open(&tenant.tenant, step, open.remove(&name)?));
            ended.remove(&name).or_else(nobody_told)
        })
        .collect();
    already.sort_by(|one, other| tenant_of(one).cmp(tenant_of(other)));
    let all_done = whole.wrong.is_empty()
        && shards.iter().all(|it| it.end == FINISHED)
        && outcomes.iter().all(|it| it.status.satisfies_dependents())
        && !plan.is_blocked();
    let carried_out = shards.iter().any(|it| it.end == CUT_OFF || (it.end == FINISHED && it.steps > 0));
    let json = whole.json();
    findings.extend(whole.wrong);
    Ok(Joined { plan, json, already, outcomes, begun, findings, shards, carried_out, all_done })
}

impl Joined {
    /// Whether an apply has told that it began a step.
    pub fn was_begun(&self, Outcome { tenant, address, action, .. }: &Outcome) -> bool {
        self.begun.contains(&(tenant.clone(), address.clone(), *action == Action::Manual))
    }
}

fn tenant_of(full: &str) -> &str {
    full.split('/').next().unwrap_or_default()
}

/// Where no file tells of a plan nothing says that they belong together.
fn nothing_told(without: &[(String, Told)]) -> NoWhole {
    let why = without.iter().find_map(|(file, told)| match &told.end {
        End::Failed { findings, .. } => Some(format!("; `{file}` says: {}", findings.first()?.message)),
        _ => None,
    });
    let message = printable(format!("no outcome tells of a plan{}", why.unwrap_or_default()));
    NoWhole {
        message,
        help: "see what each of the jobs says: nothing tells which shards these are".to_owned(),
    }
}

/// The outcome of a step that nobody has told the end of.
fn left_open(tenant: &str, step: &Step, (status, why): Open) -> Outcome {
    // What is left to a person is that, whatever became of the job.
    let by_hand = step.action == Action::Manual && status == Status::Unknown;
    Outcome {
        tenant: tenant.to_owned(),
        address: step.address.clone(),
        action: step.action,
        status: if by_hand { Status::Manual } else { status },
        detail: (!by_hand).then_some(why),
        help: None,
        writes: None,
        instructions: step.instructions.clone(),
        slow: None,
        written: false,
    }
}

/// How the applies ended, one after the other.
#[derive(Default)]
struct Ends {
    already: Vec<String>,
    begun: BTreeSet<StepName>,
    ended: BTreeMap<StepName, Outcome>,
    open: BTreeMap<StepName, Open>,
    findings: Vec<Finding>,
    shards: Vec<ShardEnd>,
}

impl Ends {
    /// An apply that tells of its plan.
    fn take(&mut self, shard: Shard, file: String, told: Told) {
        let Told { plan: _, steps, already, begun, ended, end } = told;
        let all = steps.len();
        let known = steps.iter().filter(|it| ended.contains_key(it)).count();
        let open = steps.into_iter().filter(|it| !ended.contains_key(it));
        let open: Vec<(StepName, Open)> = match &end {
            End::Failed { findings, .. } => {
                let why = findings.first().map(|it| format!(": {}", it.message)).unwrap_or_default();
                let why = format!("shard {shard} was not applied{why}");
                open.map(|name| (name, (Status::Skipped, why.clone()))).collect()
            }
            _ => open
                .map(|name| {
                    let why = match begun.contains(&name) {
                        true => format!("it was under way when shard {shard} was cut off"),
                        false => format!("shard {shard} was cut off before it told of this"),
                    };
                    (name, (Status::Unknown, why))
                })
                .collect(),
        };
        if let End::CutOff = end {
            let message = format!(
                "shard {shard} was cut off: `{file}` tells how {known} of {} ended",
                count(all, "step")
            );
            self.findings.push(Finding::error("cut-off", message).help(HEAL));
        }
        self.open.extend(open);
        self.already.extend(already);
        self.begun.extend(begun);
        self.ended.extend(ended);
        self.end(Some(shard), &shard.to_string(), file, all, end);
    }

    /// Applies that tell of no plan: they are of the shards that are left.
    fn take_untold(&mut self, without: Vec<(String, Told)>, Gaps { shards, tenants }: &Gaps) {
        let names: Vec<String> = shards.iter().map(ToString::to_string).collect();
        let (which, shard) = match shards.as_slice() {
            [one] => (one.to_string(), Some(*one)),
            _ => (format!("one of {}", names.join(", ")), None),
        };
        for (file, told) in without {
            if let End::CutOff = told.end {
                let message = format!("shard {which} was cut off: `{file}` tells of no plan");
                self.findings.push(Finding::error("cut-off", message).help(HEAL));
            }
            self.end(shard, &which, file, 0, told.end);
        }
        if let Some(first) = tenants.first() {
            let named = tenants.iter().take(NAMED).map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
            let message = match (tenants.len(), tenants.len().saturating_sub(NAMED)) {
                (1, _) => format!("of tenant `{first}` nothing is known: no outcome tells of its plan"),
                (_, 0) => format!("of tenants {named} nothing is known: no outcome tells of their plans"),
                (_, more) => {
                    format!(
                        "of tenants {named} and {more} more nothing is known: no outcome tells of their plans"
                    )
                }
            };
            self.findings.push(Finding::error("cut-off", message));
        }
    }

    fn end(&mut self, shard: Option<Shard>, which: &str, file: String, steps: usize, end: End) {
        let (name, restore, findings, exit_code) = match end {
            End::Finished { restore, findings, exit_code } => (FINISHED, restore, findings, Some(exit_code)),
            End::Failed { findings, exit_code } => (FAILED, None, findings, Some(exit_code)),
            End::CutOff => (CUT_OFF, None, Vec::new(), None),
        };
        let of_shard = |it: Finding| Finding {
            message: printable(format!("shard {which}: {}", it.message)),
            help: it.help.map(printable),
            ..it
        };
        self.findings.extend(findings.into_iter().map(of_shard));
        let shard = shard.map(|it| it.to_string());
        self.shards.push(ShardEnd { file, shard, end: name, restore, exit_code, steps });
    }
}
