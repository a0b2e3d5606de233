//! What happens to a call: who rings from which second, and how it ends. Pure.
//!
//! `SEMANTICS.md` beside this file says it step by step, with the source of each step and an id for what no source says. In here:
//!
//! - [`point`]: what no source says, and which way it is taken
//! - [`state`]: phones, callers, platforms: what a call finds
//! - [`network`]: the tenants as numbers and tables, made once for many calls
//! - [`compile`]: from the types of the YAML to that
//! - [`hours`]: the stretches of time in which a schedule is in force
//! - [`system`]: the phone systems whose ways are known
//! - [`choice`]: what happened before, or a race, decides: every way is gone once
//! - [`walk`]: one call from place to place; `stratus`, `queue`, `deskphone` and `ctm` are its steps
//! - [`ringing`]: several phones ring, until one is lifted
//! - [`timeline`]: what comes of it
//! - [`story`]: the same in words, and [`source`]: the place in the YAML that each step comes from
//! - [`windows`]: the stretches of time in which nothing changes for a call
//! - [`edition`]: the time-zone tables
//! - [`layer`]: what is declared laid over what is live

mod choice;
mod compile;
mod ctm;
mod deskphone;
mod edition;
mod hours;
mod layer;
mod network;
mod point;
mod queue;
mod ringing;
mod source;
mod state;
mod story;
mod stratus;
mod system;
mod timeline;
mod walk;
mod windows;

pub use compile::Config;
pub use edition::{changed, edition};
pub use hours::{Seconds, around};
pub use layer::layered;
pub use network::{Network, NumberId, SiteId, Target};
pub use point::{Assumptions, Point, Points};
pub use state::{Caller, Given, Phone, Platform};
pub use system::System;
pub use timeline::{End, Hop, Place, Ringing, Timeline, Verdict, Why};
pub use walk::Call;
