//! Makes a workspace of many tenants, to measure dialform with and to try it at the size of a real provider.
//!
//! ```text
//! cargo run --example fleet -- TENANTS DIR [--seed N] [--agree] [--providers N]
//! dialform -C DIR plan --sandbox
//! cargo run --example fleet -- TENANTS --measure DIALFORM [--seed N] [--agree] [--providers N]
//! ```
//!
//! With `--measure` nothing is left behind: [`tables`] says what this program takes for such a fleet, and octoDNS for as many bytes
//! where it is installed.
//!
//! `DIR` gets a `dialform.yaml` with one Stratus provider per hundred tenants, or as many as `--providers` says, a file a tenant under `tenants/`, and
//! what is live at first under `live/`, from which `--sandbox` starts. It has to be empty or missing.
//!
//! Every tenant has 2 schedules, 6 numbers, 6 emergency forwards, 4 extensions with rules, 2 with diverts, and 1 or 2
//! queues: 21 or 22 objects. Its live account differs in exactly [`DRIFTS`] objects, so that a first plan has
//! `DRIFTS` times `TENANTS` updates and nothing else; with `--agree` it does not differ and the first plan is empty.
//!
//! The same seed makes the same bytes, and tenant 7 is the same whether there are ten tenants or ten thousand. All
//! phone numbers are of the exchange 555, of which hardly any is given to anybody.

pub mod tables;

use std::{
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Objects of a tenant whose live state differs, unless the fleet agrees.
pub const DRIFTS: usize = 3;

const TENANTS_PER_PROVIDER: usize = 100;
const NUMBERS: usize = 6;
/// As many as there are numbers for.
const MOST: usize = 100_000;

/// What to make.
pub struct Fleet {
    pub tenants: usize,
    pub seed: u64,
    /// Whether the live accounts are as declared.
    pub agree: bool,
    /// On so many systems; none: one for each hundred tenants.
    pub providers: Option<usize>,
}

/// What was made.
pub struct Summary {
    pub tenants: usize,
    pub providers: usize,
    /// Objects declared, over all tenants.
    pub objects: usize,
    /// Steps the first plan has.
    pub differences: usize,
}

fn main() -> ExitCode {
    let result = arguments(std::env::args().skip(1)).and_then(|(fleet, place)| {
        let dir = match place {
            Place::Directory(dir) => dir,
            Place::Program(dialform) => return tables::print(&mut io::stdout(), &dialform, &fleet),
        };
        let Summary { tenants, providers, objects, differences } = generate(&fleet, &dir)?;
        let dir = dir.display();
        writeln!(
            io::stdout(),
            "{dir}: tenants {tenants}, providers {providers}, objects {objects}, to change {differences}"
        )?;
        Ok(())
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where this cannot be written there is nobody left to tell.
            let _ = writeln!(io::stderr(), "fleet: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What to do with a fleet.
enum Place {
    /// It is written here.
    Directory(PathBuf),
    /// This program is measured with it.
    Program(String),
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<(Fleet, Place), Box<dyn Error>> {
    const USAGE: &str =
        "usage: fleet TENANTS (DIR | --measure DIALFORM) [--seed N] [--agree] [--providers N]";
    let mut fleet = Fleet { tenants: 0, seed: 1, agree: false, providers: None };
    let mut places = Vec::new();
    let mut program = None;
    while let Some(word) = given.next() {
        match word.as_str() {
            "--agree" => fleet.agree = true,
            "--measure" => program = Some(given.next().ok_or(USAGE)?),
            "--providers" => fleet.providers = Some(given.next().ok_or(USAGE)?.parse()?),
            "--seed" => fleet.seed = given.next().ok_or(USAGE)?.parse()?,
            option if option.starts_with('-') => return Err(USAGE.into()),
            _ => places.push(word),
        }
    }
    let (tenants, place) = match (places.as_slice(), program) {
        ([tenants, dir], None) => (tenants, Place::Directory(dir.into())),
        ([tenants], Some(program)) => (tenants, Place::Program(program)),
        _ => return Err(USAGE.into()),
    };
    fleet.tenants = tenants.parse().map_err(|_| USAGE)?;
    Ok((fleet, place))
}

/// Writes the workspace.
pub fn generate(fleet: &Fleet, dir: &Path) -> Result<Summary, Box<dyn Error>> {
    let Fleet { tenants, seed, agree, providers } = *fleet;
    if !(1..=MOST).contains(&tenants) {
        return Err(format!("there are numbers for 1 to {MOST} tenants, not for {tenants}").into());
    }
    let providers = providers.unwrap_or(tenants.div_ceil(TENANTS_PER_PROVIDER));
    if !(1..=tenants).contains(&providers) {
        return Err(format!("{tenants} tenants can be on 1 to {tenants} systems, not on {providers}").into());
    }
    let each = tenants.div_ceil(providers);
    // Leftovers of another fleet, or its sandbox state, would make this one something else.
    fs::create_dir_all(dir)?;
    if fs::read_dir(dir)?.next().is_some() {
        return Err(format!("`{}` is not empty", dir.display()).into());
    }
    fs::create_dir(dir.join("tenants"))?;
    fs::write(dir.join("dialform.yaml"), workspace(providers))?;
    for provider in 0..providers {
        fs::create_dir_all(dir.join("live").join(provider_name(provider)))?;
    }
    let mut objects = 0;
    for index in 0..tenants {
        let mut dice = Dice::new(seed, index);
        let tenant = Tenant::new(index, provider_name(index / each), &mut dice);
        objects += tenant.objects();
        fs::write(dir.join("tenants").join(format!("{}.yaml", tenant.name)), tenant.declared())?;
        let mut live = tenant;
        if !agree {
            dice.pick(Drift::ALL).into_iter().take(DRIFTS).for_each(|drift| live.suffer(drift));
        }
        let seed = dir.join("live").join(&live.provider).join(format!("{}.yaml", live.account));
        fs::write(seed, live.found())?;
    }
    let differences = if agree { 0 } else { tenants * DRIFTS };
    Ok(Summary { tenants, providers, objects, differences })
}

fn provider_name(index: usize) -> String {
    format!("stratus-{index:03}")
}

fn workspace(providers: usize) -> String {
    let mut text = "# Made by examples/fleet.\nversion: 1\nproviders:\n".to_owned();
    for index in 0..providers {
        let name = provider_name(index);
        text.push_str(&format!(
            "  {name}:
    kind: stratus
    url: https://{name}.example.net/ns-api/v2
    token: {{ env: STRATUS_TOKEN }}
    carrier: {{ url: \"https://carrier.example.net\", token: {{ env: CARRIER_TOKEN }} }}
    # Far beyond what a live system bears: here dialform is measured, not its patience.
    limits: {{ requests_per_second: 100000, concurrency: 16 }}
"
        ));
    }
    text.push_str("tenants: [\"tenants/*.yaml\"]\n");
    text
}

/// Numbers without a pattern, from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    /// Dice of one tenant, apart from those of its neighbours.
    fn new(seed: u64, tenant: usize) -> Self {
        let mut dice = Self(seed ^ (tenant as u64).wrapping_mul(0xA076_1D64_78BD_642F));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// All of them, shuffled.
    fn pick<T: Copy>(&mut self, of: &[T]) -> Vec<T> {
        let mut all = of.to_vec();
        for end in (1..all.len()).rev() {
            all.swap(end, self.below(end + 1));
        }
        all
    }
}

/// What people get wrong in a portal. Each is about another object, so that each is one step of a plan.
#[derive(Clone, Copy)]
enum Drift {
    StaleHolidays,
    NumberRoute,
    NumberLabel,
    NoForward,
    RingTimeout,
    HolidaysShadowed,
    NoRequireAgents,
    NoDivert,
}

impl Drift {
    const ALL: &[Self] = &[
        Self::StaleHolidays,
        Self::NumberRoute,
        Self::NumberLabel,
        Self::NoForward,
        Self::RingTimeout,
        Self::HolidaysShadowed,
        Self::NoRequireAgents,
        Self::NoDivert,
    ];
}

/// One tenant, in neither the words of the YAML nor those of the wire.
struct Tenant {
    name: String,
    provider: String,
    account: String,
    /// As dialform and as NetSapiens call it.
    zone: (&'static str, &'static str),
    /// Open from this hour on, for nine hours with one at noon off.
    opens: usize,
    holiday: &'static str,
    /// Extensions 101 to 104.
    people: Vec<Person>,
    /// Extensions 105 and 106: where calls go when they are offline.
    diverts: Vec<Option<String>>,
    queues: Vec<Queue>,
    numbers: Vec<Number>,
}

struct Person {
    ring: usize,
    /// Names of schedules, above the Default rule.
    order: Vec<&'static str>,
}

struct Queue {
    key: usize,
    name: &'static str,
    /// As dialform and as NetSapiens call it.
    dispatch: (&'static str, &'static str),
    require_agents: bool,
}

struct Number {
    /// Ten digits.
    digits: String,
    label: String,
    route: Route,
    forward: Option<String>,
}

#[derive(Clone, Copy)]
enum Route {
    Queue(usize),
    Extension(usize),
    Voicemail(usize),
}

const FIRST: &[&str] =
    &["Amber", "Bright", "Cedar", "Delta", "Elm", "Fox", "Granite", "Harbor", "Iris", "Juniper"];
const SECOND: &[&str] =
    &["Dental", "Legal", "Motors", "Plumbing", "Realty", "Roofing", "Solar", "Travel", "Vets"];
const ZONES: &[(&str, &str)] = &[
    ("America/New_York", "US/Eastern"),
    ("America/Chicago", "US/Central"),
    ("America/Denver", "US/Mountain"),
    ("America/Los_Angeles", "US/Pacific"),
];
const DISPATCH: &[(&str, &str)] = &[
    ("ring_all", "Ring All"),
    ("round_robin", "Round-robin"),
    ("linear_cascade", "Linear Cascade"),
    ("linear_hunt", "Linear Hunt"),
];
const LABELS: [&str; NUMBERS] = ["Main line", "Sales", "Service", "Direct line", "After hours", "Campaign"];

/// A place no tenant hosts.
fn outside(dice: &mut Dice) -> String {
    format!("98955501{:02}", dice.below(100))
}

/// The ten digits of a number of the fleet. Those from 555-0100 to 555-0199 are kept for examples; a large fleet needs more, and a
/// very large one more area codes.
fn digits(number: usize) -> String {
    const AREA_CODES: [u16; 40] = [
        201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228,
        229, 231, 234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302,
    ];
    const MORE: [u16; 24] = [
        303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325, 330,
        334, 336, 337, 339,
    ];
    /// The hundreds of an area code, but the first.
    const HUNDREDS: usize = 99;
    let (codes, hundred): (&[u16], usize) = match (number / 100).checked_sub(AREA_CODES.len() * HUNDREDS) {
        None => (&AREA_CODES, number / 100),
        Some(more) => (&MORE, more),
    };
    format!("{}555{:02}{:02}", codes[hundred % codes.len()], 1 + hundred / codes.len(), number % 100)
}

impl Tenant {
    fn new(index: usize, provider: String, dice: &mut Dice) -> Self {
        let name = format!("{}-{}-{index:05}", dice.one(FIRST), dice.one(SECOND)).to_lowercase();
        let person = |dice: &mut Dice| Person {
            ring: dice.one(&[15, 20, 25, 30]),
            order: vec!["holidays", "business-hours"],
        };
        let queue = |dice: &mut Dice, key, name| Queue {
            key,
            name,
            dispatch: dice.one(DISPATCH),
            require_agents: true,
        };
        let mut queues = vec![queue(dice, 400, "Reception")];
        if dice.below(2) == 1 {
            queues.push(queue(dice, 401, "Service desk"));
        }
        let last = queues.len() - 1;
        let routes = [
            Route::Queue(400),
            Route::Extension(101),
            Route::Queue(queues[last].key),
            Route::Extension(102),
            Route::Voicemail(103),
            Route::Extension(104),
        ];
        let numbers = routes.into_iter().enumerate().map(|(place, route)| {
            let number = index * NUMBERS + place;
            Number {
                digits: digits(number),
                label: LABELS[place].to_owned(),
                route,
                forward: Some(outside(dice)),
            }
        });
        let numbers = numbers.collect();
        Self {
            account: format!("{}.{}.service", name.replace('-', ""), 10_000 + index),
            name,
            provider,
            zone: dice.one(ZONES),
            opens: dice.one(&[7, 8, 9]),
            holiday: "2027-11-25",
            people: (0..4).map(|_| person(dice)).collect(),
            diverts: (0..2).map(|_| Some(outside(dice))).collect(),
            queues,
            numbers,
        }
    }

    fn objects(&self) -> usize {
        2 + self.people.len() + self.diverts.len() + self.queues.len() + 2 * self.numbers.len()
    }

    fn suffer(&mut self, drift: Drift) {
        match drift {
            Drift::StaleHolidays => self.holiday = "2026-11-26",
            Drift::NumberRoute => self.numbers[1].route = Route::Extension(107),
            Drift::NumberLabel => self.numbers[3].label.push_str(" (old)"),
            Drift::NoForward => self.numbers[0].forward = None,
            Drift::RingTimeout => self.people[0].ring = 60,
            Drift::HolidaysShadowed => self.people[1].order.reverse(),
            Drift::NoRequireAgents => self.queues[0].require_agents = false,
            Drift::NoDivert => self.diverts[0] = None,
        }
    }

    /// The hours before and after noon, `hhmm` apart from the separator.
    fn hours(&self, colon: &str) -> [(String, String); 2] {
        let at = |hour: usize| format!("{hour:02}{colon}00");
        [(at(self.opens), at(12)), (at(13), at(self.opens + 9))]
    }

    /// The tenant file.
    fn declared(&self) -> String {
        let Self {
            name,
            provider,
            account,
            zone: (zone, _),
            opens: _,
            holiday,
            people,
            diverts,
            queues,
            numbers,
        } = self;
        let hours = self.hours(":").map(|(begin, end)| format!("\"{begin}-{end}\"")).join(", ");
        let mut text = format!(
            "tenant: {name}
provider: {provider}
account: {account}
time_zone: {zone}

schedules:
  business-hours: {{ weekly: {{ mon-fri: [{hours}] }} }}
  holidays: {{ dates: [\"{holiday}\"], yearly: [\"07-04\", \"12-24..12-26\"] }}

numbers:
"
        );
        for Number { digits, label, route, forward: _ } in numbers {
            let route = match route {
                Route::Queue(to) => format!("queue: \"{to}\""),
                Route::Extension(to) => format!("extension: \"{to}\""),
                Route::Voicemail(to) => format!("voicemail: \"{to}\""),
            };
            text.push_str(&format!("  \"+1{digits}\": {{ label: {label}, route: {{ {route} }} }}\n"));
        }
        text.push_str("\nforwards:\n");
        for Number { digits, forward, .. } in numbers {
            if let Some(to) = forward {
                text.push_str(&format!("  \"+1{digits}\": {{ to: \"+1{to}\" }}\n"));
            }
        }
        text.push_str("\nrules:\n");
        for (extension, Person { ring, order }) in (101..).zip(people) {
            text.push_str(&format!("  \"{extension}\":\n    ring_timeout: {ring}\n    order:\n"));
            for when in order {
                let body = match *when {
                    "holidays" => "        forward: { always: voicemail }".to_owned(),
                    _ => format!(
                        "        ring: {{ simultaneous: {{ own_extension: true, also: [{{ extension: \"{}\", delay: 10 }}] }} }}
        forward: {{ on_call: {{ queue: \"400\" }}, no_answer: voicemail }}",
                        extension + 1
                    ),
                };
                text.push_str(&format!("      - when: {when}\n{body}\n"));
            }
            text.push_str("      - when: default\n        forward: { no_answer: voicemail }\n");
        }
        text.push_str("\ndiverts:\n");
        for (extension, unreachable) in (105..).zip(diverts) {
            let to = unreachable.as_ref().map_or("off".to_owned(), |to| format!("{{ number: \"+1{to}\" }}"));
            text.push_str(&format!("  \"{extension}\": {{ no_answer: voicemail, unreachable: {to} }}\n"));
        }
        text.push_str("\nqueues:\n");
        for Queue { key, name, dispatch: (dispatch, _), require_agents } in queues {
            text.push_str(&format!(
                "  \"{key}\":
    name: {name}
    dispatch: {dispatch}
    agent_ring: 20
    require_agents: {require_agents}
    agents: [\"101\", {{ extension: \"102\", wrap_up: 10 }}, \"103\"]
    failover: {{ voicemail: \"104\" }}
"
            ));
        }
        text
    }

    /// What is live at first, in the words of the wire.
    fn found(&self) -> String {
        let Self {
            name: _,
            provider: _,
            account,
            zone: (_, zone),
            opens: _,
            holiday,
            people,
            diverts,
            queues,
            numbers,
        } = self;
        let mut text = format!("domain: {{ time-zone: {zone} }}\n\ntimeframes:\n");
        text.push_str("  - timeframe-name: business-hours\n    timeframe-type: days-of-week\n");
        text.push_str("    timeframe-days-of-week-array:\n      - timeframe-recurrence-type: weekly\n");
        for day in ["monday", "tuesday", "wednesday", "thursday", "friday"] {
            for (n, (begin, end)) in (1..).zip(self.hours("")) {
                text.push_str(&format!("        timeframe-weekly-{day}-begin-time-{n}: \"{begin}\"\n"));
                text.push_str(&format!("        timeframe-weekly-{day}-end-time-{n}: \"{end}\"\n"));
            }
        }
        text.push_str("  - timeframe-name: holidays\n    timeframe-type: specific-dates\n");
        text.push_str("    timeframe-specific-dates-array:\n");
        let holiday = holiday.replace('-', "");
        for (begin, end, recurrence) in [
            (holiday.as_str(), holiday.as_str(), "doesNotRecur"),
            ("20240704", "20240704", "yearly-on-selected-dates"),
            ("20241224", "20241226", "yearly-on-selected-dates"),
        ] {
            text.push_str(&format!(
                "      - timeframe-specific-dates-begin-date: \"{begin}\"
        timeframe-specific-dates-begin-time: \"0000\"
        timeframe-specific-dates-end-date: \"{end}\"
        timeframe-specific-dates-end-time: \"2359\"
        timeframe-recurrence-type: {recurrence}
"
            ));
        }
        text.push_str("\nusers:\n");
        for (extension, Person { ring, order }) in (101..).zip(people) {
            text.push_str(&format!(
                "  - user: \"{extension}\"\n    ring-no-answer-timeout-seconds: {ring}\n"
            ));
            text.push_str("    answerrules:\n");
            for when in order {
                text.push_str(&format!("      - time-frame: {when}\n"));
                text.push_str(&match *when {
                    "holidays" => feature("forward-always", &[&format!("vmail_{extension}")]),
                    _ => {
                        let own = extension.to_string();
                        let next = format!("{};delay=10", extension + 1);
                        feature("simultaneous-ring", &[&own, &next])
                            + &feature("forward-on-active", &["queue_400"])
                            + &feature("forward-no-answer", &[&format!("vmail_{extension}")])
                    }
                });
            }
            text.push_str("      - time-frame: \"*\"\n");
            text.push_str(&feature("forward-no-answer", &[&format!("vmail_{extension}")]));
        }
        for (extension, unreachable) in (105..).zip(diverts) {
            text.push_str(&format!(
                "  - user: \"{extension}\"\n    answerrules:\n      - time-frame: \"*\"\n"
            ));
            text.push_str(&feature("simultaneous-ring", &["<OwnDevices>"]));
            text.push_str(&feature("forward-no-answer", &[&format!("vmail_{extension}")]));
            if let Some(to) = unreachable {
                text.push_str(&feature("forward-when-unregistered", &[&format!("1{to}")]));
            }
        }
        // Nobody declares this one.
        text.push_str("  - user: \"107\"\n");
        for Queue { key, .. } in queues {
            text.push_str(&format!("  - user: \"{key}\"\n    service-code: system-queue\n"));
            text.push_str("    answerrules:\n      - time-frame: \"*\"\n");
            text.push_str(&feature("forward-when-unregistered", &["vmail_104"]));
        }
        text.push_str("\nphonenumbers:\n");
        for Number { digits, label, route, forward: _ } in numbers {
            let (application, to) = match route {
                Route::Queue(to) => ("to-callqueue", to),
                Route::Extension(to) => ("to-user-residential", to),
                Route::Voicemail(to) => ("to-voicemail-residential", to),
            };
            text.push_str(&format!(
                "  - phonenumber: \"1{digits}\"
    dial-rule-application: {application}
    dial-rule-translation-destination-user: \"{to}\"
    dial-rule-translation-destination-host: {account}
    dial-rule-description: {label}
"
            ));
        }
        text.push_str("\ncallqueues:\n");
        for Queue { key, name, dispatch: (_, dispatch), require_agents } in queues {
            let require = if *require_agents { "yes" } else { "no" };
            text.push_str(&format!(
                "  - callqueue: \"{key}\"
    description: {name}
    callqueue-dispatch-type: {dispatch}
    callqueue-agent-dispatch-timeout-seconds: 20
    callqueue-require-available-agents-to-accept-new-callers: {require}
    agents:
"
            ));
            for (order, (agent, rest)) in (1..).zip([(101, 0), (102, 10), (103, 0)]) {
                text.push_str(&format!(
                    "      - callqueue-agent-id: {agent}@{account}
        ordinal-order: {order}
        callqueue-agent-wrap-up-allowance-seconds: {rest}
"
                ));
            }
        }
        text.push_str("\ncarrier:\n");
        for Number { digits, forward, .. } in numbers {
            if let Some(to) = forward {
                text.push_str(&format!(
                    "  - {{ number: \"{digits}\", destination: \"{to}\", active: false }}\n"
                ));
            }
        }
        text
    }
}

/// One feature of an answer rule, switched on.
fn feature(name: &str, parameters: &[&str]) -> String {
    let parameters: Vec<String> = parameters.iter().map(|word| format!("\"{word}\"")).collect();
    format!("        {name}: {{ enabled: yes, parameters: [{}] }}\n", parameters.join(", "))
}
