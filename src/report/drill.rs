//! Where every number's calls go while something is out, and what a person has to do: the page to print before the storm.

use super::trace::Places;
use crate::{
    finding::Place,
    flow::{Call, Caller, End, Given, Network, NumberId, Phone, Platform, Seconds, SiteId, Target, Verdict},
    plan::Clicks,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// What is out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outage {
    /// The phone systems themselves.
    Platform,
    /// The phones of some extensions, of the tenants that have them.
    Extensions(Vec<String>),
}

/// One tenant in an outage.
#[derive(Debug, Clone, Serialize)]
pub struct TenantDrill {
    pub tenant: String,
    /// Whether its account was read, and the files are laid over what is live.
    pub is_live: bool,
    /// Whether its forwards are those that the carrier has stored, and not those of the files.
    pub is_stored: bool,
    pub numbers: Vec<NumberDrill>,
}

/// One number in an outage.
#[derive(Debug, Clone, Serialize)]
pub struct NumberDrill {
    pub number: String,
    /// Where its calls end on an ordinary day, in words.
    pub usually: Vec<String>,
    /// Where they end while it lasts, before anybody has done anything.
    pub then: Vec<String>,
    /// Where they end once stored forwards have been switched on. None: there is nothing to switch.
    pub switched: Option<Vec<String>>,
    /// Whether somebody who switches them on helps callers: who would be lost, or be left with a mailbox, is not.
    pub helps: bool,
    /// What a person clicks for that where no command switches it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_hand: Vec<Clicks>,
    pub fate: Fate,
    /// Where its forward stands, or else its route.
    pub place: Option<Place>,
}

/// What becomes of a number's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// They go where they always go.
    Same,
    /// They go somewhere by themselves.
    Moved,
    /// They are lost until a person switches its forward on.
    ToSwitch,
    /// They have nowhere to go.
    Lost,
    /// What becomes of them is neither declared nor read.
    Unknown,
}

/// Whether a caller may end with nobody and no message. Where phones are answered, whoever waits or hears it ring on waits for
/// nobody.
fn is_lost(network: &Network, verdict: &Verdict) -> bool {
    let is_lost = |end: End| {
        let is_held = matches!(end, End::Dropped(_) | End::Loop | End::RingsOn | End::Waits(_));
        is_held || network.leads_nowhere(end)
    };
    verdict.timelines.iter().any(|it| is_lost(it.end))
}

/// Whether callers end with a person, or outside.
fn is_taken(verdict: &Verdict) -> bool {
    verdict.timelines.iter().all(|it| matches!(it.end, End::Answered(_) | End::Leaves(_)))
}

fn is_known(network: &Network, verdict: &Verdict) -> bool {
    !verdict.is_cut && !verdict.timelines.iter().any(|it| network.is_not_known(it.end))
}

/// What calls find: on an ordinary day every phone is answered after 5 seconds, or else is offline.
struct States {
    usual: Given,
    out: Given,
    /// With the forwards switched on. None: each number by itself, where its platform works.
    switched: Option<Given>,
}

impl States {
    fn of(network: &Network, tenants: &[SiteId], outage: &Outage) -> Self {
        // A device does what its extension does.
        let mut usual = Given::new(network);
        usual.set_others(Phone::Answers(5_000));
        let mut out = usual.clone();
        let mut switched = None;
        match outage {
            Outage::Platform => {
                let mut on = usual.clone();
                out.set_platforms(Platform::Down);
                on.set_platforms(Platform::Switched);
                switched = Some(on);
            }
            Outage::Extensions(names) => {
                let tenants = tenants.iter().map(|site| network.tenant_name(*site));
                let parties = tenants
                    .flat_map(|tenant| names.iter().filter_map(move |name| network.party(tenant, name)));
                parties.for_each(|party| out.set_phone(party, Phone::Offline));
            }
        }
        Self { usual, out, switched }
    }
}

/// Every number of some tenants in an outage.
pub fn drill(
    network: &Network,
    tenants: &[SiteId],
    outage: &Outage,
    at: Seconds,
    place: Places<'_>,
) -> Vec<TenantDrill> {
    let states = States::of(network, tenants, outage);
    let of_tenant = |site: &SiteId| {
        let numbers = network.numbers().filter(|number| network.tenant_of(*number) == *site);
        let mut numbers: Vec<NumberDrill> =
            numbers.map(|number| one(network, *site, number, &states, at, place)).collect();
        numbers.sort_by(|a, b| a.number.cmp(&b.number));
        TenantDrill {
            tenant: network.tenant_name(*site).to_owned(),
            is_live: false,
            is_stored: false,
            numbers,
        }
    };
    tenants.iter().map(of_tenant).collect()
}

fn one(
    network: &Network,
    site: SiteId,
    number: NumberId,
    states: &States,
    at: Seconds,
    place: Places<'_>,
) -> NumberDrill {
    let to = Target::Number(number);
    let judge = |given: &Given| network.verdict(&Call { to, at, caller: Caller::Unlisted }, given);
    let ends = |verdict: &Verdict| verdict.timelines.iter().map(|it| it.end).collect::<BTreeSet<_>>();
    let words =
        |verdict: &Verdict| ends(verdict).into_iter().map(|end| network.end_story(end, site)).collect();
    let is_lost = |verdict: &Verdict| is_lost(network, verdict);
    let is_known = |verdict: &Verdict| is_known(network, verdict);
    let (usually, then) = (judge(&states.usual), judge(&states.out));
    let switched = match &states.switched {
        Some(on) => judge(on),
        None => {
            let mut on = states.out.clone();
            on.switch_forward(number);
            judge(&on)
        }
    };
    let switched = Some(switched).filter(|switched| ends(switched) != ends(&then));
    let helps = switched.as_ref().is_some_and(|switched| {
        let is_rescued = is_lost(&then) && !is_lost(switched) && is_known(switched);
        is_rescued || (is_taken(&usually) && !is_taken(&then) && is_taken(switched))
    });
    let fate = match &switched {
        Some(_) if is_lost(&then) && helps => Fate::ToSwitch,
        _ if ends(&then) == ends(&usually) && is_known(&then) => Fate::Same,
        _ if is_lost(&then) => Fate::Lost,
        _ if !is_known(&then) => Fate::Unknown,
        _ => Fate::Moved,
    };
    let tenant = network.tenant_name(site);
    let name = network.number_text(number).to_owned();
    let section = |section: &str| place(tenant, &[section, &name].into());
    NumberDrill {
        usually: words(&usually),
        then: words(&then),
        switched: switched.as_ref().map(words),
        helps,
        by_hand: Vec::new(),
        fate,
        place: section("forwards").or_else(|| section("numbers")),
        number: name,
    }
}
