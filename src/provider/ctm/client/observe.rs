//! Everything a tenant's plan needs of one account: four lists, and one request for each declared queue and schedule;
//! menus, routers and people only where a declared or live pointer names one.

use super::{
    API,
    account_data::AccountData,
    api::{Api, present},
    index::{Index, Indexes, QUEUE, is_automatic, key, path, rows, sort_of},
    observed::in_words,
    uses,
};
use crate::{
    http::{ApiError, Problem, ReadClient},
    model::{Address, Kind, Reference, references},
    plan::Observed,
    provider::{
        Account, Endpoints, Read, Scope,
        answer::{decode, endpoint, failure, undecodable},
        at_once::AtOnce,
        ctm::{
            convert::{self, TargetType},
            wire::{Row, text},
        },
    },
};
use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use std::collections::BTreeSet;

pub struct CtmReader {
    endpoints: Endpoints<ReadClient>,
}

impl CtmReader {
    pub fn new(endpoints: Endpoints<ReadClient>) -> Self {
        Self { endpoints }
    }
}

#[async_trait]
impl Read for CtmReader {
    async fn observe(&self, account: &str, scope: &Scope) -> Result<Observed, ApiError> {
        let api = Api { http: endpoint(&self.endpoints, API)?, account };
        let indexes = api.http.known::<Indexes>();
        let mut index = if scope.lists { Index::default() } else { indexes.get(account) };
        let live = if scope.lists {
            read_lists(api, scope, &mut index).await?
        } else {
            read_objects(api, scope, &mut index).await?
        };
        for target_type in named(&live, scope) {
            index.load(api, target_type).await?;
        }
        // What a read-back points to may be newer than what is known, and an import says where everything leads.
        if !scope.lists || scope.everything {
            let queues = live.queues.iter().map(|(row, _)| row);
            let pointing = live.numbers.iter().chain(&live.receivers).chain(queues);
            for target_type in convert::unresolved_types(pointing, &index.names) {
                let rows = rows(api, target_type, &[]).await?;
                index.put(target_type, &rows);
            }
        }
        let observed = in_words(&live, scope, &index);
        indexes.put(account, index);
        Ok(observed)
    }

    async fn accounts(&self) -> Result<Vec<Account>, ApiError> {
        let rows = Api { http: endpoint(&self.endpoints, API)?, account: "" }.accounts().await?;
        Ok(rows.iter().map(|row| Account { id: row.id(), name: row.text("name") }).collect())
    }
}

/// The account, if it is the one that is meant.
async fn own_account(api: Api<'_>) -> Result<Row, ApiError> {
    let what = format!("account `{}`", api.account);
    let account = api.account(&what).await?;
    if account.id() != api.account {
        let why = format!("the server answers for account `{}`", account.id());
        return Err(failure(&what, &api.path(""), Problem::Conflict(why)));
    }
    Ok(account)
}

/// The lists, and what is in scope whole.
async fn read_lists(api: Api<'_>, scope: &Scope, index: &mut Index) -> Result<AccountData, ApiError> {
    let (mut account, mut numbers, mut receivers) = (None, Vec::new(), Vec::new());
    let (mut queues, mut schedules) = (Vec::new(), Vec::new());
    // Behind the account those that mostly have the most pages.
    let mut reads = AtOnce::default();
    reads.add(&mut account, async { own_account(api).await.map(Some) });
    reads.add(&mut numbers, rows(api, TargetType::Number, &[]));
    reads.add(&mut receivers, rows(api, TargetType::Receiver, &[]));
    reads.add(&mut queues, rows(api, TargetType::Queue, &[]));
    reads.add(&mut schedules, rows(api, TargetType::Schedule, &[]));
    reads.done().await?;
    let mut live = AccountData { account, numbers, receivers, ..AccountData::default() };
    index.put(TargetType::Number, &live.numbers);
    index.put(TargetType::Receiver, &live.receivers);
    index.put(TargetType::Queue, &queues);
    let (automatic, queues): (Vec<Row>, Vec<Row>) =
        queues.into_iter().partition(|row| is_automatic(row) && !is_named(scope, row));
    index.put(TargetType::Schedule, &schedules);
    // A queue or a menu that nobody declared may point to what is about to be deleted.
    let searches = uses::are_asked_for(scope);
    let wanted = |kind, row: &Row, target_type| {
        let address = key(target_type, row).map(|name| Address::new(kind, name));
        scope.everything
            || address.is_some_and(|it| scope.wanted.contains_key(&it) || uses::may_go(scope, &it))
    };
    let reads: Vec<_> = queues
        .into_iter()
        .map(|row| (searches || wanted(Kind::Queues, &row, TargetType::Queue), row))
        .map(|(whole, row)| async move { if whole { queue(api, &row.id()).await } else { Ok((row, None)) } })
        .collect();
    let each_queue = stream::iter(reads).buffered(api.http.concurrency()).try_collect();
    let reads: Vec<_> = schedules
        .into_iter()
        .map(|row| (wanted(Kind::Schedules, &row, TargetType::Schedule), row))
        .map(|(whole, row)| async move {
            Ok::<_, ApiError>((if whole { schedule(api, &row.id()).await? } else { row }, whole))
        })
        .collect();
    let each_schedule = stream::iter(reads).buffered(api.http.concurrency()).try_collect();
    let mut reads = AtOnce::default();
    reads.add(&mut live.queues, each_queue);
    reads.add(&mut live.schedules, each_schedule);
    reads.done().await?;
    if searches {
        let menus = rows(api, TargetType::Menu, &[]).await?;
        index.put(TargetType::Menu, &menus);
        let ids: Vec<String> = menus.iter().map(Row::id).collect();
        let reads = ids.into_iter().map(|id| async move {
            api.object(&path(TargetType::Menu, &id), &["voice_menu"], &id, &format!("voice menu {id}")).await
        });
        live.menus = stream::iter(reads).buffered(api.http.concurrency()).try_collect().await?;
        live.id_holders = uses::id_holders(api, automatic.clone()).await?;
    }
    live.automatic = automatic;
    Ok(live)
}

/// Whether somebody says the name of a queue that looks like one of the system's own: then it is one like any other.
fn is_named(scope: &Scope, queue: &Row) -> bool {
    let Some(name) = key(TargetType::Queue, queue) else { return false };
    let own = Address::new(Kind::Queues, &name);
    let names = |(address, resource)| {
        references(address, resource).iter().any(|(_, to)| *to == Reference::Queue(name.clone()))
    };
    scope.declared.contains(&own)
        || scope.absent.contains(&own)
        || scope.wanted.contains_key(&own)
        || scope.wanted.iter().any(names)
}

/// Only the objects in scope, each by itself: a look or a read-back.
async fn read_objects(api: Api<'_>, scope: &Scope, index: &mut Index) -> Result<AccountData, ApiError> {
    let mut live = AccountData::default();
    for address in scope.wanted.keys() {
        let Some(target_type) = sort_of(address.kind) else { continue };
        let ids = index.find(api, target_type, &address.key).await?;
        let Some(id) = ids.first() else { continue };
        let what = format!("{} `{}`", address.kind.noun(), address.key);
        let found = match target_type {
            TargetType::Queue if scope.is_about(&["agents"]) => {
                present(queue(api, id).await)?.map(|it| live.queues.push(it))
            }
            TargetType::Queue => {
                present(record(api, id).await)?.map(|it| live.queues.push((it, Some(Vec::new()))))
            }
            TargetType::Schedule => {
                present(schedule(api, id).await)?.map(|it| live.schedules.push((it, true)))
            }
            TargetType::Receiver => {
                present(api.object(&path(target_type, id), &["receiving_number"], id, &what).await)?
                    .map(|it| live.receivers.push(it))
            }
            _ => present(api.object(&path(target_type, id), &["number"], id, &what).await)?
                .map(|it| live.numbers.push(it)),
        };
        if found.is_none() {
            index.forget(target_type, &address.key);
        }
    }
    Ok(live)
}

async fn schedule(api: Api<'_>, id: &str) -> Result<Row, ApiError> {
    api.object(&path(TargetType::Schedule, id), &["schedule"], id, &format!("schedule {id}")).await
}

/// A queue without its agents.
async fn record(api: Api<'_>, id: &str) -> Result<Row, ApiError> {
    api.object(&path(TargetType::Queue, id), &QUEUE, id, &format!("queue {id}")).await
}

/// A queue with its agents, which are read from where the queue says.
pub async fn queue(api: Api<'_>, id: &str) -> Result<(Row, Option<Vec<Row>>), ApiError> {
    let queue = record(api, id).await?;
    let own = path(TargetType::Queue, id);
    let link = queue.text("agents").and_then(|link| api.http.below(&link)).map(|(path, _)| path);
    let path = link.unwrap_or_else(|| api.path(&format!("{own}/agents")));
    let what = format!("the agents of queue {id}");
    // As many as a page may have; whether this list has pages is not known.
    let body = api.http.get(&path, &[("per_page", "100".to_owned())], &what).await?;
    let body: Value = decode(&body, &what, &path)?;
    let incomplete = |why: String| failure(&what, &path, Problem::Incomplete(why));
    let number = |key: &str| text(body.get(key)?)?.parse::<usize>().ok();
    // Counted, or named in any of the forms in which a next page is (FACTS ctm/lists-3).
    let next = body.get("next_page").and_then(text).filter(|next| next != "false");
    if number("total_pages").is_some_and(|pages| pages > 1) || next.is_some() {
        return Err(incomplete("it has more than one page".to_owned()));
    }
    let total = number("total_entries");
    let agents = match body {
        Value::Null => Vec::new(),
        body => match body.get("agents").and_then(Value::as_array) {
            Some(agents) => agents.iter().filter_map(|agent| Row::unwrap(agent.clone(), "")).collect(),
            None => {
                return Err(undecodable("there is no list `agents`", &body.to_string(), &what, &path));
            }
        },
    };
    if let Some(total) = total.filter(|total| *total > agents.len()) {
        return Err(incomplete(format!("expected {total} rows, got {}", agents.len())));
    }
    Ok((queue, Some(agents)))
}

/// The sorts whose names are needed to say what was declared and what is live.
fn named(live: &AccountData, scope: &Scope) -> BTreeSet<TargetType> {
    let mut sorts = BTreeSet::new();
    for (address, resource) in &scope.wanted {
        for (_, reference) in references(address, resource) {
            match reference {
                Reference::Named(to) => sorts.extend(convert::named(&to).map(|(target_type, _)| target_type)),
                Reference::DialString(word) => {
                    sorts.extend(convert::meant(&word).map(|(target_type, ..)| target_type));
                }
                _ => {}
            }
        }
    }
    let acting = live.receivers.iter().chain(live.queues.iter().map(|(row, _)| row));
    sorts.extend(acting.filter_map(|row| convert::acted_on(row, "default_action")));
    let to_agent =
        |row: &Row| row.object("route_to").and_then(|to| to.text("type")).as_deref() == Some("user");
    if live.numbers.iter().any(to_agent)
        || live.queues.iter().any(|(_, agents)| agents.iter().flatten().next().is_some())
    {
        sorts.insert(TargetType::Agent);
    }
    if live.receivers.iter().any(|row| row.text("tag_schedule_id").is_some()) {
        sorts.insert(TargetType::Schedule);
    }
    sorts
}
