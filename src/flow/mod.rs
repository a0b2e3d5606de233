//! What happens to a call: who rings from which second, and how it ends. Pure.
//!
//! `SEMANTICS.md` beside this file says it step by step, with the source of each step and an id for what no source says. In here:
//!
//! - [`point`]: what no source says, and which way it is taken
//! - [`state`]: phones, callers, platforms: what a call finds
//! - [`network`]: the tenants as numbers and tables, made once for many calls
//! - [`compile`]: from the types of the YAML to that
//! - [`device`]: the devices that a tenant names; [`phones`]: whose they are
//! - [`hours`]: the stretches of time in which a schedule is in force; [`spans`]: lists of such stretches
//! - [`horizon`](mod@horizon): the instants that tables know
//! - [`dated`]: those of its dates, apart from its hours of the week
//! - [`cycle`]: how often they come again
//! - [`system`]: the phone systems whose ways are known
//! - [`choice`]: what happened before, or a race, decides: every way is gone once
//! - [`walk`]: one call from place to place; `stratus`, `queue`, `deskphone` and `ctm` are its steps
//! - [`met`]: what a call has met on its ways
//! - [`ringing`]: several phones ring, until one is lifted
//! - [`timeline`]: what comes of it
//! - [`story`]: the same in words, and [`source`]: the place in the YAML that each step comes from
//! - [`reach`]: everything that a call can come to, whatever it finds
//! - [`possible_circles`]: where calls may come back to; [`back`]: whether they may at all, before tables are made
//! - [`windows`]: the stretches of time in which nothing changes for a call
//! - [`sweep`]: every call at every time and in every state, and what is wrong with any
//! - [`varied`]: the states in which calls are placed
//! - [`noticed`]: what callers notice when one configuration takes the place of another
//! - [`supposed`]: what files leave out, supposed so that calls go on
//! - [`ordinary`]: which of them people mean by "in hours", "out of hours" and "the next holiday"
//! - [`stretch`]: stretches of time and the schedules in force in each
//! - [`course`]: what a course of a call comes by; [`part`]: what of the configuration that is, and what there is of it
//! - [`edition`]: the time-zone tables; [`tables`]: those of another edition
//! - [`drawn`]: the way of calls as people draw it, [`draw`] draws it, [`caption`] has the hours in words
//! - [`layer`]: what is declared laid over what is live

mod back;
mod caption;
mod choice;
mod compile;
mod course;
mod ctm;
mod cycle;
mod dated;
mod deskphone;
mod device;
mod draw;
mod drawn;
mod edition;
mod horizon;
mod hours;
mod layer;
mod met;
mod network;
mod noticed;
mod ordinary;
mod part;
mod phones;
mod point;
mod possible_circles;
mod queue;
mod reach;
mod ringing;
mod source;
pub mod spans;
mod state;
mod story;
mod stratus;
mod stretch;
mod supposed;
mod sweep;
mod system;
mod tables;
mod timeline;
mod varied;
mod walk;
mod windows;

pub use back::WaysBack;
pub use compile::Config;
pub use device::devices_of;
pub use drawn::{Drawing, Edge, Kind, Line, Mark, Node, Sort};
pub use edition::{changed, edition};
pub use horizon::{Horizon, ahead, horizon};
pub use hours::{around, says_no_hours};
pub use layer::layered;
pub use network::{Network, NumberId, PartyId, QueueId, ScheduleId, SiteId, Target};
pub use noticed::{
    Astray, Called, Concerned, Difference, Differing, Names, Noticed, Occasion, Pair, Passage, PassedCalls,
    Shared, SharedNames, Situation, routed,
};
pub use ordinary::{Holiday, Ordinary};
pub use part::{Part, Parts, Unreachable};
pub use point::{Assumptions, Point, Points};
pub use reach::Reach;
pub use spans::{Seconds, are_within, joined};
pub use state::{Caller, Given, Phone, Platform};
pub use stretch::{Stretch, Timetable};
pub use supposed::supposed;
pub use sweep::{Counted, Example, Fault, Found, Round, Swept, conditions_of_diverts, conditions_of_rule};
pub use system::System;
pub use tables::Tables;
pub use timeline::{Dropped, End, Hop, Place, Ringing, Timeline, Verdict, Why};
pub use walk::Call;
