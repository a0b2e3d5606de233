//! Where a number's calls end: in hours, out of hours, on the next holiday, in an outage. Phones are answered after 5 seconds.

use crate::flow::{
    Call, Caller, End, Given, Holiday, Network, NumberId, Ordinary, Phone, Platform, Seconds, System, Target,
    Verdict,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

/// Where the calls of one number end. None: there is no such time for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ends {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_hours: Option<Then>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_of_hours: Option<Then>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_holiday: Option<Then>,
    /// In hours, with the phone systems down, before anybody has switched anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outage: Option<Then>,
}

/// How calls end at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Then {
    /// By the clock that is meant, with its offset. Empty: nobody knows when that is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// In words.
    pub ends: Vec<String>,
    /// What would have to be known to say more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_known: Vec<String>,
}

impl Then {
    /// In one line.
    pub fn text(&self) -> String {
        let ends = self.ends.join(", or ");
        let missing = self.not_known.join(", ");
        match (ends.as_str(), missing.as_str()) {
            (_, "") => ends,
            ("", _) => format!("not known: {missing}"),
            _ => format!("{ends} (not known: {missing})"),
        }
    }
}

/// The titles of the columns.
pub const TITLES: [&str; 8] = [
    "in hours",
    "in hours at",
    "out of hours",
    "out of hours at",
    "next holiday",
    "next holiday at",
    "outage",
    "outage at",
];

impl Ends {
    pub fn cells(&self) -> [String; 8] {
        let Self { in_hours, out_of_hours, next_holiday, outage } = self;
        let text = |it: &Option<Then>| it.as_ref().map(Then::text).unwrap_or_default();
        let at = |it: &Option<Then>| it.as_ref().map(|it| it.at.clone()).unwrap_or_default();
        let pair = |it: &Option<Then>| [text(it), at(it)];
        let [[a, b], [c, d], [e, f], [g, h]] =
            [pair(in_hours), pair(out_of_hours), pair(next_holiday), pair(outage)];
        [a, b, c, d, e, f, g, h]
    }
}

/// What of a number is live and nobody has seen.
#[derive(Debug, Clone, Copy)]
pub struct Hidden {
    pub route: bool,
    pub forward: bool,
}

/// Says it of many numbers.
pub struct Judge<'a> {
    network: &'a Network,
    usual: Given,
    out: Given,
    from: Seconds,
}

impl<'a> Judge<'a> {
    /// `from`: the instant from which on it is looked ahead.
    pub fn new(network: &'a Network, from: Seconds) -> Self {
        let usual = Given::everybody(network, Phone::Answers(5_000));
        let mut out = usual.clone();
        out.set_platforms(Platform::Down);
        Self { network, usual, out, from }
    }

    /// `zone` is that of its tenant.
    pub fn ends(&self, number: NumberId, zone: Option<&TimeZone>, hidden: Hidden) -> Ends {
        let network = self.network;
        let to = Target::Number(number);
        let Ordinary { zone, open, closed, holiday, unknown: schedules } =
            network.ordinary(to, zone, self.from);
        let forward = hidden.forward.then(|| "its emergency forward".to_owned());
        // Elsewhere a forward matters in an outage alone.
        let is_taken = network.system_of(number) == System::Stratus;
        let missing = schedules.iter().map(|it| format!("the hours of schedule `{it}`"));
        let missing = missing.chain(hidden.route.then(|| "its route".to_owned()));
        let missing: Vec<String> = missing.chain(forward.clone().filter(|_| is_taken)).collect();
        let site = network.tenant_of(number);
        let judge =
            |given: &Given, at: Seconds| network.verdict(&Call { to, at, caller: Caller::Unlisted }, given);
        let words = |ends: &mut dyn Iterator<Item = End>| {
            let mut ends: Vec<String> = ends.map(|end| network.end_story(end, site)).collect();
            ends.dedup();
            ends
        };
        let then = |verdict: &Verdict, at: Seconds| {
            let mut ends = words(&mut verdict.timelines.iter().map(|it| it.end));
            ends.extend(verdict.is_cut.then(|| "in a way that was not looked at".to_owned()));
            let at = Timestamp::from_second(at).unwrap_or_default().to_zoned(zone.clone());
            Then { at: at.strftime("%a %Y-%m-%d %H:%M %:z").to_string(), ends, not_known: Vec::new() }
        };
        let usual = |at: Seconds| Then { not_known: missing.clone(), ..then(&judge(&self.usual, at), at) };
        // What is not known may go by the clock as well.
        let in_hours = judge(&self.usual, open);
        let unknown = in_hours.timelines.iter().map(|it| it.end).filter(|end| network.is_not_known(*end));
        let unknown = words(&mut unknown.into_iter());
        let nobody_knows = (!unknown.is_empty() || !schedules.is_empty() || hidden.route).then(|| Then {
            ends: unknown,
            not_known: missing.clone(),
            ..Then::default()
        });
        let or_unknown = |it: Option<Then>| it.or_else(|| nobody_knows.clone());
        let outage = match forward {
            None => then(&judge(&self.out, open), open),
            Some(forward) => {
                Then { ends: Vec::new(), not_known: vec![forward], ..then(&judge(&self.out, open), open) }
            }
        };
        let next_holiday = match holiday {
            Holiday::None => None,
            Holiday::At(at) => Some(usual(at)),
            Holiday::Unknown => Some(Then {
                not_known: vec!["on which day it is, which only the provider's calendar has".to_owned()],
                ..Then::default()
            }),
        };
        Ends {
            in_hours: Some(usual(open)),
            out_of_hours: or_unknown(closed.map(usual)),
            next_holiday: or_unknown(next_holiday),
            outage: Some(outage),
        }
    }
}
