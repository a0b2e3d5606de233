//! Reading and writing one account.

mod api;
mod index;
mod live;
mod observe;
mod uses;
mod write;

pub use observe::CtmReader;
pub use write::CtmWriter;

/// The name of the one endpoint.
pub const API: &str = "api";
