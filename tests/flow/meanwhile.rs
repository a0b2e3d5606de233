//! What calls do while a plan is applied, against the reference: in every order that the steps may be carried out in, after each
//! of them and after each write of one that takes several, a call goes where it went before, or where it goes when all are done, or the plan had said that it would not.
//!
//! - `orders`: the steps, and the orders that `src/apply/graph.rs` allows
//!
//! `DIALFORM_INSTANTS=1000` is the large run, by `.ci/flow meanwhile`; `DIALFORM_INSTANTS_FROM` where it begins.

mod orders;

use crate::{
    held,
    noticed::{
        change,
        compared::{Everybody, Instant, instants, places},
        reference::{Hours, Judged, Place, Reference, State, Who},
    },
    random::{self, account, account::Parties, dice::Dice, theme::Theme},
    swept::{ANSWERS, EVERYBODY, ONE, entries},
};
use dialform::{
    experience::{self, Input, Meanwhile},
    model::Address,
};
use orders::{Done, Steps};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    rc::Rc,
};

/// The plan's own order is played first, and then so many others.
const OTHERS: usize = 6;

/// Calls to one place at one instant are placed in no more states than these.
const STATES: usize = 40;

#[derive(Debug, Default)]
struct Counts {
    worlds: usize,
    writes: usize,
    /// Sets of steps that are done, each once, and those of them with another step that is done in part.
    states: usize,
    within: usize,
    calls: usize,
    /// Calls that are the same before and after, and all the while.
    same: usize,
    before: usize,
    after: usize,
    said: usize,
    /// Of those: calls that reach nobody, and would before and after.
    lost: usize,
    /// Of those: at places of which the plan does not say that calls reach nobody, in other orders than its own.
    lost_unsaid: usize,
    /// Calls to places of which every step is done that changes them: they are as after all.
    come_true: usize,
    /// Places that the plan names, and those of them at which no call was found that is astray.
    named: usize,
    named_in_vain: usize,
    /// How many steps wait for another, and for another only because of calls.
    waits: usize,
    waits_for_calls: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { worlds, writes, states, within, calls, same, before, after, .. } = self;
        let Self { said, lost, lost_unsaid, come_true, .. } = self;
        let Self { named, named_in_vain, waits, waits_for_calls, .. } = self;
        write!(
            f,
            "{worlds} plans, {writes} steps, {states} states between, {within} of them within a step: {calls} calls judged, {same} as before and as after, \
             {before} as before, {after} as after, {said} neither, and said; of those {lost} lost ({lost_unsaid} of them said to \
             be neither, in an order that is not the plan's own), {come_true} of which has come true what is told. {named} places named, {named_in_vain} of them without such a \
             call in this sample. {waits} steps wait for another, {waits_for_calls} only because of calls"
        )
    }
}

/// A tenant before, and after three to eight changes. Time zones are not changed: no step does that.
fn pair(seed: u64, dice: &mut Dice) -> (Vec<Value>, Vec<Value>) {
    let mut before = random::world(seed).tenants;
    before.truncate(1);
    let kinds: Vec<&str> = before.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    let parties = Parties::of(&kinds, Theme::Any);
    let changes: Vec<_> = change::CHANGES.into_iter().filter(|(word, _)| *word != "zone").collect();
    let most = 3 + dice.below(6);
    let donor = |dice: &mut Dice, at| account::tenant(dice, &parties, at);
    let (after, _) = change::changed_by(dice, &before, most, &changes, &donor);
    (before, after)
}

/// Whether the plan says that calls to a place are for a while neither as before nor as after.
fn is_named(meanwhile: &Meanwhile, place: &Place) -> bool {
    meanwhile.to.iter().any(|label| is_called(place, label))
}

/// Whether people call a place so.
fn is_called(place: &Place, label: &str) -> bool {
    match place {
        Place::Number(number) => label.contains(number.as_str()),
        Place::Dialled(_, name) => ["extension", "queue"].iter().any(|word| {
            let own = format!("{word} {name}");
            label == own || label.starts_with(&format!("{own} ("))
        }),
    }
}

/// Whether a queue or an extension is there only later: nobody calls it.
fn is_new(judged: Option<&Judged>, place: &Place) -> bool {
    let Place::Dialled(_, name) = place else { return false };
    let is_unknown = |end: &str| end.starts_with("unknown extension") && end.ends_with(&format!("/{name}"));
    judged.is_some_and(|it| it.courses.iter().all(|it| is_unknown(&it.end)))
}

/// Whether a call comes to somebody, to something that takes it, or to where it is refused on purpose.
fn is_taken(judged: Option<&Judged>) -> bool {
    let is_refused = |end: &str| ["dropped blocked", "dropped spam", "dropped busy"].contains(&end);
    let is_lost = |end: &str| end == "loop" || end.starts_with("unknown") || end.starts_with("dropped");
    judged.is_some_and(|it| it.courses.iter().all(|it| is_refused(&it.end) || !is_lost(&it.end)))
}

/// Whether a call comes to nobody: of what is not known nobody can say so.
fn is_lost(judged: Option<&Judged>) -> bool {
    let is_refused = |end: &str| ["dropped blocked", "dropped spam", "dropped busy"].contains(&end);
    let is_lost = |end: &str| !is_refused(end) && (end == "loop" || end.starts_with("dropped"));
    judged.is_some_and(|it| it.courses.iter().any(|it| is_lost(&it.end)))
}

/// What a call finds, in any order.
fn finds(dice: &mut Dice, everybody: &Everybody, is_number: bool) -> Vec<State> {
    let all = |others: &'static str| State { others, ..State::default() };
    let mut states: Vec<State> = ["no_answer", ANSWERS].into_iter().chain(EVERYBODY).map(all).collect();
    states.push(State { mailboxes_off: true, ..all("no_answer") });
    if is_number {
        states.extend(["down", "switched"].map(|it| State { platform: Some(it), ..all(ANSWERS) }));
    }
    let mut rare = Vec::new();
    for others in ["no_answer", ANSWERS] {
        for (owner, devices) in &everybody.phones {
            for one in ONE.into_iter().filter(|it| *it != others) {
                let set = [owner].into_iter().chain(devices).map(|it| (it.clone(), one)).collect();
                rare.push(State { set, ..all(others) });
            }
        }
        for (queue, agents) in &everybody.queues {
            rare.push(State { full: Some(queue.clone()), ..all(others) });
            for one in ["offline", "logged_out"] {
                let set = agents.iter().map(|it| (it.clone(), one)).collect();
                rare.push(State { set, ..all(others) });
            }
        }
        rare.extend(everybody.callers.iter().map(|it| State { from: Some(it.clone()), ..all(others) }));
    }
    while states.len() < STATES && !rare.is_empty() {
        states.push(rare.swap_remove(dice.below(rare.len())));
    }
    states
}

/// The schedules that are in force at an instant after some steps.
fn hours(tenant: &Value, steps: &Steps, done: u64, instant: &Instant) -> Hours {
    let of = |name: &String| {
        let who: Who = (0, name.clone());
        let is_after = steps.is_done("schedules", name, done);
        let is_in_force = instant.1[usize::from(is_after)].get(&who).copied().unwrap_or(false);
        (who, is_in_force)
    };
    entries(tenant, "schedules").map(|(name, _)| of(name)).collect()
}

/// A random plan: every disagreement.
fn random(seed: u64, counts: &mut Counts) -> Vec<String> {
    let mut dice = Dice::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 2);
    let at = random::world(seed).calls[0].0.at.as_second().div_euclid(60) * 60;
    let (before, after) = pair(seed, &mut dice);
    play(&before, &after, at, &mut dice, counts)
}

/// One plan: every disagreement.
fn play(before: &[Value], after: &[Value], at: i64, dice: &mut Dice, counts: &mut Counts) -> Vec<String> {
    let steps = Steps::of(&before[0], &after[0]);
    if steps.len() < 2 && (0..steps.len()).all(|it| steps.writes_within(it) == 0) {
        return Vec::new();
    }
    let judged = experience::judge(&Input {
        tenant: &steps.tenant,
        system: held::system(before[0]["kind"].as_str().unwrap()),
        live: &steps.live,
        circumstances: &dialform::model::Circumstances::default(),
        steps: &steps.changes(),
        files: None,
        at,
    });
    let waits = steps.waits(&judged.follows);
    counts.worlds += 1;
    counts.waits += waits.iter().filter(|it| !it.is_empty()).count();
    let without = steps.waits(&vec![Vec::new(); steps.len()]);
    counts.waits_for_calls += waits.iter().zip(&without).filter(|(it, other)| it.len() > other.len()).count();
    let own: Vec<usize> = (0..steps.len()).collect();
    let others = (0..OTHERS).map(|_| orders::any(dice, &waits));
    let mut between: BTreeMap<Done, Vec<usize>> = BTreeMap::new();
    let mut is_own = BTreeSet::new();
    for (at, order) in [own].into_iter().chain(others).enumerate() {
        counts.writes += order.len();
        let mut steps_done = 0_u64;
        for (count, step) in order.iter().enumerate() {
            let parts = (0..steps.writes_within(*step)).map(|it| Some((*step, it)));
            let earlier = steps_done;
            let parts = parts.map(|part| Done { steps: earlier, part });
            steps_done |= 1 << step;
            let whole = (count + 1 < order.len()).then_some(Done::steps(steps_done));
            for done in parts.chain(whole) {
                between.entry(done).or_insert_with(|| order[..=count].to_vec());
                if at == 0 {
                    is_own.insert(done);
                }
            }
        }
    }
    counts.states += between.len();
    counts.within += between.keys().filter(|it| it.part.is_some()).count();
    let everybody = Everybody::of([before, after]);
    let names: BTreeSet<Who> = everybody
        .phones
        .iter()
        .flat_map(|(who, devices)| [who].into_iter().chain(devices))
        .cloned()
        .collect();
    let whole = (1_u64 << steps.len()) - 1;
    let sets: Vec<Done> = [0, whole].map(Done::steps).into_iter().chain(between.keys().copied()).collect();
    let worlds: Vec<[Value; 1]> = sets.iter().map(|it| [steps.after(&before[0], *it)]).collect();
    let mut references: Vec<Reference<'_>> = worlds.iter().map(|it| Reference::new(it, &names)).collect();
    let instants = instants([before, after], at);
    let mut wrong = Vec::new();
    for place in places([before, after]) {
        let said: Vec<&Meanwhile> =
            judged.experience.meanwhile.iter().filter(|it| is_named(it, &place)).collect();
        let brought: Vec<Address> = (judged.experience.brought.iter())
            .filter(|(label, _)| is_called(&place, label))
            .flat_map(|(_, steps)| steps.clone())
            .collect();
        let is_brought = |done: &Done| {
            let is_done = |it: &Address| steps.is_done(it.kind.section(), &it.key, done.steps);
            !brought.is_empty() && brought.iter().all(is_done)
        };
        let (is_said, is_said_lost) = (!said.is_empty(), said.iter().any(|it| it.is_lost));
        let mut is_astray = false;
        for instant in &instants {
            let hours: Vec<Hours> = worlds
                .iter()
                .zip(&sets)
                .map(|(it, done)| hours(&it[0], &steps, done.steps, instant))
                .collect();
            for state in finds(dice, &everybody, matches!(place, Place::Number(_))) {
                let mut each = references
                    .iter_mut()
                    .zip(&hours)
                    .map(|(it, hours)| it.judge(&place, instant.0, hours, &state));
                let (first, last) = (each.next().unwrap(), each.next().unwrap());
                let of = |it: &Option<Rc<Judged>>| it.as_ref().map(|it| it.courses.clone());
                let (was, will) = (of(&first), of(&last));
                if is_new(first.as_deref(), &place) {
                    continue;
                }
                for (now, done) in each.zip(&sets[2..]) {
                    counts.calls += 1;
                    let courses = of(&now);
                    if is_brought(done) {
                        counts.come_true += 1;
                        if courses != will {
                            let order = &between[done];
                            wrong.push(format!(
                                "  {place:?} at {}, {state:?}, after {order:?} of {brought:?}, {:?}: is not as after all\n    now    \
                                 {courses:?}\n    after  {will:?}",
                                instant.0, done.part
                            ));
                        }
                    }
                    match (courses == was, courses == will) {
                        (true, true) => counts.same += 1,
                        (true, false) => counts.before += 1,
                        (false, true) => counts.after += 1,
                        (false, false) => {
                            is_astray = true;
                            counts.said += usize::from(is_said);
                            let is_lost = is_taken(first.as_deref())
                                && is_taken(last.as_deref())
                                && is_lost(now.as_deref());
                            counts.lost += usize::from(is_said && is_lost);
                            let is_own = is_own.contains(done);
                            let is_unsaid = is_said && is_lost && !is_said_lost;
                            counts.lost_unsaid += usize::from(is_unsaid && !is_own);
                            if !is_said || is_unsaid && is_own {
                                let order: Vec<String> =
                                    between[done].iter().map(|it| steps.text(*it)).collect();
                                wrong.push(format!(
                                    "  {place:?} at {}, {state:?}, after {order:?}, {:?} (own: {is_own}):\n    before {was:?}\n    now    \
                                     {courses:?}\n    after  {will:?}",
                                    instant.0, done.part
                                ));
                            }
                        }
                    }
                }
            }
        }
        counts.named += usize::from(is_said);
        counts.named_in_vain += usize::from(is_said && !is_astray);
    }
    if !wrong.is_empty() {
        let all: Vec<String> = (0..steps.len())
            .map(|it| {
                format!("{} after {:?}, because of calls {:?}", steps.text(it), waits[it], judged.follows[it])
            })
            .collect();
        wrong.insert(0, format!("  steps {all:#?}"));
    }
    wrong
}

/// Nothing happens to a call while a plan is applied that the plan has not said, in whatever order its steps are carried out.
#[test]
fn calls_are_as_before_or_as_after_or_it_is_said() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().map_or(usual, |it| it.parse().unwrap());
    let (first, plans) = (number("DIALFORM_INSTANTS_FROM", 0), number("DIALFORM_INSTANTS", 15));
    let mut counts = Counts::default();
    let mut wrong = 0;
    for seed in first..first + plans {
        let found = random(seed, &mut counts);
        if !found.is_empty() {
            wrong += 1;
            let shown: Vec<&str> = found.iter().take(3).map(String::as_str).collect();
            eprintln!("plan {seed}: {} disagreements\n{}", found.len() - 1, shown.join("\n"));
            assert!(wrong < 40, "too much is wrong");
        }
    }
    println!("{counts}");
    assert_eq!(wrong, 0, "of {plans} plans");
    let is_one_by_one = plans < 10;
    assert!(
        is_one_by_one || counts.said > 0 && counts.before > 0 && counts.after > 0 && counts.come_true > 0,
        "{counts}"
    );
}

/// Calls that no step changes rest on an order as well: a queue leaves an extension for one that does the same, and then the first
/// is changed. The other way round its calls would take the change with them for a while.
#[test]
fn calls_that_never_change_are_not_disturbed() {
    let tenant = |failover: &str, no_answer: &str| {
        let forward = |to: &str| json!({ "order": [{ "when": "default", "forward": { "always": { "voicemail": to } } }] });
        json!({
            "tenant": "alpha", "kind": "stratus", "provider": "stratus", "account": "account0", "time_zone": "UTC",
            "numbers": { "+12145550100": { "route": { "queue": "400" } } },
            "queues": { "400": { "agents": [], "require_agents": true, "failover": { "extension": failover } } },
            "rules": { "101": forward(no_answer), "102": forward("104") },
        })
    };
    let (before, after) = ([tenant("101", "104")], [tenant("102", "103")]);
    let at = "2026-12-01T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    let mut counts = Counts::default();
    let found = play(&before, &after, at, &mut Dice::new(1), &mut counts);
    assert_eq!(found, Vec::<String>::new(), "{counts}");
    assert_eq!((counts.worlds, counts.waits_for_calls), (1, 1), "{counts}");
}
