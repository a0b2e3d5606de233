//! A workflow file. A key that is not here is one that nobody emulates, and the file is refused.

use super::triggers::{Input, Triggers};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use serde_yaml::{Mapping, Value as Yaml};
use std::{collections::BTreeMap, fmt::Display};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Workflow {
    pub name: Option<String>,
    pub run_name: Option<Scalar>,
    pub on: Triggers,
    pub permissions: Option<Permissions>,
    #[serde(default)]
    pub env: Ordered<Scalar>,
    #[serde(default)]
    pub defaults: Defaults,
    pub concurrency: Option<Concurrency>,
    pub jobs: Ordered<Job>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Job {
    pub name: Option<Scalar>,
    #[serde(rename = "if")]
    pub condition: Option<Scalar>,
    #[serde(default)]
    pub needs: Many,
    #[serde(default)]
    pub runs_on: Many,
    pub permissions: Option<Permissions>,
    #[serde(default)]
    pub env: Ordered<Scalar>,
    pub environment: Option<Environment>,
    pub concurrency: Option<Concurrency>,
    #[serde(default)]
    pub defaults: Defaults,
    #[serde(default)]
    pub outputs: Ordered<Scalar>,
    pub timeout_minutes: Option<Scalar>,
    #[serde(default)]
    pub steps: Vec<Step>,
    pub uses: Option<String>,
    #[serde(default)]
    pub with: Ordered<Yaml>,
    pub secrets: Option<SecretsPassed>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    pub id: Option<String>,
    pub name: Option<Scalar>,
    #[serde(rename = "if")]
    pub condition: Option<Scalar>,
    pub run: Option<Scalar>,
    pub shell: Option<String>,
    #[serde(default)]
    pub env: Ordered<Scalar>,
    pub working_directory: Option<Scalar>,
    pub continue_on_error: Option<Scalar>,
    pub timeout_minutes: Option<Scalar>,
    pub uses: Option<String>,
    #[serde(default)]
    pub with: Ordered<Scalar>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    #[serde(default)]
    pub run: DefaultsOfRun,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DefaultsOfRun {
    pub shell: Option<String>,
    pub working_directory: Option<Scalar>,
}

/// `group: x` or just `x`; the same for an environment and its name.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Yaml")]
pub struct Concurrency {
    pub group: Scalar,
    pub cancel_in_progress: Option<Scalar>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Yaml")]
pub struct Environment {
    pub name: Scalar,
    pub url: Option<Scalar>,
}

#[derive(Clone, Debug)]
pub enum SecretsPassed {
    Inherit,
    These(Ordered<Scalar>),
}

/// Each scope with `read`, `write` or `none`. Once there is one, what is not named is `none`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Permissions(pub BTreeMap<String, String>);

const SCOPES: [&str; 14] = [
    "actions",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
];

impl Permissions {
    /// What a token may do where neither the workflow nor the job says it, in a repository made today.
    pub fn by_default() -> Self {
        Self(["contents", "packages"].map(|it| (it.to_owned(), "read".to_owned())).into())
    }

    pub fn level(&self, scope: &str) -> u8 {
        match self.0.get(scope).map(String::as_str) {
            None | Some("none") => 0,
            Some("read") => 1,
            Some("write") => 2,
            Some(other) => panic!("`{other}` is no permission"),
        }
    }

    /// What a pull request of a fork gets.
    pub fn only_read(&self) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(scope, _)| *scope != "id-token" && self.level(scope) > 0)
                .map(|(scope, _)| (scope.clone(), "read".to_owned()))
                .collect(),
        )
    }
}

/// A scalar as its text; what is no scalar is refused.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Yaml")]
pub struct Scalar(pub String);

/// One or several.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Yaml")]
pub struct Many(pub Vec<String>);

/// A mapping in the order of the file.
#[derive(Clone, Debug)]
pub struct Ordered<T>(pub Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Ordered<T> {
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|it| it.0 == name).map(|it| &it.1)
    }

    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|it| it.0.as_str()).collect()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mapping = Option::<Mapping>::deserialize(deserializer)?.unwrap_or_default();
        let entries = mapping.into_iter().map(|(name, value)| {
            let name = Scalar::try_from(name).map_err(Error::custom)?.0;
            let value = serde_yaml::from_value(value).map_err(|error| Error::custom(within(&name, error)))?;
            Ok((name, value))
        });
        entries.collect::<Result<_, _>>().map(Self)
    }
}

fn within(name: &str, error: impl Display) -> String {
    format!("{name}: {error}")
}

impl TryFrom<Yaml> for Scalar {
    type Error = String;

    fn try_from(yaml: Yaml) -> Result<Self, String> {
        Ok(Self(match yaml {
            Yaml::Null => String::new(),
            Yaml::Bool(it) => it.to_string(),
            Yaml::Number(it) => it.to_string(),
            Yaml::String(it) => it,
            other => return Err(format!("not a scalar: {other:?}")),
        }))
    }
}

impl TryFrom<Yaml> for Many {
    type Error = String;

    fn try_from(yaml: Yaml) -> Result<Self, String> {
        let list = match yaml {
            Yaml::Sequence(list) => list,
            one => vec![one],
        };
        list.into_iter().map(|it| Scalar::try_from(it).map(|it| it.0)).collect::<Result<_, _>>().map(Self)
    }
}

/// A mapping with one of these names, or the first of them alone.
fn named(yaml: Yaml, names: [&str; 2]) -> Result<(Scalar, Option<Scalar>), String> {
    let Yaml::Mapping(mut mapping) = yaml else { return Ok((Scalar::try_from(yaml)?, None)) };
    let [first, second] = names.map(|it| mapping.remove(it).map(Scalar::try_from));
    let first = first.ok_or(format!("`{}` is missing", names[0]))??;
    match mapping.is_empty() {
        true => Ok((first, second.transpose()?)),
        false => Err(format!("unknown keys: {mapping:?}")),
    }
}

impl TryFrom<Yaml> for Concurrency {
    type Error = String;

    fn try_from(yaml: Yaml) -> Result<Self, String> {
        named(yaml, ["group", "cancel-in-progress"])
            .map(|(group, cancel_in_progress)| Self { group, cancel_in_progress })
    }
}

impl TryFrom<Yaml> for Environment {
    type Error = String;

    fn try_from(yaml: Yaml) -> Result<Self, String> {
        named(yaml, ["name", "url"]).map(|(name, url)| Self { name, url })
    }
}

impl<'de> Deserialize<'de> for SecretsPassed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Yaml::deserialize(deserializer)? {
            Yaml::String(word) if word == "inherit" => Ok(Self::Inherit),
            other => serde_yaml::from_value(other).map(Self::These).map_err(Error::custom),
        }
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all =
            |level: &str| Self(SCOPES.iter().map(|scope| ((*scope).to_owned(), level.to_owned())).collect());
        let entries: Ordered<String> = match Yaml::deserialize(deserializer)? {
            Yaml::String(word) if word == "read-all" => return Ok(all("read")),
            Yaml::String(word) if word == "write-all" => return Ok(all("write")),
            other => serde_yaml::from_value(other).map_err(Error::custom)?,
        };
        for (scope, level) in &entries.0 {
            let known =
                SCOPES.contains(&scope.as_str()) && ["read", "write", "none"].contains(&level.as_str());
            if !known {
                return Err(Error::custom(format!("no permission `{scope}: {level}` is known")));
            }
        }
        Ok(Self(entries.0.into_iter().collect()))
    }
}

/// YAML in which a key `on` may have become true.
pub fn yaml(text: &str, file: &str) -> Yaml {
    let mut yaml: Yaml = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    if let Yaml::Mapping(mapping) = &mut yaml
        && let Some(on) = mapping.remove(Yaml::Bool(true))
    {
        mapping.insert("on".into(), on);
    }
    yaml
}

impl Workflow {
    pub fn parse(text: &str, file: &str) -> Self {
        let workflow: Self =
            serde_yaml::from_value(yaml(text, file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        super::checks::workflow(&workflow, file);
        workflow
    }

    /// Inputs of a call and of a person, under one name.
    pub fn inputs(&self) -> Vec<(&str, &Input)> {
        let call = self.on.workflow_call.iter().flat_map(|it| &it.inputs.0);
        let by_hand = self.on.workflow_dispatch.iter().flat_map(|it| &it.inputs.0);
        call.chain(by_hand).map(|(name, input)| (name.as_str(), input)).collect()
    }
}
