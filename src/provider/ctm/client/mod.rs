//! Reading and writing one account.

mod account_data;
mod api;
mod index;
mod observe;
mod observed;
mod uses;
mod write;
mod write_number;

pub use observe::CtmReader;
pub use write::CtmWriter;

/// The name of the one endpoint.
pub const API: &str = "api";
