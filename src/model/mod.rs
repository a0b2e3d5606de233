//! The vocabulary: everything a tenant's YAML can say, as types. Pure.
//!
//! The same types describe what is *desired* (fields left out are not managed) and what was *observed* (every
//! field the provider reports is there). They serialise to the words of the YAML, so that a diff, a plan and a
//! message speak the language of the file under review.

mod address;
mod bulk;
mod calendar;
mod destination;
pub mod dialling;
mod e164;
mod fields;
mod limit;
mod number;
pub mod numbering;
pub mod pasted;
mod phone_numbers;
mod queue;
mod receiver;
mod receiver_list;
mod recurrence;
mod reference;
mod resource;
mod route;
mod rules;
mod schedule;
mod secret;
mod tenant;
mod text;
mod url;
mod workspace_file;

pub use address::{Address, Kind};
pub use bulk::{Bulk, Extensions};
pub use calendar::{Day, TimeOfDay, Window};
pub use destination::{Destination, Divert, Diverts};
pub use e164::E164;
pub(crate) use fields::with_fields;
pub use limit::Limit;
pub use number::{Forward, Number};
pub use numbering::Country;
pub use phone_numbers::phone_numbers;
pub use queue::{Agent, Dispatch, Queue};
pub use receiver::{DialExtension, NoAnswer, OrOff, Receiver, TaggingHours, Whisper};
pub use receiver_list::{Pattern, Receivers};
pub use recurrence::{CalendarDay, Every, MonthDay, Nth, Term, Unit, YearDay, Yearly};
pub use reference::{Reference, references};
pub use resource::Resource;
pub use route::Route;
pub use rules::{
    Also, Caller, Callers, NUMBER_OR_WORD, Ring, RingTimeout, Ringable, Rule, Rules, Simultaneous, Spam,
};
pub use schedule::{DateSpan, Moment, Schedule, Weekly};
pub use secret::Secret;
pub use tenant::{Absent, Exhaustible, Tenant};
pub use text::{DEFAULT_RULE, Extension};
pub use url::ApiUrl;
pub use workspace_file::{Guard, Limits, LimitsConfig, ProviderKind, SharedLock, WorkspaceFile};
