//! What happens to a call, as a person would tell it.

use crate::{
    finding::Place,
    flow::{self, Assumptions, Call, Given, Hop, Network, SiteId, Verdict},
    path::Path,
};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde::Serialize;

/// A call, every course that it can take, and what that rests on.
#[derive(Debug, Clone, Serialize)]
pub struct Trace {
    /// The number, extension or queue.
    pub called: String,
    pub tenant: String,
    /// When, in the tenant's zone.
    pub at: String,
    /// What the call finds: `101=offline`. Every other phone rings, and nobody answers.
    pub given: Vec<String>,
    /// Whether the account of the tenant was read. If not, what the files leave out is taken as not set.
    pub is_live: bool,
    /// The edition of the time-zone tables.
    pub edition: &'static str,
    /// What an older edition says otherwise of the zone.
    pub zone_changed: Option<&'static str>,
    pub courses: Vec<Course>,
    pub assumed: Vec<Assumed>,
    /// Whether there are more courses than are shown.
    pub is_cut: bool,
}

/// One course of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Course {
    pub events: Vec<Event>,
    /// In the words of a case: `voicemail 101`.
    pub end: String,
    /// In those of a person.
    pub story: String,
    /// Milliseconds. None: the caller gives up some time.
    pub at: Option<u32>,
}

/// Something that happens on the way. Times are milliseconds since the call came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    pub at: u32,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum What {
    Step {
        step: String,
        /// The tenant and the value in its YAML that says so.
        tenant: String,
        path: Path,
        place: Option<Place>,
    },
    Rings {
        rings: String,
        until: Option<u32>,
    },
}

/// Something that no source says, and which way it is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumed {
    pub id: &'static str,
    pub yes: bool,
    pub says: &'static str,
}

/// A stretch of time in which a call ends in the same ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Window {
    pub from: String,
    pub until: String,
    pub ends: Vec<String>,
    /// Whether there are more ways than were looked at.
    pub is_cut: bool,
}

/// A week, and what it rests on that no source says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Week {
    pub windows: Vec<Window>,
    pub assumed: Vec<Assumed>,
}

/// Where a value of a tenant stands.
pub type Places<'a> = &'a dyn Fn(&str, &Path) -> Option<Place>;

/// Whose names stand alone, and whose clock counts.
#[derive(Debug, Clone)]
pub struct Home {
    pub site: SiteId,
    pub zone: TimeZone,
    pub zone_name: String,
}

impl Home {
    pub fn time(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// An instant as a person reads it.
    pub fn text(&self, at: flow::Seconds) -> String {
        let at = Timestamp::from_second(at).unwrap_or_default();
        self.time(at).strftime("%a %Y-%m-%d %H:%M %Q").to_string()
    }
}

/// What a verdict says of a call.
pub fn trace(
    network: &Network,
    (call, given): (&Call, &Given),
    home: &Home,
    assumed: Assumptions,
    place: Places<'_>,
) -> Trace {
    let verdict = network.verdict(call, given);
    Trace {
        called: network.target_text(call.to, home.site),
        tenant: network.tenant_name(home.site).to_owned(),
        at: home.text(call.at),
        given: Vec::new(),
        is_live: false,
        edition: flow::edition(),
        zone_changed: flow::changed(&home.zone_name),
        courses: courses(network, &verdict, home.site, place),
        assumed: said(verdict.assumed, assumed),
        is_cut: verdict.is_cut,
    }
}

/// What somebody has asked that no source says.
pub fn said(points: flow::Points, assumed: Assumptions) -> Vec<Assumed> {
    let say = |point: flow::Point| {
        let yes = assumed.get(point);
        Assumed { id: point.id(), yes, says: point.says(yes) }
    };
    points.iter().map(say).collect()
}

fn courses(network: &Network, verdict: &Verdict, home: SiteId, place: Places<'_>) -> Vec<Course> {
    let course = |timeline: &flow::Timeline| {
        let step = |hop: &Hop| {
            let (site, path) = network.source(hop);
            let tenant = network.tenant_name(site).to_owned();
            let place = place(&tenant, &path);
            Event { at: hop.at, what: What::Step { step: network.hop_text(hop, home), tenant, path, place } }
        };
        let ring = |ring: &flow::Ringing| Event {
            at: ring.from,
            what: What::Rings { rings: network.party_text(ring.party, home), until: ring.until },
        };
        let mut events: Vec<Event> = timeline.hops.iter().map(step).collect();
        // What leads to a phone stands before its ringing.
        for event in timeline.rings.iter().map(ring) {
            let before = events.partition_point(|it| it.at <= event.at);
            events.insert(before, event);
        }
        Course {
            events,
            end: network.end_text(timeline.end, home),
            story: network.end_story(timeline.end, home),
            at: timeline.at,
        }
    };
    verdict.timelines.iter().map(course).collect()
}

/// The week from an instant on: stretches of time, and how a call ends in each.
pub fn week(network: &Network, call: &Call, given: &Given, home: &Home, assumed: Assumptions) -> Week {
    const WEEK: flow::Seconds = 7 * 24 * 3600;
    let mut windows: Vec<Window> = Vec::new();
    let mut asked = flow::Points::default();
    let text = |at: flow::Seconds| {
        let at = Timestamp::from_second(at).unwrap_or(Timestamp::MAX);
        home.time(at).strftime("%a %Y-%m-%d %H:%M %:z").to_string()
    };
    // Clocks have an end.
    let end = call.at.saturating_add(WEEK).min(Timestamp::MAX.as_second());
    for window in network.windows(call.to, call.at..end) {
        let verdict = network.verdict(&Call { at: window.start, ..call.clone() }, given);
        asked = asked.union(verdict.assumed);
        let mut ends: Vec<String> =
            verdict.timelines.iter().map(|it| network.end_story(it.end, home.site)).collect();
        ends.dedup();
        let is_cut = verdict.is_cut;
        match windows.last_mut().filter(|last| last.ends == ends && last.is_cut == is_cut) {
            Some(last) => last.until = text(window.end),
            None => windows.push(Window { from: text(window.start), until: text(window.end), ends, is_cut }),
        }
    }
    Week { windows, assumed: said(asked, assumed) }
}
