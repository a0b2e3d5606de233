//! Shards of a plan, proved to be all of one, and joined: the same plan as if nobody had split it.

use super::{
    MadeFrom, Plan, Shard, digest,
    part::{Across, Beside, ELSEWHERE, Line, Part, WayOut, hosted},
    read_back,
    saved::{SUMS, text},
};
use crate::text::{count, printable};
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

/// One of the plans, as it was saved.
#[derive(Debug, Clone)]
pub struct SavedShard {
    /// What people call it.
    pub file: String,
    pub plan: Value,
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
}

impl Whole {
    /// In JSON, as it would have been printed.
    pub fn json(&self) -> &Value {
        &self.plan
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
        let pieces = shards.into_iter().map(Piece::of).collect::<Result<Vec<_>, _>>()?;
        let Some((first, others)) = pieces.split_first() else {
            return Err(NoWhole::new("there is no plan to join", "name the plan of each shard"));
        };
        others.iter().try_for_each(|other| of_one_run(first, other))?;
        each_once(&pieces)?;
        every_tenant(&pieces)?;
        join(pieces)
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
    fn of(SavedShard { file, plan }: SavedShard) -> Result<Self, NoWhole> {
        let strange = |error: serde_json::Error| {
            NoWhole::new(format!("`{file}` is not the plan of a shard: {error}"), AGAIN)
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
            let help = "a plan that was made without `--shard` is whole, and is applied as it is";
            return Err(NoWhole::new(format!("`{file}` is not the plan of a shard"), help));
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

const AGAIN: &str = "plan every shard again, with the same command and of the same commit";

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
fn of_one_run(first: &Piece, other: &Piece) -> Result<(), NoWhole> {
    let (one, two) = (first.name(), other.name());
    if first.shard.of != other.shard.of {
        let message = format!("{two} is one of {}, and {one} is one of {}", other.shard.of, first.shard.of);
        return Err(NoWhole::new(message, "name the plans of one split, or plan every shard again"));
    }
    let no_commit = |it: &Value| it["head"].is_null();
    for (field, words) in SAME {
        let (then, now) = (&first.made_from[field], &other.made_from[field]);
        if then != now {
            let message =
                format!("{two} is of another {words} than {one}: {}, not {}", said(now), said(then));
            let help = match field {
                "as_of" => {
                    "plan every shard again, with the same `--as-of`: something declared has an `until`"
                }
                _ => AGAIN,
            };
            return Err(NoWhole::new(message, help));
        }
    }
    // What is new in a later version counts as well.
    if first.made_from != other.made_from {
        return Err(NoWhole::new(format!("{two} is of another plan than {one}"), AGAIN));
    }
    let only = |one: &Part, two: &Part| {
        let (one, two): (BTreeSet<&String>, BTreeSet<&String>) =
            (one.of.iter().collect(), two.of.iter().collect());
        one.difference(&two).next().map(|it| (*it).clone())
    };
    let files = match no_commit(&first.made_from) {
        true => "the files differ where they were planned",
        false => "the files differ where they were planned, or are not those of the commit",
    };
    for (has, lacks, tenant) in
        [(&one, &two, only(&first.part, &other.part)), (&two, &one, only(&other.part, &first.part))]
    {
        if let Some(tenant) = tenant {
            let message = format!("tenant `{tenant}` is among those of {has}, and not of {lacks}");
            return Err(NoWhole::new(message, format!("{files}: {AGAIN}")));
        }
    }
    let differs = first.common().into_iter().zip(other.common()).find(|(one, two)| one != two);
    let longer = first.common().len() != other.common().len();
    if differs.is_some() || longer {
        let what = differs.and_then(|(_, two)| two["message"].as_str()).map(|it| format!(": {it}"));
        let message =
            format!("{two} says something else of the files than {one}{}", what.unwrap_or_default());
        return Err(NoWhole::new(message, format!("{files}: {AGAIN}")));
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

/// Refuses shards that are missing or there twice.
fn each_once(pieces: &[Piece]) -> Result<(), NoWhole> {
    let Some(of) = pieces.first().map(|it| it.shard.of) else { return Ok(()) };
    let mut by_index: BTreeMap<usize, &Piece> = BTreeMap::new();
    for piece in pieces {
        if let Some(other) = by_index.insert(piece.shard.index, piece) {
            let message = format!("`{}` and `{}` are both shard {}", other.file, piece.file, piece.shard);
            return Err(NoWhole::new(message, "name one plan of each shard"));
        }
    }
    let missing = (1..=of).filter(|index| !by_index.contains_key(index));
    let missing: Vec<String> = missing.map(|index| format!("{index}/{of}")).collect();
    let (what, are) = if missing.len() == 1 { ("shard", "is") } else { ("shards", "are") };
    match missing.as_slice() {
        [] => Ok(()),
        names => {
            let message = format!("{what} {} {are} missing", names.join(", "));
            let all = count(of, "plan");
            let help =
                format!("a whole is {all}: name those too, or plan them again where their jobs have failed");
            Err(NoWhole::new(message, help))
        }
    }
}

/// Refuses shards that are not of all tenants, each once.
fn every_tenant(pieces: &[Piece]) -> Result<(), NoWhole> {
    let mut held: BTreeMap<&str, &Piece> = BTreeMap::new();
    for piece in pieces {
        for (tenant, _) in &piece.tenants {
            if let Some(other) = held.insert(tenant, piece) {
                let message = format!("tenant `{tenant}` is in both {} and {}", other.name(), piece.name());
                return Err(NoWhole::new(message, AGAIN));
            }
        }
    }
    let all: BTreeSet<&str> = pieces.iter().flat_map(|it| &it.part.of).map(String::as_str).collect();
    if let Some((tenant, piece)) = held.iter().find(|(tenant, _)| !all.contains(*tenant)) {
        return Err(NoWhole::new(
            format!("{} has tenant `{tenant}`, which is not selected", piece.name()),
            AGAIN,
        ));
    }
    match all.into_iter().find(|it| !held.contains_key(it)) {
        None => Ok(()),
        Some(tenant) => Err(NoWhole::new(format!("tenant `{tenant}` is in no shard"), AGAIN)),
    }
}

/// What a number of each system is known by: whose it is, and in which piece.
type Hosts<'p> = BTreeMap<(&'p str, &'p str), (String, &'p Piece)>;

fn join(pieces: Vec<Piece>) -> Result<Whole, NoWhole> {
    let mut hosts = Hosts::new();
    for piece in &pieces {
        for (name, tenant) in &piece.tenants {
            let Across { system, hosts: numbers, ways_out: _ } = &piece.part.tenants[name].across;
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
            tenants.insert(name, across(piece, name, tenant.clone(), &hosts)?);
        }
    }
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
    let strange = || NoWhole::new("the plans hold something that is no step", AGAIN);
    plan["digest"] = digest::counted(&plan).ok_or_else(strange)?.into();
    Ok(Whole { plan, lines, found })
}

/// A tenant with what only the accounts of other shards say of it.
fn across(piece: &Piece, name: &str, mut tenant: Value, hosts: &Hosts<'_>) -> Result<Value, NoWhole> {
    let Across { system, ways_out, hosts: _ } = &piece.part.tenants[name].across;
    let mut notes = Vec::new();
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
            return Err(NoWhole::new(message, ELSEWHERE));
        };
        notes.push((*before, json!({ "address": address, "text": text })));
    }
    let Some(fields) = tenant.as_object_mut().filter(|_| !notes.is_empty()) else { return Ok(tenant) };
    let list = fields.entry("notes").or_insert_with(|| json!([]));
    for (before, note) in notes.into_iter().rev() {
        if let Some(list) = list.as_array_mut() {
            list.insert(before.min(list.len()), note);
        }
    }
    Ok(tenant)
}
