//! The vendor's calendar of holidays (FACTS stratus/frames-16).

use super::{
    api::{Api, present},
    domain_data::DomainData,
};
use crate::{
    http::{ApiError, Problem, segment},
    model::{Address, Holidays, Resource, Schedule},
    path::Path,
    plan::Obstacle,
    provider::{
        Scope,
        answer::{decode, failure},
        stratus::{
            convert::{self, FrameChange},
            wire::{CalendarRow, TimeFrame},
        },
    },
};
use serde::Deserialize;
use serde_json::{Map, Value};

type Entry = Map<String, Value>;

/// Where a holiday is looked up. A country without a region has the holidays of all of its regions.
fn path(holiday: &Holidays) -> String {
    let country = segment(holiday.country.as_str());
    let year = convert::holiday_year(holiday);
    match &holiday.region {
        Some(region) => format!("/holidays/{country}/{}/{year}", segment(region.as_str())),
        None => format!("/holidays/{country}/{year}"),
    }
}

/// What the calendar says of each of these holidays, or why it says nothing.
async fn look_up(
    api: Api<'_>,
    wanted: &[Holidays],
) -> Result<Vec<(Holidays, Result<Entry, String>)>, ApiError> {
    let mut read: Vec<(String, Vec<CalendarRow>)> = Vec::new();
    let mut found = Vec::new();
    for holiday in wanted {
        let path = path(holiday);
        if !read.iter().any(|(known, _)| *known == path) {
            let what = "the holiday calendar";
            // A calendar that is not there has no holidays.
            let answer = present(api.http.get(&path, &[], what).await)?;
            let rows = answer.map(|answer| decode(&answer, what, &path)).transpose()?;
            read.push((path.clone(), rows.unwrap_or_default()));
        }
        let rows = read.iter().find(|(known, _)| *known == path).map(|(_, rows)| rows.as_slice());
        found.push((holiday.clone(), convert::in_calendar(holiday, rows.unwrap_or_default())));
    }
    Ok(found)
}

/// The same for a write: which holidays there are was checked when it was planned.
pub async fn entries(api: Api<'_>, wanted: &[Holidays]) -> Result<Vec<(Holidays, Entry)>, ApiError> {
    let found = look_up(api, wanted).await?.into_iter().map(|(holiday, entry)| match entry {
        Ok(entry) => Ok((holiday, entry)),
        Err(why) => Err(failure("the holiday calendar", &path(&holiday), Problem::Conflict(why))),
    });
    found.collect()
}

/// Declared holidays that are not live yet and that the calendar does not have.
pub async fn missing(api: Api<'_>, data: &DomainData, scope: &Scope) -> Result<Vec<Obstacle>, ApiError> {
    let mut obstacles = Vec::new();
    for (address, wanted) in &scope.wanted {
        let Resource::Schedule(wanted) = wanted else { continue };
        let mut frames = data.frames.iter().chain(data.own_frames.iter().map(|(_, frame)| frame));
        let live = frames.find(|frame| frame.timeframe_name.as_str() == address.key);
        // One that cannot be read is said when it is written.
        let earlier = scope.earlier.get(address).and_then(|own| TimeFrame::deserialize(own).ok());
        for (_, entry) in look_up(api, &new_holidays(wanted, live, earlier.as_ref())).await? {
            let Err(message) = entry else { continue };
            obstacles.push(obstacle(address, message));
        }
    }
    Ok(obstacles)
}

fn new_holidays(wanted: &Schedule, live: Option<&TimeFrame>, earlier: Option<&TimeFrame>) -> Vec<Holidays> {
    FrameChange { wanted, live, earlier, touched: &|_| true, calendar: &[] }.unknown_holidays()
}

fn obstacle(address: &Address, message: String) -> Obstacle {
    Obstacle {
        address: address.clone(),
        field: Some(Path::from(["holidays"])),
        code: "no-such-holiday",
        message,
        help: "write the name as the portal's list of holidays shows it",
    }
}
