//! A language server: what an editor asks about the files while they are written. It reads files, and asks no phone system.
//!
//! - `frames`: messages on the standard streams
//! - `server`: messages in, answers and diagnostics out
//! - `documents`: what is open, with what is not saved
//! - `position`: lines and characters as editors count them
//! - `diagnostics`: findings, file by file
//! - `site`: what stands at a position, and what that points to
//! - `definition`: where that is declared, and who else points to it
//! - `completion`: declared names where the YAML takes them. `context`: what may stand at a position of a text that need not be whole
//! - `hover`: where a call goes now, or what a key is for. `described`: that from the schema

mod completion;
mod context;
mod definition;
mod described;
mod diagnostics;
mod documents;
mod frames;
mod hover;
mod position;
mod server;
mod site;

pub use server::serve;
