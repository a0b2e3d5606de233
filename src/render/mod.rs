//! Findings, plans and outcomes for people. Pure functions to a [`Page`](crate::page::Page), which makes everybody's words showable.
//!
//! Text is written with colours; who owns the stream takes them out where they do not belong (`NO_COLOR`, no
//! terminal). Nothing is said by colour alone.

mod by_hand;
mod check;
mod checked;
mod coming_true;
mod csv;
mod drill;
mod emergency;
pub mod events;
mod experience;
mod findings;
mod fit;
mod groups;
mod html;
mod import;
pub mod json;
mod markdown;
mod notes;
mod outcome;
mod plan;
mod providers;
mod rehearsal;
mod report;
mod show;
mod tested;
mod trace;
mod value;
mod xlsx;
mod xml;
mod zones;

pub use by_hand::{checklist, checklist_markdown};
pub use check::{check, check_markdown};
pub use checked::{Program, checked};
pub use coming_true::ComingTrue;
pub use csv::csv;
pub use drill::{Command, drill};
pub use emergency::{emergency_choice, emergency_outcome, emergency_status};
pub use findings::{failure_markdown, findings, findings_markdown};
pub use html::{Picture, Pictures, plan_html};
pub use import::import;
pub use markdown::{COMMENT, LEAST, Look, outcomes_markdown, plan_markdown};
pub use notes::undeclared_extensions;
pub use outcome::{already, applied, outcome, summary};
pub use plan::plan;
pub use providers::{providers, providers_json, providers_markdown};
pub use rehearsal::{rehearsal, told};
pub use report::{comparison, pointers};
pub use show::show;
pub use tested::{below, junit, suggested, tested};
pub use trace::{mermaid, trace, week};
pub use xlsx::xlsx;
pub use zones::zones;

use crate::page::{Painted, Show};
use anstyle::{AnsiColor, Style};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// Text in a style.
fn paint<S: Show>(style: Style, text: S) -> Painted<S> {
    Painted(style, text)
}
