//! What can be switched about this server alone.

use crate::sandbox::notation::{Reading, SwitchError, Switches, rows};

/// The names of the notation.
pub const NAMES: &[&str] = &[
    "strict",
    "experimental",
    "next-page",
    "schedule-id",
    "agent-fallback",
    "country",
    "dial-list",
    "total-agents",
    "receiver-put",
    "schedule-put",
    "queue-get",
    "totals",
    "agents-per-page",
];

/// What the vendor's texts and its clients say differently.
pub const READINGS: &[Reading] = &[
    Reading::kind("strict:off"),
    Reading::harsh("strict:on"),
    Reading::kind("next-page:url"),
    Reading::harsh("next-page:null"),
    Reading::kind("schedule-id:on"),
    Reading::harsh("schedule-id:off"),
    Reading::kind("agent-fallback:shown"),
    Reading::harsh("agent-fallback:hidden"),
    Reading::kind("country:any"),
    Reading::harsh("country:own"),
    Reading::kind("dial-list:both"),
    Reading::kind("dial-list:numbers"),
    Reading::harsh("dial-list:ids"),
    Reading::kind("total-agents:rows"),
    Reading::harsh("total-agents:more"),
    Reading::kind("receiver-put:merge"),
    Reading::harsh("receiver-put:replace"),
    Reading::kind("schedule-put:merge"),
    Reading::harsh("schedule-put:replace"),
    Reading::kind("queue-get:flat"),
    Reading::harsh("queue-get:wrapped"),
    Reading::kind("totals:numbers"),
    Reading::harsh("totals:texts"),
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
    /// What becomes of a call that an agent does not answer is shown beside the route, and a route that is set without it
    /// keeps it; off, it is not shown and lost (FACTS ctm/readings-1).
    pub shows_fallback: bool,
    /// A number is taken only with the country that it has itself, not with any of its calling code
    /// (FACTS ctm/readings-2).
    pub own_country: bool,
    /// What a list of receiving numbers is understood by (FACTS ctm/readings-3).
    pub dial_list: DialList,
    /// The count of agents has more in it than the rows of the list (FACTS ctm/readings-4).
    pub more_agents: bool,
    /// What the body of a change leaves out is emptied: of a receiving number (FACTS ctm/readings-5), of a schedule
    /// (FACTS ctm/readings-6).
    pub replaces_receiver: bool,
    pub replaces_schedule: bool,
    /// A queue that is read by itself stands under `queue`, beside a status (FACTS ctm/readings-7).
    pub wraps_queue: bool,
    /// The numbers of pages and rows of a list are texts (FACTS ctm/readings-8).
    pub text_totals: bool,
    /// Agents of a queue in one page of their list, which says how many there are; 0 is all of them, and nothing said.
    pub agents_per_page: usize,
}

/// How `update_number` finds the receiving numbers of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialList {
    /// By id or by number, whichever is sent.
    Both,
    /// By number: ids are a key that nobody knows.
    Numbers,
    /// By id: a number is made once more although it is there.
    Ids,
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
        let strict = set.flag("strict", false)?;
        Ok(Self {
            strict,
            experimental: set.flag("experimental", false)?,
            next_page: set.get("next-page", next_page, NextPage::Url)?,
            // The strict server leaves out all that it may.
            schedule_id: set.flag("schedule-id", true)? && !strict,
            shows_fallback: set.get("agent-fallback", |it| either(it, ["hidden", "shown"]), false)?,
            own_country: set.get("country", |it| either(it, ["any", "own"]), true)?,
            dial_list: set.get("dial-list", dial_list, DialList::Both)?,
            more_agents: set.get("total-agents", |it| either(it, ["rows", "more"]), false)?,
            replaces_receiver: set.get("receiver-put", |it| either(it, ["merge", "replace"]), false)?,
            replaces_schedule: set.get("schedule-put", |it| either(it, ["merge", "replace"]), true)?,
            text_totals: set.get("totals", |it| either(it, ["numbers", "texts"]), false)?,
            agents_per_page: set.get("agents-per-page", rows, 0)?,
            wraps_queue: set.get("queue-get", |it| either(it, ["flat", "wrapped"]), false)?,
        })
    }
}

/// Whether it is the second of two words.
fn either(text: &str, words: [&'static str; 2]) -> Result<bool, &'static str> {
    let place = words.iter().position(|word| *word == text);
    place.map(|place| place == 1).ok_or(match words {
        ["hidden", _] => "`shown` or `hidden`",
        ["any", _] => "`any` or `own`",
        ["rows", _] => "`rows` or `more`",
        ["flat", _] => "`flat` or `wrapped`",
        ["numbers", _] => "`numbers` or `texts`",
        _ => "`merge` or `replace`",
    })
}

fn dial_list(text: &str) -> Result<DialList, &'static str> {
    match text {
        "both" => Ok(DialList::Both),
        "numbers" => Ok(DialList::Numbers),
        "ids" => Ok(DialList::Ids),
        _ => Err("`both`, `numbers` or `ids`"),
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
