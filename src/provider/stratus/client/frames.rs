//! Time frames read whole, and those of one extension alone (FACTS stratus/frames-1), of which no list has all: one request an
//! extension.

use super::{api::Api, domain_data::DomainData, everything};
use crate::{
    http::{ApiError, segment},
    model::{Address, Kind, Resource, Schedule},
    path::Path,
    plan::Obstacle,
    provider::{Scope, stratus::wire::TimeFrame},
    text::look_alike,
};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};

/// Where the time frames of an extension lie, or those of the whole domain.
pub fn owner(extension: Option<&str>) -> String {
    extension.map(|extension| format!("/users/{}", segment(extension))).unwrap_or_default()
}

/// To whom a declared schedule belongs.
fn said(scope: &Scope, name: &str) -> Option<String> {
    match scope.wanted.get(&Address::new(Kind::Schedules, name)) {
        Some(Resource::Schedule(Schedule { extension, .. })) => extension.as_ref().map(ToString::to_string),
        _ => None,
    }
}

/// A frame read by itself, with all of its entries.
pub async fn whole_frame(api: Api<'_>, owner: &str, listed: &TimeFrame) -> Result<TimeFrame, ApiError> {
    let rest = format!("{owner}/timeframes/{}", segment(listed.timeframe_id.as_str()));
    api.object(&rest, &format!("schedule `{}`", listed.timeframe_name.as_str())).await
}

/// Reads each of these frames by itself of which the list shows no hours, or nothing at all: that is not yet a frame
/// without any (FACTS stratus/readings-14).
pub async fn whole_frames(
    api: Api<'_>,
    owner: &str,
    frames: &mut [TimeFrame],
    wanted: impl Fn(&str) -> bool,
) -> Result<(), ApiError> {
    let mut reads = Vec::new();
    for frame in frames.iter_mut().filter(|frame| frame.is_bare() && wanted(frame.timeframe_name.as_str())) {
        reads.push(async move {
            *frame = whole_frame(api, owner, frame).await?;
            Ok(())
        });
    }
    stream::iter(reads).buffered(api.http.concurrency()).try_collect().await
}

/// Those of single extensions that the files are about: schedules that say their extension, those that a rule of an extension names and the
/// domain does not have, and those that are to go or to be made and that the domain does not have, wherever they are.
pub async fn read(
    api: Api<'_>,
    live: &DomainData,
    scope: &Scope,
) -> Result<Vec<(String, TimeFrame)>, ApiError> {
    let shared: BTreeSet<&str> = live.frames.iter().map(|frame| frame.timeframe_name.as_str()).collect();
    let people: BTreeSet<&str> = live.users.iter().map(|user| user.user.as_str()).collect();
    // Who answers is a person: queues and menus have no schedules.
    let persons: Vec<&str> = live
        .users
        .iter()
        .filter(|user| !user.service_code.as_str().starts_with("system"))
        .map(|user| user.user.as_str())
        .collect();
    if scope.everything {
        let people: Vec<String> = everything::people(live).map(ToString::to_string).collect();
        return of_each(api, people.into_iter().map(|extension| (extension, None)).collect()).await;
    }
    let mut wanted: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let schedules = |all: &mut dyn Iterator<Item = &Address>| -> Vec<String> {
        let schedules = all.filter(|address| address.kind == Kind::Schedules);
        schedules.map(|address| address.key.clone()).collect()
    };
    let declared = schedules(&mut scope.declared.iter());
    let absent = schedules(&mut scope.absent.iter());
    for name in &declared {
        if let Some(extension) = said(scope, name).filter(|it| people.contains(it.as_str())) {
            wanted.entry(extension).or_default().insert(name);
        }
    }
    for (extension, rules) in &live.rules {
        let named = |name: &&String| rules.iter().any(|rule| rule.time_frame.as_str() == name.as_str());
        let own = declared.iter().filter(|name| !shared.contains(name.as_str())).filter(named);
        let own: Vec<&str> = own.map(String::as_str).collect();
        if !own.is_empty() {
            wanted.entry(extension.clone()).or_default().extend(own);
        }
    }
    for (address, object) in &scope.wanted {
        let Resource::Rules(rules) = object else { continue };
        let is_used = |name: &&String| rules.order.iter().flatten().any(|rule| rule.when == name.as_str());
        let own = declared.iter().filter(|name| !shared.contains(name.as_str())).filter(is_used);
        let own: Vec<&str> = own.map(String::as_str).collect();
        if !own.is_empty() && people.contains(address.key.as_str()) {
            wanted.entry(address.key.clone()).or_default().extend(own);
        }
    }
    for name in absent.iter().filter(|name| !shared.contains(name.as_str())) {
        for extension in &persons {
            wanted.entry((*extension).to_owned()).or_default().insert(name);
        }
    }
    let mut found = of_each(api, named(&wanted)).await?;
    // What would be made has a name that nobody has, whatever rules name it (FACTS stratus/frames-3): each person is asked.
    let is_found = |name: &str| found.iter().any(|(_, frame)| frame.timeframe_name.as_str() == name);
    let made = schedules(&mut scope.wanted.keys());
    let made: BTreeSet<&str> = made
        .iter()
        .map(String::as_str)
        .filter(|name| !shared.contains(name) && !is_found(name))
        .filter(|name| !shared.iter().any(|it| look_alike(it, name)))
        .collect();
    if !made.is_empty() {
        let is_asked =
            |extension: &str, name: &&str| wanted.get(extension).is_some_and(|names| names.contains(name));
        let rest = persons.iter().filter_map(|extension| {
            let names: BTreeSet<&str> =
                made.iter().filter(|name| !is_asked(extension, name)).copied().collect();
            (!names.is_empty()).then(|| ((*extension).to_owned(), names))
        });
        found.extend(of_each(api, named(&rest.collect())).await?);
    }
    Ok(found)
}

/// The names that are asked for, by extension.
fn named(wanted: &BTreeMap<String, BTreeSet<&str>>) -> BTreeMap<String, Option<BTreeSet<String>>> {
    let owned = |names: &BTreeSet<&str>| names.iter().map(|name| (*name).to_owned()).collect();
    wanted.iter().map(|(extension, names)| (extension.clone(), Some(owned(names)))).collect()
}

/// The frames of each of these extensions that have one of its names; all of them where there are none.
async fn of_each(
    api: Api<'_>,
    wanted: BTreeMap<String, Option<BTreeSet<String>>>,
) -> Result<Vec<(String, TimeFrame)>, ApiError> {
    let reads = wanted.into_iter().map(async |(extension, names)| {
        let named = |name: &str| names.as_ref().is_none_or(|names| names.contains(name));
        let frames = of(api, &extension, named).await?;
        Ok::<_, ApiError>(frames.into_iter().map(move |frame| (extension.clone(), frame)).collect::<Vec<_>>())
    });
    let mut found: Vec<Vec<(String, TimeFrame)>> =
        stream::iter(reads).buffer_unordered(api.http.concurrency()).try_collect().await?;
    found.sort_by(|a, b| a.first().map(|it| &it.0).cmp(&b.first().map(|it| &it.0)));
    Ok(found.into_iter().flatten().collect())
}

/// The frames of one extension that have these names.
async fn of(
    api: Api<'_>,
    extension: &str,
    is_named: impl Fn(&str) -> bool,
) -> Result<Vec<TimeFrame>, ApiError> {
    let (owner, what) = (owner(Some(extension)), format!("the time frames of extension `{extension}`"));
    let mut named: Vec<TimeFrame> = api.list(&format!("{owner}/timeframes"), &what).await?;
    named.retain(|frame| is_named(frame.timeframe_name.as_str()));
    whole_frames(api, &owner, &mut named, |_| true).await?;
    Ok(named)
}

/// Whether an object is a schedule of one extension.
pub fn is_own(wanted: Option<&Resource>) -> bool {
    matches!(wanted, Some(Resource::Schedule(Schedule { extension: Some(_), .. })))
}

/// The one that an object in scope says, for a read-back.
pub async fn read_one(
    api: Api<'_>,
    name: &str,
    wanted: Option<&Resource>,
) -> Result<Option<(String, TimeFrame)>, ApiError> {
    let Some(Resource::Schedule(Schedule { extension: Some(extension), .. })) = wanted else {
        return Ok(None);
    };
    let extension = extension.to_string();
    let mut frames = of(api, &extension, |it| it == name).await?;
    Ok(frames.pop().map(|frame| (extension, frame)))
}

/// Schedules that would be made with blanks around their names. One that is live has its name, and is used by it.
pub fn misnamed(live: &DomainData, scope: &Scope) -> Vec<Obstacle> {
    if !scope.lists {
        return Vec::new();
    }
    let frames = live.frames.iter().chain(live.own_frames.iter().map(|(_, frame)| frame));
    let names: BTreeSet<&str> = frames.map(|frame| frame.timeframe_name.as_str()).collect();
    let made =
        scope.wanted.keys().filter(|it| it.kind == Kind::Schedules && !names.contains(it.key.as_str()));
    let obstacle = |address: &Address| Obstacle {
        address: address.clone(),
        field: None,
        code: "unsupported",
        message: format!("a new time frame cannot be called `{}`", address.key),
        help: "write a name without spaces around it",
    };
    // One that only seems to be there is said as such.
    let is_new = |it: &&Address| !names.iter().any(|name| look_alike(name, &it.key));
    made.filter(|it| it.key.trim() != it.key).filter(is_new).map(obstacle).collect()
}

/// Why a schedule cannot be managed whose live one belongs to somebody else than the file says. `owner` is none for one of
/// the whole account.
pub fn obstacles(scope: &Scope, address: &Address, owner: Option<&str>) -> Vec<Obstacle> {
    let name = &address.key;
    let obstacle = |field: &str, message: String, help| Obstacle {
        address: address.clone(),
        field: Some(Path::from([field])),
        code: "own-schedule",
        message,
        help,
    };
    match (said(scope, name), owner) {
        (None, None) => Vec::new(),
        // Nobody else of the file uses it: it is the one that is meant.
        (None, Some(extension)) if !others_use(scope, name, extension) => Vec::new(),
        (None, Some(extension)) => {
            let fields = ["weekly", "dates", "monthly", "yearly", "holidays", "other"];
            let message = format!("schedule `{name}` belongs to extension `{extension}` alone");
            let help =
                "rules of other extensions cannot use it: make one for the whole account under another name";
            fields.map(|field| obstacle(field, message.clone(), help)).into()
        }
        (Some(said), Some(extension)) if said == extension => Vec::new(),
        (Some(said), owner) => {
            let owner = owner.map_or("the whole account".to_owned(), |it| format!("extension `{it}`"));
            let message = format!("schedule `{name}` belongs to {owner}, not to extension `{said}`");
            let help = "a schedule is not moved: write its owner, or make one of another name";
            vec![obstacle("extension", message, help)]
        }
    }
}

/// What cannot be written into a frame of which nobody knows whether it is always active or never: its hours are shown as
/// not understood, and its other fields would take them away.
pub fn of_no_type(address: &Address, shown: &str) -> Vec<Obstacle> {
    let obstacle = |field: &str| Obstacle {
        address: address.clone(),
        field: Some(Path::from([field])),
        code: "unreadable-value",
        message: format!("the type of schedule `{}` is `{shown}`, which is not understood", address.key),
        help: "set it in the portal once: until then the schedule stays as it is",
    };
    ["dates", "monthly", "yearly", "holidays", "other"].map(obstacle).into()
}

/// Whether the file has rules of another extension for it.
fn others_use(scope: &Scope, name: &str, owner: &str) -> bool {
    scope.wanted.iter().any(|(address, wanted)| match wanted {
        Resource::Rules(rules) => {
            address.key != owner && rules.order.iter().flatten().any(|rule| rule.when == name)
        }
        _ => false,
    })
}

/// Schedules that the files give to extensions that are not there.
pub fn without_owner(live: &DomainData, scope: &Scope) -> Vec<Obstacle> {
    let known = |extension: &str| live.users.iter().any(|user| user.user.as_str() == extension);
    let schedules = scope.wanted.keys().filter(|address| address.kind == Kind::Schedules);
    let lost = schedules.filter_map(|address| {
        let extension = said(scope, &address.key).filter(|extension| !known(extension))?;
        Some(Obstacle {
            address: address.clone(),
            field: Some(Path::from(["extension"])),
            code: "no-such-extension",
            message: format!("account `{}` has no extension `{extension}`", live.context.domain),
            help: "dialform never creates extensions: create the user in the portal first",
        })
    });
    lost.collect()
}
