//! What things are called and what their ids are.

use super::api::Api;
use crate::{
    http::ApiError,
    model::{Destination, Kind},
    provider::ctm::{
        convert::{Names, Sort},
        wire::Row,
    },
};
use std::collections::BTreeMap;

/// Names and ids of one account, as far as they were read.
#[derive(Debug, Clone, Default)]
pub struct Index {
    pub names: Names,
    ids: BTreeMap<(Sort, String), Vec<String>>,
    loaded: Vec<Sort>,
}

/// The path of a list, the names its rows may stand under, the natural key of a row.
fn place(sort: Sort) -> (&'static str, &'static [&'static str], &'static str) {
    match sort {
        Sort::Number => ("/numbers", &["numbers"], "number"),
        Sort::Receiver => ("/receiving_numbers", &["receiving_numbers"], "number"),
        Sort::Queue => ("/queues", &["queues"], "name"),
        Sort::Schedule => ("/schedules", &["schedules"], "name"),
        Sort::Menu => ("/voice_menus", &["voice_menus", "menus"], "name"),
        Sort::GeoRouter => ("/geo_routes", &["geo_routes"], "name"),
        Sort::SmartRouter => ("/conditional_routers", &["configs", "conditional_routers"], "name"),
        Sort::Agent => ("/users", &["users"], "email"),
    }
}

fn noun(sort: Sort) -> &'static str {
    match sort {
        Sort::Number => "tracking numbers",
        Sort::Receiver => "receiving numbers",
        Sort::Queue => "queues",
        Sort::Schedule => "schedules",
        Sort::Menu => "voice menus",
        Sort::GeoRouter => "geo routers",
        Sort::SmartRouter => "smart routers",
        Sort::Agent => "users",
    }
}

/// What the objects of a kind are here.
pub fn sort_of(kind: Kind) -> Option<Sort> {
    match kind {
        Kind::Schedules => Some(Sort::Schedule),
        Kind::Receivers => Some(Sort::Receiver),
        Kind::Queues => Some(Sort::Queue),
        Kind::Numbers | Kind::Forwards => Some(Sort::Number),
        Kind::Rules | Kind::Diverts => None,
    }
}

/// The path of one thing.
pub fn path(sort: Sort, id: &str) -> String {
    format!("{}/{}", place(sort).0, crate::http::segment(id))
}

/// The natural key of a row.
pub fn key(sort: Sort, row: &Row) -> Option<String> {
    let key = row.text(place(sort).2)?;
    Some(if sort == Sort::Agent { key.to_lowercase() } else { key })
}

/// Whether the system made the queue for itself (fact sheet section 3).
pub fn is_automatic(queue: &Row) -> bool {
    queue.text("name").is_some_and(|name| name.starts_with("AQ:"))
}

/// All queues, the system's own too.
pub async fn every_queue(api: Api<'_>) -> Result<Vec<Row>, ApiError> {
    list(api, Sort::Queue, &[]).await
}

/// The rows of a list that are somebody's.
pub async fn rows(api: Api<'_>, sort: Sort, filter: &[(&str, String)]) -> Result<Vec<Row>, ApiError> {
    let mut rows = list(api, sort, filter).await?;
    rows.retain(|row| sort != Sort::Queue || !is_automatic(row));
    Ok(rows)
}

async fn list(api: Api<'_>, sort: Sort, filter: &[(&str, String)]) -> Result<Vec<Row>, ApiError> {
    let (rest, keys, _) = place(sort);
    let what = format!("the {} of account `{}`", noun(sort), api.account);
    api.list(rest, keys, filter, &what).await
}

impl Index {
    /// Takes what a whole list says.
    pub fn put(&mut self, sort: Sort, rows: &[Row]) {
        self.ids.retain(|(other, _), _| *other != sort);
        self.names.by_id.retain(|(other, _), _| *other != sort);
        self.names.whole.insert(sort);
        rows.iter().for_each(|row| self.add(sort, row));
        self.loaded.push(sort);
    }

    fn add(&mut self, sort: Sort, row: &Row) {
        let Some(key) = key(sort, row) else { return };
        let ids = self.ids.entry((sort, key.clone())).or_default();
        if !ids.contains(&row.id()) {
            ids.push(row.id());
        }
        self.names.by_id.insert((sort, row.id()), key);
    }

    /// Reads a list unless it has been read.
    pub async fn load(&mut self, api: Api<'_>, sort: Sort) -> Result<(), ApiError> {
        if !self.loaded.contains(&sort) {
            let rows = rows(api, sort, &[]).await?;
            self.put(sort, &rows);
        }
        Ok(())
    }

    /// The ids of what has that name; looks again if none is known.
    pub async fn find(&mut self, api: Api<'_>, sort: Sort, name: &str) -> Result<Vec<String>, ApiError> {
        if let Some(ids) = self.ids.get(&(sort, name.to_owned())) {
            return Ok(ids.clone());
        }
        if sort == Sort::Receiver {
            // What the filter matches is not documented: compared again.
            let found = rows(api, sort, &[("number", name.to_owned())]).await?;
            found
                .iter()
                .filter(|row| key(sort, row).as_deref() == Some(name))
                .for_each(|row| self.add(sort, row));
        } else {
            let rows = rows(api, sort, &[]).await?;
            self.put(sort, &rows);
        }
        Ok(self.ids.get(&(sort, name.to_owned())).cloned().unwrap_or_default())
    }

    /// Forgets what has gone.
    pub fn forget(&mut self, sort: Sort, name: &str) {
        self.ids.remove(&(sort, name.to_owned()));
    }

    /// The names that several things have.
    pub fn twice(&self, sort: Sort) -> impl Iterator<Item = (&str, usize)> {
        let several = self.ids.iter().filter(move |((other, _), ids)| *other == sort && ids.len() > 1);
        several.map(|((_, name), ids)| (name.as_str(), ids.len()))
    }

    /// Where calls can be sent that is no object here, and how many have each name.
    pub fn places(&self) -> BTreeMap<Destination, usize> {
        let place = |((sort, name), ids): (&(Sort, String), &Vec<String>)| {
            let to = match sort {
                Sort::Menu => Destination::Menu(name.clone()),
                Sort::GeoRouter => Destination::GeoRouter(name.clone()),
                Sort::SmartRouter => Destination::SmartRouter(name.clone()),
                Sort::Agent => Destination::Agent(name.clone()),
                Sort::Receiver | Sort::Queue | Sort::Schedule | Sort::Number => return None,
            };
            Some((to, ids.len()))
        };
        self.ids.iter().filter_map(place).collect()
    }
}
