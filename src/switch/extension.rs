//! Extensions of Stratus and of Deskphone. Sections 3 and 5 of `SEMANTICS.md`.

use super::{
    accounts::Phone,
    maker::{Key, Maker, Site},
    plan::{Leg, Place, Step, Test},
};
use crate::{
    flow::{Caller, System, devices_of},
    model::{
        self, Callers, DEFAULT_RULE, Destination, Divert, Diverts, E164, Extension, Ring, RingTimeout,
        Ringable, Rules, Simultaneous, Spam,
    },
};

/// How long an extension rings where nothing is declared, and on Deskphone.
const RING: u32 = 60;
const DESKPHONE_RING: u32 = 300;

/// What a list of callers says of one.
enum Sorted {
    Allowed,
    Neither,
    To(Place),
}

/// The part of a rule that counts.
struct InForce<'a> {
    do_not_disturb: bool,
    ring: Option<&'a Simultaneous>,
    forward: &'a Diverts,
}

impl<'a> Maker<'a> {
    pub fn build_extension(&mut self, site: usize, name: &str) -> Vec<Step> {
        let known = self.site(site);
        let Site { tenant, system, is_whole, .. } = known;
        if tenant.queues.contains_key(name) {
            return vec![Step::Goto(self.place(Key::Queue(site, name.to_owned())))];
        }
        let unknown = |maker: &mut Self| vec![Step::Goto(maker.unknown(site, "extension", name))];
        let Ok(extension) = name.parse::<Extension>() else { return unknown(self) };
        let rules = tenant.rules.get(&extension);
        let diverts = tenant.diverts.get(&extension);
        if known.is_nobodys(name) || (rules.is_none() && diverts.is_none() && !is_whole) {
            return unknown(self);
        }
        if *system == System::Deskphone {
            return self.build_deskphone(site, name, diverts);
        }
        let is_allowed = match rules.and_then(|it| it.callers.as_ref()) {
            None => false,
            Some(callers) => match self.sorted(site, name, callers) {
                Sorted::To(place) => return vec![Step::Goto(place)],
                Sorted::Allowed => true,
                Sorted::Neither => false,
            },
        };
        let none = Diverts::default();
        let rule = self.in_force(site, name, rules, diverts.unwrap_or(&none));
        let InForce { do_not_disturb, ring, forward } = rule;
        if let Some(to) = set(forward.always.as_ref()) {
            return vec![Step::Goto(self.forwarded(site, name, "always", to))];
        }
        if do_not_disturb && !is_allowed {
            return vec![Step::Goto(self.mailbox(site, name))];
        }
        self.rings(site, name, rules, ring, forward)
    }

    /// Steps 1 to 3.
    fn sorted(&mut self, site: usize, name: &str, callers: &Callers) -> Sorted {
        let has = |list: &Option<Vec<model::Caller>>, number: &E164| {
            let mut list = list.iter().flatten();
            list.any(|it| matches!(it, model::Caller::Number(it) if it == number))
        };
        match self.stage.caller {
            Caller::Number(number) if has(&callers.allow, number) => Sorted::Allowed,
            Caller::Number(number) if has(&callers.block, number) => {
                Sorted::To(self.end("dropped blocked", false))
            }
            Caller::Anonymous if callers.block_anonymous == Some(true) => {
                Sorted::To(self.end("dropped blocked", false))
            }
            Caller::Spam => match callers.spam {
                Some(Spam::Voicemail) => Sorted::To(self.mailbox(site, name)),
                Some(Spam::Drop) => Sorted::To(self.end("dropped spam", false)),
                _ => Sorted::Neither,
            },
            _ => Sorted::Neither,
        }
    }

    /// Step 4: the rule in force, or the forwards outside any.
    fn in_force<'r>(
        &mut self,
        site: usize,
        name: &str,
        rules: Option<&'r Rules>,
        diverts: &'r Diverts,
    ) -> InForce<'r> {
        for rule in rules.and_then(|it| it.order.as_ref()).into_iter().flatten() {
            let is_default = rule.when == DEFAULT_RULE;
            if rule.enabled && (is_default || self.is_on(site, &rule.when)) {
                let ring = match &rule.ring {
                    Ring::Extension => None,
                    Ring::Simultaneous(several) => Some(several),
                };
                if rule.call_screening {
                    let name = self.name(site, name);
                    self.notes.insert(format!("{name} asks callers for a name: this switch does not"));
                }
                return InForce { do_not_disturb: rule.do_not_disturb, ring, forward: &rule.forward };
            }
            if is_default {
                break;
            }
        }
        InForce { do_not_disturb: false, ring: None, forward: diverts }
    }

    pub fn is_on(&mut self, site: usize, schedule: &str) -> bool {
        let tenant = &self.site(site).tenant.tenant;
        (self.stage.in_force)(tenant, schedule).unwrap_or_else(|| {
            let name = self.name(site, schedule);
            self.notes
                .insert(format!("the hours of schedule {name} are not known: it is taken as not in force"));
            false
        })
    }

    /// Where a forward of an extension or a queue leads, once for each of its conditions.
    pub fn forwarded(&mut self, site: usize, name: &str, why: &str, to: &Destination) -> Place {
        let place = self.to(site, to, name);
        self.step(format!("{site} {why} {name}"), place)
    }

    /// Whether somebody is to be left alone: for a queue.
    pub fn is_red(&mut self, site: usize, extension: &Extension) -> bool {
        let tenant = self.site(site).tenant;
        let none = Diverts::default();
        let rules = tenant.rules.get(extension);
        self.in_force(site, extension.as_str(), rules, &none).do_not_disturb
    }

    /// Steps 7 to 12.
    fn rings(
        &mut self,
        site: usize,
        name: &str,
        rules: Option<&Rules>,
        ring: Option<&Simultaneous>,
        forward: &Diverts,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        let own: Vec<String> =
            std::iter::once(name.to_owned()).chain(devices_of(self.site(site).tenant, name)).collect();
        let accounts: Vec<String> =
            own.iter().map(|it| self.phones.account(Phone::Own(site, it.clone()))).collect();
        if let Some(to) = set(forward.on_call.as_ref()) {
            let to = self.forwarded(site, name, "on_call", to);
            steps.push(Step::GotoIf(Test::OnCall(accounts.clone()), to));
        }
        let unreachable = set(forward.unreachable.as_ref());
        let unreachable = unreachable.map(|to| self.forwarded(site, name, "unreachable", to));
        steps.extend(unreachable.map(|to| Step::GotoIf(Test::Gone(accounts.clone()), to)));
        let seconds = match rules.and_then(|it| it.ring_timeout) {
            None => Some(RING),
            Some(RingTimeout::Seconds(seconds)) => Some(seconds),
            Some(RingTimeout::Unlimited) => None,
        };
        let legs = self.legs(site, name, &accounts, ring);
        let nobody = match set(forward.no_answer.as_ref()) {
            Some(to) => self.forwarded(site, name, "no_answer", to),
            None => self.mailbox(site, name),
        };
        let busy = match set(forward.busy.as_ref()) {
            Some(to) => self.forwarded(site, name, "busy", to),
            None => nobody,
        };
        if !legs.is_empty() {
            let shown = self.name(site, name);
            steps.push(self.say(format!("{shown} rings"), false));
            steps.push(Step::Dial { legs, seconds, is_confirmed: false });
            steps.extend([
                Step::GotoIf(Test::Dialled("BUSY"), busy),
                Step::GotoIf(Test::Dialled("NOANSWER"), nobody),
                Step::GotoIf(Test::Declined, busy),
            ]);
        }
        steps.extend(unreachable.map(|to| Step::GotoIf(Test::Gone(accounts), to)));
        steps.push(Step::Goto(nobody));
        steps
    }

    /// Step 9.
    fn legs(&mut self, site: usize, name: &str, own: &[String], ring: Option<&Simultaneous>) -> Vec<Leg> {
        let phone = |it: &String| Leg::Phone(it.clone());
        let Some(several) = ring else { return own.iter().take(1).map(phone).collect() };
        let mut legs: Vec<Leg> = match (several.all_phones, several.own_extension) {
            (true, _) => own.iter().map(phone).collect(),
            (false, true) => own.iter().take(1).map(phone).collect(),
            (false, false) => Vec::new(),
        };
        let known = self.site(site);
        for also in several.also.iter().filter(|it| !known.lacks_phone(&it.target)) {
            let rung = match &also.target {
                Ringable::Number(number) => Phone::Outside(number.clone()),
                Ringable::Extension(it) | Ringable::Device(it) => Phone::Own(site, it.as_str().to_owned()),
                Ringable::Agent(it) | Ringable::DialString(it) => Phone::Own(site, it.clone()),
            };
            let is_confirmed = several.confirm_external && matches!(rung, Phone::Outside(_));
            if is_confirmed {
                let name = self.name(site, name);
                self.notes.insert(format!(
                    "whoever answers a call to {name} outside presses 1, and hears no question"
                ));
            }
            legs.push(self.leg(rung, also.delay, is_confirmed));
        }
        legs
    }

    /// A phone past its rules.
    pub fn build_phone(&mut self, site: usize, name: &str) -> Vec<Step> {
        if self.site(site).is_nobodys(name) {
            return vec![Step::Goto(self.unknown(site, "extension", name))];
        }
        let tenant = self.site(site).tenant;
        let rules = name.parse().ok().and_then(|it: Extension| tenant.rules.get(&it));
        let seconds = match rules.and_then(|it| it.ring_timeout) {
            None => Some(RING),
            Some(RingTimeout::Seconds(seconds)) => Some(seconds),
            Some(RingTimeout::Unlimited) => None,
        };
        let account = self.phones.account(Phone::Own(site, name.to_owned()));
        let (shown, mailbox) = (self.name(site, name), self.mailbox(site, name));
        let say = self.say(format!("the phone of {shown} rings"), false);
        let dial = Step::Dial { legs: vec![Leg::Phone(account)], seconds, is_confirmed: false };
        vec![say, dial, Step::Goto(mailbox)]
    }

    /// Section 5.
    fn build_deskphone(&mut self, site: usize, name: &str, diverts: Option<&Diverts>) -> Vec<Step> {
        let none = Diverts::default();
        let diverts = diverts.unwrap_or(&none);
        if let Some(to) = set(diverts.always.as_ref()) {
            return vec![Step::Goto(self.forwarded(site, name, "always", to))];
        }
        let account = vec![self.phones.account(Phone::Own(site, name.to_owned()))];
        let dropped = self.end("dropped busy", false);
        let mut to = |why: &str, divert: &Option<Divert>, otherwise: Place| match set(divert.as_ref()) {
            Some(to) => self.forwarded(site, name, why, to),
            None => otherwise,
        };
        let unreachable = to("unreachable", &diverts.unreachable, dropped);
        let busy = to("busy", &diverts.busy, dropped);
        let silent = self.end("dropped no_answer", false);
        let nobody = match set(diverts.no_answer.as_ref()) {
            Some(to) => self.forwarded(site, name, "no_answer", to),
            None => silent,
        };
        let shown = self.name(site, name);
        let legs = account.iter().cloned().map(Leg::Phone).collect();
        vec![
            Step::GotoIf(Test::Gone(account.clone()), unreachable),
            Step::GotoIf(Test::OnCall(account), busy),
            self.say(format!("{shown} rings"), false),
            Step::Dial { legs, seconds: Some(DESKPHONE_RING), is_confirmed: false },
            Step::GotoIf(Test::Dialled("NOANSWER"), nobody),
            Step::Goto(busy),
        ]
    }
}

/// Where a forward leads that is set.
pub(super) fn set(divert: Option<&Divert>) -> Option<&Destination> {
    match divert? {
        Divert::Off => None,
        Divert::To(to) => Some(to),
    }
}
