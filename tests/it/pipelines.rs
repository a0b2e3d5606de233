//! Ready-made pipelines, run: a workflow of GitHub Actions is read and its steps are executed, with git and bash and without the
//! host.
//!
//! - `workflow`, `triggers`: the file; `checks`: what the host refuses of it, and what it would silently take for empty
//! - `value`, `syntax`, `scope`: expressions
//! - `runner`: the host with its repository and its runs; `jobs`, `job`, `process`: a run, a job, a step
//! - `action`: what `uses` names; `checkout`, `artifacts`: GitHub's own that are emulated
//! - `injections`: scripts into which text of strangers is written
//! - `gitlab`: pipelines of GitLab CI
//! - `self_tests`: that the above does as GitHub documents
//!
//! Whatever is not known here panics: a pipeline must not pass because half of it was overlooked.

mod action;
mod artifacts;
mod checkout;
mod checks;
pub mod gitlab;
mod injections;
mod job;
mod jobs;
mod process;
mod runner;
mod scope;
mod self_tests;
mod syntax;
mod triggers;
mod value;
mod workflow;

pub use injections::injections;
pub use runner::{Artifact, Conclusion, Event, JobResult, Run, RunResult, Runner};
pub use workflow::Permissions;
