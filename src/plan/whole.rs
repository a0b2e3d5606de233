//! Shards of a plan, proved to be all of one, and joined: the same plan as if nobody had split it.

use super::{
    MadeFrom, Plan, Shard, digest,
    part::{Across, Beside, ELSEWHERE, Line, Part, WayOut, hosted},
    read_back,
    saved::{SUMS, printed, text},
};
use crate::{
    finding::Finding,
    text::{count, printable},
};
use serde::{Deserialize, de::Error};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The same plan with what joins it with the others. `of` are the tenants of all of them.
#[must_use]
pub fn with_part(plan: Plan, of: &[String]) -> Plan {
    let tenants = plan.tenants.iter().map(|it| {
        let beside = Beside { findings: it.findings.len(), across: it.across.clone() };
        (it.tenant.clone(), beside)
    });
    let tenants = tenants.collect();
    let found = plan.findings.iter().chain(plan.tenants.iter().flat_map(|it| &it.blocked));
    let lines: BTreeSet<Line> = found.filter_map(|it| it.place.as_ref()).flat_map(Line::of).collect();
    let of: BTreeSet<&String> = of.iter().collect();
    let of = of.into_iter().cloned().collect();
    Plan { part: Some(Part { of, tenants, lines: lines.into_iter().collect() }), ..plan }
}

/// One of the plans, as it was saved, or as the apply that carried it out has told it.
#[derive(Debug, Clone)]
pub struct SavedShard {
    /// What people call it.
    pub file: String,
    pub plan: Value,
}

/// Of what the plans are that are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// What is to be applied. What nobody has reviewed is refused.
    Plans,
    /// What was applied, be it right or not: it is told.
    Outcomes,
}

impl Joining {
    fn one(self) -> &'static str {
        match self {
            Self::Plans => "plan",
            Self::Outcomes => "outcome",
        }
    }

    fn made(self) -> &'static str {
        match self {
            Self::Plans => "planned",
            Self::Outcomes => "applied",
        }
    }

    fn again(self) -> &'static str {
        match self {
            Self::Plans => "plan every shard again, with the same command and of the same commit",
            Self::Outcomes => "name the outcomes of one run: of the same command and of the same commit",
        }
    }

    fn at_once(self) -> &'static str {
        match self {
            Self::Plans => {
                "plan every shard again, with the same `--as-of`: something declared has an `until`"
            }
            Self::Outcomes => {
                "apply saved plans of one instant (`plan --shard I/N --as-of INSTANT --out FILE`): something declared has an \
                 `until`"
            }
        }
    }

    fn unsplit(self) -> &'static str {
        match self {
            Self::Plans => "a plan that was made without `--shard` is whole, and is applied as it is",
            Self::Outcomes => "what an apply without `--shard` has printed is whole already",
        }
    }

    fn missing(self) -> &'static str {
        match self {
            Self::Plans => "name those too, or plan them again where their jobs have failed",
            Self::Outcomes => {
                "name those too; a job that has printed nothing has an empty file, and one that never ran has to run"
            }
        }
    }
}

/// Shards of which no plan is known, and the tenants that are theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    pub shards: Vec<Shard>,
    pub tenants: Vec<String>,
}

/// Why plans do not make a whole, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoWhole {
    pub message: String,
    pub help: String,
}

impl NoWhole {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: printable(message.into()), help: help.into() }
    }
}

/// The plan that shards make.
#[derive(Debug, Clone)]
pub struct Whole {
    plan: Value,
    lines: Vec<Line>,
    found: BTreeMap<String, usize>,
    /// What would have been refused if it had been known before it was applied.
    pub wrong: Vec<Finding>,
}

impl Whole {
    /// In JSON, as it would have been printed.
    pub fn json(&self) -> Value {
        printed(self.plan.clone())
    }

    /// The text of its file.
    pub fn saved(&self) -> serde_json::Result<String> {
        text(self.plan.clone())
    }

    /// As it is shown on a page.
    pub fn plan(&self) -> serde_json::Result<Plan> {
        read_back::read(&self.plan, &self.lines, &self.found)
    }

    /// Joins plans that are all shards of one.
    pub fn of(shards: Vec<SavedShard>) -> Result<Self, NoWhole> {
        Self::with_gaps(Joining::Plans, shards, 0).map(|(whole, _)| whole)
    }

    /// The same where so many of the shards have no plan to tell of.
    pub fn with_gaps(what: Joining, shards: Vec<SavedShard>, gaps: usize) -> Result<(Self, Gaps), NoWhole> {
        let pieces = shards.into_iter().map(|it| Piece::of(it, what)).collect::<Result<Vec<_>, _>>()?;
        let Some((first, others)) = pieces.split_first() else {
            let one = what.one();
            return Err(NoWhole::new(
                format!("there is no {one} to join"),
                format!("name the {one} of each shard"),
            ));
        };
        others.iter().try_for_each(|other| of_one_run(first, other, what))?;
        let shards = each_once(&pieces, gaps, what)?;
        let tenants = every_tenant(&pieces, gaps, what)?;
        Ok((join(pieces, what)?, Gaps { shards, tenants }))
    }
}

/// What a plan of a shard holds.
struct Piece {
    file: String,
    fields: Map<String, Value>,
    made_from: Value,
    shard: Shard,
    part: Part,
    tenants: Vec<(String, Value)>,
    /// Each tenant's own, and those that are about the files and the command.
    findings: Vec<Value>,
    general: Vec<Value>,
}

impl Piece {
    fn of(SavedShard { file, plan }: SavedShard, what: Joining) -> Result<Self, NoWhole> {
        let one = what.one();
        let strange = |error: serde_json::Error| {
            NoWhole::new(format!("`{file}` is not the {one} of a shard: {error}"), what.again())
        };
        #[derive(Deserialize)]
        struct Typed {
            made_from: MadeFrom,
            part: Option<Part>,
            findings: Vec<Value>,
            tenants: Vec<Value>,
        }
        let Typed { made_from, part, mut findings, tenants } = Typed::deserialize(&plan).map_err(strange)?;
        let Some((shard, part)) = made_from.shard.zip(part) else {
            return Err(NoWhole::new(format!("`{file}` is not the {one} of a shard"), what.unsplit()));
        };
        let name = |tenant: Value| {
            let name = tenant["tenant"].as_str().map(str::to_owned);
            name.map(|name| (name, tenant)).ok_or_else(|| Error::custom("a tenant has no name"))
        };
        let tenants = tenants.into_iter().map(name).collect::<Result<Vec<_>, _>>().map_err(strange)?;
        let own = part.tenants.values().map(|it| it.findings).sum::<usize>();
        if own > findings.len() || !part.tenants.keys().eq(tenants.iter().map(|(name, _)| name)) {
            return Err(strange(Error::custom("its parts do not fit")));
        }
        let general = findings.split_off(own);
        let mut made_from = plan["made_from"].clone();
        if let Some(fields) = made_from.as_object_mut() {
            fields.shift_remove("shard");
        }
        let Value::Object(fields) = plan else { return Err(strange(Error::custom("it is no object"))) };
        Ok(Self { file, fields, made_from, shard, part, tenants, findings, general })
    }

    /// How it is called.
    fn name(&self) -> String {
        format!("`{}` (shard {})", self.file, self.shard)
    }

    /// What is said beside the findings of each tenant, but for approvals that nothing in this shard needs: others may.
    fn common(&self) -> Vec<&Value> {
        self.general.iter().filter(|it| !is_unused(it)).collect()
    }
}

fn is_unused(finding: &Value) -> bool {
    finding["code"] == "unused-approval"
}

/// What has to be the same, in words.
const SAME: [(&str, &str); 16] = [
    ("dialform", "version of dialform"),
    ("workspace", "workspace"),
    ("environment", "environment"),
    ("sandbox", "sort of phone systems (`--sandbox`)"),
    ("tenant", "selection (`--tenant`)"),
    ("only", "selection (`--only`)"),
    ("changed_since", "selection (`--changed-since`)"),
    ("base", "base"),
    ("merge", "merge"),
    ("allow_undo", "selection (`--allow-undo`)"),
    ("config", "configuration (`--config`)"),
    ("against", "comparison (`--against`)"),
    ("restore", "restore file"),
    ("tree", "tree"),
    ("head", "commit"),
    ("as_of", "instant (`--as-of`)"),
];

/// Refuses shards of different plans.
fn of_one_run(first: &Piece, other: &Piece, what: Joining) -> Result<(), NoWhole> {
    let again = what.again();
    let (one, two) = (first.name(), other.name());
    if first.shard.of != other.shard.of {
        let message = format!("{two} is one of {}, and {one} is one of {}", other.shard.of, first.shard.of);
        let help = match what {
            Joining::Plans => "name the plans of one split, or plan every shard again",
            Joining::Outcomes => "name the outcomes of one split",
        };
        return Err(NoWhole::new(message, help));
    }
    let no_commit = |it: &Value| it["head"].is_null();
    for (field, words) in SAME {
        let (then, now) = (&first.made_from[field], &other.made_from[field]);
        if then != now {
            let message =
                format!("{two} is of another {words} than {one}: {}, not {}", said(now), said(then));
            let help = if field == "as_of" { what.at_once() } else { again };
            return Err(NoWhole::new(message, help));
        }
    }
    // What is new in a later version counts as well.
    if first.made_from != other.made_from {
        return Err(NoWhole::new(format!("{two} is of another plan than {one}"), again));
    }
    let only = |one: &Part, two: &Part| {
        let (one, two): (BTreeSet<&String>, BTreeSet<&String>) =
            (one.of.iter().collect(), two.of.iter().collect());
        one.difference(&two).next().map(|it| (*it).clone())
    };
    let made = what.made();
    let files = match no_commit(&first.made_from) {
        true => format!("the files differ where they were {made}"),
        false => format!("the files differ where they were {made}, or are not those of the commit"),
    };
    for (has, lacks, tenant) in
        [(&one, &two, only(&first.part, &other.part)), (&two, &one, only(&other.part, &first.part))]
    {
        if let Some(tenant) = tenant {
            let message = format!("tenant `{tenant}` is among those of {has}, and not of {lacks}");
            return Err(NoWhole::new(message, format!("{files}: {again}")));
        }
    }
    let differs = first.common().into_iter().zip(other.common()).find(|(one, two)| one != two);
    let longer = first.common().len() != other.common().len();
    if differs.is_some() || longer {
        let said = differs.and_then(|(_, two)| two["message"].as_str()).map(|it| format!(": {it}"));
        let message =
            format!("{two} says something else of the files than {one}{}", said.unwrap_or_default());
        return Err(NoWhole::new(message, format!("{files}: {again}")));
    }
    Ok(())
}

/// A value of `made_from` for people.
fn said(value: &Value) -> String {
    let text = |value: &Value| value.as_str().map(|it| format!("`{it}`"));
    let commit = value.get("commit").or_else(|| value.get("named"));
    match commit.and_then(text).or_else(|| text(value)) {
        Some(text) => text,
        None if value.is_null() => "none".to_owned(),
        None => value.to_string(),
    }
}

/// Refuses shards that are there twice, and more or fewer than are missing; those that are missing.
fn each_once(pieces: &[Piece], gaps: usize, what: Joining) -> Result<Vec<Shard>, NoWhole> {
    let Some(of) = pieces.first().map(|it| it.shard.of) else { return Ok(Vec::new()) };
    let one = what.one();
    let mut by_index: BTreeMap<usize, &Piece> = BTreeMap::new();
    for piece in pieces {
        if let Some(other) = by_index.insert(piece.shard.index, piece) {
            let message = format!("`{}` and `{}` are both shard {}", other.file, piece.file, piece.shard);
            return Err(NoWhole::new(message, format!("name one {one} of each shard")));
        }
    }
    let missing = (1..=of).filter(|index| !by_index.contains_key(index));
    let missing: Vec<Shard> = missing.map(|index| Shard { index, of }).collect();
    if missing.len() == gaps {
        return Ok(missing);
    }
    let names: Vec<String> = missing.iter().map(Shard::to_string).collect();
    let (shard, are) = if missing.len() == 1 { ("shard", "is") } else { ("shards", "are") };
    let there = || format!("there are {}, and {}", count(pieces.len() + gaps, one), count(of, "shard"));
    let message = match (gaps, names.as_slice()) {
        (0, names) => format!("{shard} {} {are} missing", names.join(", ")),
        (_, []) => there(),
        (_, names) => format!("{}: of {shard} {} no plan is told", there(), names.join(", ")),
    };
    let all = count(of, one);
    Err(NoWhole::new(message, format!("a whole is {all}: {}", what.missing())))
}

/// Refuses shards that are not of all tenants, each once; where shards are missing the tenants that are theirs.
fn every_tenant(pieces: &[Piece], gaps: usize, what: Joining) -> Result<Vec<String>, NoWhole> {
    let again = what.again();
    let mut held: BTreeMap<&str, &Piece> = BTreeMap::new();
    for piece in pieces {
        for (tenant, _) in &piece.tenants {
            if let Some(other) = held.insert(tenant, piece) {
                let message = format!("tenant `{tenant}` is in both {} and {}", other.name(), piece.name());
                return Err(NoWhole::new(message, again));
            }
        }
    }
    let all: BTreeSet<&str> = pieces.iter().flat_map(|it| &it.part.of).map(String::as_str).collect();
    if let Some((tenant, piece)) = held.iter().find(|(tenant, _)| !all.contains(*tenant)) {
        return Err(NoWhole::new(
            format!("{} has tenant `{tenant}`, which is not selected", piece.name()),
            again,
        ));
    }
    let left = all.into_iter().filter(|it| !held.contains_key(it));
    let left: Vec<String> = left.map(str::to_owned).collect();
    match left.first().filter(|_| gaps == 0) {
        None => Ok(left),
        Some(tenant) => Err(NoWhole::new(format!("tenant `{tenant}` is in no shard"), again)),
    }
}

/// What a number of each system is known by: whose it is, and in which piece.
type Hosts<'p> = BTreeMap<(&'p str, &'p str), (String, &'p Piece)>;

fn join(pieces: Vec<Piece>, what: Joining) -> Result<Whole, NoWhole> {
    let mut wrong = Vec::new();
    let mut hosts = Hosts::new();
    for piece in &pieces {
        for (name, tenant) in &piece.tenants {
            let Across { system, hosts: numbers, .. } = &piece.part.tenants[name].across;
            let account = tenant["account"].as_str().unwrap_or_default();
            hosts.extend(
                numbers.iter().map(|it| ((system.as_str(), it.as_str()), (account.to_owned(), piece))),
            );
        }
    }
    let mut tenants: BTreeMap<&str, Value> = BTreeMap::new();
    let mut findings: BTreeMap<&str, &[Value]> = BTreeMap::new();
    for piece in &pieces {
        let mut own = piece.findings.as_slice();
        for (name, tenant) in &piece.tenants {
            let (first, rest) = own.split_at(piece.part.tenants[name].findings);
            own = rest;
            findings.insert(name, first);
            let (tenant, refused) = across(piece, name, tenant.clone(), &hosts);
            tenants.insert(name, tenant);
            wrong.extend(refused);
        }
    }
    if let Some(NoWhole { message, help }) = wrong.first().filter(|_| what == Joining::Plans) {
        return Err(NoWhole::new(message, help));
    }
    let wrong = wrong.into_iter().map(|it| Finding::error("hosted-forward", it.message).help(it.help));
    let wrong = wrong.collect();
    let found = findings.iter().map(|(name, each)| ((*name).to_owned(), each.len())).collect();
    let lines: BTreeSet<&Line> = pieces.iter().flat_map(|it| &it.part.lines).collect();
    let lines = lines.into_iter().cloned().collect();
    let mut all: Vec<Value> = findings.into_values().flatten().cloned().collect();
    let general = pieces.first().map(|it| it.general.clone()).unwrap_or_default();
    // Nothing needs an approval that no shard needs.
    let stays = |it: &Value| !is_unused(it) || pieces.iter().all(|piece| piece.general.contains(it));
    all.extend(general.into_iter().filter(stays));
    let tenants: Vec<Value> = tenants.into_values().collect();
    let mut plan = pieces.first().map(|it| it.fields.clone()).unwrap_or_default();
    plan.shift_remove("part");
    plan.shift_remove(SUMS);
    plan.insert("made_from".to_owned(), pieces.first().map(|it| it.made_from.clone()).unwrap_or_default());
    plan.insert("findings".to_owned(), all.into());
    plan.insert("tenants".to_owned(), tenants.into());
    let mut plan = Value::Object(plan);
    let strange =
        || NoWhole::new(format!("the {}s hold something that is no step", what.one()), what.again());
    plan["digest"] = digest::counted(&plan).ok_or_else(strange)?.into();
    Ok(Whole { plan, lines, found, wrong })
}

/// A tenant with what only the accounts of other shards say of it, and what they forbid.
fn across(piece: &Piece, name: &str, mut tenant: Value, hosts: &Hosts<'_>) -> (Value, Vec<NoWhole>) {
    let Across { system, ways_out, .. } = &piece.part.tenants[name].across;
    let (mut notes, mut refused) = (Vec::new(), Vec::new());
    for way in ways_out {
        let WayOut { address, to, left } = way;
        let Some((host, other)) = hosts.get(&(system.as_str(), to.as_str())) else { continue };
        let said = way.said(host).zip(left.as_ref());
        let Some((text, (_, before))) = said else {
            let message = format!(
                "{}, with `{name}/{address}`, and {} do not go together: {}",
                piece.name(),
                other.name(),
                hosted(to, host)
            );
            refused.push(NoWhole::new(message, ELSEWHERE));
            continue;
        };
        notes.push((*before, json!({ "address": address, "text": text })));
    }
    let Some(fields) = tenant.as_object_mut().filter(|_| !notes.is_empty()) else {
        return (tenant, refused);
    };
    let list = fields.entry("notes").or_insert_with(|| json!([]));
    for (before, note) in notes.into_iter().rev() {
        if let Some(list) = list.as_array_mut() {
            list.insert(before.min(list.len()), note);
        }
    }
    (tenant, refused)
}
