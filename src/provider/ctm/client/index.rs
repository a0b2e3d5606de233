//! What things are called and what their ids are.

use super::api::Api;
use crate::{
    http::ApiError,
    model::{Destination, Kind},
    provider::ctm::{
        convert::{Names, TargetType},
        wire::Row,
    },
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Names and ids of one account, as far as they were read.
#[derive(Debug, Clone, Default)]
pub struct Index {
    pub names: Names,
    ids: BTreeMap<(TargetType, String), Vec<String>>,
    loaded: Vec<TargetType>,
}

/// The path of a list, the names its rows may stand under, the natural key of a row.
fn place(target_type: TargetType) -> (&'static str, &'static [&'static str], &'static str) {
    match target_type {
        TargetType::Number => ("/numbers", &["numbers"], "number"),
        TargetType::Receiver => ("/receiving_numbers", &["receiving_numbers"], "number"),
        TargetType::Queue => ("/queues", &["queues"], "name"),
        TargetType::Schedule => ("/schedules", &["schedules"], "name"),
        TargetType::Menu => ("/voice_menus", &["voice_menus", "menus"], "name"),
        TargetType::GeoRouter => ("/geo_routes", &["geo_routes"], "name"),
        TargetType::SmartRouter => ("/conditional_routers", &["configs", "conditional_routers"], "name"),
        TargetType::RoutingTable => ("/routing_tables", &["routing_tables"], "name"),
        TargetType::VoiceBot => ("/voice_bots", &["voice_bots"], "name"),
        TargetType::Agent => ("/users", &["users"], "email"),
    }
}

/// What a queue may be wrapped in: how it is written, and what the list calls them.
pub const QUEUE: [&str; 2] = ["call_queue", "queue"];

pub fn noun(target_type: TargetType) -> &'static str {
    match target_type {
        TargetType::Number => "tracking numbers",
        TargetType::Receiver => "receiving numbers",
        TargetType::Queue => "queues",
        TargetType::Schedule => "schedules",
        TargetType::Menu => "voice menus",
        TargetType::GeoRouter => "geo routers",
        TargetType::SmartRouter => "smart routers",
        TargetType::RoutingTable => "routing tables",
        TargetType::VoiceBot => "voice bots",
        TargetType::Agent => "users",
    }
}

/// What the objects of a kind are here.
pub fn sort_of(kind: Kind) -> Option<TargetType> {
    match kind {
        Kind::Schedules => Some(TargetType::Schedule),
        Kind::Receivers => Some(TargetType::Receiver),
        Kind::Queues => Some(TargetType::Queue),
        Kind::Numbers | Kind::Forwards => Some(TargetType::Number),
        Kind::Rules | Kind::Diverts => None,
    }
}

/// The path of one thing.
pub fn path(target_type: TargetType, id: &str) -> String {
    format!("{}/{}", place(target_type).0, crate::http::segment(id))
}

/// The natural key of a row.
pub fn key(target_type: TargetType, row: &Row) -> Option<String> {
    let key = row.text(place(target_type).2)?;
    Some(if target_type == TargetType::Agent { key.to_lowercase() } else { key })
}

/// Whether the system made the queue for itself (FACTS ctm/lists-7).
pub fn is_automatic(queue: &Row) -> bool {
    queue.text("name").is_some_and(|name| name.starts_with("AQ:"))
}

/// The rows of a list, the system's own too.
pub async fn rows(
    api: Api<'_>,
    target_type: TargetType,
    filter: &[(&str, String)],
) -> Result<Vec<Row>, ApiError> {
    let (rest, keys, _) = place(target_type);
    let what = format!("the {} of account `{}`", noun(target_type), api.account);
    api.list(rest, keys, filter, &what).await
}

/// What is written goes by ids that were found after the plan was read: while somebody looked at it, a name may have gone to
/// something else.
#[derive(Default)]
pub struct ForWrites(pub Indexes);

/// What is known of each account.
#[derive(Default)]
pub struct Indexes(Mutex<BTreeMap<String, Index>>);

impl Indexes {
    /// What is known of an account.
    pub fn get(&self, account: &str) -> Index {
        self.with(|all| all.get(account).cloned()).unwrap_or_default()
    }

    /// Keeps what was found out of an account.
    pub fn put(&self, account: &str, index: Index) {
        self.with(|all| all.insert(account.to_owned(), index));
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Index>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Index {
    /// Takes what a whole list says.
    pub fn put(&mut self, target_type: TargetType, rows: &[Row]) {
        self.ids.retain(|(other, _), _| *other != target_type);
        self.names.by_id.retain(|(other, _), _| *other != target_type);
        self.names.several.retain(|(other, _)| *other != target_type);
        self.names.whole.insert(target_type);
        rows.iter().for_each(|row| self.add(target_type, row));
        self.loaded.push(target_type);
    }

    fn add(&mut self, target_type: TargetType, row: &Row) {
        let Some(key) = key(target_type, row) else { return };
        let ids = self.ids.entry((target_type, key.clone())).or_default();
        if !ids.contains(&row.id()) {
            ids.push(row.id());
        }
        if ids.len() > 1 {
            self.names.several.insert((target_type, key.clone()));
        }
        self.names.by_id.insert((target_type, row.id()), key);
    }

    /// Reads a list unless it has been read.
    pub async fn load(&mut self, api: Api<'_>, target_type: TargetType) -> Result<(), ApiError> {
        if !self.loaded.contains(&target_type) {
            let rows = rows(api, target_type, &[]).await?;
            self.put(target_type, &rows);
        }
        Ok(())
    }

    /// The ids of what has that name; looks again if none is known.
    pub async fn find(
        &mut self,
        api: Api<'_>,
        target_type: TargetType,
        name: &str,
    ) -> Result<Vec<String>, ApiError> {
        if let Some(ids) = self.ids.get(&(target_type, name.to_owned())) {
            return Ok(ids.clone());
        }
        if target_type == TargetType::Receiver {
            // How the filter matches is not documented, so the names are compared again.
            let found = rows(api, target_type, &[("number", name.to_owned())]).await?;
            found
                .iter()
                .filter(|row| key(target_type, row).as_deref() == Some(name))
                .for_each(|row| self.add(target_type, row));
        } else {
            let rows = rows(api, target_type, &[]).await?;
            self.put(target_type, &rows);
        }
        Ok(self.ids.get(&(target_type, name.to_owned())).cloned().unwrap_or_default())
    }

    /// Whether something of a whole list has that name.
    pub fn knows(&self, target_type: TargetType, name: &str) -> bool {
        self.ids.contains_key(&(target_type, name.to_owned()))
    }

    /// The ids of what has a name.
    pub fn ids(&self, target_type: TargetType, name: &str) -> &[String] {
        self.ids.get(&(target_type, name.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    /// Forgets what has gone.
    pub fn forget(&mut self, target_type: TargetType, name: &str) {
        self.ids.remove(&(target_type, name.to_owned()));
        self.names.several.remove(&(target_type, name.to_owned()));
    }

    /// The names that several things have, with their ids.
    pub fn twice(&self, target_type: TargetType) -> impl Iterator<Item = (&str, &[String])> {
        let several = self.ids.iter().filter(move |((other, _), ids)| *other == target_type && ids.len() > 1);
        several.map(|((_, name), ids)| (name.as_str(), ids.as_slice()))
    }

    /// Where calls can be sent that is no object here, and how many have each name.
    pub fn named_targets(&self) -> BTreeMap<Destination, usize> {
        let place = |((target_type, name), ids): (&(TargetType, String), &Vec<String>)| {
            let to = match target_type {
                TargetType::Menu => Destination::Menu(name.clone()),
                TargetType::GeoRouter => Destination::GeoRouter(name.clone()),
                TargetType::SmartRouter => Destination::SmartRouter(name.clone()),
                TargetType::RoutingTable => Destination::RoutingTable(name.clone()),
                TargetType::VoiceBot => Destination::VoiceBot(name.clone()),
                TargetType::Agent => Destination::Agent(name.clone()),
                TargetType::Receiver | TargetType::Queue | TargetType::Schedule | TargetType::Number => {
                    return None;
                }
            };
            Some((to, ids.len()))
        };
        self.ids.iter().filter_map(place).collect()
    }
}
