//! Reads from and writes to a NetSapiens server, and the carrier port beside it.

mod again;
mod api;
mod calendar;
mod domain_data;
mod everything;
mod frames;
mod observe;
mod observed;
mod part;
mod preconditions;
mod queue_record;
mod queue_start;
mod raw_rule;
mod sent;
mod shown;
mod standing;
mod survey;
mod write;
mod write_again;
mod write_agents;
mod write_frames;
mod write_queue;
mod write_rules;

pub use observe::StratusReader;
pub use write::StratusWriter;

/// The names of the endpoints.
pub const API: &str = "api";
pub const CARRIER: &str = "carrier";
