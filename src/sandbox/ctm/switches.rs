//! What can be switched about this server alone.

use crate::sandbox::notation::{Reading, SwitchError, Switches};

/// The names of the notation.
pub const NAMES: &[&str] = &["strict", "experimental", "next-page", "schedule-id"];

/// What the vendor's texts and its clients say differently.
pub const READINGS: &[Reading] = &[
    Reading::kind("strict:off"),
    Reading::harsh("strict:on"),
    Reading::kind("next-page:url"),
    Reading::harsh("next-page:null"),
    Reading::kind("schedule-id:on"),
    Reading::harsh("schedule-id:off"),
];

/// What they set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Mistakes are refused instead of passed over (FACTS ctm/choices).
    pub strict: bool,
    /// Fields without a documented name are taken and shown instead of dropped (FACTS ctm/choices-6).
    pub experimental: bool,
    /// How a page names its neighbours (FACTS ctm/lists-3).
    pub next_page: NextPage,
    /// The answer to a new schedule holds its id (FACTS ctm/schedules-3: it is documented without).
    pub schedule_id: bool,
}

/// The forms of `next_page` and `previous_page` that clients have met (FACTS ctm/lists-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextPage {
    /// An absolute URL; null where there is no such page.
    Url,
    /// The number of the page; null where there is none.
    Integer,
    /// An absolute URL; `false` where there is no such page.
    False,
    /// Null on every page, whatever follows: only `total_pages` tells.
    Null,
}

impl Settings {
    pub fn read(set: &Switches) -> Result<Self, SwitchError> {
        Ok(Self {
            strict: set.flag("strict", false)?,
            experimental: set.flag("experimental", false)?,
            next_page: set.get("next-page", next_page, NextPage::Url)?,
            schedule_id: set.flag("schedule-id", true)?,
        })
    }
}

fn next_page(text: &str) -> Result<NextPage, &'static str> {
    match text {
        "url" => Ok(NextPage::Url),
        "integer" => Ok(NextPage::Integer),
        "false" => Ok(NextPage::False),
        "null" => Ok(NextPage::Null),
        _ => Err("`url`, `integer`, `false` or `null`"),
    }
}
