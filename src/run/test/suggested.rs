//! Assertions that hold today, as a file that somebody can keep.

use super::{On, TestOptions, stage::Stage};
use crate::{
    assertion::{Epoch, Suggestion, suggest as suggestions},
    emit,
    error::Failure,
    finding::Finding,
    run::{Checked, Options, asked, clocks::clocks, report::Live},
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Assertions that hold, and what of them is told in another time zone than it counts in.
pub struct Suggested {
    pub text: String,
    pub clocks: Vec<Finding>,
}

/// The text of a file of assertions about the numbers of a tenant, as their calls end now.
pub fn suggest(
    checked: &Checked,
    tenant: &str,
    live: Option<&Live>,
    options: &Options,
    test: &TestOptions,
) -> Result<Suggested, Failure> {
    let stage = Stage::of(checked, live, options, test)?;
    let at = stage.callees.tenant(checked, tenant)?;
    let zone = checked.loaded(&checked.tenants[at]).tenant.time_zone.clone();
    let zone = TimeZone::get(zone.as_deref().unwrap_or("UTC")).unwrap_or(TimeZone::UTC);
    let sets = stage.sets(&[at]);
    let epochs: Vec<Epoch<'_>> =
        sets.iter().map(|set| Epoch { network: &set.network, within: set.within.clone() }).collect();
    let all = suggestions(&epochs, tenant, &zone);
    let is_one = |call: &str| stage.callees.called(checked, call).is_ok();
    if all.iter().all(|it| it.end.is_empty()) {
        let message = format!("tenant `{tenant}` has no number and no extension whose calls could be held");
        return Err(Failure::error(message)
            .help("an assertion is about a call: declare a number, or read what is live with `--on live`"));
    }
    let clocks: BTreeSet<Finding> = sets
        .iter()
        .flat_map(|set| {
            let to = all.iter().filter_map(|it| asked::target(&set.network, tenant, &it.call));
            clocks(checked, &set.scene, live, &set.network, to)
        })
        .collect();
    let text = written(tenant, test.on, &all, &is_one);
    Ok(Suggested { text, clocks: clocks.into_iter().collect() })
}

/// Assertions as a file has them. `is_one`: whether one tenant alone has what is called.
pub fn written(tenant: &str, on: On, all: &[Suggestion], is_one: &dyn Fn(&str) -> bool) -> String {
    let mut text = head(tenant, on);
    for suggestion in all {
        if let Some(why) = suggestion.left_out {
            let why = format!("{}\nnot held: {why}", suggestion.name);
            text.push_str(&emit::comment(&why, 2));
            continue;
        }
        let call = &suggestion.call;
        let call = if is_one(call) { call.clone() } else { format!("{tenant}/{call}") };
        text.push_str("  - ");
        text.push_str(&emit::item(&value(&call, suggestion), 4));
        text.push('\n');
    }
    text
}

fn head(tenant: &str, on: On) -> String {
    let of = match on {
        On::Files => "by its files",
        On::Plan => "by its files over what is live",
        On::Live => "as it is live",
    };
    let about = format!(
        "yaml-language-server: $schema=../schema/tests.schema.json\n\nHow the calls of {tenant} end, {of}, for `dialform test`.\n\
         Take out what may change, and give the rest the names that people here would give it."
    );
    emit::comment(&about, 0) + "tests:\n"
}

fn value(call: &str, suggestion: &Suggestion) -> Value {
    let Suggestion { name, call: _, at, given, end, left_out: _ } = suggestion;
    let list = |texts: Vec<String>| match <[String; 1]>::try_from(texts) {
        Ok([one]) => json!(one),
        Err(several) => json!(several),
    };
    let mut value = json!({ "name": name, "call": call });
    if !at.is_empty() {
        value["at"] = list(at.iter().map(ToString::to_string).collect());
    }
    if let Some((who, state)) = given {
        value["given"] = json!({ (*who): state });
    }
    value["expect"] = json!({ "end": list(end.clone()) });
    value
}
