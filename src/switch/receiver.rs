//! Receiving numbers of CallTrackingMetrics. Section 6 of `SEMANTICS.md`.

use super::{
    accounts::Phone,
    extension::set,
    maker::{Key, Maker},
    plan::{Leg, Step, Test},
};
use crate::model::{Divert, E164, OrOff, Pattern, Receivers, Route};

impl Maker<'_> {
    /// One: it rings for its time, and then its calls go on.
    pub fn build_receiver(&mut self, site: usize, number: &E164) -> Vec<Step> {
        let tenant = self.site(site).tenant;
        let no_answer = tenant.receivers.get(number).and_then(|it| it.no_answer.as_ref());
        let no_answer = no_answer.and_then(OrOff::set);
        let leg: Leg = self.leg(Phone::Outside(number.clone()), 0, false);
        let say = self.say(format!("{number} rings"), false);
        let (seconds, then) = match no_answer {
            Some(it) => {
                let to = Divert::To(it.to.clone());
                let to = set(Some(&to)).map(|to| self.forwarded(site, &number.to_string(), "no_answer", to));
                (Some(it.after), to)
            }
            None => (None, None),
        };
        let then = match then {
            Some(to) => to,
            None if tenant.receivers.contains_key(number) => self.end("dropped busy", false),
            None => self.end(&format!("unknown receiver {number}"), false),
        };
        vec![say, Step::Dial { legs: vec![leg], seconds, is_confirmed: false }, Step::Goto(then)]
    }

    /// Several of one number.
    pub fn build_receivers(&mut self, number: &E164) -> Vec<Step> {
        let Some(site) = self.owner(number) else { return vec![Step::HangUpBusy] };
        let route = self.site(site).tenant.numbers.get(number).and_then(|it| it.route.as_ref());
        let Some(Route::Receivers(Receivers { receivers, pattern })) = route else {
            return vec![Step::HangUpBusy];
        };
        let busy = self.end("dropped busy", false);
        match (receivers.as_slice(), pattern.unwrap_or(Pattern::Simultaneous)) {
            ([], _) => vec![Step::Goto(busy)],
            ([one], _) => vec![Step::Goto(self.place(Key::Receiver(site, one.clone())))],
            ([first, ..], Pattern::RoundRobin | Pattern::LeastConnected) => {
                self.notes
                    .insert(format!("{number} rings any one of its receiving numbers: here it is the first"));
                vec![Step::Goto(self.place(Key::Receiver(site, first.clone())))]
            }
            (several, Pattern::Simultaneous) => {
                let legs: Vec<Leg> =
                    several.iter().map(|it| self.leg(Phone::Outside(it.clone()), 0, false)).collect();
                let say = self.say("all its receiving numbers ring".to_owned(), false);
                vec![say, Step::Dial { legs, seconds: None, is_confirmed: false }, Step::Goto(busy)]
            }
            (several, Pattern::Sequential) => {
                let receivers = &self.site(site).tenant.receivers;
                let time = |it: &E164| receivers.get(it)?.no_answer.as_ref()?.set().map(|it| it.after);
                let mut steps = Vec::new();
                for it in several {
                    let leg = self.leg(Phone::Outside(it.clone()), 0, false);
                    steps.push(self.say(format!("{it} rings"), false));
                    let seconds = Some(time(it).unwrap_or(30));
                    steps.push(Step::Dial { legs: vec![leg], seconds, is_confirmed: false });
                }
                let last = several.last().and_then(|it| receivers.get(it)?.no_answer.as_ref()?.set());
                let then = match last {
                    Some(it) => self.forwarded(site, &number.to_string(), "no_answer", &it.to),
                    None => self.end("dropped no_answer", false),
                };
                steps.extend([Step::GotoIf(Test::Dialled("NOANSWER"), then), Step::Goto(then)]);
                steps
            }
        }
    }
}
