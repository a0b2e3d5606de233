//! Carries out steps on schedules.

use super::{
    calendar,
    frames::{owner, whole_frame},
    write::{Writing, touched, unreadable_own},
};
use crate::{
    http::{ApiError, Method, Problem, segment},
    model::{Extension, Schedule},
    plan::Step,
    provider::{
        answer::{conflict, failure},
        stratus::{
            convert::FrameChange,
            frame_type::{ALWAYS, CUSTOM, WEEKLY},
            wire::TimeFrame,
        },
    },
};
use serde_json::{Map, Value, json};

/// The frame as a restore file has it.
fn earlier(step: &Step) -> Result<Option<TimeFrame>, ApiError> {
    let read = step.restored.as_ref().map(|own| serde_json::from_value(own.clone()));
    read.transpose().map_err(|error| unreadable_own(step, &error))
}

impl Writing<'_> {
    pub async fn create_schedule(&self, name: &str, wanted: &Schedule, step: &Step) -> Result<(), ApiError> {
        let earlier = earlier(step)?;
        let change =
            FrameChange { wanted, live: None, earlier: earlier.as_ref(), touched: &|_| true, calendar: &[] };
        let calendar = calendar::entries(self.api, &change.unknown_holidays()).await?;
        let change = FrameChange { calendar: &calendar, ..change };
        let (kind, arrays) = change.whole_earlier().unwrap_or_else(|| {
            let arrays = change.arrays();
            (arrays.frame_type().to_owned(), arrays)
        });
        let kind = kind.as_str();
        let mut body = Map::new();
        body.insert("synchronous".into(), "yes".into());
        body.insert("timeframe-name".into(), name.into());
        body.insert("timeframe-type".into(), kind.into());
        body.extend(arrays.body(kind).into_iter().filter(|(_, entries)| *entries != json!([])));
        let what = format!("creating schedule `{name}`");
        let base = format!("{}/timeframes", owner(wanted.extension.as_ref().map(Extension::as_str)));
        self.send(Method::POST, &base, Value::Object(body), &what).await
    }

    /// Writes every entry the frame is to have, those that stay with them; never renames (FACTS stratus/frames). A frame of
    /// one type that is to hold entries of another becomes `custom` first, which keeps what it has.
    pub async fn update_schedule(&self, name: &str, wanted: &Schedule, step: &Step) -> Result<(), ApiError> {
        let owner = owner(wanted.extension.as_ref().map(Extension::as_str));
        let base = format!("{owner}/timeframes");
        let live = self.frame(&owner, name).await?;
        let what = format!("changing schedule `{name}`");
        let rest = format!("{base}/{}", segment(live.timeframe_id.as_str()));
        let earlier = earlier(step)?;
        let change = FrameChange {
            wanted,
            live: Some(&live),
            earlier: earlier.as_ref(),
            touched: &|field| touched(step, field),
            calendar: &[],
        };
        let calendar = calendar::entries(self.api, &change.unknown_holidays()).await?;
        let arrays = FrameChange { calendar: &calendar, ..change }.arrays();
        let now = live.kind().ok_or_else(|| conflict(step, "of what type it is is not understood"))?;
        let kind = if arrays.fit(now) { now } else { CUSTOM };
        if kind != now {
            // One name of the key is for frames of a domain, the other for those of a user (FACTS stratus/frames-10).
            let mut custom = json!({ "type": CUSTOM, "timeframe-type": CUSTOM });
            // A custom frame does not say that it was always active, so its week is written with it.
            if now == ALWAYS {
                custom["timeframe-days-of-week-array"] = arrays.weekly.clone().into();
            }
            self.send(Method::PUT, &rest, custom, &what).await?;
            self.custom_shows(name, &rest).await?;
        }
        let mut body = arrays.body(kind);
        // A week is replaced with these words alone, in either spelling (FACTS stratus/readings-2). Elsewhere they would
        // keep what has to go.
        if kind == WEEKLY {
            body.insert("update-only".into(), "yes".into());
            body.insert("update_only".into(), "yes".into());
        }
        self.send(Method::PUT, &rest, Value::Object(body), &what).await
    }

    /// Waits until a frame has become `custom`: arrays that come before would be held against the old type
    /// (FACTS stratus/readings-13).
    async fn custom_shows(&self, name: &str, rest: &str) -> Result<(), ApiError> {
        let what = format!("schedule `{name}`");
        let deadline = tokio::time::Instant::now() + self.settle();
        loop {
            let live: TimeFrame = self.api.object(rest, &what).await?;
            if live.kind() == Some(CUSTOM) {
                return Ok(());
            }
            if tokio::time::Instant::now() > deadline {
                let why = "the provider accepted that it become `custom`, but it does not show; its entries were left as \
                           they are"
                    .to_owned();
                return Err(failure(&what, &self.api.path(rest), Problem::Conflict(why)));
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    pub async fn delete_schedule(&self, name: &str, live: &Schedule) -> Result<(), ApiError> {
        let base = format!("{}/timeframes", owner(live.extension.as_ref().map(Extension::as_str)));
        let id = self.listed_frame(&base, name).await?.timeframe_id;
        let rest = format!("{base}/{}", segment(id.as_str()));
        self.delete(&rest, &format!("deleting schedule `{name}`")).await
    }

    /// The frame with its entries, of which a list may leave out some. What is not read is not written again.
    async fn frame(&self, owner: &str, name: &str) -> Result<TimeFrame, ApiError> {
        let listed = self.listed_frame(&format!("{owner}/timeframes"), name).await?;
        if listed.is_bare() || listed.holds_several() {
            return whole_frame(self.api, owner, &listed).await;
        }
        Ok(listed)
    }

    async fn listed_frame(&self, base: &str, name: &str) -> Result<TimeFrame, ApiError> {
        let what = format!("schedule `{name}`");
        let conflict = |why: &str| failure(&what, &self.api.path(base), Problem::Conflict(why.to_owned()));
        let frames: Vec<TimeFrame> = self.api.list(base, &what).await?;
        let mut named = frames.into_iter().filter(|frame| frame.timeframe_name.as_str() == name);
        match (named.next(), named.next()) {
            (Some(frame), None) => Ok(frame),
            (None, _) => Err(conflict("it is gone")),
            (Some(_), Some(_)) => Err(conflict("it exists twice")),
        }
    }
}
