//! dialform: call routing as code. The map, in reading order.
//!
//! Pure, values in and values out:
//!
//! - [`finding`]: what is wrong with an input, and where
//! - [`path`]: the way to a value in a file or an object, segment by segment
//! - [`text`]: words for people
//! - [`page`]: the one way in which words reach people, whoever wrote them
//! - [`explained`]: why something cannot be done, and the way out
//! - [`model`]: the vocabulary of the YAML as types, desired and observed alike
//! - [`lint`]: checks of what is written, one file each
//! - [`codes`]: every code that a finding can have, explained
//! - [`diff`]: a desired object against an observed one, field by field
//! - [`plan`]: desired and observed state to a plan: ownership, order, guard, digest
//! - [`emergency`]: the emergency forwards there are, and which of them a command switches
//! - [`outcome`]: how the steps of a plan ended
//! - [`import`]: what is live in an account, as the objects of a file that declare it
//! - [`emit`]: values as YAML that people keep
//! - [`flow`]: what happens to a call: who rings from which second, and how it ends
//! - [`experience`]: what callers notice of a plan, in sentences
//! - [`assertion`]: what has to be true of calls, held against that; what no assertion comes to
//! - [`switch`]: the same on a phone switch of this machine, as the files of its configuration
//! - [`report`]: answers: who points to something, where everything goes, how two tenants differ, what a call comes to
//! - [`picture`]: call flows as people draw them, as SVG, Mermaid and HTML
//! - [`render`]: findings, plans and outcomes as text, Markdown and JSON, on a page
//!
//! At the edges:
//!
//! - [`aside`]: a thread beside that of a run, for what may not wait for it
//! - [`cores`]: work on all cores of the machine
//! - [`file`]: plain files of a workspace, read and written where links lead nowhere else
//! - [`git`]: asking git, and running nothing that a pull request can bring
//! - [`load`]: YAML files to tenants with source places; the only reader of configuration files
//! - [`edit`]: changes of single places in a file, with every other byte left alone
//! - [`secret`]: credentials, and what else the environment says; the only reader of the environment
//! - [`http`]: the only way to the phone systems: timeouts, retries, pacing, a client for reading that cannot write
//! - [`provider`]: the boundary to the phone systems, one directory each
//! - [`apply`]: carries out a plan and reads back until it is true
//! - [`restore`]: what was live before an apply, on disk, and as the desired state of the next plan
//! - [`forge`]: the host of the repository: pull requests, their comments, issues, and who may approve
//! - [`lock`]: one apply at a time on each account, on this machine and on others
//! - [`sandbox`]: the phone systems emulated over HTTP on loopback
//! - [`run`]: the engine as a library: check, plan, apply, import
//! - [`lsp`]: a language server: what an editor asks of the files while they are written
//! - [`cli`]: the commands: arguments, streams, progress
//! - [`error`]: how a run ends
//! - [`guide`]: pages for people, here and as `dialform help TOPIC`
//!
//! Data flows one way: `load → model → lint, plan → apply → provider → http`; `run` strings them together; `render` and
//! `cli` look at results.
//! `tests/it/architecture/rooms.rs` holds all this as one table: what each room may name, and what of the world it may touch.
//!
//! [`file`]: mod@file

pub mod apply;
pub mod aside;
pub mod assertion;
pub mod cli;
pub mod codes;
pub mod cores;
pub mod diff;
pub mod edit;
pub mod emergency;
pub mod emit;
pub mod error;
pub mod experience;
pub mod explained;
pub mod file;
pub mod finding;
pub mod flow;
pub mod forge;
pub mod git;
pub mod guide;
pub mod http;
pub mod import;
pub mod lint;
pub mod load;
pub mod lock;
pub mod lsp;
pub mod model;
pub mod outcome;
pub mod page;
pub mod path;
pub mod picture;
pub mod plan;
pub mod provider;
pub mod render;
pub mod report;
pub mod restore;
pub mod run;
pub mod sandbox;
pub mod secret;
pub mod switch;
pub mod text;
