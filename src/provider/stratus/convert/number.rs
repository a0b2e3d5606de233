//! Phone numbers and their treatment (FACTS stratus/numbers).

use super::Context;
use crate::{
    model::{Destination, E164, Number, Route},
    plan::Role,
    provider::{
        scalar::Unreadable,
        stratus::wire::{ANY, PhoneNumber, Text},
    },
};

const TO_USER: &str = "to-user-residential";
const TO_QUEUE: &str = "to-callqueue";
const TO_VOICEMAIL: &str = "to-voicemail-residential";

/// A live number in the words of the YAML; `None` where the key is no phone number.
pub fn number(live: &PhoneNumber, context: &Context) -> Option<(E164, Number, Unreadable)> {
    let digits = live.phonenumber.as_str();
    let key = E164::from_nanp(digits).or_else(|| format!("+{digits}").parse().ok())?;
    let label = live.dial_rule_description.as_str().to_owned();
    let mut unreadable = Unreadable::default();
    let on = unreadable.part(["route"], "`enabled`", live.enabled.flag().or(true));
    let route = on.filter(|on| *on).and_then(|_| route(live, context));
    Some((key, Number { label: Some(label), route: route.map(Route::To), protect: None }, unreadable))
}

/// Where the calls of a number that is on go; `None` if nowhere.
fn route(live: &PhoneNumber, context: &Context) -> Option<Destination> {
    let application = live.dial_rule_application.as_str();
    let to = live.dial_rule_translation_destination_user.as_str();
    if to.is_empty() || to == ANY || matches!(application, "available-number" | "") {
        return None;
    }
    let fallback = || Destination::DialString(format!("{application}:{to}"));
    let host = live.dial_rule_translation_destination_host.as_str();
    if !matches!(host, "" | ANY) && !host.eq_ignore_ascii_case(&context.domain) {
        return Some(Destination::DialString(format!("{application}:{to}@{host}")));
    }
    let place = match application {
        "to-user" | "to-user-residential" => to.parse().ok().map(|extension| match context.role(to) {
            Some(Role::Attendant) => Destination::Attendant(extension),
            _ => Destination::Extension(extension),
        }),
        "to-voicemail" | "to-voicemail-residential" => to.parse().ok().map(Destination::Voicemail),
        _ if application.starts_with(TO_QUEUE) => Some(Destination::Queue(to.to_owned())),
        _ => None,
    };
    Some(place.unwrap_or_else(fallback))
}

/// Points a number somewhere else, in a copy of everything that is live.
///
/// The application is kept where it is one of the same sort, so that a queue that announces waiting times goes on to.
/// A parameter belongs to its application and, in the form `user_101`, to its destination.
pub fn route_into(live: &mut PhoneNumber, route: &Route, domain: &str) -> Option<()> {
    let Route::To(to) = route else { return None };
    let (application, target) = match to {
        Destination::Extension(to) | Destination::Attendant(to) => (TO_USER, to.to_string()),
        Destination::Queue(to) => (TO_QUEUE, to.clone()),
        Destination::Voicemail(to) => (TO_VOICEMAIL, to.to_string()),
        _ => return None,
    };
    let current = live.dial_rule_application.as_str();
    let same_sort = match application {
        TO_USER => matches!(current, "to-user" | "to-user-residential"),
        TO_VOICEMAIL => matches!(current, "to-voicemail" | "to-voicemail-residential"),
        _ => current.starts_with(TO_QUEUE),
    };
    let old = live.dial_rule_translation_destination_user.as_str();
    if !same_sort {
        live.dial_rule_application = Text(application.to_owned());
        live.dial_rule_parameter = Text::default();
    } else if live.dial_rule_parameter.as_str() == format!("user_{old}") {
        live.dial_rule_parameter = Text(format!("user_{target}"));
    }
    live.enabled = Text("yes".to_owned());
    live.dial_rule_translation_destination_user = Text(target);
    live.dial_rule_translation_destination_host = Text(domain.to_owned());
    Some(())
}

/// A domain is the same in any case, and another one is another: what is routed within is read as such, and not written anew.
#[test]
fn the_case_of_a_domain_makes_no_other_one() {
    use serde_json::json;

    let context = Context { domain: "acme.1.service".to_owned(), ..Context::default() };
    let extension = Destination::Extension("101".parse().unwrap());
    let other = Destination::DialString("to-user:101@other.1.service".to_owned());
    for (host, to) in
        [("acme.1.service", &extension), ("Acme.1.Service", &extension), ("other.1.service", &other)]
    {
        let live: PhoneNumber = serde_json::from_value(json!({
            "phonenumber": "12145550100", "enabled": "yes", "dial-rule-application": "to-user",
            "dial-rule-translation-destination-user": "101", "dial-rule-translation-destination-host": host,
        }))
        .unwrap();
        assert_eq!(route(&live, &context).as_ref(), Some(to), "{host}");
        let live: crate::provider::stratus::wire::Agent =
            serde_json::from_value(json!({ "callqueue-agent-id": format!("101@{host}") })).unwrap();
        let is_own = super::agent(&live, &context).target
            == "101".parse().map(crate::model::Ringable::Extension).unwrap();
        assert_eq!(is_own, to == &extension, "{host}");
    }
}
