//! dialform: call routing as code. The map, in reading order:
//!
//! - [`finding`]: what is wrong with an input, and where
//! - [`sandbox`]: the phone systems emulated over HTTP on loopback

pub mod finding;
pub mod sandbox;
