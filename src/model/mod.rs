//! The vocabulary: everything a tenant's YAML can say, as types. Pure.
//!
//! The same types describe what is *desired* (fields left out are not managed) and what was *observed* (every
//! field the provider reports is there). They serialise to the words of the YAML, so that a diff, a plan and a
//! message speak the language of the file under review.

mod address;
mod assertion;
mod baseline;
mod bulk;
mod calendar;
mod circumstances;
mod dates;
mod destination;
mod devices;
pub mod dialling;
mod e164;
mod easter;
mod fields;
mod holidays;
mod limit;
mod meant;
mod monthly;
mod nth;
mod number;
pub mod numbering;
mod own_entry;
pub mod pasted;
mod phone_numbers;
mod queue;
mod receiver;
mod receiver_list;
mod recurrence;
mod recurring;
mod reference;
mod resource;
mod route;
mod rules;
mod said;
mod schedule;
mod secret;
mod shared_file;
mod skeleton;
mod template;
mod tenant;
mod text;
mod until;
mod url;
mod workspace_file;
mod yearly;

pub use address::{Address, Kind};
pub use assertion::{Assertion, AssertionFile, EndWords, Expect, InForce, Never, Spot, When};
pub use baseline::{Baseline, KnownFinding};
pub use bulk::{Bulk, Extensions, OnTop};
pub use calendar::{Day, TimeOfDay, Window};
pub use circumstances::{Circumstances, Unclear};
pub use dates::{DateSpan, Dated, Moment};
pub use destination::{Destination, Divert, Diverts, no_destination};
pub use devices::{devices, is_somebodys, lost_owner};
pub use e164::{E164, PHONE_NUMBER_PATTERN};
pub use easter::{Easter, EasterDay, Year, Years};
pub(crate) use fields::with_fields;
pub use holidays::{Country as HolidayCountry, Holidays, Observe, ObserveOn, Region, Workweek};
pub use limit::Limit;
pub use meant::Means;
pub use monthly::{Monthly, MonthlyDay};
pub use nth::Nth;
pub use number::{Forward, Number};
pub use numbering::Country;
pub use own_entry::OwnEntry;
pub use phone_numbers::{phone_numbers, phone_numbers_that};
pub use queue::{Agent, Dispatch, Queue};
pub use receiver::{DialExtension, NoAnswer, OrOff, Receiver, TaggingHours, Whisper};
pub use receiver_list::{Pattern, Receivers};
pub use recurrence::{CalendarDay, Every, Term, Unit};
pub use recurring::{Recurring, RecurringDay};
pub use reference::{Pointed, Reference, Within, references};
pub use resource::Resource;
pub use route::Route;
pub use rules::{
    Also, Caller, Callers, NUMBER_OR_WORD, Ring, RingTimeout, Ringable, Rule, Rules, Simultaneous, Spam,
};
pub use said::{Said, Whose};
pub use schedule::{Schedule, Weekly};
pub use secret::Secret;
pub use shared_file::SharedFile;
pub use skeleton::Skeleton;
pub use template::{Var, VarPattern, VarType, VarValue};
pub use tenant::{Absent, Exhaustible, Tenant};
pub use text::{DEFAULT_RULE, EXTENSION_PATTERN, Extension};
pub use until::{AT, Clock, Local, THEN, UNTIL, Until, instant_of};
pub use url::ApiUrl;
pub use workspace_file::{
    Guard, LARGEST_FILE_MIB, Limits, LimitsConfig, LintLevel, ProviderKind, SharedLock, WorkspaceFile,
};
pub use yearly::{MonthDay, YearDay, Yearly};
