//! What a tenant on Stratus may declare.

use super::grow::{
    Body, Some1, fields, one_of, outside, protectable, removals, section, sections, some_of, texts, values,
    weekly,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const PEOPLE: &[&str] = &["0101", "101", "102", "103", "104", "105", "106", "front_desk", "sales"];
/// Those whose word the dial plan has: a new queue is reached by numbers alone until the portal has saved it once.
const DIALLED: &[&str] = &["400", "401", "402"];
const QUEUES: &[&str] = &["400", "401", "402", "420", "421", "422"];
/// The schedule of one extension.
const OWN: &str = "on leave";
const SCHEDULES: &[&str] =
    &["business-hours", "everything", "holidays", "night", "outing", "storm", "unused", "Öffnung / 2"];

pub fn body(own: &[String], chance: f64) -> BoxedStrategy<(Body, Body, Vec<Value>)> {
    let people: Vec<_> = PEOPLE.iter().map(|extension| person(extension, chance)).collect();
    let declared = sections(vec![
        ("schedules", section(&[&texts(SCHEDULES)[..], &texts(&[OWN])].concat(), chance, schedule)),
        ("queues", section(&texts(QUEUES), chance, queue)),
        ("numbers", section(own, chance, |_| number())),
        ("forwards", section(own, chance, |_| forward())),
    ]);
    let gone = removals(vec![
        ("schedules", [&texts(SCHEDULES)[..], &texts(&[OWN])].concat()),
        ("queues", texts(QUEUES)),
        ("forwards", own.to_vec()),
    ]);
    let whole = |(mut body, people, (absent, exhaustive)): (Body, Vec<Person>, _)| {
        let (mut rules, mut diverts) = (Body::new(), Body::new());
        for (extension, person) in PEOPLE.iter().zip(people) {
            rules.extend(person.rules.map(|it| ((*extension).to_owned(), it)));
            diverts.extend(person.diverts.map(|it| ((*extension).to_owned(), it)));
        }
        body.insert("rules".to_owned(), rules.into());
        body.insert("diverts".to_owned(), diverts.into());
        (body, absent, exhaustive)
    };
    (declared, people, gone).prop_map(whole).boxed()
}

/// What is declared of one extension.
#[derive(Debug, Clone, Default)]
struct Person {
    rules: Option<Value>,
    diverts: Option<Value>,
}

/// Rules with the Default one, or diverts, or diverts beside rules without it: it cannot be declared twice.
fn person(extension: &'static str, chance: f64) -> BoxedStrategy<Person> {
    let (rules, diverts) = (protectable(rules(extension)), protectable(diverts(extension)));
    let one = prop_oneof![
        rules.clone().prop_map(|it| Person { rules: Some(it), diverts: None }),
        diverts.clone().prop_map(|it| Person { rules: None, diverts: Some(it) }),
        (rules, diverts).prop_map(|(mut rules, diverts)| {
            if let Some(order) = rules.get_mut("order").and_then(Value::as_array_mut) {
                order.retain(|rule| rule["when"] != "default");
            }
            Person { rules: Some(rules), diverts: Some(diverts) }
        }),
    ];
    prop::option::weighted(chance, one).prop_map(Option::unwrap_or_default).boxed()
}

fn schedule(name: &str) -> Some1 {
    let owner = (name == OWN).then(|| json!("103"));
    let of_owner = move |mut schedule: Value| {
        if let Some(owner) = &owner {
            schedule["extension"] = owner.clone();
        }
        schedule
    };
    shared().prop_map(of_owner).boxed()
}

fn shared() -> Some1 {
    let dates = ["2026-11-25", "2026-12-31..2027-01-02", "2026-11-27T12:00..2026-11-27T17:00"];
    let yearly = [
        json!("12-25"),
        json!("12-31..01-01"),
        json!("02-29"),
        json!("4th thu nov"),
        json!("last mon may"),
        json!({ "day": "12-24", "from": "12:00", "to": "17:00" }),
        json!({ "day": "1st mon sep", "from": "12:00", "first_day": "2027-01-01", "last_day": "2031-12-31" }),
        json!({ "day": "07-04", "first_day": "2026-07-04", "every": "2 years" }),
        json!({ "day": "last fri nov", "to": "12:00", "first_day": "2026-11-27", "every": "3 years" }),
        json!({ "day": "4th thu nov", "days": 2 }),
    ];
    let monthly = [
        json!(15),
        json!("31"),
        json!("last day"),
        json!("2nd tue"),
        json!("last fri"),
        json!({ "day": "28", "days": 4, "from": "18:00", "to": "08:00" }),
        json!({ "day": "1st mon", "first_day": "2027-02-01", "last_day": "2031-12-31", "every": "2 months" }),
    ];
    let dates = dates.map(Value::from).into_iter().chain([
        json!({ "date": "2027-01-05", "every": "10 days" }),
        json!({ "date": "2027-01-05T12:00..2027-01-06T08:00", "every": "2 weeks", "last_day": "2028-06-30" }),
    ]);
    let holidays = [
        json!({ "country": "US", "days": ["Thanksgiving Day", "Christmas Day"] }),
        json!({ "country": "US", "region": "US-TX", "days": ["Founders Day"], "year": 2028 }),
        json!({ "country": "CA", "days": ["Canada Day"], "first_year": 2029, "last_day": "2035-12-31", "workweek": "tue-sat" }),
        json!({ "country": "US", "days": ["Labor Day"], "observe": "next-workday", "hours": ["08:00-12:00", "13:00-17:00"] }),
        json!({ "country": "US", "days": ["Juneteenth"], "observe": { "mon": "and-next-day", "tue": "and-prior-day",
            "wed": "and-next-workday", "thu": "and-prior-workday", "fri": "on-the-day", "sat": "prior-workday",
            "sun": "next-workday" } }),
    ];
    let other = [
        json!({ "timeframe-specific-dates-begin-date": "20260131", "timeframe-recurrence-type": "custom",
            "timeframe-recurrence-custom-interval": "months",
            "timeframe-recurrence-custom-interval-option": "monthly-ordinal-weekday" }),
        json!({ "timeframe-holiday-uuid": "77", "timeframe-holiday-name": "Kwanzaa",
            "timeframe-holiday-begin-date": "20261226", "timeframe-recurrence-type": "everyOtherYear" }),
    ];
    let easter = [json!({ "days": ["good friday", "39"], "from": 2027, "years": 2 })];
    fields(vec![
        ("weekly", term(weekly())),
        ("dates", some_of(dates.collect(), 3).prop_map(Value::from).boxed()),
        ("monthly", some_of(monthly.to_vec(), 3).prop_map(Value::from).boxed()),
        ("holidays", some_of(holidays.to_vec(), 3).prop_map(Value::from).boxed()),
        ("easter", one_of(easter)),
        ("other", some_of(other.to_vec(), 2).prop_map(Value::from).boxed()),
        ("yearly", some_of(yearly.to_vec(), 3).prop_map(Value::from).boxed()),
        ("enabled", any::<bool>().prop_map(Value::from).boxed()),
    ])
}

fn queue(key: &str) -> Some1 {
    let key = key.to_owned();
    let dispatch = ["ring_all", "round_robin", "linear_hunt", "linear_cascade", "tiered_round_robin"];
    let mut agents = values(&texts(&PEOPLE[..6]));
    agents.extend([
        json!({"extension": "106", "wrap_up": 10}),
        json!({"number": "+19725550195", "order": 1}),
        json!({"device": "102wp", "order": 2}),
        json!({"token": "sip:x@other.example"}),
    ]);
    let failover = destinations("", true).into_iter().filter(|to| to["queue"] != key.as_str());
    let failover: Vec<Value> = failover.filter(|to| to != "voicemail").collect();
    fields(vec![
        ("name", one_of(["Reception", "Support", "", "Zürich / 2"].map(Value::from))),
        ("dispatch", one_of(dispatch.map(Value::from))),
        ("agent_ring", one_of([15, 20, 45].map(Value::from))),
        ("require_agents", any::<bool>().prop_map(Value::from).boxed()),
        ("agents", some_of(agents, 4).prop_map(Value::from).boxed()),
        ("failover", one_of(failover.clone())),
        ("unavailable", one_of(failover.clone())),
        ("max_callers", limit([1, 7, 99])),
        ("max_expected_wait", limit([60, 301])),
        ("ring_timeout", limit([5, 90, 3600])),
        ("max_wait", limit([60, 1800])),
        ("no_answer", one_of(failover)),
    ])
}

/// One of these, or no limit.
fn limit<const N: usize>(numbers: [u32; N]) -> Some1 {
    one_of(numbers.map(Value::from).into_iter().chain([Value::from("unlimited")]))
}

fn number() -> Some1 {
    let mut to: Vec<Value> = QUEUES.iter().map(|queue| json!({"queue": queue})).collect();
    to.extend(PEOPLE.iter().map(|extension| json!({"extension": extension})));
    to.extend([json!({"voicemail": "101"}), json!({"attendant": "600"}), json!({"extension": "600"})]);
    fields(vec![("label", one_of(["Main", "", "007"].map(Value::from))), ("route", one_of(to))])
}

fn forward() -> Some1 {
    let to = outside().map(Value::from);
    let active = any::<bool>();
    let whole = (one_of(to), prop::option::of(active)).prop_map(|(to, active)| match active {
        Some(active) => json!({"to": to, "active": active}),
        None => json!({"to": to}),
    });
    prop_oneof![6 => whole, 1 => Just(json!({"active": false})), 1 => Just(json!({}))].boxed()
}

/// Where the calls of an extension can go, but for itself.
fn destinations(own: &str, onwards: bool) -> Vec<Value> {
    let mut to = vec![json!("voicemail"), json!("off"), json!("off"), json!({"attendant": "600"})];
    to.extend(outside().map(|number| json!({"number": number})));
    to.extend(DIALLED.iter().map(|queue| json!({"queue": queue})));
    // Extensions that divert every call to each other are an error: always is to one further down the list.
    let from = PEOPLE.iter().position(|extension| *extension == own).map_or(0, |at| at + 1);
    let people = if onwards { &PEOPLE[from..] } else { PEOPLE };
    for extension in people.iter().filter(|extension| **extension != own) {
        to.extend([json!({"extension": extension}), json!({"voicemail": extension})]);
    }
    to.extend(people.first().filter(|extension| **extension != own).map(|it| json!({"phone": it})));
    to
}

fn diverts(own: &str) -> Some1 {
    fields(vec![
        ("always", one_of(destinations(own, true))),
        ("on_call", one_of(destinations(own, false))),
        ("busy", one_of(destinations(own, false))),
        ("no_answer", one_of(destinations(own, false))),
        ("unreachable", one_of(destinations(own, false))),
    ])
}

/// Who is on an allow list already: only a person takes somebody off one.
fn allowed(own: &str) -> Option<&'static str> {
    match own {
        "101" => Some("+12145550177"),
        "106" => Some("+12145550171"),
        _ => None,
    }
}

fn rules(own: &'static str) -> Some1 {
    let allow = ["+13125550126", "+13125550127"].map(Value::from).to_vec();
    let allow = some_of(allow, 2).prop_map(move |mut all| {
        all.extend(allowed(own).map(Value::from));
        Value::from(all)
    });
    let block = ["+13125550123", "+13125550124", "+13125550125"];
    let callers = fields(vec![
        ("allow", allow.boxed()),
        ("block", some_of(block.map(Value::from).to_vec(), 3).prop_map(Value::from).boxed()),
        ("block_anonymous", any::<bool>().prop_map(Value::from).boxed()),
        ("spam", one_of(["ring", "voicemail"].map(Value::from))),
    ]);
    let whens = some_of(values(&texts(SCHEDULES)), 3);
    let order = (whens, any::<bool>()).prop_flat_map(move |(mut whens, default)| {
        whens.extend(default.then(|| Value::from("default")));
        let rules: Vec<Some1> = whens.into_iter().map(|when| rule(own, when)).collect();
        rules.prop_map(Value::from)
    });
    fields(vec![
        ("ring_timeout", one_of([15, 25, 120].map(Value::from))),
        ("callers", callers),
        ("order", order.boxed()),
    ])
}

fn rule(own: &str, when: Value) -> Some1 {
    let mut also: Vec<Value> = PEOPLE[..4]
        .iter()
        .filter(|extension| **extension != own)
        .map(|extension| json!({"extension": extension, "delay": 10}))
        .collect();
    also.extend([
        json!({"device": "102wp"}),
        json!({"number": "+19725550196", "delay": 5}),
        json!({"token": "<OwnDevices>"}),
    ]);
    let ring = (some_of(also, 3), any::<bool>(), any::<bool>()).prop_map(|(also, phones, confirm)| {
        let outside = also.iter().any(|it| it.get("number").is_some());
        let mut ring = json!({"own_extension": true, "all_phones": phones, "also": also});
        if confirm && outside {
            ring["confirm_external"] = true.into();
        }
        json!({"simultaneous": ring})
    });
    let rest = fields(vec![
        ("enabled", any::<bool>().prop_map(Value::from).boxed()),
        ("do_not_disturb", any::<bool>().prop_map(Value::from).boxed()),
        ("call_screening", any::<bool>().prop_map(Value::from).boxed()),
        ("ring", prop_oneof![Just(json!("extension")), ring].boxed()),
        ("forward", diverts(own)),
    ]);
    rest.prop_map(move |mut rest| {
        rest["when"] = when.clone();
        rest
    })
    .boxed()
}

/// Hours of every week, or of some.
fn term(weekly: Some1) -> Some1 {
    let terms = [
        json!({}),
        json!({ "first_day": "2027-06-01", "last_day": "2027-08-31" }),
        json!({ "first_day": "2027-01-04", "every": "2 weeks" }),
        json!({ "last_day": "2030-12-31" }),
    ];
    let joined = (weekly, one_of(terms)).prop_map(|(mut weekly, term)| {
        let both = weekly.as_object_mut().zip(term.as_object());
        if let Some((weekly, term)) = both {
            weekly.extend(term.clone());
        }
        weekly
    });
    joined.boxed()
}
