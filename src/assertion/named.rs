//! Names in an assertion that nothing has: a slip in one would make it true of every call, or of none.

use crate::{
    explained::Explained,
    flow::{Network, SiteId},
    model::{E164, EndWords, Expect, Never, Spot},
    path::Segment,
    text::closest,
};

/// The first name that nothing has, and where in an assertion it stands.
pub fn misnamed(network: &Network, home: SiteId, expect: &Expect) -> Option<(Vec<Segment>, Explained)> {
    let Expect { end, passes, never, within: _ } = expect;
    let wrong = |word: &str, at: usize, why: Option<Explained>| {
        Some((vec![Segment::key("expect"), Segment::key(word), Segment::Index(at)], why?))
    };
    let ends = end.iter().flatten().enumerate();
    let ends = ends.map(|(at, words)| wrong("end", at, of_end(network, home, words)));
    let passes = passes.iter().flatten().enumerate();
    let passes = passes.map(|(at, spot)| wrong("passes", at, of_spot(network, home, spot)));
    let never = never.iter().flatten().enumerate().map(|(at, never)| {
        let why = match never {
            Never::Ends(words) => of_end(network, home, words),
            Never::Passes(spot) => of_spot(network, home, spot),
        };
        wrong("never", at, why)
    });
    ends.chain(passes).chain(never).flatten().next()
}

fn of_end(network: &Network, home: SiteId, words: &EndWords) -> Option<Explained> {
    let name = words.name.as_ref()?;
    let thing = match words.word {
        "leaves" => return name.parse::<E164>().err(),
        "answered" => Thing::Party,
        "voicemail" => Thing::Mailbox,
        "waits" => Thing::Queue,
        // Menus, and what nothing declares, have names that only the phone system knows.
        _ => return None,
    };
    of_name(network, home, name, thing)
}

fn of_spot(network: &Network, home: SiteId, spot: &Spot) -> Option<Explained> {
    match spot {
        Spot::Queue(name) => of_name(network, home, name, Thing::Queue),
        Spot::Any(name) => of_name(network, home, name, Thing::Place),
    }
}

/// What a name is of.
#[derive(Clone, Copy)]
enum Thing {
    Party,
    Mailbox,
    Queue,
    /// Somebody, or a queue.
    Place,
}

impl Thing {
    fn noun(self) -> &'static str {
        match self {
            Self::Party | Self::Place => "nothing",
            Self::Mailbox => "no mailbox",
            Self::Queue => "no queue",
        }
    }
}

/// A number may be one that no file has any more; everything else has to be something.
fn of_name(network: &Network, home: SiteId, name: &str, thing: Thing) -> Option<Explained> {
    if name.starts_with('+') {
        return name.parse::<E164>().err();
    }
    let (tenant, own) = name.split_once('/').unwrap_or((network.tenant_name(home), name));
    let is_party = || network.party(tenant, own).is_some();
    let is_queue = || network.queue(tenant, own).is_some();
    let is_there = match thing {
        Thing::Party => is_party(),
        Thing::Mailbox => network.mailbox(tenant, own).is_some(),
        Thing::Queue => is_queue(),
        Thing::Place => is_party() || is_queue(),
    };
    if is_there {
        return None;
    }
    let tenant = network.tenant_name(home);
    let error = Explained::new(format!("{} that tenant `{tenant}` names is called `{name}`", thing.noun()));
    Some(match closest(name, network.names_of(home)) {
        Some(near) if near != name => error.help(format!("did you mean `{near}`?")),
        _ => error.help("no call can come to it: take it out, or write it as its file has it"),
    })
}
