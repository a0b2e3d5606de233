//! Where the calls of a tracking number go.

use super::{api::Api, index::path, write::Writing};
use crate::{
    http::{ApiError, Method},
    model::{Destination, E164, Number, Receivers, Route, dialling::National},
    path::Path,
    provider::{
        answer::conflict,
        ctm::{
            convert::{self, FALLBACK, LIST, PATTERN, TargetType, target},
            wire::{Row, text},
        },
    },
};
use serde_json::{Map, Value, json};

/// A list of receiving numbers as it is to be: their ids, and the numbers of those that have one.
struct DialList {
    ids: Vec<String>,
    numbers: Vec<String>,
}

impl Writing<'_> {
    pub(super) async fn number(&mut self, wanted: &Number) -> Result<(), ApiError> {
        let Number { label, route, protect: _ } = wanted;
        let key = self.key().to_owned();
        let id = self.id(TargetType::Number, &key).await?;
        let label = label.as_ref().filter(|_| self.about("label"));
        let label = label.map(|label| ("name", json!(label)));
        match route.as_ref().filter(|_| self.about("route")) {
            Some(Route::Receivers(list)) => {
                let numbers = list.receivers.iter().map(E164::to_string).collect();
                let earlier = || self.earlier(PATTERN).map(|word| (PATTERN, word));
                let pattern = self.pattern(list).or_else(earlier);
                self.dial(&id, numbers, label.into_iter().chain(pattern)).await
            }
            Some(Route::To(Destination::DialString(word))) if word.starts_with(LIST) => {
                let names = word[LIST.len()..].split(", ").map(str::to_owned).collect();
                let pattern = self.earlier(PATTERN).map(|word| (PATTERN, word));
                self.dial(&id, names, label.into_iter().chain(pattern)).await
            }
            Some(Route::To(to)) => {
                self.dial_route(&id, to).await?;
                self.relabel(&id, label).await
            }
            None => self.relabel(&id, label).await,
        }
    }

    async fn relabel(&self, id: &str, label: Option<(&'static str, Value)>) -> Result<(), ApiError> {
        if label.is_some() { self.update_number(id, label).await } else { Ok(()) }
    }

    /// The step has a change of its own for the pattern if it is to be sent.
    fn pattern(&self, list: &Receivers) -> Option<(&'static str, Value)> {
        let sent = self.step.changes.iter().any(|change| change.path == Path::from(["route", "pattern"]));
        let pattern = list.pattern.filter(|_| sent)?;
        Some((PATTERN, json!(convert::pattern_word(pattern))))
    }

    /// What stood beside a route that is brought back.
    fn earlier(&self, key: &str) -> Option<Value> {
        self.step.restored.as_ref()?.get(key).cloned()
    }

    /// Dials receiving numbers that are there: by id, which makes none. Where the server does not know ids, the list is
    /// read as it was, and goes out in national digits with countries, which is the documented form
    /// (FACTS ctm/readings-3).
    async fn dial(
        &mut self,
        number: &str,
        names: Vec<String>,
        more: impl Iterator<Item = (&'static str, Value)>,
    ) -> Result<(), ApiError> {
        let mut list = DialList { ids: Vec::new(), numbers: names };
        for name in &list.numbers {
            let id = match convert::meant_in_list(name) {
                Some((_, id)) => id.to_owned(),
                None => self.id(TargetType::Receiver, name).await?,
            };
            list.ids.push(id);
        }
        let route = ("dial_route", json!("number"));
        let by_id = [route.clone(), ("numbers_id", json!(list.ids))];
        self.update_number(number, by_id.into_iter().chain(more)).await?;
        let before = self.dialled(number).await?;
        if before == list.ids {
            return Ok(());
        }
        let Some((digits, countries)) = list.national() else {
            return Err(conflict(self.step, "the server does not take this list by id"));
        };
        let by_number = [route, ("numbers", json!(digits)), ("country_codes", json!(countries))];
        self.update_number(number, by_number).await?;
        // What is dialled as before has not been made: the write has not come true, which the read-back says.
        let now = self.dialled(number).await?;
        let made = now.iter().filter(|id| !list.ids.contains(id) && !before.contains(id)).count();
        if made > 0 {
            let why = format!(
                "the server has made {made} receiving numbers once more instead of those that are there; delete them in \
                 the portal"
            );
            return Err(conflict(self.step, why));
        }
        Ok(())
    }

    /// The ids of the receiving numbers that a tracking number dials now.
    async fn dialled(&self, number: &str) -> Result<Vec<String>, ApiError> {
        let to = self.live_number(number).await?.object("route_to").unwrap_or_default();
        let rows = match to.0.get("dial") {
            Some(Value::Array(rows)) => rows.as_slice(),
            Some(row) => std::slice::from_ref(row),
            None => &[],
        };
        Ok(rows.iter().filter_map(|row| text(row.get("id")?)).collect())
    }

    async fn live_number(&self, id: &str) -> Result<Row, ApiError> {
        let Api { http, account } = self.api();
        let what = format!("number `{}`", self.key());
        Api { http, account }.object(&path(TargetType::Number, id), &["number"], id, &what).await
    }

    async fn dial_route(&mut self, number: &str, to: &Destination) -> Result<(), ApiError> {
        let one = match to {
            Destination::DialString(word) => convert::meant(word),
            _ => None,
        };
        let (target_type, id) = match (one, convert::named(to)) {
            (Some((target_type, id, _)), _) => (target_type, id.to_owned()),
            (None, Some((target_type, name))) => (target_type, self.id(target_type, &name).await?),
            (None, None) => {
                return Err(conflict(self.step, format!("a number cannot be routed to `{}`", to.word())));
            }
        };
        let Some(target) = target(target_type) else { return Ok(()) };
        let mut body = Map::new();
        body.insert("dial_route".to_owned(), json!(target.dial_route));
        body.insert(target.id_key.to_owned(), json!(id));
        if target_type == TargetType::Agent {
            // An agent without these may let the caller ring for ever (FACTS ctm/readings-1).
            let live = self.live_number(number).await?;
            for (key, otherwise) in FALLBACK {
                let number = otherwise.parse::<u32>().map(Value::from);
                let value = self.earlier(key).or_else(|| convert::fallback(&live, key)).or(number.ok());
                body.insert(key.to_owned(), value.unwrap_or_else(|| json!(otherwise)));
            }
        }
        let rest = format!("{}/dial_routes", path(TargetType::Number, number));
        self.send(Method::PUT, &rest, Some(json!({ "virtual_phone_number": body }))).await.map(drop)
    }
}

impl DialList {
    /// In national digits with countries; `None` where an entry is no number.
    fn national(&self) -> Option<(Vec<String>, Vec<String>)> {
        let each = self.numbers.iter().map(|name| National::of(&name.parse().ok()?));
        let each: Option<Vec<National>> = each.collect();
        Some(each?.into_iter().map(|it| (it.digits, it.country)).unzip())
    }
}
