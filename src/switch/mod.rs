//! A phone switch on this machine, Asterisk, as the files of its configuration: what is configured for some tenants, at one
//! instant, for one caller. Pure.
//!
//! - `plan`: the dialplan, whose every word is ours: what people have written stands in none of its lines
//! - `accounts`: who can be registered as a phone
//! - `maker`: from place to place: numbers, destinations, ends
//! - `extension`, `queue`, `receiver`: what happens there, by the steps of `src/flow/SEMANTICS.md`
//! - `config`: the files
//!
//! Which schedules are in force at the instant is decided before; who is registered, who is on a call, who lifts first and
//! whether a queue takes a call is the judgement of the switch.

mod accounts;
mod config;
mod extension;
mod maker;
mod plan;
mod queue;
mod receiver;

pub use accounts::{CALLER, Phone, Phones};
pub use config::{Listen, files};
pub use maker::{Made, Site, Stage, make};
pub use plan::{Event, MARK, heard};
