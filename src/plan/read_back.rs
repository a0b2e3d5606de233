//! A plan in JSON, back as a plan that is shown.
//!
//! Of an object before and after a step only whether it is there comes back: nothing else of it is shown, and what is live may
//! hold values that no file may.

use super::{
    Action, Class, Clicks, MadeFrom, Note, Plan, Reason, Setting, Source, Step, TenantPlan, Unverifiable,
    part::Line,
};
use crate::{
    diff::{FieldChange, nothing_of},
    experience::Experience,
    finding::{Finding, Level, Place},
    model::Address,
    path::Path,
};
use serde::{Deserialize, de::Error};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

/// Reads a plan. `lines` are those that its findings are about, and `found` says how many of the findings are of which tenant.
pub fn read(plan: &Value, lines: &[Line], found: &BTreeMap<String, usize>) -> serde_json::Result<Plan> {
    let Saved { format_version, digest, made_from, findings, tenants } = Saved::deserialize(plan)?;
    let lines =
        Lines(lines.iter().map(|it| ((it.file.as_str(), it.line, it.column, it.length), it)).collect());
    let findings = lines.findings(findings)?;
    let mut rest = findings.iter();
    let tenants = tenants.into_iter().map(|it| {
        let own = rest.by_ref().take(found.get(&it.tenant).copied().unwrap_or_default()).cloned().collect();
        Ok(TenantPlan { findings: own, ..tenant(it, &lines)? })
    });
    let tenants = tenants.collect::<serde_json::Result<_>>()?;
    Ok(Plan { format_version, digest, made_from, findings, tenants, part: None })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format_version: u32,
    digest: String,
    made_from: MadeFrom,
    findings: Vec<SavedFinding>,
    tenants: Vec<SavedTenant>,
}

/// A finding in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedFinding {
    place: Option<SavedPlace>,
    level: Level,
    code: String,
    message: String,
    help: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedPlace {
    file: String,
    line: usize,
    column: usize,
    length: usize,
    also: Option<Box<SavedPlace>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedTenant {
    tenant: String,
    provider: String,
    account: String,
    endpoints: Vec<String>,
    steps: Vec<SavedStep>,
    experience: Option<Experience>,
    #[serde(default)]
    blocked: Vec<SavedFinding>,
    #[serde(default)]
    withheld: BTreeSet<Address>,
    #[serde(default)]
    withheld_fields: BTreeMap<Address, BTreeSet<Path>>,
    #[serde(default)]
    refused: Vec<String>,
    #[serde(default)]
    unverifiable: Vec<SavedUnverifiable>,
    #[serde(default)]
    unmanaged: Vec<Address>,
    unmanaged_extensions: usize,
    #[serde(default)]
    unmanaged_extension_names: Vec<String>,
    #[serde(default)]
    notes: Vec<SavedNote>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedStep {
    address: Address,
    action: Action,
    class: Class,
    reason: Option<Reason>,
    critical: Option<String>,
    changes: Vec<FieldChange>,
    #[serde(rename = "before")]
    _before: Option<Value>,
    after: Option<Value>,
    source: Option<SavedSource>,
    #[serde(default)]
    no_way_back: Vec<String>,
    #[serde(default)]
    needs: Vec<Address>,
    #[serde(default, rename = "instructions")]
    _instructions: Vec<String>,
    #[serde(default)]
    by_hand: Vec<SavedClicks>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSource {
    file: String,
    line: usize,
    also: Option<Box<SavedSource>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedUnverifiable {
    address: Address,
    #[serde(default)]
    fields: Vec<SavedField>,
    critical: Option<String>,
    #[serde(default, rename = "instructions")]
    _instructions: Vec<String>,
    #[serde(default)]
    by_hand: Vec<SavedClicks>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedField {
    path: Path,
    #[serde(rename = "field")]
    _field: String,
}

/// What a person does on one page, in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedClicks {
    clicks: Vec<String>,
    #[serde(default)]
    values: Vec<Setting>,
    #[serde(default)]
    save: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedNote {
    address: Address,
    text: String,
    source: Option<String>,
}

/// Words of the program that a plan holds. There are few of them, and each is kept once.
static WORDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// One of them, as it was before it was written.
pub fn word(text: String) -> &'static str {
    let mut words = WORDS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = words.get(text.as_str()) {
        return known;
    }
    let word: &'static str = Box::leak(text.into_boxed_str());
    words.insert(word);
    word
}

/// The code of a finding, which is written as it is.
fn code(text: String) -> serde_json::Result<&'static str> {
    let plain = !text.is_empty()
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    if plain { Ok(word(text)) } else { Err(Error::custom(format!("`{text}` is no code of a finding"))) }
}

/// Findings without the lines that they are about.
pub fn findings(found: Vec<SavedFinding>) -> serde_json::Result<Vec<Finding>> {
    Lines(BTreeMap::new()).findings(found)
}

/// The lines of files by their places.
struct Lines<'l>(BTreeMap<(&'l str, usize, usize, usize), &'l Line>);

impl Lines<'_> {
    fn findings(&self, found: Vec<SavedFinding>) -> serde_json::Result<Vec<Finding>> {
        let one = |it: SavedFinding| {
            let SavedFinding { place, level, code, message, help } = it;
            Ok(Finding {
                place: place.map(|it| self.place(it)),
                level,
                code: self::code(code)?,
                message,
                help,
            })
        };
        found.into_iter().map(one).collect()
    }

    fn place(&self, place: SavedPlace) -> Place {
        let SavedPlace { file, line, column, length, also } = place;
        let also = also.map(|it| Box::new(self.place(*it)));
        let known = self.0.get(&(file.as_str(), line, column, length));
        let (source, skipped) = known.map(|it| (it.source.clone(), it.skipped)).unwrap_or_default();
        Place { file, line, column, length, source, skipped, also }
    }
}

fn tenant(it: SavedTenant, lines: &Lines<'_>) -> serde_json::Result<TenantPlan> {
    let blocked = lines.findings(it.blocked)?;
    Ok(TenantPlan {
        endpoints: it.endpoints.into(),
        steps: it.steps.into_iter().map(step).collect(),
        experience: it.experience.map(Box::new),
        withheld: it.withheld,
        withheld_fields: it.withheld_fields,
        refused: it.refused,
        unverifiable: it.unverifiable.into_iter().map(unverifiable).collect(),
        unmanaged: it.unmanaged,
        unmanaged_extensions: it.unmanaged_extensions,
        unmanaged_extension_names: it.unmanaged_extension_names,
        notes: it.notes.into_iter().map(note).collect(),
        ..TenantPlan::blocked(&it.tenant, &it.provider, &it.account, blocked)
    })
}

fn step(it: SavedStep) -> Step {
    Step {
        after: it.after.map(|_| nothing_of(it.address.kind)),
        class: it.class,
        reason: it.reason,
        critical: it.critical,
        changes: it.changes,
        lost: it.no_way_back,
        needs: it.needs,
        instructions: it.by_hand.into_iter().map(clicks).collect(),
        ..Step::plain(it.address, it.action, it.source.map(source))
    }
}

fn source(SavedSource { file, line, also }: SavedSource) -> Source {
    Source { file, line, also: also.map(|it| Box::new(source(*it))) }
}

fn unverifiable(it: SavedUnverifiable) -> Unverifiable {
    Unverifiable {
        address: it.address,
        fields: it.fields.into_iter().map(|it| it.path).collect(),
        critical: it.critical,
        instructions: it.by_hand.into_iter().map(clicks).collect(),
    }
}

/// The same as it was before it was written.
pub fn clicks(SavedClicks { clicks, values, save }: SavedClicks) -> Clicks {
    Clicks { clicks, values, save: word(save) }
}

fn note(SavedNote { address, text, source }: SavedNote) -> Note {
    Note { address, text, source: source.map(word) }
}
