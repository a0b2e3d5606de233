//! The vocabulary: everything a tenant's YAML can say, as types. Pure.
//!
//! The same types describe what is *desired* (fields left out are not managed) and what was *observed* (every
//! field the provider reports is there). They serialise to the words of the YAML, so that a diff, a plan and a
//! message speak the language of the file under review.

mod address;
mod destination;
mod number;
mod queue;
mod reference;
mod resource;
mod rules;
mod schedule;
mod tenant;
mod text;
mod workspace;

pub use address::{Address, Kind};
pub use destination::{Destination, Divert, Diverts};
pub use number::{E164, Forward, Number};
pub use queue::{Agent, Dispatch, Queue};
pub use reference::{Reference, references};
pub use resource::Resource;
pub use rules::{Also, Caller, Callers, Ring, RingTimeout, Ringable, Rule, Rules, Simultaneous, Spam};
pub use schedule::{DateSpan, Day, Moment, MonthDay, Schedule, TimeOfDay, Weekly, Window, YearlySpan};
pub use tenant::{Absent, Exhaustible, Tenant};
pub use text::{DEFAULT_RULE, Extension};
pub use workspace::{Carrier, Guard, HttpCarrier, Limits, ProviderConfig, Secret, WorkspaceFile};
