//! `on:` — the events that a workflow asks for.

use super::{
    runner::Event,
    workflow::{Many, Ordered, Scalar},
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value as Json;
use serde_yaml::{Mapping, Value as Yaml};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    #[serde(default, deserialize_with = "present")]
    pull_request: Option<Filter>,
    #[serde(default, deserialize_with = "present")]
    push: Option<Filter>,
    #[serde(default, deserialize_with = "present")]
    merge_group: Option<Filter>,
    #[serde(default, deserialize_with = "present")]
    issue_comment: Option<Filter>,
    #[serde(default, deserialize_with = "present")]
    workflow_run: Option<Filter>,
    #[serde(default)]
    schedule: Vec<Cron>,
    #[serde(default, deserialize_with = "present")]
    workflow_dispatch: Option<ByHand>,
    #[serde(default, deserialize_with = "present")]
    workflow_call: Option<Call>,
}

#[derive(Clone, Debug)]
pub struct Triggers {
    /// Event and what narrows it.
    filters: Vec<(&'static str, Filter)>,
    schedule: Vec<String>,
    pub workflow_dispatch: Option<ByHand>,
    pub workflow_call: Option<Call>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    types: Option<Many>,
    branches: Option<Many>,
    tags: Option<Many>,
    workflows: Option<Many>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cron {
    cron: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    #[serde(default)]
    pub inputs: Ordered<Input>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    #[serde(default)]
    pub inputs: Ordered<Input>,
    #[serde(default)]
    pub secrets: Ordered<Secret>,
    #[serde(default)]
    pub outputs: Ordered<Output>,
}

/// Of a call, of a person, or of an action.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(default)]
    pub required: bool,
    pub r#type: Option<String>,
    pub default: Option<Yaml>,
    pub options: Option<Many>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(default)]
    pub required: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    #[serde(rename = "description")]
    _description: Option<String>,
    pub value: Scalar,
}

/// A key without a value is there all the same.
fn present<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(it: D) -> Result<Option<T>, D::Error> {
    Option::<T>::deserialize(it).map(|it| Some(it.unwrap_or_default()))
}

type Words = &'static [&'static str];

/// What each event can be narrowed by, which types it has, and which of them it means where none is named.
const EVENTS: [(&str, Words, Words, Words); 5] = [
    (
        "pull_request",
        &["types", "branches"],
        &[
            "opened",
            "synchronize",
            "reopened",
            "closed",
            "edited",
            "ready_for_review",
            "converted_to_draft",
            "labeled",
            "unlabeled",
        ],
        &["opened", "synchronize", "reopened"],
    ),
    ("push", &["branches", "tags"], &[], &[]),
    ("merge_group", &["types", "branches"], &["checks_requested"], &["checks_requested"]),
    ("issue_comment", &["types"], &["created", "edited", "deleted"], &["created", "edited", "deleted"]),
    (
        "workflow_run",
        &["types", "branches", "workflows"],
        &["completed", "requested", "in_progress"],
        &["completed", "requested", "in_progress"],
    ),
];

impl<'de> Deserialize<'de> for Triggers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = |list: Many| list.0.into_iter().map(|it| (it.into(), Yaml::Null)).collect::<Mapping>();
        let mapping = match Yaml::deserialize(deserializer)? {
            Yaml::Mapping(mapping) => mapping,
            other => names(Many::try_from(other).map_err(Error::custom)?),
        };
        let events: Events = serde_yaml::from_value(Yaml::Mapping(mapping))
            .map_err(|error| Error::custom(format!("on: {error}")))?;
        let filters = [
            ("pull_request", events.pull_request),
            ("push", events.push),
            ("merge_group", events.merge_group),
            ("issue_comment", events.issue_comment),
            ("workflow_run", events.workflow_run),
        ];
        let triggers = Self {
            filters: filters.into_iter().filter_map(|(name, filter)| Some((name, filter?))).collect(),
            schedule: events.schedule.into_iter().map(|it| it.cron).collect(),
            workflow_dispatch: events.workflow_dispatch,
            workflow_call: events.workflow_call,
        };
        triggers.check();
        Ok(triggers)
    }
}

impl Triggers {
    fn check(&self) {
        for (event, filter) in &self.filters {
            let (_, by, types, _) = EVENTS.iter().find(|it| it.0 == *event).unwrap();
            let said = [
                ("types", &filter.types),
                ("branches", &filter.branches),
                ("tags", &filter.tags),
                ("workflows", &filter.workflows),
            ];
            for (name, list) in said {
                assert!(list.is_none() || by.contains(&name), "`on.{event}` knows no `{name}`");
            }
            for one in filter.types.iter().flat_map(|it| &it.0) {
                assert!(types.contains(&one.as_str()), "`on.{event}` knows no type `{one}`");
            }
            assert!(
                *event != "workflow_run" || filter.workflows.is_some(),
                "`on.workflow_run` of which workflows?"
            );
        }
        for cron in &self.schedule {
            let fields =
                cron.split(' ').filter(|it| !it.is_empty() && !it.contains(|c: char| c.is_alphabetic()));
            assert_eq!(fields.count(), 5, "no schedule: {cron}");
        }
        for (name, input) in self.workflow_call.iter().flat_map(|it| &it.inputs.0) {
            let known = ["string", "boolean", "number"].contains(&input.r#type.as_deref().unwrap_or("none"));
            assert!(known && input.options.is_none(), "the input `{name}` of a call has no type");
        }
        for (name, input) in self.workflow_dispatch.iter().flat_map(|it| &it.inputs.0) {
            let kind = input.r#type.as_deref().unwrap_or("string");
            let known = ["string", "boolean", "number", "choice", "environment"].contains(&kind);
            assert!(known && (kind == "choice") == input.options.is_some(), "the input `{name}` is `{kind}`");
        }
    }

    /// Whether the host makes a run of this event.
    pub fn ask_for(&self, event: &Event) -> bool {
        let payload = |path: &str| event.payload.pointer(path).and_then(Json::as_str);
        match event.name.as_str() {
            "schedule" => {
                let cron = payload("/schedule").unwrap_or_else(|| panic!("a schedule says which"));
                return self.schedule.iter().any(|it| it == cron);
            }
            "workflow_dispatch" => return self.workflow_dispatch.is_some(),
            _ => {}
        }
        let known = EVENTS.iter().find(|it| it.0 == event.name);
        let (name, by, _, ordinary) =
            known.unwrap_or_else(|| panic!("no event `{}` is emulated", event.name));
        let Some((_, filter)) = self.filters.iter().find(|it| it.0 == *name) else { return false };
        let needed =
            |path: &str| payload(path).unwrap_or_else(|| panic!("the event `{name}` has no `{path}`"));
        if by.contains(&"types") {
            let action = needed("/action");
            let asked = match &filter.types {
                Some(types) => types.0.iter().any(|it| it == action),
                None => ordinary.contains(&action),
            };
            if !asked {
                return false;
            }
        }
        let one_of = |list: &Option<Many>, name: &str| {
            list.as_ref().is_none_or(|it| it.0.iter().any(|pattern| matches(pattern, name)))
        };
        let branch = |path: &str| one_of(&filter.branches, needed(path).trim_start_matches("refs/heads/"));
        match *name {
            "push" => match (event.ref_.strip_prefix("refs/heads/"), event.ref_.strip_prefix("refs/tags/")) {
                // A filter of one kind leaves the other kind out.
                (Some(branch), _) => {
                    one_of(&filter.branches, branch) && (filter.branches.is_some() || filter.tags.is_none())
                }
                (_, Some(tag)) => {
                    one_of(&filter.tags, tag) && (filter.tags.is_some() || filter.branches.is_none())
                }
                _ => panic!("nobody pushes `{}`", event.ref_),
            },
            "pull_request" => branch("/pull_request/base/ref"),
            "merge_group" => branch("/merge_group/base_ref"),
            "workflow_run" => {
                let of = needed("/workflow_run/name");
                filter.workflows.iter().any(|it| it.0.iter().any(|it| it == of))
                    && branch("/workflow_run/head_branch")
            }
            _ => true,
        }
    }
}

/// `*` stands for what has no slash, `**` for everything.
fn matches(pattern: &str, name: &str) -> bool {
    assert!(!pattern.contains(['!', '?', '+', '[']), "the pattern `{pattern}` is not emulated");
    let Some((before, after)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    let (deep, after) = after.strip_prefix('*').map_or((false, after), |after| (true, after));
    let ends = rest.char_indices().map(|it| it.0).chain([rest.len()]);
    ends.into_iter().any(|at| (deep || !rest[..at].contains('/')) && matches(after, &rest[at..]))
}
