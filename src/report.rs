//! Answers about a workspace and what is live: who points to something, where everything goes, how two tenants differ. Pure.
//!
//! - `target`: what somebody asks about
//! - `pointers`: who points to it
//! - `listing`: every number, queue and extension, and where its calls go
//! - `ends`: where a number's calls end, in hours and else
//! - `drill`: what happens to every number's calls in an outage
//! - `trace`: what happens to a call
//! - `rehearsal`: how a person calls at a switch of this machine
//! - `tested`: assertions about calls, and what they leave untouched
//! - `words`: routing as a person says it
//! - `comparison`: two tenants, field by field

mod comparison;
mod drill;
mod ends;
mod listing;
mod pointers;
mod rehearsal;
mod target;
mod tested;
mod trace;
mod words;
mod zones;

pub use comparison::{Comparison, Difference, compare};
pub use drill::{Fate, NumberDrill, Outage, TenantDrill, drill};
pub use ends::{Ends, Hidden, Judge, Then};
pub use listing::{Cells, Objects, Row, header, rows};
pub use pointers::{Coming, Pointer, Pointers, Side, TenantPointers, coming, declared, live, unread};
pub use rehearsal::Rehearsal;
pub use target::Target;
pub use tested::{Failed, Missing, Outcome, Tallied, Tested, TestedAssertion, Touched, Untouchable};
pub use trace::{Assumed, Course, Event, Home, Trace, Week, What, Window, said, trace, week};
pub use zones::{TenantZones, Zones};
