//! Text of strangers in a script: what an expression puts there is run, whatever it says. It has to come by the environment.

use super::{
    syntax::{Piece, Place, parse, pieces},
    workflow::yaml,
};
use serde_yaml::Value as Yaml;

/// What nobody but the host writes.
const SAFE: [&str; 12] = [
    "github.action_path",
    "github.api_url",
    "github.event_name",
    "github.job",
    "github.repository",
    "github.run_attempt",
    "github.run_id",
    "github.run_number",
    "github.server_url",
    "github.sha",
    "github.workspace",
    "job.status",
];

/// Each script of a workflow or an action, with what it must not name in an expression.
pub fn injections(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    look(&yaml(text, "the file"), "", &mut found);
    found
}

fn look(yaml: &Yaml, at: &str, found: &mut Vec<String>) {
    match yaml {
        Yaml::Mapping(mapping) => {
            for (name, value) in mapping {
                let name = name.as_str().unwrap_or_default();
                let here = format!("{at}/{name}").trim_start_matches('/').to_owned();
                match value {
                    // `defaults.run` is a mapping.
                    Yaml::String(script) if name == "run" => scripts(script, at, found),
                    other => look(other, &here, found),
                }
            }
        }
        Yaml::Sequence(list) => {
            for (index, value) in list.iter().enumerate() {
                let name = ["id", "name"].iter().find_map(|it| value.get(it)?.as_str());
                look(value, &format!("{at}/{}", name.map_or(index.to_string(), str::to_owned)), found);
            }
        }
        _ => {}
    }
}

fn scripts(script: &str, at: &str, found: &mut Vec<String>) {
    for piece in pieces(script) {
        let Piece::Expression(text) = piece else { continue };
        for path in parse(&text, Place::ANY).paths() {
            let path = path.join(".");
            if !SAFE.contains(&path.as_str()) && !path.starts_with("runner.") {
                found.push(format!("{at}: {path}"));
            }
        }
    }
}
