//! From YAML text to typed values. In reading order:
//!
//! - [`source`]: one file's text; turns byte spans into places (`span`)
//! - [`tree`]: the spanned tree of a file; every scalar keeps its raw text (`scalar`)
//! - `parse`: builds the tree from parser events, within limits (`anchors`: what aliases may come to)
//! - [`layout`]: how a file is written, with its comments
//! - `syntax`: explains what the parser trips over
//! - [`mod@decode`]: typed values from a node, with all findings of one object
//! - `error`: what is wrong with a node, and where in it
//! - `hints`, `synonyms`: what the phone system of a file takes, and the portals' words for it
//! - `head`: what `dialform.yaml` says beside the settings of providers
//! - `workspace`: that and its tenants, from a directory or a git revision. `tenant`: one of them
//! - `part`: the tenants that a run is about, and what those must know of the others. `scan`: a file looked at and not parsed
//! - `files`: where they are read from, a directory or a git revision. `near`: files that are named almost as they are
//! - `batches`: the tenants of a fleet that are loaded one batch after the other
//! - `pieces`: the files of one tenant as one tree
//! - `library`: what tenants take from other files. `template`: what they extend, `vars`: variables of those, `merge`, `forms`:
//!   the tenant's file over it; `shared`: schedules that all can use; `sources`: the files that one tree comes from
//! - `until`: what of a tenant changes by itself, and what it is at an instant
//! - `entry`: the entries of `providers`, each read as its kind says
//! - `showable`, `visible`: which texts of `dialform.yaml` may be shown beside a finding
//! - `assertions`: files of assertions about calls; `expect_change`: at which calls a change is to be noticed
//! - `revision`: the files as git would check them out at a revision
//! - `merge_result`: the files as a merge would have them that nobody has made yet
//! - `trusted`: the `dialform.yaml` of a revision in place of that of the files
//! - `changed`: which tenants' files differ from a revision
//! - `earlier`: what the tenants declared at a revision, as far as it can be read
//! - `history`: what others have merged since the files left a revision
//! - `commit`: which commit last changed lines of a file
//! - `deserializer`, `number`: the serde deserializer below it; the *field* decides what a scalar is

mod anchors;
mod assertions;
mod batches;
mod changed;
mod commit;
pub mod decode;
mod deserializer;
mod earlier;
mod entries;
mod entry;
mod error;
mod expect_change;
mod files;
mod forms;
mod head;
mod hints;
mod history;
pub mod layout;
mod library;
mod merge;
mod merge_result;
mod near;
mod number;
mod parse;
mod part;
mod pieces;
mod revision;
mod scalar;
mod scan;
mod shared;
mod showable;
pub mod source;
mod sources;
mod span;
mod synonyms;
mod syntax;
mod template;
mod tenant;
#[cfg(test)]
mod tests;
pub mod tree;
mod trusted;
mod until;
mod vars;
mod visible;
mod workspace;

pub use assertions::{ASSERTIONS, LoadedAssertions, assertions};
pub use batches::InBatches;
pub use changed::{Changed, changed_since};
pub use commit::{LastChange, commit, commit_of, differs, has_revision, last_change, place_of, way_out};
pub use decode::{decode, decode_at, decode_with};
pub use earlier::Earlier;
pub use entry::{Entry, Kinds};
pub use expect_change::{Expected, expect_change};
pub use files::{Files, Unsaved};
pub use hints::{Anything, Hints};
pub use history::{Commit, Left, Since, left};
pub use library::Proposed;
pub use merge_result::Merge;
pub use part::{About, Part};
pub use revision::Revision;
pub use source::{BASELINE_FILE, WORKSPACE_FILE};
pub use span::Span;
pub use tenant::{LoadedTenant, object_at};
pub use tree::{Node, Tree, Value};
pub use workspace::{Which, Workspace, baseline_of};
