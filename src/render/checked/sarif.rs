//! SARIF 2.1.0, which GitHub's code scanning and many editors read.

use super::{WORKSPACE_FILE, sums, word};
use crate::{
    codes,
    finding::{Finding, Place},
    text::printable,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Of a path everything but what a URI has as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

pub(super) fn log(findings: &[Finding], within: &str) -> Value {
    let rules: Vec<&str> = findings.iter().map(|it| it.code).collect::<BTreeSet<_>>().into_iter().collect();
    let results = findings.iter().zip(sums(findings, within));
    let results = results.map(|(finding, sum)| result(finding, within, &rules, sum));
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "dialform",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            // A column is a character.
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

/// What there is to say about a code.
fn rule(code: &str) -> Value {
    match codes::find(code) {
        Ok(found) => {
            let text = found.explanation();
            json!({
                "id": code,
                "shortDescription": { "text": found.summary() },
                "help": { "text": text, "markdown": text },
            })
        }
        // A code of another version, in a plan that it has saved.
        Err(_) => json!({ "id": code }),
    }
}

fn result(finding: &Finding, within: &str, rules: &[&str], sum: String) -> Value {
    let help = finding.help.as_ref().map(|help| format!("\nhelp: {}", printable(help.clone())));
    let message = format!("{}{}", printable(finding.message.clone()), help.unwrap_or_default());
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": rules.iter().position(|code| *code == finding.code),
        "level": word(finding.level),
        "message": { "text": message },
        "locations": [location(finding.place.as_ref(), within)],
        "partialFingerprints": { "dialform/v1": sum },
    });
    if let Some(also) = finding.place.as_ref().and_then(|place| place.also.as_ref()) {
        let mut location = location(Some(also), within);
        location["message"] = json!({ "text": super::super::findings::TOGETHER });
        result["relatedLocations"] = json!([location]);
    }
    result
}

fn location(place: Option<&Place>, within: &str) -> Value {
    let (file, region) = match place {
        Some(Place { file, line, column, length, .. }) => {
            (file.as_str(), json!({ "startLine": line, "startColumn": column, "endColumn": column + length }))
        }
        None => (WORKSPACE_FILE, json!({ "startLine": 1 })),
    };
    let uri = utf8_percent_encode(&format!("{within}{file}"), PATH).to_string();
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri }, "region": region } })
}
