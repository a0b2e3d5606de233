//! One pair of configurations: every call to everything, at every instant of a clock of its own, in every state.

use super::reference::{Hours, Judged, Place, Reference, State, Who, who};
use crate::{
    held::Compiled,
    naive::{self, Course, Question},
    random::World,
    swept::{ANSWERS, DAYS, EVERYBODY, ONE, all_instants, entries},
};
use dialform::{
    flow::{
        Assumptions, Called, Caller, Difference, Differing, Network, Noticed, Pair, Phone, Platform, Shared,
        Situation, Timeline,
    },
    model::{Address, Resource},
};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
    ops::Range,
    rc::Rc,
};

const DAY: i64 = 24 * 3600;

#[derive(Debug, Default)]
pub struct Counts {
    pub pairs: usize,
    /// Pairs of which callers notice something.
    pub noticed: usize,
    calls: usize,
    walked: usize,
    pub differing: usize,
    /// Calls in which only the end of a ring differs, which the reference does not have.
    until: usize,
    /// Calls with more courses than are looked at.
    cut: usize,
    rows: usize,
    /// Places that are looked at because something of theirs differs, and all.
    looked: usize,
    places: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pairs, noticed, calls, walked, differing, until, cut, rows, looked, places } = self;
        write!(
            f,
            "{pairs} pairs, of {noticed} callers notice something: {calls} calls judged twice ({walked} walked), {differing} differ, \
             {until} only in how long somebody rings, {cut} have too many courses; {rows} rows; {looked} of {places} places looked at"
        )
    }
}

type Courses = Option<BTreeSet<Course>>;

/// What is declared, by tenant and address.
fn objects(compiled: &Compiled) -> BTreeMap<(String, Address), Resource> {
    let of = compiled.tenants().flat_map(|tenant| {
        tenant.resources().map(|(address, resource)| ((tenant.tenant.clone(), address), resource))
    });
    of.collect()
}

/// The objects that differ.
pub fn differing(before: &Compiled, after: &Compiled) -> Differing {
    let (before, after) = (objects(before), objects(after));
    let all = before.keys().chain(after.keys()).filter(|it| before.get(*it) != after.get(*it));
    Differing { objects: all.cloned().collect() }
}

/// All there are.
pub fn everything(compiled: &[Compiled; 2]) -> Differing {
    Differing { objects: compiled.iter().flat_map(|it| objects(it).into_keys()).collect() }
}

/// Both configurations, and what is said to be noticed.
struct Said {
    noticed: HashMap<Called, Seen>,
    placed: HashMap<Called, HashSet<(i64, Situation)>>,
    cut: HashSet<(Called, i64, Situation)>,
}

/// What is noticed at one place.
struct Seen {
    classes: Vec<Vec<Range<i64>>>,
    rows: Vec<(Courses, Courses)>,
    /// By class.
    cells: Vec<BTreeMap<Situation, usize>>,
}

impl Seen {
    fn class(&self, at: i64) -> usize {
        let has = |class: &Vec<Range<i64>>| class.iter().any(|window| window.contains(&at));
        self.classes.iter().position(has).expect("every instant is in a class")
    }
}

/// Courses with the full name of everything.
fn courses(network: &Network, reference: &Reference<'_>, timelines: &[Timeline]) -> BTreeSet<Course> {
    let home = network.tenant(reference.tenant_name(0)).unwrap();
    let course = |timeline: &Timeline| {
        let ring = |ring: &dialform::flow::Ringing| {
            (reference.full(0, &network.party_text(ring.party, home)), u64::from(ring.from))
        };
        let mut rings: Vec<(String, u64)> = timeline.rings.iter().map(ring).collect();
        rings.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        rings.dedup();
        let end = reference.end(0, &network.end_text(timeline.end, home));
        Course { end, rings, at: timeline.at.map(u64::from) }
    };
    timelines.iter().map(course).collect()
}

fn same(a: &[Noticed], b: &[Noticed]) -> bool {
    let differences = |it: &Noticed| -> Vec<_> {
        it.differences
            .iter()
            .map(|Difference { cells, before, after }| (cells.clone(), before.clone(), after.clone()))
            .collect()
    };
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.to == b.to
                && a.classes == b.classes
                && a.is_limited == b.is_limited
                && differences(a) == differences(b)
        })
}

/// Every disagreement.
pub fn compare(before: &[Value], after: &[Value], from: i64, counts: &mut Counts) -> Vec<String> {
    let compiled = [Compiled::of(before), Compiled::of(after)];
    let within = from..from + DAYS * DAY;
    let horizon = within.start - 2 * DAY..within.end + 2 * DAY;
    let networks = [0, 1].map(|at| compiled[at].network(horizon.clone(), Assumptions::default()));
    let pair = Pair { before: &networks[0], after: &networks[1] };
    let everybody = Everybody::of([before, after]);
    let names: BTreeSet<Who> = everybody
        .phones
        .iter()
        .flat_map(|(who, devices)| [who].into_iter().chain(devices))
        .cloned()
        .collect();
    let references = [Reference::new(before, &names), Reference::new(after, &names)];

    let (mut placed, mut cut) = (HashMap::<Called, HashSet<_>>::new(), HashSet::new());
    let objects = differing(&compiled[0], &compiled[1]);
    let noticed = pair.noticed_seen(&objects, within.clone(), &mut |called, at, situation, before, after| {
        placed.entry(called.clone()).or_default().insert((at, situation.clone()));
        if [before, after].into_iter().flatten().any(|it| it.is_cut) {
            cut.insert((called.clone(), at, situation.clone()));
        }
    });
    let mut wrong = Vec::new();
    if !same(&noticed, &pair.noticed(&everything(&compiled), within.clone())) {
        wrong.push("  something else is noticed where everything is looked at".to_owned());
    }
    counts.looked += placed.len();
    let seen = noticed.into_iter().map(|it| {
        let Noticed { to, classes, differences, is_limited: _, names: _ } = it;
        let mut cells = vec![BTreeMap::new(); classes.len()];
        for (row, difference) in differences.iter().enumerate() {
            for (class, situation) in &difference.cells {
                let earlier = cells[*class].insert(situation.clone(), row);
                assert_eq!(earlier, None, "a call is in one row");
            }
        }
        let rows = differences.iter().map(|it| {
            let of = |at: usize, timelines: &Option<Vec<Timeline>>| -> Courses {
                timelines.as_ref().map(|it| courses(&networks[at], &references[at], it))
            };
            (of(0, &it.before), of(1, &it.after))
        });
        let rows = rows.collect();
        (to, Seen { classes: classes.to_vec(), rows, cells })
    });
    let said = Said { noticed: seen.collect(), placed, cut };
    let mut comparison = Comparison {
        names: [pair.names().0, pair.names().1],
        networks: &networks,
        tenants: before,
        everybody,
        references,
        said: &said,
        visited: HashSet::new(),
        wrong,
        counts: Counts::default(),
    };
    let instants = instants([before, after], from);
    for place in places([before, after]) {
        comparison.place(&place, &instants);
    }
    let Comparison { mut wrong, visited, counts: own, references, .. } = comparison;
    for (called, seen) in &said.noticed {
        for (class, cells) in seen.cells.iter().enumerate() {
            let invented = cells.keys().find(|it| !visited.contains(&(called.clone(), class, (*it).clone())));
            if let Some(situation) = invented {
                wrong.push(format!("  {called:?}: no call is in {class}, {situation:?}"));
            }
        }
    }
    counts.pairs += 1;
    counts.noticed += usize::from(own.differing > 0);
    counts.calls += own.calls;
    counts.walked += references.iter().map(|it| it.walked).sum::<usize>();
    counts.differing += own.differing;
    counts.until += own.until;
    counts.cut += own.cut;
    counts.places += own.places;
    counts.rows += said.noticed.values().map(|it| it.rows.len()).sum::<usize>();
    wrong
}

/// Everything that can be called in either: numbers, and what is declared at extensions.
pub fn places(worlds: [&[Value]; 2]) -> BTreeSet<Place> {
    let mut all = BTreeSet::new();
    for (at, tenant) in worlds.into_iter().flat_map(|it| it.iter().enumerate()) {
        let named = |word| entries(tenant, word).map(|(name, _)| name.clone());
        all.extend(named("numbers").chain(named("forwards")).map(Place::Number));
        let dialled = named("rules").chain(named("diverts")).chain(named("queues"));
        all.extend(dialled.map(|name| Place::Dialled(at, name)));
    }
    all
}

/// Whatever may be an extension, a person or a queue of a tenant.
pub fn named(tenant: &Value) -> BTreeSet<String> {
    fn collect(of: &Value, all: &mut BTreeSet<String>) {
        match of {
            Value::String(name) => drop(all.insert(name.clone())),
            Value::Array(list) => list.iter().for_each(|it| collect(it, all)),
            Value::Object(map) => map.values().for_each(|it| collect(it, all)),
            _ => {}
        }
    }
    let mut all = BTreeSet::new();
    collect(tenant, &mut all);
    all.extend(
        ["rules", "diverts", "queues"]
            .iter()
            .flat_map(|it| entries(tenant, it))
            .map(|(name, _)| name.clone()),
    );
    let is_number = |it: &String| (3..=4).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
    let is_queue = |it: &String| tenant["queues"].get(it).is_some();
    all.retain(|it| is_number(it) || it.contains('@') || is_queue(it));
    all
}

/// Whose states there are.
pub struct Everybody {
    /// Each with its devices.
    pub phones: Vec<(Who, Vec<Who>)>,
    /// Each queue with its agents and their devices, of both configurations.
    pub queues: BTreeMap<Who, BTreeSet<Who>>,
    pub callers: BTreeSet<String>,
}

impl Everybody {
    pub fn of(worlds: [&[Value]; 2]) -> Self {
        let text = serde_json::to_string(&worlds).unwrap();
        let outside = text.match_indices("\"+1").map(|(at, _)| text[at + 1..at + 13].to_owned());
        let outside: BTreeSet<String> = outside.collect();
        let mut phones: Vec<(Who, Vec<Who>)> = outside.iter().map(|it| (who(0, it), vec![])).collect();
        for (at, tenant) in worlds[0].iter().enumerate() {
            let is_stratus = tenant["kind"] == "stratus";
            let devices: &[&str] = if is_stratus { &["101wp", "101m", "102wp"] } else { &[] };
            let mut extensions = named(tenant);
            extensions.extend(named(&worlds[1][at]));
            if is_stratus {
                // Whoever has devices is there, named or not.
                extensions.extend(["101", "102"].map(str::to_owned));
            }
            for name in &extensions {
                let own = devices.iter().filter(|it| it.starts_with(name.as_str())).map(|it| who(at, it));
                phones.push((who(at, name), own.collect()));
            }
            phones.extend(devices.iter().map(|it| (who(at, it), vec![])));
        }
        let mut queues: BTreeMap<Who, BTreeSet<Who>> = BTreeMap::new();
        let mut callers: BTreeSet<String> = ["anonymous".to_owned(), "spam".to_owned()].into();
        for (at, tenant) in worlds.into_iter().flat_map(|it| it.iter().enumerate()) {
            for (name, queue) in entries(tenant, "queues") {
                let all = queues.entry(who(at, name)).or_default();
                for agent in queue["agents"].as_array().into_iter().flatten() {
                    let words = ["extension", "device", "number", "agent"];
                    let named = words.iter().find_map(|word| agent[*word].as_str());
                    let agent = who(at, agent.as_str().or(named).unwrap());
                    let devices = phones.iter().find(|(it, _)| *it == agent).map(|(_, it)| it.clone());
                    all.extend(devices.into_iter().flatten());
                    all.insert(agent);
                }
            }
            for (_, rules) in entries(tenant, "rules") {
                let lists = ["allow", "block"].into_iter().flat_map(|it| rules["callers"][it].as_array());
                callers.extend(lists.flatten().map(|it| it.as_str().unwrap().to_owned()));
            }
        }
        Self { phones, queues, callers }
    }
}

/// An instant, and what is in force then before and after.
pub type Instant = (Timestamp, [Hours; 2]);

/// One of each set of schedules that are in force together, before and after.
pub fn instants(worlds: [&[Value]; 2], from: i64) -> Vec<Instant> {
    let tenants: Vec<Value> = worlds.concat();
    let world = World { tenants, calls: Vec::new() };
    let mut different: Vec<(&Value, &str)> = Vec::new();
    let mut of: Vec<(usize, Who, usize)> = Vec::new();
    for (at, tenant) in world.tenants.iter().enumerate() {
        for (name, schedule) in entries(&world.tenants[at], "schedules") {
            let zone = schedule["time_zone"].as_str().or(tenant["time_zone"].as_str()).unwrap_or("UTC");
            let known = different.iter().position(|it| *it == (schedule, zone));
            let which = known.unwrap_or(different.len());
            if known.is_none() {
                different.push((schedule, zone));
            }
            let tenants = worlds[0].len();
            of.push((at / tenants, (at % tenants, name.clone()), which));
        }
    }
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for at in all_instants(&world, Timestamp::from_second(from).unwrap()) {
        let now: Vec<bool> =
            different.iter().map(|(schedule, zone)| naive::is_in_force(schedule, zone, at)).collect();
        if seen.insert(now.clone()) {
            let mut hours = [Hours::new(), Hours::new()];
            for (world, who, which) in &of {
                hours[*world].insert(who.clone(), now[*which]);
            }
            all.push((at, hours));
        }
    }
    all
}

/// What was in force of what was asked for, before and after.
type InForce = Vec<(usize, Who, bool)>;

struct Comparison<'a> {
    names: [dialform::flow::Names; 2],
    networks: &'a [Network; 2],
    tenants: &'a [Value],
    everybody: Everybody,
    references: [Reference<'a>; 2],
    said: &'a Said,
    visited: HashSet<(Called, usize, Situation)>,
    wrong: Vec<String>,
    counts: Counts,
}

/// Where a call is placed.
struct Placing<'a> {
    place: &'a Place,
    called: Called,
    seen: Option<&'a Seen>,
    class: usize,
    instant: &'a Instant,
    /// Every question that was asked there.
    asked: BTreeSet<(usize, Question)>,
}

/// What the reference says before and after.
type Both = [Option<Rc<Judged>>; 2];

impl Comparison<'_> {
    fn called(&self, place: &Place) -> Called {
        match place {
            Place::Number(number) => Called::Number(number.parse().unwrap()),
            Place::Dialled(at, name) => {
                let tenant = self.tenants[*at]["tenant"].as_str().unwrap().to_owned();
                let is_queue = self.everybody.queues.contains_key(&(*at, name.clone()));
                match is_queue {
                    true => Called::Queue { tenant, queue: name.clone() },
                    false => Called::Extension { tenant, extension: name.clone() },
                }
            }
        }
    }

    /// Every instant at which the reference can come to something else.
    fn place(&mut self, place: &Place, instants: &[Instant]) {
        self.counts.places += 1;
        let said = self.said;
        let called = self.called(place);
        let seen = said.noticed.get(&called);
        let mut looked: Vec<(InForce, usize)> = Vec::new();
        for instant in instants {
            let class = seen.map_or(0, |it| it.class(instant.0.as_second()));
            let is_same = |(hours, earlier): &&(InForce, usize)| {
                let cells = |class: usize| seen.map(|it| &it.cells[class]);
                hours.iter().all(|(world, who, is_so)| instant.1[*world][who] == *is_so)
                    && (*earlier == class || cells(*earlier) == cells(class))
            };
            if looked.iter().any(|it| is_same(&it)) {
                let cells = seen.into_iter().flat_map(|it| it.cells[class].keys());
                self.visited.extend(cells.map(|it| (called.clone(), class, it.clone())));
                continue;
            }
            let mut placing =
                Placing { place, called: called.clone(), seen, class, instant, asked: BTreeSet::new() };
            self.every_situation(&mut placing);
            let hours = placing.asked.into_iter().filter_map(|(world, question)| match question {
                Question::Hours(tenant, name) => {
                    let who = (tenant, name);
                    let is_so = instant.1[world][&who];
                    Some((world, who, is_so))
                }
                _ => None,
            });
            looked.push((hours.collect(), class));
        }
    }

    fn judge(&mut self, placing: &mut Placing<'_>, state: &State) -> Both {
        let [before, after] = &mut self.references;
        let (at, hours) = placing.instant;
        let both = [
            before.judge(placing.place, *at, &hours[0], state),
            after.judge(placing.place, *at, &hours[1], state),
        ];
        for (world, judged) in both.iter().enumerate() {
            let asked = judged.iter().flat_map(|it| &it.asked);
            let new: Vec<(usize, Question)> = asked.map(|it| (world, it.clone())).collect();
            placing.asked.extend(new);
        }
        both
    }

    fn every_situation(&mut self, placing: &mut Placing<'_>) {
        let all = |others: &'static str| State { others, ..State::default() };
        for word in ["no_answer", ANSWERS] {
            let others: Phone = word.parse().unwrap();
            let base = self.judge(placing, &all(word));
            self.check(placing, &Situation::Everybody(others), &base);
            let is_asked = |question: &Question| {
                base.iter().flatten().any(|judged| judged.asked.iter().any(|it| it == question))
            };
            for at in 0..self.everybody.phones.len() {
                let (owner, devices) = self.everybody.phones[at].clone();
                let whole: Vec<Who> = [owner.clone()].into_iter().chain(devices).collect();
                let concerns =
                    base.iter().flatten().flat_map(|it| &it.asked).any(|question| match question {
                        Question::Phone(tenant, name) => whole.contains(&who(*tenant, name)),
                        _ => false,
                    });
                let party = self.party(&owner);
                for one in ONE.into_iter().filter(|it| *it != word) {
                    let set = whole.iter().map(|it| (it.clone(), one)).collect();
                    let state = State { set, ..all(word) };
                    let phone = one.parse().unwrap();
                    let situation = party.map(|party| Situation::One { others, party, phone });
                    // What nobody asks for makes no difference.
                    let judged = if concerns { self.judge(placing, &state) } else { base.clone() };
                    self.check_or(placing, situation, others, &judged);
                }
            }
            let queues: Vec<(Who, BTreeSet<Who>)> = self.everybody.queues.clone().into_iter().collect();
            for (name, agents) in queues {
                let is_met = is_asked(&Question::Full(name.0, name.1.clone()));
                let queue = self.queue(&name);
                let full = queue.map(|queue| Situation::Full { others, queue });
                let state = State { full: Some(name), ..all(word) };
                let judged = if is_met { self.judge(placing, &state) } else { base.clone() };
                self.check_or(placing, full, others, &judged);
                for one in ["offline", "logged_out"] {
                    let phone = one.parse().unwrap();
                    let situation = queue.map(|queue| Situation::Agents { others, queue, phone });
                    // Of a queue that a call does not come to, nobody looks at the agents.
                    if is_met || situation.as_ref().is_some_and(|it| self.is_placed(placing, it)) {
                        let set = agents.iter().map(|it| (it.clone(), one)).collect();
                        let judged = self.judge(placing, &State { set, ..all(word) });
                        self.check_or(placing, situation, others, &judged);
                    }
                }
            }
            for from in self.everybody.callers.clone() {
                let caller = match from.as_str() {
                    "anonymous" => Caller::Anonymous,
                    "spam" => Caller::Spam,
                    number => Caller::Number(number.parse().unwrap()),
                };
                let state = State { from: Some(from), ..all(word) };
                let judged =
                    if is_asked(&Question::From) { self.judge(placing, &state) } else { base.clone() };
                self.check_or(placing, Some(Situation::Caller { others, caller }), others, &judged);
            }
        }
        for word in EVERYBODY {
            let judged = self.judge(placing, &all(word));
            self.check(placing, &Situation::Everybody(word.parse().unwrap()), &judged);
        }
        let judged = self.judge(placing, &State { mailboxes_off: true, ..all("no_answer") });
        self.check(placing, &Situation::MailboxesOff, &judged);
        for word in ["no_answer", ANSWERS] {
            let situation = Situation::ForwardsOff { others: word.parse().unwrap() };
            if self.is_placed(placing, &situation) {
                let judged = self.judge(placing, &State { platform: Some("forwards_off"), ..all(word) });
                self.check(placing, &situation, &judged);
            }
        }
        if matches!(placing.place, Place::Number(_)) {
            for (word, platform) in [("down", Platform::Down), ("switched", Platform::Switched)] {
                let judged = self.judge(placing, &State { platform: Some(word), ..all(ANSWERS) });
                self.check(placing, &Situation::Platform(platform), &judged);
            }
        }
    }

    fn party(&self, (tenant, name): &Who) -> Option<Shared> {
        let tenant = self.tenants[*tenant]["tenant"].as_str().unwrap();
        let of = |at: usize| Some(self.names[at].party(self.networks[at].party(tenant, name)?));
        of(0).or_else(|| of(1))
    }

    fn queue(&self, (tenant, name): &Who) -> Option<Shared> {
        let tenant = self.tenants[*tenant]["tenant"].as_str().unwrap();
        let of = |at: usize| Some(self.names[at].queue(self.networks[at].queue(tenant, name)?));
        of(0).or_else(|| of(1))
    }

    /// When the class of an instant begins: there its calls are placed.
    fn begins(&self, placing: &Placing<'_>) -> Option<i64> {
        Some(placing.seen?.classes[placing.class].first()?.start)
    }

    fn is_placed(&self, placing: &Placing<'_>, situation: &Situation) -> bool {
        let placed = self.said.placed.get(&placing.called);
        let (Some(placed), Some(at)) = (placed, self.begins(placing)) else { return false };
        placed.contains(&(at, situation.clone()))
    }

    /// Where a situation is not looked at, because it makes no difference, it comes to what all others come to.
    fn check_or(&mut self, placing: &Placing<'_>, situation: Option<Situation>, others: Phone, both: &Both) {
        let situation = situation.filter(|it| self.is_placed(placing, it));
        self.check(placing, &situation.unwrap_or(Situation::Everybody(others)), both);
    }

    fn check(&mut self, placing: &Placing<'_>, situation: &Situation, both: &Both) {
        let Placing { called, seen, class, .. } = placing;
        self.counts.calls += 1;
        let begins = self.begins(placing).unwrap_or_default();
        let is_new = self.visited.insert((called.clone(), *class, situation.clone()));
        if self.said.cut.contains(&(called.clone(), begins, situation.clone())) {
            self.counts.cut += 1;
            return;
        }
        let expected = both.each_ref().map(|it| it.as_ref().map(|it| &it.courses));
        let row = seen.and_then(|seen| Some(&seen.rows[*seen.cells[*class].get(situation)?]));
        let is_right = match row {
            None => expected[0] == expected[1],
            Some((before, after)) => {
                let is_it = |at: usize, said: &Courses| match (expected[at], said) {
                    // Nobody names it: it is as unknown as it can be.
                    (Some(courses), None) => {
                        matches!(placing.place, Place::Dialled(..))
                            && courses.iter().all(|it| it.end.starts_with("unknown extension "))
                    }
                    (expected, said) => expected == said.as_ref(),
                };
                is_it(0, before) && is_it(1, after)
            }
        };
        let differs = expected[0] != expected[1];
        self.counts.differing += usize::from(differs);
        self.counts.until += usize::from(is_new && row.is_some() && !differs);
        if !is_right {
            let at = placing.instant.0;
            self.wrong.push(format!(
                "  {called:?} at {at}, class {class} from {begins}, {situation:?}:\n    before {:?}\n    after  {:?}\n    said   {row:?}",
                expected[0], expected[1]
            ));
        }
    }
}
