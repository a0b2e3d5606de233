//! dialform: call routing as code. The map, in reading order:
//!
//! - [`finding`]: what is wrong with an input, and where

pub mod finding;
