//! What is the same in two networks: what has one name, whatever its handle.

use crate::flow::{
    network::{Label, MailboxId, Network, Party, PartyId, QueueId, SiteId},
    timeline::{Dropped, End, Timeline, Verdict},
};
use std::collections::HashMap;

/// A name that both networks share.
pub type Shared = u32;

/// The tenant and the name that each stands for. No tenant: an outside number.
#[derive(Debug, Default)]
pub struct SharedNames(Vec<(String, String)>);

impl SharedNames {
    /// As it is called at a tenant.
    pub fn text(&self, shared: Shared, home: &str) -> String {
        match self.0.get(shared as usize) {
            Some((site, name)) if site.is_empty() || site == home => name.clone(),
            Some((site, name)) => format!("{site}/{name}"),
            None => String::new(),
        }
    }
}

/// What is known by a tenant and a name. No tenant: an outside number.
type Key = (u8, String, String);

#[derive(Default)]
struct Table {
    known: HashMap<Key, Shared>,
}

impl Table {
    fn of(&mut self, sort: u8, site: &str, name: &str) -> Shared {
        let next = Shared::try_from(self.known.len()).unwrap_or(Shared::MAX);
        *self.known.entry((sort, site.to_owned(), name.to_owned())).or_insert(next)
    }
}

/// The names of one of some networks.
#[derive(Default)]
pub struct Names {
    pub(super) parties: Vec<Shared>,
    /// By the shared handle.
    by_party: Vec<Option<PartyId>>,
    pub(super) queues: Vec<Shared>,
    pub(super) by_queue: HashMap<Shared, QueueId>,
    mailboxes: Vec<Shared>,
    labels: Vec<Shared>,
}

impl Names {
    /// The handle of one and the same here, if it is known here.
    pub(super) fn own_party(&self, shared: Shared) -> Option<PartyId> {
        self.by_party.get(shared as usize).copied().flatten()
    }

    fn new(network: &Network, table: &mut Table) -> Self {
        let site = |id: SiteId| network.site(id).name.as_str();
        let party = |it: &Party| table.of(0, it.site.map_or("", site), &it.name);
        let parties: Vec<Shared> = network.parties.iter().map(party).collect();
        let queues: Vec<Shared> =
            network.queues.iter().map(|it| table.of(1, site(it.site), &it.name)).collect();
        let mailboxes = network.mailboxes.iter().map(|it| table.of(2, site(it.site), &it.name)).collect();
        let label = |it: &Label| {
            // A number is the same whoever has it.
            let is_number = matches!(it.word, "number" | "receiver");
            table.of(3, if is_number { "" } else { site(it.site) }, &format!("{} {}", it.word, it.name))
        };
        let labels = network.labels.iter().map(label).collect();
        let mut by_party = vec![None; parties.iter().max().map_or(0, |it| *it as usize + 1)];
        for (shared, at) in parties.iter().zip(0..) {
            by_party[*shared as usize] = Some(PartyId(at));
        }
        let by_queue = queues.iter().zip(0..).map(|(shared, at)| (*shared, QueueId(at))).collect();
        Self { parties, by_party, queues, by_queue, mailboxes, labels }
    }

    /// Those of some networks, and what they are.
    pub(super) fn of(networks: &[&Network]) -> (Vec<Self>, SharedNames) {
        let mut table = Table::default();
        let all = networks.iter().map(|network| Self::new(network, &mut table)).collect();
        let mut names: Vec<(String, String)> = vec![Default::default(); table.known.len()];
        for ((_, site, name), shared) in table.known {
            names[shared as usize] = (site, name);
        }
        (all, SharedNames(names))
    }

    pub fn party(&self, party: PartyId) -> Shared {
        self.parties[party.at()]
    }

    pub fn queue(&self, queue: QueueId) -> Shared {
        self.queues[queue.at()]
    }

    fn mailbox(&self, mailbox: MailboxId) -> Shared {
        self.mailboxes[mailbox.at()]
    }

    fn end(&self, end: End) -> HeardEnd {
        match end {
            End::Answered(party) => HeardEnd::Answered(self.party(party)),
            End::Voicemail(mailbox) => HeardEnd::Voicemail(self.mailbox(mailbox)),
            End::Leaves(party) => HeardEnd::Leaves(self.party(party)),
            End::Waits(queue) => HeardEnd::Waits(self.queues[queue.at()]),
            End::Menu(label) => HeardEnd::Menu(self.labels[label.at()]),
            End::RingsOn => HeardEnd::RingsOn,
            End::Dropped(why) => HeardEnd::Dropped(why),
            End::Loop => HeardEnd::Loop,
            End::Unknown(label) => HeardEnd::Unknown(self.labels[label.at()]),
        }
    }

    /// What people notice of one course.
    pub(super) fn heard(&self, course: &Timeline) -> Heard {
        let mut rings: Vec<(u32, u32, Shared)> = course
            .rings
            .iter()
            .map(|it| (it.from, it.until.unwrap_or(u32::MAX), self.party(it.party)))
            .collect();
        rings.sort_unstable();
        rings.dedup();
        Heard { end: self.end(course.end), at: course.at, rings }
    }

    /// What people notice of a call, whichever course it takes.
    pub(super) fn all_heard(&self, verdict: &Verdict) -> Vec<Heard> {
        let mut all: Vec<Heard> = verdict.timelines.iter().map(|it| self.heard(it)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// What people notice of a course of a call: who rings from when to when, how it ends, and when. By which way it goes there
/// nobody hears. Times are milliseconds since it came in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Heard {
    end: HeardEnd,
    at: Option<u32>,
    rings: Vec<(u32, u32, Shared)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum HeardEnd {
    Answered(Shared),
    Voicemail(Shared),
    Leaves(Shared),
    Waits(Shared),
    Menu(Shared),
    RingsOn,
    Dropped(Dropped),
    Loop,
    Unknown(Shared),
}
