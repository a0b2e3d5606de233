//! A desired object in the form in which NetSapiens reports it, or why it cannot hold it.

use super::{
    Context, destination, holiday, queue::MINUTE, repeat, rules::OWN_DEVICES, schedule::in_order, week, word,
};
use crate::{
    model::{
        Address, Also, DateSpan, Dated, Destination, Divert, Diverts, E164, Extension, Holidays, Kind, Limit,
        Number, Queue, Recurring, RecurringDay, Resource, Ring, RingTimeout, Ringable, Route, Rule, Rules,
        Schedule, TimeOfDay, YearDay,
        numbering::{Standing, standing},
    },
    path::Path,
    plan::Unsupported,
    provider::refusal::{self, Refusals},
};

/// Idempotent: what comes out goes in unchanged.
pub fn normalize(address: &Address, mut resource: Resource) -> Result<Resource, Vec<Unsupported>> {
    resource.strip_local();
    let mut refusals = Refusals::default();
    match &mut resource {
        // The grade table has none.
        Resource::Receiver(_) => {}
        Resource::Schedule(it) => schedule(&mut refusals, &address.key, it),
        Resource::Rules(it) => rules(&mut refusals, &address.key, it),
        Resource::Diverts(it) => diverts(&mut refusals, &Path::default(), &address.key, it),
        Resource::Queue(it) => queue(&mut refusals, &address.key, it),
        Resource::Number(it) => number(&mut refusals, &address.key, it),
        Resource::Forward(it) => {
            hosted_key(&mut refusals, &address.key);
            if let Some(to) = it.to.as_ref().filter(|to| is_foreign(to)) {
                refusals.add(
                    &Path::from(["to"]),
                    format!("the carrier cannot forward to {to}"),
                    "it takes a 10-digit number, +1 and ten digits \
                     (help article: Forward Phone Number to Alternate Destination)",
                );
            }
            if it.to.is_none() && it.active == Some(true) {
                refusals.add(
                    &Path::from(["active"]),
                    "an active forward needs a number",
                    "say where calls go: `to: \"+1…\"`",
                );
            }
        }
    }
    refusals.result(resource)
}

/// What a token means, wherever one may stand.
pub fn means(address: &Address, word: &str) -> Option<Destination> {
    // A number leads to none.
    let may_stand = matches!(address.kind, Kind::Rules | Kind::Diverts | Kind::Queues);
    may_stand.then(|| destination(word, &Context::default()))
}

/// NetSapiens keys are 11 digits, leading 1.
fn hosted_key(refusals: &mut Refusals, key: &str) {
    if key.parse().is_ok_and(|number| is_foreign(&number)) {
        refusals.add(
            &Path::default(),
            format!("{key} is not a North American number"),
            "Stratus hosts numbers of +1 and ten digits",
        );
    }
}

fn schedule(refusals: &mut Refusals, name: &str, it: &mut Schedule) {
    let help = match name {
        "*" | "reorder" | "default" => Some("`*`, `reorder` and `default` are reserved names"),
        "." | ".." => Some("`.` and `..` mean something else in the path of a request"),
        "" => Some("write a name"),
        _ => None,
    };
    if let Some(help) = help {
        refusals.add(&Path::default(), format!("a time frame cannot be called `{name}`"), help);
    }
    if let Some(weekly) = &mut it.weekly {
        for (day, windows) in &mut weekly.days {
            if windows.len() > 2 {
                let path = Path::from(["weekly"]).join(day.word());
                // Days of one key have one place in the file and, but for that, nothing to tell them apart.
                let message = format!("a time frame holds two windows a day, not {}", windows.len());
                refusals.add(&path, message, "put the rest into a second schedule and list a rule for each");
            }
            windows.iter_mut().for_each(|window| end_of_day(&mut window.end));
        }
        weekly.complete();
        weekly.term = week::plain(weekly.term);
    }
    it.resolve();
    if let Some(dates) = &mut it.dates {
        for (index, Dated { date: DateSpan { begin, end }, .. }) in dates.iter_mut().enumerate() {
            end_of_day(&mut end.time);
            if begin.time == TimeOfDay::END
                && let Ok(tomorrow) = begin.date.tomorrow()
            {
                (begin.date, begin.time) = (tomorrow, TimeOfDay::START);
            }
            if begin >= end {
                let message = format!("`{begin}..{end}` has no length");
                refusals.add(&Path::from(["dates"]).join(index), message, "write a later end");
            }
        }
    }
    it.dates = it.dates.take().map(in_order);
    it.monthly = it.monthly.take().map(|days| recurring(refusals, "monthly", days));
    for (index, it) in it.yearly.iter().flatten().enumerate() {
        let ends_on_leap_day = matches!(it.day, YearDay::Days(_, last) if (last.month, last.day) == (2, 29));
        let last = repeat::first_time(it).map(|(_, last)| last.day());
        if ends_on_leap_day && last.is_some_and(|last| last != 29) {
            let message = format!("`{}` begins in a year without a 29 February", it.day);
            let help = "end it on 02-28 or on 03-01, or begin in a leap year";
            refusals.add(&Path::from(["yearly"]).join(index), message, help);
        }
    }
    it.yearly = it.yearly.take().map(|days| recurring(refusals, "yearly", days));
    if let Some(holidays) = it.holidays.take() {
        holidays_held(refusals, &holidays);
        it.holidays = Some(in_order(
            holidays
                .into_iter()
                .flat_map(Holidays::plain)
                .map(|mut it| {
                    it.hours.iter_mut().flatten().for_each(|window| end_of_day(&mut window.end));
                    it.first_year = holiday::from(it.first_year);
                    it
                })
                .collect(),
        ));
    }
    if let Some(other) = &it.other {
        for (index, entry) in other.iter().enumerate() {
            if let Err(why) = word::is_other(entry) {
                let message = format!("this entry cannot be written as it is: {why}");
                let help = "write it as a plan shows it, or in the words there are for it";
                refusals.add(&Path::from(["other"]).join(index), message, help);
            }
        }
    }
    it.other = it.other.take().map(in_order);
}

/// Days that come again, as they are read back. One that never comes has no first time to be written.
fn recurring<D: RecurringDay>(
    refusals: &mut Refusals,
    field: &str,
    mut days: Vec<Recurring<D>>,
) -> Vec<Recurring<D>> {
    for (index, it) in days.iter_mut().enumerate() {
        end_of_day(&mut it.to);
        *it = repeat::normal(*it);
        let last = it.term.last_day.map(|last| last.0);
        let message = match repeat::first_time(it) {
            Some((first, _)) if last.is_some_and(|last| last < first) => {
                format!("`{}` ends before its first time, {first}", it.day)
            }
            Some(_) => continue,
            None => format!("`{}` never comes", it.day),
        };
        refusals.add(&Path::from([field]).join(index), message, "write a later `last_day`, or leave it out");
    }
    in_order(days)
}

fn holidays_held(refusals: &mut Refusals, holidays: &[Holidays]) {
    for (index, it) in holidays.iter().enumerate() {
        let path = Path::from(["holidays"]).join(index);
        if it.hours.as_ref().is_some_and(|hours| hours.len() > 2) {
            let help = "put the rest into a second schedule and list a rule for each";
            refusals.add(&path.join("hours"), "a holiday has two stretches at most", help);
        }
        let mut hours = it.hours.clone().unwrap_or_default();
        hours.sort();
        if let Some(window) = hours.iter().find(|window| window.end <= window.begin) {
            let message = format!("the hours of a holiday stay within its day: `{window}`");
            refusals.add(&path.join("hours"), message, format!("write {}", window.in_two()));
        } else if let Some(pair) = hours.windows(2).find(|pair| pair[0].end > pair[1].begin) {
            let message = format!("hours `{}` and `{}` overlap", pair[0], pair[1]);
            refusals.add(&path.join("hours"), message, "write one stretch that covers both");
        }
        if it.hours.as_ref().is_some_and(Vec::is_empty) {
            let help = "leave `hours` out for the whole day";
            refusals.add(&path.join("hours"), "a holiday without hours is none", help);
        }
        if it.year.is_some() && (it.first_year.is_some() || it.last_day.is_some()) {
            let message = "a holiday of one `year` has neither `first_year` nor `last_day`";
            refusals.add(&path.join("year"), message, "leave `year` out, or the others");
        }
        if let (Some(first), Some(last)) = (it.first_year, it.last_day)
            && last.0.year() < first.0
        {
            let message = format!("the last day, {last}, is before the first year, {}", first.0);
            refusals.add(&path.join("last_day"), message, "write a later `last_day`");
        }
        for (at, day) in it.days.iter().enumerate() {
            let same = |other: &&Holidays| {
                (&other.country, &other.region, other.year) == (&it.country, &it.region, it.year)
            };
            let mut others = holidays[..index].iter().filter(same);
            if it.days[..at].contains(day) || others.any(|other| other.days.contains(day)) {
                let message = format!("`{day}` is named twice");
                refusals.add(&path.join("days"), message, "name each holiday in one group only");
            }
        }
        if let Some(region) =
            it.region.as_ref().filter(|region| !region.as_str().starts_with(it.country.as_str()))
        {
            let message = format!("`{region}` is not in `{}`", it.country);
            refusals.add(&path.join("region"), message, "write a region of that country");
        }
    }
}

/// 23:59 and 24:00 are one on the wire.
fn end_of_day(end: &mut TimeOfDay) {
    if (end.hour(), end.minute()) == (23, 59) {
        *end = TimeOfDay::END;
    }
}

/// Whether the portal's drop-down has this ring timeout (FACTS stratus/article-3, Ring Time Options).
pub fn is_portal_timeout(seconds: u32) -> bool {
    matches!(seconds, 5..=90 if seconds.is_multiple_of(5))
        || matches!(seconds, 120..=300 if seconds.is_multiple_of(30))
        || seconds == 1200
}

fn rules(refusals: &mut Refusals, owner: &str, it: &mut Rules) {
    if let Some(RingTimeout::Seconds(seconds)) = it.ring_timeout
        && !is_portal_timeout(seconds)
    {
        refusals.add(
            &Path::from(["ring_timeout"]),
            format!("the portal offers no ring timeout of {seconds} seconds"),
            "write 5 to 90 in steps of 5, 120 to 300 in steps of 30, 1200, or `unlimited`",
        );
    }
    if let Some(callers) = &mut it.callers {
        for (word, list) in [("allow", &mut callers.allow), ("block", &mut callers.block)] {
            let path = Path::from(["callers", word]);
            for (index, caller) in list.iter().flatten().enumerate() {
                if caller.to_string().parse().is_ok_and(|number| is_foreign(&number)) {
                    let message = format!("`{caller}` is not a North American number");
                    refusals.add(&path.join(index), message, CALLERS);
                }
            }
            if let Some(list) = list {
                list.sort();
                list.dedup();
            }
        }
    }
    for (index, rule) in it.order.iter_mut().flatten().enumerate() {
        self::rule(refusals, &Path::from(["order"]).join(index), owner, rule);
    }
}

/// The forms that allow and block lists are known to hold (FACTS stratus/filters-5 and FACTS stratus/filters-8).
const CALLERS: &str = "allow and block lists hold 10-digit numbers of North America; callers without a number are \
                       `block_anonymous: true`; there is no form for other countries and for area codes";

fn rule(refusals: &mut Refusals, path: &Path, owner: &str, rule: &mut Rule) {
    diverts(refusals, &path.join("forward"), owner, &mut rule.forward);
    rule.forward.complete();
    let Ring::Simultaneous(ring) = &mut rule.ring else { return };
    let path = path.join("ring").join("simultaneous");
    let also = path.join("also");
    for (index, entry) in ring.also.iter().enumerate() {
        outside_number(refusals, &also.join(index), &entry.target);
        no_device(refusals, &also.join(index), &entry.target);
        if ring.also[..index].iter().any(|earlier| earlier.target == entry.target) {
            refusals.add(&also.join(index), "this phone is named twice", "name each phone once");
        }
    }
    // Each pair has the same form on the wire.
    let devices = Also { target: Ringable::DialString(OWN_DEVICES.to_owned()), delay: 0 };
    ring.all_phones |= take(&mut ring.also, &devices);
    if let Ok(owner) = owner.parse() {
        let own = Also { target: Ringable::Extension(owner), delay: 0 };
        ring.own_extension |= take(&mut ring.also, &own);
    }
    let has_number = ring.also.iter().any(|entry| matches!(entry.target, Ringable::Number(_)));
    if ring.confirm_external && !has_number {
        refusals.add(
            &path.join("confirm_external"),
            "there is no outside number to confirm",
            "add a number to `also`, or leave `confirm_external` out",
        );
    }
    if !ring.own_extension && !ring.all_phones && ring.also.is_empty() {
        refusals.add(
            &path,
            "nothing rings",
            "switch on `own_extension` or `all_phones`, or name phones in `also`",
        );
    }
    ring.also.sort_by(|a, b| (&a.target, a.delay).cmp(&(&b.target, b.delay)));
}

/// Takes an entry out and says whether it was there.
fn take(list: &mut Vec<Also>, entry: &Also) -> bool {
    let before = list.len();
    list.retain(|other| other != entry);
    list.len() < before
}

/// Digits alone ring an extension or a number, never one device of an extension.
fn no_device(refusals: &mut Refusals, path: &Path, target: &Ringable) {
    let Ringable::Device(device) = target else { return };
    let digits = device.as_str();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    let help = match E164::from_nanp(digits) {
        Some(number) => format!("write `number: \"{number}\"`"),
        None => format!("write `extension: \"{digits}\"`; a device is called as `{digits}wp` is"),
    };
    refusals.add(path, format!("`{digits}` is no device: digits alone ring an extension or a number"), help);
}

fn outside_number(refusals: &mut Refusals, path: &Path, target: &Ringable) {
    if let Ringable::Number(to) = target
        && is_foreign(to)
    {
        off_net(refusals, path, to);
    }
}

/// Whether a number is none of North America. What is no number at all is found by a lint, and has no other way out.
fn is_foreign(number: &E164) -> bool {
    number.nanp().is_none() && !matches!(standing(number), Standing::Impossible(_))
}

fn off_net(refusals: &mut Refusals, path: &Path, to: &E164) {
    let mut help = "off-net numbers have 10 digits \
                    (help article: Create and Adjust Answering Rules in Stratus)"
        .to_owned();
    if !to.digits().starts_with('1') {
        help.push_str(&format!("; if the dial plan takes it, write `token: \"011{}\"`", to.digits()));
    }
    refusals.add(path, format!("Stratus cannot send calls to {to}"), help);
}

fn diverts(refusals: &mut Refusals, path: &Path, owner: &str, it: &mut Diverts) {
    let words = it.conditions().map(|(word, _)| word);
    for (word, divert) in words.into_iter().zip(it.conditions_mut()) {
        if let Some(Divert::To(to)) = divert {
            place(refusals, &path.join(word), owner, to);
        }
    }
}

fn place(refusals: &mut Refusals, path: &Path, owner: &str, to: &mut Destination) {
    match to {
        Destination::OwnVoicemail => {
            if let Ok(owner) = owner.parse() {
                *to = Destination::Voicemail(owner);
            }
        }
        Destination::Number(number) if is_foreign(number) => off_net(refusals, path, number),
        Destination::DialString(word) if word.is_empty() || word.contains(char::is_whitespace) => {
            refusals.add(
                path,
                format!("`{word}` is not a dial-plan word"),
                "write it as it stands in the dial plan, without spaces",
            );
        }
        Destination::Queue(key) if key.parse::<Extension>().is_err() => {
            refusals.add(
                path,
                format!("`{key}` is not the extension of a queue"),
                "name the queue by its extension",
            );
        }
        Destination::DialString(word) if word.starts_with("aa_") => {
            refusals.add(
                path,
                format!("`{word}` is an auto attendant"),
                "name it by its extension: `attendant`",
            );
        }
        // A word that reads back as another destination becomes that destination.
        Destination::DialString(word) => *to = destination(word, &Context::default()),
        _ => {}
    }
}

/// FACTS stratus/users-1.
const LONGEST_EXTENSION: usize = 16;

fn queue(refusals: &mut Refusals, key: &str, it: &mut Queue) {
    let help = match key.parse::<Extension>() {
        Err(_) => Some("a queue's key is its extension, e.g. \"400\""),
        Ok(it) if it.as_str().len() > LONGEST_EXTENSION => Some("an extension has at most 16 characters"),
        Ok(_) => None,
    };
    if let Some(help) = help {
        return refusals.add(&Path::default(), format!("`{key}` is not an extension"), help);
    }
    let words = it.forwards().map(|(word, _)| word);
    for (word, divert) in words.into_iter().zip(it.forwards_mut()) {
        if let Some(Divert::To(to)) = divert {
            place(refusals, &Path::from([word]), key, to);
        }
    }
    limits(refusals, it);
    let Some(agents) = &mut it.agents else { return };
    for (index, agent) in agents.iter_mut().enumerate() {
        outside_number(refusals, &Path::from(["agents"]).join(index), &agent.target);
        agent.wrap_up.get_or_insert(0);
    }
    refusal::agents(refusals, agents);
}

/// FACTS stratus/users-3.
const LONGEST_RING: u32 = 3600;

/// 0 is how the wire says that there is no limit; in a file it would be read as none at all.
fn limits(refusals: &mut Refusals, it: &Queue) {
    let limits = [
        ("max_callers", it.max_callers),
        ("max_expected_wait", it.max_expected_wait),
        ("ring_timeout", it.ring_timeout),
        ("max_wait", it.max_wait),
    ];
    for (field, limit) in limits {
        let Some(number) = limit.and_then(Limit::number) else { continue };
        let (message, help) = match (field, number) {
            (_, 0) => ("0 stands for no limit here".to_owned(), "write `unlimited`".to_owned()),
            ("ring_timeout", _) if number > LONGEST_RING => (
                format!("a queue rings {LONGEST_RING} seconds at most, not {number}"),
                format!("write 1 to {LONGEST_RING}, or `unlimited`"),
            ),
            ("max_wait", seconds) if !seconds.is_multiple_of(MINUTE) => (
                format!("a queue counts whole minutes, and {seconds} seconds are none"),
                "write 60, 120, 180 and so on; `ring_timeout` counts seconds".to_owned(),
            ),
            _ => continue,
        };
        refusals.add(&Path::from([field]), message, help);
    }
}

fn number(refusals: &mut Refusals, key: &str, it: &mut Number) {
    hosted_key(refusals, key);
    let path = Path::from(["route"]);
    let Some(Route::To(to)) = &it.route else { return };
    match to {
        Destination::Queue(to) if to.parse::<Extension>().is_err() => {
            refusals.add(
                &path,
                format!("`{to}` is not the extension of a queue"),
                "name the queue by its extension",
            );
        }
        Destination::OwnVoicemail => {
            refusals.add(&path, "a number has no mailbox of its own", "name one: `{ voicemail: \"101\" }`");
        }
        _ => {}
    }
}
