//! Where every number's calls go while something is out, and what a person has to do: the page to print before the storm.

use super::trace::Places;
use crate::{
    finding::Place,
    flow::{Call, Caller, End, Given, Network, Platform, Seconds, SiteId, Target, Verdict},
};
use serde::Serialize;

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
}

/// Whether a caller ends with nobody, nothing and no message.
fn is_lost(verdict: &Verdict) -> bool {
    verdict.timelines.iter().any(|it| matches!(it.end, End::Dropped(_) | End::Loop | End::RingsOn))
}

/// Every number of some tenants in an outage.
pub fn drill(
    network: &Network,
    tenants: &[SiteId],
    outage: &Outage,
    at: Seconds,
    place: Places<'_>,
) -> Vec<TenantDrill> {
    let of_tenant = |site: &SiteId| {
        let numbers = network.numbers().filter(|number| network.tenant_of(*number) == *site);
        let mut numbers: Vec<NumberDrill> = numbers
            .map(|number| {
                let to = Target::Number(number);
                let judge =
                    |given: &Given| network.verdict(&Call { to, at, caller: Caller::Unlisted }, given);
                let words = |verdict: &Verdict| {
                    let mut ends: Vec<String> =
                        verdict.timelines.iter().map(|it| network.end_story(it.end, *site)).collect();
                    ends.dedup();
                    ends
                };
                let usual = Given::new(network);
                let mut out = Given::new(network);
                let usually = judge(&usual);
                let (then, switched) = match outage {
                    Outage::Platform => {
                        let system = network.system_of(number);
                        out.set_platform(system, Platform::Down);
                        let then = judge(&out);
                        out.set_platform(system, Platform::Switched);
                        let switched = judge(&out);
                        let is_other = switched.timelines != then.timelines;
                        (then, is_other.then_some(switched))
                    }
                    Outage::Extensions(names) => {
                        for party in
                            names.iter().filter_map(|name| network.party(network.tenant_name(*site), name))
                        {
                            out.set_phone(party, crate::flow::Phone::Offline);
                        }
                        (judge(&out), None)
                    }
                };
                let ends = |verdict: &Verdict| verdict.timelines.iter().map(|it| it.end).collect::<Vec<_>>();
                let fate = match &switched {
                    Some(switched) if is_lost(&then) && !is_lost(switched) => Fate::ToSwitch,
                    _ if is_lost(&then) => Fate::Lost,
                    _ if ends(&then) == ends(&usually) => Fate::Same,
                    _ => Fate::Moved,
                };
                let tenant = network.tenant_name(*site);
                let name = network.number_text(number).to_owned();
                let section = |section: &str| place(tenant, &[section, &name].into());
                NumberDrill {
                    usually: words(&usually),
                    then: words(&then),
                    switched: switched.as_ref().map(words),
                    fate,
                    place: section("forwards").or_else(|| section("numbers")),
                    number: name,
                }
            })
            .collect();
        numbers.sort_by(|a, b| a.number.cmp(&b.number));
        TenantDrill { tenant: network.tenant_name(*site).to_owned(), numbers }
    };
    tenants.iter().map(of_tenant).collect()
}
