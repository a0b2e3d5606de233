//! What a list of answering rules does not tell: which of them were deleted and linger, and the lists of callers.

use super::api::{Api, says_no_route};
use crate::{
    http::{ApiError, Problem, segment},
    model::{Address, Callers, Kind, Resource},
    provider::{
        Scope,
        stratus::{
            convert,
            wire::{AnswerRule, DEFAULT, Feature, NumberFilters},
        },
    },
};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};

/// How many extensions beside the declared ones are looked at to learn whether rules show the lists of callers.
const MOST_PROBES: usize = 10;

impl Api<'_> {
    /// The names of rules that are listed and not there by themselves: they were deleted (FACTS stratus/readings-4).
    /// Nothing deletes the Default rule, and a name that cannot stand in a path cannot be asked for.
    pub async fn lingering(&self, extension: &str, names: Vec<String>) -> Result<Vec<String>, ApiError> {
        let names =
            names.into_iter().filter(|name| !matches!(name.as_str(), DEFAULT | "." | ".." | "" | "reorder"));
        let looks = names.map(|name| {
            async move {
                let rest = format!("/users/{}/answerrules/{}", segment(extension), segment(&name));
                let what = format!("rule `{name}` of extension `{extension}`");
                Ok((!self.is_there(&rest, &what).await?).then_some(name))
            }
            .boxed()
        });
        let looks = stream::iter(looks).buffered(self.http.concurrency());
        looks.try_filter_map(async |gone| Ok(gone)).try_collect().await
    }

    /// The block list, where the Default rule does not show it; none where this server has no such path to show it.
    pub async fn rejected(&self, extension: &str) -> Result<Option<Feature>, ApiError> {
        let rest = format!("/users/{}/number-filters", segment(extension));
        let what = format!("the blocked callers of extension `{extension}`");
        let rows: Vec<NumberFilters> = match self.list(&rest, &what).await {
            Err(ApiError { problem: Problem::Status { status: 404, message, .. }, .. }) => {
                if says_no_route(&message) {
                    return Ok(None);
                }
                Vec::new()
            }
            rows => rows?,
        };
        // Every rule may have a row; the one of the Default rule is the list that is meant.
        let (own, others): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| row.time_frame.as_str() == DEFAULT);
        let unnamed = others.into_iter().filter(|row| row.time_frame.as_str().is_empty());
        let row = own.into_iter().chain(unnamed).next();
        Ok(Some(row.map(|row| row.phone_numbers_to_reject).unwrap_or_default()))
    }
}

/// Whether a rule shows the feature at all: one that was never set may be missing, and so may every one
/// (FACTS stratus/readings-6).
pub fn is_shown(feature: &Feature) -> bool {
    !feature.enabled.as_str().is_empty() || !feature.parameters.is_empty()
}

fn shows_lists(rules: &[AnswerRule]) -> bool {
    rules.iter().any(|rule| is_shown(&rule.phone_numbers_to_allow) || is_shown(&rule.phone_numbers_to_reject))
}

/// Of the names of listed rules those that are not expected, which may linger. A rule that was there a moment ago and lingers
/// now is no danger: whatever is written of it is refused (FACTS stratus/readings-4).
pub fn doubtful(names: impl Iterator<Item = String>, expected: Option<&Resource>) -> Vec<String> {
    let order = match expected {
        Some(Resource::Rules(rules)) => rules.order.as_deref().unwrap_or_default(),
        _ => &[],
    };
    names.filter(|name| !order.iter().any(|rule| rule.when == *name)).collect()
}

/// Whether it takes the block list to say what is live of this.
pub fn looks_up_blocked(wanted: &Callers) -> bool {
    wanted.block.is_some() || wanted.block_anonymous.is_some()
}

/// The rules of one extension, whole, the names that linger, and whether its block list was looked for and is nowhere shown.
type Complete = (String, Vec<AnswerRule>, Vec<String>, bool);

/// What the rules of extensions do not show.
#[derive(Default)]
pub struct Standing {
    /// Rules that were deleted and are listed all the same, by extension.
    pub lingering: BTreeMap<String, Vec<String>>,
    /// The extensions whose block lists were looked for and are nowhere shown.
    pub hidden_blocks: BTreeSet<String>,
}

/// Takes the lingering rules out, and reads block lists from where they are shown.
pub async fn complete(
    api: Api<'_>,
    rules: &mut BTreeMap<String, Vec<AnswerRule>>,
    scope: &Scope,
) -> Result<Standing, ApiError> {
    // A future as large as these is moved once.
    let each =
        std::mem::take(rules).into_iter().map(|(extension, rules)| one(api, scope, extension, rules).boxed());
    let all: Vec<Complete> =
        stream::iter(each).buffer_unordered(api.http.concurrency()).try_collect().await?;
    let mut standing = Standing::default();
    for (extension, whole, gone, is_hidden) in all {
        if !gone.is_empty() {
            standing.lingering.insert(extension.clone(), gone);
        }
        if is_hidden {
            standing.hidden_blocks.insert(extension.clone());
        }
        rules.insert(extension, whole);
    }
    Ok(standing)
}

async fn one(
    api: Api<'_>,
    scope: &Scope,
    extension: String,
    mut rules: Vec<AnswerRule>,
) -> Result<Complete, ApiError> {
    let wanted = match scope.wanted.get(&Address::new(Kind::Rules, &extension)) {
        Some(Resource::Rules(wanted)) => Some(wanted),
        _ => None,
    };
    // A rule that lingers uses no schedule, whoever looks for those that do.
    let watches =
        |rule: &AnswerRule| scope.watched.contains(&Address::new(Kind::Schedules, &rule.time_frame.0));
    if wanted.is_none() && !rules.iter().any(watches) {
        return Ok((extension, rules, Vec::new(), false));
    }
    // Also where no order is declared: the step is read back with the whole order, and the two have to agree.
    let expected = scope.glance.as_ref().map(|glance| &glance.expected);
    let names = doubtful(rules.iter().map(|rule| rule.time_frame.0.clone()), expected);
    let gone = api.lingering(&extension, names).await?;
    rules.retain(|rule| !gone.contains(&rule.time_frame.0));
    let callers = wanted.and_then(|wanted| wanted.callers.as_ref());
    let mut is_hidden = false;
    if callers.is_some_and(looks_up_blocked)
        && let Some(default) = rules.iter_mut().find(|rule| rule.time_frame.as_str() == DEFAULT)
        && !is_shown(&default.phone_numbers_to_reject)
    {
        match api.rejected(&extension).await? {
            Some(list) => default.phone_numbers_to_reject = list,
            None => is_hidden = true,
        }
    }
    Ok((extension, rules, gone, is_hidden))
}

/// Whether this server has an allow list to show, as far as anybody can tell: a rule that has none looks like one that does
/// not show it. Asked only where an allow list is declared and nothing that was read answers it.
pub async fn hides_lists(
    api: Api<'_>,
    users: &[String],
    rules: &BTreeMap<String, Vec<AnswerRule>>,
    scope: &Scope,
) -> Result<bool, ApiError> {
    let allows = |(address, wanted): (&Address, &Resource)| {
        let Resource::Rules(wanted) = wanted else { return false };
        let declared = wanted.callers.as_ref().is_some_and(|callers| callers.allow.is_some());
        let default = rules.get(&address.key).and_then(|rules| convert::default_rule(rules));
        declared && default.is_none_or(|rule| !is_shown(&rule.phone_numbers_to_allow))
    };
    if !scope.wanted.iter().any(allows) || rules.values().any(|rules| shows_lists(rules)) {
        return Ok(false);
    }
    let others = users.iter().filter(|user| !rules.contains_key(*user));
    for extension in others.take(MOST_PROBES) {
        if shows_lists(&api.rules(extension).await?) {
            return Ok(false);
        }
    }
    Ok(true)
}
