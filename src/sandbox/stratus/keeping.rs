//! How this server keeps rules, lists, queues and agents, where the vendor's texts and its clients disagree
//! (FACTS stratus/readings).

use crate::sandbox::notation::{SwitchError, Switches};

/// Where deleted rules are kept, by user.
pub const LINGERING: &str = "lingering-rules";

/// What the switches set.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// A deleted rule stays in lists and keeps its name, and is 404 by itself (FACTS stratus/readings-4).
    pub lingering_rules: bool,
    /// The name of a deleted time frame stays taken (FACTS stratus/frames-3).
    pub lingering_frames: bool,
    /// A `PUT` of a rule takes away the features that it does not name (FACTS stratus/readings-5).
    pub whole_rules: bool,
    /// Rules neither show nor take the lists of callers (FACTS stratus/readings-6).
    pub lists_apart: bool,
    /// Number filters do not show them either: this build lacks the path to read them.
    pub lists_hidden: bool,
    /// A new queue gets its dial rule by itself (FACTS stratus/readings-10).
    pub alias_made: bool,
    /// The agents of a deleted queue stay (FACTS stratus/readings-12).
    pub orphan_agents: bool,
    /// A new user without a mail address, a new queue without a domain are refused (FACTS stratus/readings-9).
    pub long_bodies: bool,
    /// An agent that is an extension is listed as that extension's device (FACTS stratus/readings-11).
    pub sip_agents: bool,
    /// Whether it takes settings that it shows of whoever makes an object (FACTS stratus/readings-17).
    pub extra_settings: ExtraSettings,
    /// Numbers have ten digits in lists and paths (FACTS stratus/readings-7).
    pub ten_digits: bool,
}

impl Keeping {
    pub fn read(set: &Switches) -> Result<Self, SwitchError> {
        Ok(Self {
            lingering_rules: set.flag("soft-delete", true)?,
            lingering_frames: set.flag("soft-delete-frames", false)?,
            whole_rules: set.get("rule-put", whole, true)?,
            lists_apart: set.get("caller-lists", caller_lists, CallerLists::Rule)? != CallerLists::Rule,
            lists_hidden: set.get("caller-lists", caller_lists, CallerLists::Rule)? == CallerLists::Hidden,
            alias_made: set.get("queue-alias", made, false)?,
            orphan_agents: set.flag("orphan-agents", true)?,
            long_bodies: set.get("short-bodies", refused, true)?,
            sip_agents: set.get("agent-ids", sip, false)?,
            extra_settings: set.get("extra-settings", extra_settings, ExtraSettings::Taken)?,
            ten_digits: set.get("number-keys", ten, false)?,
        })
    }
}

fn whole(text: &str) -> Result<bool, &'static str> {
    either(text, ["whole", "merge"]).ok_or("`whole` or `merge`")
}

/// Where the lists of callers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CallerLists {
    Rule,
    Filters,
    Hidden,
}

fn caller_lists(text: &str) -> Result<CallerLists, &'static str> {
    match text {
        "rule" => Ok(CallerLists::Rule),
        "filters" => Ok(CallerLists::Filters),
        "hidden" => Ok(CallerLists::Hidden),
        _ => Err("`rule`, `filters` or `hidden`"),
    }
}

fn made(text: &str) -> Result<bool, &'static str> {
    either(text, ["made", "missing"]).ok_or("`made` or `missing`")
}

fn refused(text: &str) -> Result<bool, &'static str> {
    either(text, ["refused", "taken"]).ok_or("`refused` or `taken`")
}

fn sip(text: &str) -> Result<bool, &'static str> {
    either(text, ["sip", "user"]).ok_or("`sip` or `user`")
}

fn ten(text: &str) -> Result<bool, &'static str> {
    either(text, ["10", "11"]).ok_or("`10` or `11`")
}

/// When a server takes a setting that it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtraSettings {
    Taken,
    /// Not before the object is there.
    Later,
    /// Never: whoever asks may not write it.
    Refused,
}

fn extra_settings(text: &str) -> Result<ExtraSettings, &'static str> {
    match text {
        "taken" => Ok(ExtraSettings::Taken),
        "later" => Ok(ExtraSettings::Later),
        "refused" => Ok(ExtraSettings::Refused),
        _ => Err("`taken`, `later` or `refused`"),
    }
}

/// Whether it is the first of the two words.
fn either(text: &str, [yes, no]: [&str; 2]) -> Option<bool> {
    (text == yes).then_some(true).or((text == no).then_some(false))
}
