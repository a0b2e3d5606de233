//! From place to place: every place that a call can come to is made once.

use super::{
    accounts::{Phone, Phones},
    plan::{self, Event, Leg, Place, Step, Test},
};
use crate::{
    flow::{Caller, System},
    model::{Circumstances, Destination, E164, Ringable, Route, Tenant},
};
use std::collections::{BTreeMap, BTreeSet};

/// What is configured for one tenant.
#[derive(Debug)]
pub struct Site<'a> {
    pub tenant: &'a Tenant,
    pub system: System,
    /// Whether everything live is in it.
    pub is_whole: bool,
    /// What else is live, where that was read.
    pub circumstances: Option<&'a Circumstances>,
}

impl Site<'_> {
    /// Whether an extension is seen not to be there, or nobody says what it is.
    pub fn is_nobodys(&self, extension: &str) -> bool {
        let (known, tenant) = (self.circumstances, self.tenant);
        known.is_some_and(|it| it.lacks(tenant, extension) || it.is_unclear(tenant, extension))
    }

    /// Whether a phone is of such an extension: nobody can be registered there.
    pub fn lacks_phone(&self, phone: &Ringable) -> bool {
        self.circumstances.is_some_and(|known| match phone {
            Ringable::Extension(it) => known.lacks_phone(self.tenant, it.as_str()),
            Ringable::Device(it) => known.lacks_device(self.tenant, it.as_str()),
            _ => false,
        })
    }
}

/// One instant, and who calls.
pub struct Stage<'a> {
    pub sites: &'a [Site<'a>],
    /// The tenant whose names stand alone.
    pub home: usize,
    /// Whether a schedule of a tenant is in force. None: nobody knows.
    pub in_force: &'a dyn Fn(&str, &str) -> Option<bool>,
    pub caller: &'a Caller,
}

/// What came of it.
#[derive(Debug)]
pub struct Made {
    /// extensions.conf
    pub extensions: String,
    /// queues.conf
    pub queues: String,
    pub phones: Phones,
    /// What the log tells of by its number.
    pub events: Vec<Event>,
    /// What can be dialled.
    pub dialled: Vec<String>,
    /// What the switch does otherwise, or does not know.
    pub notes: BTreeSet<String>,
}

/// What is at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Number(E164),
    Extension(usize, String),
    Phone(usize, String),
    Queue(usize, String),
    Receiver(usize, E164),
    /// Several receiving numbers, of one number.
    Receivers(E164),
    Agent(usize, String),
    Leaves(E164),
    /// In the words of `SEMANTICS.md`, and whether somebody or something lifts there.
    End(String, bool),
    /// A phone outside that nobody stands in for.
    RingsOn,
    /// A step that is taken once for a reason.
    Step(usize, Place),
    /// A phone, how much later it rings, and whether a key is asked of whoever lifts.
    Leg(Phone, u32, bool),
}

pub(super) struct Maker<'a> {
    pub stage: &'a Stage<'a>,
    places: BTreeMap<Key, Place>,
    steps: Vec<Vec<Step>>,
    waiting: Vec<(Place, Key)>,
    reasons: BTreeMap<String, usize>,
    events: Vec<Event>,
    pub phones: Phones,
    pub queues: String,
    pub queue_count: usize,
    pub notes: BTreeSet<String>,
}

/// The dialplan of everything that the numbers and extensions of the tenants lead to.
pub fn make(stage: &Stage<'_>) -> Made {
    let mut maker = Maker {
        stage,
        places: BTreeMap::new(),
        steps: Vec::new(),
        waiting: Vec::new(),
        reasons: BTreeMap::new(),
        events: Vec::new(),
        phones: Phones::default(),
        queues: "[general]\n".to_owned(),
        queue_count: 0,
        notes: BTreeSet::new(),
    };
    let dialled = maker.dialled();
    let the_loop = maker.end("loop", false);
    while let Some((place, key)) = maker.waiting.pop() {
        let steps = maker.build(&key);
        if let Some(it) = maker.steps.get_mut(place.0) {
            *it = steps;
        }
    }
    let Maker { steps, events, phones, queues, notes, .. } = maker;
    Made {
        extensions: plan::text(&steps, &dialled, the_loop),
        queues,
        phones,
        events,
        dialled: dialled.into_iter().map(|(number, _)| number).collect(),
        notes,
    }
}

impl<'a> Maker<'a> {
    pub fn site(&self, site: usize) -> &'a Site<'a> {
        &self.stage.sites[site]
    }

    pub fn place(&mut self, key: Key) -> Place {
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let place = Place(self.steps.len());
        self.steps.push(Vec::new());
        self.places.insert(key.clone(), place);
        self.waiting.push((place, key));
        place
    }

    pub fn say(&mut self, text: String, is_end: bool) -> Step {
        let event = Event { text, is_end };
        let at = self.events.iter().position(|it| *it == event).unwrap_or_else(|| {
            self.events.push(event);
            self.events.len() - 1
        });
        Step::Say(at)
    }

    pub fn once(&mut self, reason: String) -> Step {
        let next = self.reasons.len();
        Step::Once(*self.reasons.entry(reason).or_insert(next))
    }

    /// Where a destination is reached for a reason, once.
    pub fn step(&mut self, reason: String, to: Place) -> Place {
        let next = self.reasons.len();
        let reason = *self.reasons.entry(reason).or_insert(next);
        self.place(Key::Step(reason, to))
    }

    pub fn end(&mut self, text: &str, is_lifted: bool) -> Place {
        self.place(Key::End(text.to_owned(), is_lifted))
    }

    /// What something of a tenant is called.
    pub fn name(&self, site: usize, name: &str) -> String {
        match site == self.stage.home {
            true => name.to_owned(),
            false => format!("{}/{name}", self.site(site).tenant.tenant),
        }
    }

    pub fn mailbox(&mut self, site: usize, name: &str) -> Place {
        if self.site(site).is_nobodys(name) {
            return self.unknown(site, "extension", name);
        }
        let text = format!("voicemail {}", self.name(site, name));
        self.end(&text, true)
    }

    /// Where something is that nobody knows.
    pub fn unknown(&mut self, site: usize, word: &str, name: &str) -> Place {
        let name = self.name(site, name);
        self.end(&format!("unknown {word} {name}"), false)
    }

    /// Whose number it is: whoever routes it, else whoever has a forward for it.
    pub fn owner(&self, number: &E164) -> Option<usize> {
        let sites = self.stage.sites;
        let routes = sites.iter().position(|it| it.tenant.numbers.contains_key(number));
        routes.or_else(|| sites.iter().position(|it| it.tenant.forwards.contains_key(number)))
    }

    /// Where a number of somebody leads.
    pub fn number(&mut self, number: &E164) -> Place {
        match self.owner(number) {
            Some(_) => self.place(Key::Number(number.clone())),
            None => self.place(Key::Leaves(number.clone())),
        }
    }

    /// Where a destination of what belongs to `owner` is.
    pub fn to(&mut self, site: usize, to: &Destination, owner: &str) -> Place {
        match to {
            Destination::Extension(to) => self.place(Key::Extension(site, to.as_str().to_owned())),
            Destination::Phone(to) => self.place(Key::Phone(site, to.as_str().to_owned())),
            Destination::Voicemail(to) => self.mailbox(site, to.as_str()),
            Destination::OwnVoicemail => self.mailbox(site, owner),
            Destination::Queue(to) => self.place(Key::Queue(site, to.clone())),
            Destination::Number(to) => self.number(to),
            Destination::Receiver(to) => self.place(Key::Receiver(site, to.clone())),
            Destination::Agent(to) => self.place(Key::Agent(site, to.clone())),
            Destination::HangUp => self.end("dropped hang_up", false),
            Destination::Attendant(_)
            | Destination::Menu(_)
            | Destination::GeoRouter(_)
            | Destination::SmartRouter(_)
            | Destination::RoutingTable(_)
            | Destination::VoiceBot(_)
            | Destination::DialString(_) => {
                let name = self.name(site, &to.name().unwrap_or_default());
                self.end(&format!("menu {} {name}", to.word()), true)
            }
        }
    }

    /// What phones can dial: every number, and the extensions and queues of the tenant that are numbers.
    fn dialled(&mut self) -> Vec<(String, Place)> {
        let mut all = Vec::new();
        let sites = self.stage.sites;
        let numbers = |it: &'a Site<'a>| it.tenant.numbers.keys().chain(it.tenant.forwards.keys());
        let numbers: BTreeSet<&E164> = sites.iter().flat_map(numbers).collect();
        for number in numbers {
            let place = self.place(Key::Number(number.clone()));
            all.extend([(format!("+{}", number.digits()), place), (number.digits().to_owned(), place)]);
        }
        let home = self.stage.home;
        let tenant = self.site(home).tenant;
        let extensions = tenant.rules.keys().chain(tenant.diverts.keys()).map(|it| it.as_str());
        let names: BTreeSet<&str> = extensions.chain(tenant.queues.keys().map(String::as_str)).collect();
        let is_dialled = |it: &&str| (1..=20).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
        for name in names.into_iter().filter(is_dialled) {
            if !all.iter().any(|(it, _)| it == name) {
                all.push((name.to_owned(), self.place(Key::Extension(home, name.to_owned()))));
            }
        }
        all
    }

    fn build(&mut self, key: &Key) -> Vec<Step> {
        match key {
            Key::Number(number) => self.build_number(number),
            Key::Extension(site, name) => self.build_extension(*site, name),
            Key::Phone(site, name) => self.build_phone(*site, name),
            Key::Queue(site, name) => self.build_queue(*site, name),
            Key::Receiver(site, number) => self.build_receiver(*site, number),
            Key::Receivers(number) => self.build_receivers(number),
            Key::Agent(site, name) => self.build_agent(*site, name),
            Key::Leaves(number) => {
                let say = self.say(format!("leaves {number}"), true);
                let account = self.phones.account(Phone::Outside(number.clone()));
                vec![say, Step::DialIfThere(account), Step::Answer, Step::Beep, Step::Wait(30)]
            }
            Key::End(text, true) => {
                let say = self.say(text.clone(), true);
                vec![say, Step::Answer, Step::Beep, Step::Wait(30)]
            }
            Key::End(text, false) => vec![self.say(text.clone(), true), Step::HangUpBusy],
            Key::RingsOn => vec![Step::Ringing, Step::Wait(7200)],
            Key::Step(reason, to) => vec![Step::Once(*reason), Step::Goto(*to)],
            Key::Leg(phone, delay, is_confirmed) => self.build_leg(phone, *delay, *is_confirmed),
        }
    }

    fn build_number(&mut self, number: &E164) -> Vec<Step> {
        let Some(site) = self.owner(number) else { return vec![Step::HangUpBusy] };
        let Site { tenant, system, .. } = self.site(site);
        let say = self.say(format!("a call comes in at {number}"), false);
        let once = self.once(format!("number {number}"));
        let active = tenant.forwards.get(number).filter(|it| *system == System::Stratus && it.is_active());
        let to = match (active, tenant.numbers.get(number).and_then(|it| it.route.as_ref())) {
            (Some(forward), _) => match &forward.to {
                Some(to) => self.number(to),
                None => self.end(&format!("unknown number {number}"), false),
            },
            (None, Some(Route::To(to))) => self.to(site, to, &number.to_string()),
            (None, Some(Route::Receivers(_))) => self.place(Key::Receivers(number.clone())),
            (None, None) => self.end(&format!("unknown number {number}"), false),
        };
        vec![say, once, Step::Goto(to)]
    }

    /// One of several phones. An outside number that nobody stands in for rings on.
    fn build_leg(&mut self, phone: &Phone, delay: u32, is_confirmed: bool) -> Vec<Step> {
        let wait = Step::Wait(delay);
        if let Phone::Outside(number) = phone
            && self.owner(number).is_some()
        {
            return vec![wait, Step::Goto(self.place(Key::Number(number.clone())))];
        }
        let account = self.phones.account(phone.clone());
        let dial = Step::Dial { legs: vec![Leg::Phone(account.clone())], seconds: None, is_confirmed };
        let mut steps = vec![wait, dial, Step::HangUpAsDialled];
        if matches!(phone, Phone::Outside(_)) {
            let rings_on = self.place(Key::RingsOn);
            steps.insert(1, Step::GotoIf(Test::Gone(vec![account]), rings_on));
        }
        steps
    }

    /// What is dialled for a phone of several.
    pub fn leg(&mut self, phone: Phone, delay: u32, is_confirmed: bool) -> Leg {
        Leg::Local(self.place(Key::Leg(phone, delay, is_confirmed)))
    }
}
