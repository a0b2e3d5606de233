//! A saved plan: what `plan --out FILE` writes and `apply FILE` reads.

use super::{Action, Class, FORMAT_VERSION, MadeFrom, Part, Plan, digest, unique::Unique};
use crate::{
    diff::FieldChange,
    experience::{Goes, Table},
    model::Address,
    text::hex,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The sums of the fields, by their names: a field that was changed by hand is named.
pub(super) const SUMS: &str = "sums";

/// What is most of it.
const TENANTS: &str = "tenants";

/// Whose fields have sums of their own.
const MADE_FROM: &str = "made_from";

/// Where the calls of a tenant stand, and up to when they are looked at.
const TABLE: &str = "/experience/table";
const UNTIL: &str = "until";

/// Why a file is no plan that can be applied.
#[derive(Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// It is something else.
    Strange(String),
    /// Its format is that of another version.
    Format(u64),
    /// These fields are not as they were saved.
    Changed(Vec<String>),
}

/// A saved plan as it is read.
#[derive(Debug, Clone, Deserialize)]
pub struct SavedPlan {
    pub digest: String,
    pub made_from: MadeFrom,
    pub tenants: Vec<SavedTenant>,
    /// Of a shard: what joins it with the others.
    #[serde(default)]
    pub part: Option<Part>,
}

/// What a saved plan does to one tenant.
#[derive(Debug, Clone, Deserialize)]
pub struct SavedTenant {
    pub tenant: String,
    pub provider: String,
    pub account: String,
    pub endpoints: Vec<String>,
    pub steps: Vec<SavedStep>,
    #[serde(default)]
    pub experience: Option<SavedExperience>,
}

/// What callers notice of that, as it was reviewed.
#[derive(Debug, Clone, Deserialize)]
pub struct SavedExperience {
    /// Whether not every call was looked at.
    #[serde(default)]
    pub is_limited: bool,
    #[serde(default)]
    pub table: SavedCalls,
}

/// Where calls go that differ.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Table")]
pub struct SavedCalls {
    pub goes: Vec<Goes>,
    /// Up to when every call was looked at; none in a plan that does not say.
    pub until: Option<Timestamp>,
}

impl From<Table> for SavedCalls {
    fn from(table: Table) -> Self {
        Self { goes: table.goes(), until: table.until }
    }
}

/// One step of a saved plan, as far as somebody approves it.
#[derive(Debug, Clone, Deserialize)]
pub struct SavedStep {
    pub address: Address,
    pub action: Action,
    pub class: Class,
    #[serde(default)]
    pub critical: Option<String>,
    pub changes: Vec<FieldChange>,
    /// The object as it was to be, in the words of the YAML.
    #[serde(default)]
    pub after: Option<Value>,
}

/// The text of a saved plan. `hide` takes credentials out of it.
pub fn write(plan: &Plan, hide: &dyn Fn(&str) -> String) -> serde_json::Result<String> {
    let mut value: Value = serde_json::from_str(&hide(&serde_json::to_string(plan)?))?;
    let tenants = value.get_mut(TENANTS).and_then(Value::as_array_mut).into_iter().flatten();
    for (tenant, saved) in plan.tenants.iter().zip(tenants) {
        let until = tenant.experience.as_ref().and_then(|it| it.table.until);
        let table = saved.pointer_mut(TABLE).and_then(Value::as_object_mut);
        if let Some((until, table)) = until.zip(table) {
            table.insert(UNTIL.to_owned(), serde_json::to_value(until)?);
        }
    }
    text(value)
}

/// A saved plan in JSON as a plan is printed: the same on any day.
pub(super) fn printed(mut value: Value) -> Value {
    let tenants = value.get_mut(TENANTS).and_then(Value::as_array_mut).into_iter().flatten();
    for table in tenants.filter_map(|it| it.pointer_mut(TABLE)?.as_object_mut()) {
        table.shift_remove(UNTIL);
    }
    value
}

/// The text of a plan that is in JSON already.
pub fn text(mut value: Value) -> serde_json::Result<String> {
    let sums = serde_json::to_value(sums(&value))?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert(SUMS.to_owned(), sums);
    }
    lines(&value)
}

/// A line for each field, and for each tenant: a fleet's plan is half as large as with a line for each value, and two plans can still
/// be compared line by line.
fn lines(plan: &Value) -> serde_json::Result<String> {
    let mut fields = Vec::new();
    for (name, value) in plan.as_object().into_iter().flatten() {
        let value = match value.as_array().filter(|all| name == TENANTS && !all.is_empty()) {
            None => serde_json::to_string(value)?,
            Some(all) => {
                let each = all.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
                format!("[\n{}\n]", each.join(",\n"))
            }
        };
        fields.push(format!("{}: {value}", serde_json::to_string(name)?));
    }
    Ok(format!("{{\n{}\n}}\n", fields.join(",\n")))
}

/// Reads what [`write()`] has written, and nothing else.
pub fn read(text: &str) -> Result<SavedPlan, NoPlan> {
    serde_json::from_value(unaltered(text)?).map_err(strange)
}

fn strange(error: serde_json::Error) -> NoPlan {
    NoPlan::Strange(error.to_string())
}

/// A value of JSON. Of a name that stands twice one reader takes the first and another the last: it is refused.
pub fn unequivocal(text: &str) -> serde_json::Result<Value> {
    let _: Unique = serde_json::from_str(text)?;
    serde_json::from_str(text)
}

/// The same with all that it holds.
pub fn unaltered(text: &str) -> Result<Value, NoPlan> {
    let value = unequivocal(text).map_err(strange)?;
    let format = value.get("format_version").and_then(Value::as_u64);
    let format = format.ok_or_else(|| NoPlan::Strange("it has no `format_version`".to_owned()))?;
    if format != u64::from(FORMAT_VERSION) {
        return Err(NoPlan::Format(format));
    }
    if value.get(SUMS).is_none() {
        return Err(NoPlan::Strange("it was printed, and not saved with `--out`".to_owned()));
    }
    let told: BTreeMap<String, String> =
        value.get(SUMS).and_then(|it| serde_json::from_value(it.clone()).ok()).unwrap_or_default();
    let counted = sums(&value);
    let names = told.keys().chain(counted.keys());
    let mut changed: Vec<String> = names.filter(|it| told.get(*it) != counted.get(*it)).cloned().collect();
    if digest::counted(&value).is_some_and(|digest| value.get("digest") != Some(&Value::from(digest))) {
        changed.push("digest".to_owned());
    }
    changed.sort();
    changed.dedup();
    if !changed.is_empty() {
        return Err(NoPlan::Changed(changed));
    }
    Ok(value)
}

/// The digest of the steps that a plan in JSON holds, whatever it says itself.
pub fn digest(plan: &Value) -> Option<String> {
    digest::counted(plan)
}

/// A sum for each field but the sums themselves.
fn sums(plan: &Value) -> BTreeMap<String, String> {
    let mut sums = BTreeMap::new();
    let sum = |value: &Value| hex(&Sha256::digest(value.to_string()))[..16].to_owned();
    for (name, value) in plan.as_object().into_iter().flatten().filter(|(name, _)| *name != SUMS) {
        match value.as_object().filter(|_| name == MADE_FROM) {
            None => drop(sums.insert(name.clone(), sum(value))),
            Some(fields) => {
                let each = fields.iter().map(|(field, value)| (format!("{name}.{field}"), sum(value)));
                sums.extend(each);
            }
        }
    }
    sums
}
