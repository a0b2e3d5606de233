//! Assertions about calls: what has to be true, held against what the configuration says. Pure.
//!
//! - `times`: the instants at which a call is judged: one for each set of schedules in force
//! - `judge`: every course of a call against what is expected of it
//! - `named`: names in an assertion that nothing has
//! - `coverage`: what of the configuration no assertion comes to
//! - `suggest`: assertions that hold what is true today

mod coverage;
mod judge;
mod named;
mod suggest;
mod times;

pub use coverage::{Coverage, Item, Sort, Tally};
pub use judge::{Judged, judge};
pub use named::misnamed;
pub use suggest::{Epoch, Suggestion, suggest};
pub use times::{Moment, moments, never};
