//! A course of a call in the words of a receptionist.

use super::{
    network::{Network, SiteId, Standing, Target},
    timeline::{Condition, Dropped, End, Hop, Place, RulePlace, Why},
};

impl Network {
    pub(super) fn place_text(&self, place: Place, home: SiteId) -> String {
        match place {
            Place::Number(number) => self.number_text(number).to_owned(),
            Place::Extension(it) => self.party_text(self.extensions[it.at()].phone, home),
            Place::Queue(queue) => format!("queue {}", self.queue_text(queue, home)),
            Place::Receiver(it) => self.party_text(self.receivers[it.at()].party, home),
        }
    }

    pub fn target_text(&self, to: Target, home: SiteId) -> String {
        match to {
            Target::Number(number) => self.number_text(number).to_owned(),
            Target::Extension(it) => {
                format!("extension {}", self.party_text(self.extensions[it.at()].phone, home))
            }
            Target::Phone(it) => {
                format!(
                    "the phone of {}, past its rules",
                    self.party_text(self.extensions[it.at()].phone, home)
                )
            }
            Target::Mailbox(it) => format!("the mailbox of {}", self.mailbox_text(it, home)),
            Target::Queue(it) => format!("queue {}", self.queue_text(it, home)),
            Target::Outside(it) => self.party_text(it, home),
            Target::Receiver(it) => self.party_text(self.receivers[it.at()].party, home),
            Target::Agent(it) => self.party_text(it, home),
            Target::Menu(it) | Target::Unknown(it) => self.label_text(it, home),
            Target::HangUp => "nowhere".to_owned(),
        }
    }

    /// The rule by which an extension sends a call on: "rule `holidays`".
    pub(super) fn rule_text(&self, place: Place, rule: RulePlace) -> String {
        let (Place::Extension(extension), RulePlace::Order(at)) = (place, rule) else {
            return "diverts".to_owned();
        };
        let rules = &self.extensions[extension.at()].rules;
        let name = rules.iter().find(|rule| rule.place == at).map(|rule| match rule.schedule {
            Some(schedule) => self.schedules[schedule.at()].name.as_str(),
            None => "default",
        });
        format!("rule `{}`", name.unwrap_or_default())
    }

    /// What a step is: "nobody answers at 101 (rule `business`): to +19725550199".
    pub fn hop_text(&self, hop: &Hop, home: SiteId) -> String {
        let (at, to) = (self.place_text(hop.from, home), self.target_text(hop.to, home));
        match hop.why {
            Why::Route => format!("{at} leads to {to}"),
            Why::Active => format!("the emergency forward of {at} is switched on: to {to}"),
            Why::Down => format!("the phone system is down, and {at} has a forward: to {to}"),
            Why::Spam => format!("{at} sends spam to {to}"),
            Why::Failover => format!("{at} has no agent: to {to}"),
            Why::Unavailable => format!("{at} takes nobody: to {to}"),
            Why::NoAnswer => format!("nobody answers at {at}: to {to}"),
            Why::Rings => format!("{at} rings {to}"),
            Why::Mailbox => format!("nothing else is set at {at}: to {to}"),
            Why::Rule(condition, rule) => {
                let rule = self.rule_text(hop.from, rule);
                match condition {
                    Condition::Always => format!("{at} forwards every call ({rule}): to {to}"),
                    Condition::OnCall => format!("{at} is on a call ({rule}): to {to}"),
                    Condition::Busy => format!("{at} refuses the call ({rule}): to {to}"),
                    Condition::NoAnswer => format!("nobody answers at {at} ({rule}): to {to}"),
                    Condition::Unreachable => format!("no phone of {at} is registered ({rule}): to {to}"),
                    Condition::DoNotDisturb => format!("{at} is not to be disturbed ({rule}): to {to}"),
                }
            }
        }
    }

    /// What the caller comes to: "somebody answers at 101".
    pub fn end_story(&self, end: End, home: SiteId) -> String {
        match end {
            End::Answered(party) => format!("somebody answers at {}", self.party_text(party, home)),
            End::Voicemail(mailbox) => {
                format!("the caller reaches the mailbox of {}", self.mailbox_text(mailbox, home))
            }
            End::Leaves(party) => format!("the call leaves to {}", self.party_text(party, home)),
            End::Waits(queue) => {
                format!("the caller waits in queue {} until giving up", self.queue_text(queue, home))
            }
            End::Menu(label) => format!("the caller comes to {}", self.label_text(label, home)),
            End::RingsOn => "it goes on until the caller gives up".to_owned(),
            End::Loop => "the call goes in a circle".to_owned(),
            End::Unknown(label) => {
                let it = self.label_text(label, home);
                match self.labels[label.at()].standing {
                    Standing::Unread => {
                        format!("what follows is not known: {it} is neither declared here nor read")
                    }
                    Standing::Unsaid => format!("what follows is not known: nothing says where {it} leads"),
                    Standing::AsLive => {
                        format!("what follows is not known: {it} is used as it is live, which was not read")
                    }
                    Standing::Unclear => {
                        format!("what follows is not known: the phone system does not say what {it} is")
                    }
                    Standing::Missing => format!("the call is lost: the account does not have {it}"),
                }
            }
            End::Dropped(why) => match why {
                Dropped::Blocked => "the call is refused: this caller is blocked",
                Dropped::Spam => "the call is refused as spam",
                Dropped::Busy => "the caller hears a busy tone",
                Dropped::NoMailbox => "the call ends: the mailbox is off",
                Dropped::NoAnswer => "the call ends: nobody has answered, and nothing else is set",
                Dropped::HangUp => "the call is hung up",
                Dropped::Unavailable => "the call ends: the queue takes nobody, and nothing else is set",
                Dropped::MaxWait => "the call ends: the caller has waited as long as the queue allows",
                Dropped::PlatformDown => {
                    "the call is lost: the phone system is down, and no forward takes it"
                }
            }
            .to_owned(),
        }
    }
}
