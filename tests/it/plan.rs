//! Planning without any phone system: desired and observed state in the words of the YAML, the plan as text.

use dialform::{
    error::Failure,
    experience::{self, Change},
    finding::Place,
    flow::System,
    load::{Tree, decode},
    model::{Address, Circumstances, Extension, Kind, Resource, Tenant},
    plan::{
        self, Base, BulkEntry, ByHand, Class, Control, Dialect, GradeRow, Input, Observed, Plan, Policy,
        Portal, Removal, Role, Shown, Step, TenantPlan, When, desired,
    },
    render,
    run::Approval,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// The fields of each kind, all of them the provider's own but for what [`DIALECT`] says first.
const FIELDS: [(Kind, &str); 7] = [
    (Kind::Schedules, "weekly dates yearly time_zone enabled"),
    (Kind::Receivers, "label dial_extension whisper skip_whisper no_answer tagging_hours"),
    (
        Kind::Queues,
        "name dispatch agent_ring require_agents agents failover unavailable max_callers max_expected_wait ring_timeout max_wait no_answer",
    ),
    (Kind::Rules, "ring_timeout callers order"),
    (Kind::Diverts, "always on_call busy no_answer unreachable"),
    (Kind::Numbers, "label route"),
    (Kind::Forwards, "to active"),
];

/// A page with one box, which shows the kind of the object.
const fn page(clicks: &'static [&'static str]) -> Portal {
    let box_: &[Control] =
        &[Control { label: "Box", shows: |_, it| Some(Shown::Text(it.kind().section().to_owned())) }];
    Portal { clicks, controls: box_, save: "Save" }
}

static SPAM: Portal = page(&["click {}"]);
static NEW: Portal = page(&["make {}"]);
const FORWARDS: ByHand = ByHand {
    kind: Kind::Forwards,
    set: page(&["click {}"]),
    removed: Some(Removal {
        portal: page(&["empty {}"]),
        class: Class::CallerVisible,
        danger: "takes away what may be active",
    }),
};

fn grades() -> Vec<GradeRow> {
    let manual = GradeRow::manual(Kind::Rules, &["callers", "spam"], &SPAM, "test");
    let mut rows =
        vec![manual.when(When::Value("drop")), GradeRow::manual(Kind::Receivers, &[], &NEW, "test")];
    for (kind, fields) in FIELDS {
        rows.push(GradeRow::api(kind, &[], "test"));
        let fields = fields.split(' ').map(|field| [field].to_vec().leak());
        rows.extend(fields.map(|field| GradeRow::api(kind, field, "test")));
    }
    rows
}

/// A provider that reports everything back as it was written.
static DIALECT: LazyLock<Dialect> = LazyLock::new(|| Dialect {
    order: &[
        Kind::Schedules,
        Kind::Receivers,
        Kind::Queues,
        Kind::Rules,
        Kind::Diverts,
        Kind::Forwards,
        Kind::Numbers,
    ],
    grades: grades().leak(),
    by_hand: &[FORWARDS],
    country: None,
    normalize: |_, mut resource| {
        if let Resource::Rules(rules) = &mut resource {
            rules.order.iter_mut().flatten().for_each(|rule| rule.forward.complete());
        }
        resource.strip_local();
        Ok(resource)
    },
    ..Dialect::PLAIN
});

fn tenant(body: &str) -> Tenant {
    let text = format!("tenant: t\nprovider: p\naccount: a\n{body}");
    let tree = Tree::parse("t.yaml", &text).unwrap();
    let mut findings = Vec::new();
    let tenant = decode(&tree, tree.root(), &mut findings);
    assert_eq!(findings, []);
    tenant.unwrap()
}

fn resources(body: &str) -> BTreeMap<Address, Resource> {
    let all = desired(&tenant(body), &DIALECT, &|_| None).unwrap();
    all.into_iter().map(|(address, it)| (address, it.resource)).collect()
}

struct Case {
    yaml: String,
    live: String,
    base: Option<&'static str>,
    policy: Policy,
}

impl Case {
    fn new(yaml: impl Into<String>, live: impl Into<String>) -> Self {
        Self { yaml: yaml.into(), live: live.into(), base: None, policy: Policy::default() }
    }

    fn plan(&self) -> Plan {
        let wanted = tenant(&self.yaml);
        let role = |role: Role| move |extension: &str| (extension.parse::<Extension>().unwrap(), role);
        let mut observed = Observed { objects: resources(&self.live), ..Observed::default() };
        observed.extensions.extend(["101", "102", "103"].map(role(Role::Person)));
        observed.extensions.extend(["600"].map(role(Role::Attendant)));
        let queues: Vec<String> =
            observed.objects.keys().filter(|a| a.kind == Kind::Queues).map(|a| a.key.clone()).collect();
        observed.extensions.extend(queues.iter().map(|key| (key.parse().unwrap(), Role::Queue)));
        let base = self.base.map(|body| Base {
            revision: "main".to_owned(),
            desired: resources(body),
            protected: tenant(body).resources().filter(|(_, it)| it.protected()).map(|(a, _)| a).collect(),
            bulk: BulkEntry::of(&tenant(body), &DIALECT, &|_| None),
            ..Base::default()
        });
        let place = |_: &[_]| -> Option<Place> { None };
        let numbers = observed.objects.keys().filter(|a| a.kind == Kind::Numbers);
        let platform = numbers.map(|a| (a.key.clone(), "a".to_owned())).collect();
        Plan::new(vec![plan::build(Input {
            passed: &[],
            tenant: "t",
            provider: "p",
            account: "a",
            desired: desired(&wanted, &DIALECT, &place).unwrap(),
            time_zone: wanted.time_zone.as_deref(),
            platform: &platform,
            absent: wanted.absent.addresses().into_iter().map(|(address, _)| (address, None)).collect(),
            protected: wanted.resources().filter(|(_, it)| it.protected()).map(|(a, _)| a).collect(),
            base: base.as_ref(),
            switched_off: wanted
                .schedules
                .iter()
                .filter(|(_, it)| it.enabled == Some(false))
                .map(|(name, _)| Address::new(Kind::Schedules, name))
                .collect(),
            bulk: &BulkEntry::of(&wanted, &DIALECT, &place),
            exhaustive: wanted.exhaustive.iter().map(|kind| (*kind).into()).collect(),
            observed: &observed,
            dialect: &DIALECT,
            policy: self.policy.clone(),
            place: &place,
            only: &|_| true,
        })])
    }

    /// The plan as text, without its title and last lines, which say the same everywhere.
    fn text(&self) -> String {
        let mut bytes = Vec::new();
        render::plan(&mut dialform::page::Page::text(&mut bytes), &self.plan(), false).unwrap();
        let text = String::from_utf8(anstream::adapter::strip_bytes(&bytes).into_vec()).unwrap();
        let text = text.replace("t on p, account a\n\n", "");
        let lines = text.lines().filter(|line| {
            !line.starts_with("digest") && !line.starts_with("Callers notice") && !line.starts_with("Plan:")
        });
        lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }
}

const SCHEDULE: &str = "schedules: { night: { dates: [\"2026-12-25\"] } }";
const OFF: &str = "schedules: { night: { enabled: false } }";

/// What a reviewer reads is the product: one table of small worlds and the exact text of their plans, in `plan/reviewed.txt`.
#[test]
fn plans_read_as_reviewed() {
    let cases: &[(&str, Case)] = &[
        (
            "what is left out is left alone",
            Case::new(
                "numbers: { \"+12145550100\": { label: Main } }",
                "numbers: { \"+12145550100\": { label: Main, route: { extension: \"101\" } } }\nqueues: { \"400\": { name: Sales } }",
            ),
        ),
        (
            "a name that could be read as a way to something is in quotes",
            Case::new(
                "schedules: { a: {}, a.b: {}, \"a, b\": {} }\nrules: { \"101\": { order: [{ when: a.b, enabled: false }, { when: a }, { when: \"a, b\" }, { when: default }] } }",
                "schedules: { a: {}, a.b: {}, \"a, b\": {} }\nrules: { \"101\": { order: [{ when: a }, { when: a.b }, { when: \"a[0]\" }, { when: default }] } }",
            ),
        ),
        (
            "an active forward is switched off only with a word of its own",
            Case::new(
                "forwards: { \"+12145550100\": { active: false } }",
                "forwards: { \"+12145550100\": { to: \"+19725550199\", active: true } }",
            ),
        ),
        (
            "a queue that a live number still points to",
            Case::new(
                "absent: { queues: [\"400\"] }",
                "queues: { \"400\": { name: Sales } }\nnumbers: { \"+12145550100\": { route: { queue: \"400\" } } }",
            ),
        ),
        (
            "a queue that the same plan takes the number from: the number moves first, and nothing is critical",
            Case::new(
                "absent: { queues: [\"400\"] }\nnumbers: { \"+12145550100\": { route: { extension: \"101\" } } }",
                "queues: { \"400\": { name: Sales } }\nnumbers: { \"+12145550100\": { route: { queue: \"400\" } } }",
            ),
        ),
        (
            "make before break: a new queue, then the number",
            Case::new(
                "numbers: { \"+12145550100\": { route: { queue: \"401\" } } }\nqueues: { \"401\": { name: New, agents: [\"101\"] } }",
                "numbers: { \"+12145550100\": { route: { extension: \"101\" } } }",
            ),
        ),
        (
            "a queue without agents that a live number points to loses its way on",
            Case::new(
                "queues: { \"400\": { no_answer: off } }",
                "queues: { \"400\": { agents: [], no_answer: { extension: \"101\" } } }\nnumbers: { \"+12145550100\": { route: { queue: \"400\" } } }",
            ),
        ),
        (
            "a queue whose agents leave while it has a way on",
            Case::new(
                "queues: { \"400\": { agents: [] } }",
                "queues: { \"400\": { agents: [\"101\"], no_answer: { extension: \"101\" } } }\nnumbers: { \"+12145550100\": { route: { queue: \"400\" } } }",
            ),
        ),
        (
            "rules: one added at the top, one gone, one changed",
            Case::new(
                format!(
                    "{SCHEDULE}\nrules: {{ \"101\": {{ order: [{{ when: night, do_not_disturb: true }}, {{ when: default, call_screening: true }}] }} }}"
                ),
                format!(
                    "{SCHEDULE}\nrules: {{ \"101\": {{ order: [{{ when: storm, forward: {{ always: voicemail }} }}, {{ when: default }}] }} }}"
                ),
            ),
        ),
        (
            "an order without default leaves the live Default rule alone",
            Case::new(
                format!("{SCHEDULE}\nrules: {{ \"101\": {{ order: [{{ when: night }}] }} }}"),
                format!(
                    "{SCHEDULE}\nrules: {{ \"101\": {{ order: [{{ when: night }}, {{ when: default, do_not_disturb: true }}] }} }}"
                ),
            ),
        ),
        (
            "what there is no way in for is a step by hand",
            Case::new(
                "rules: { \"101\": { callers: { spam: drop, block_anonymous: true } } }",
                "rules: { \"101\": { callers: { spam: ring, block_anonymous: false } } }",
            ),
        ),
        (
            "an extension that an attendant answers is the attendant",
            Case::new(
                "diverts: { \"101\": { busy: { extension: \"600\" } } }",
                "diverts: { \"101\": { busy: { attendant: \"600\" } } }",
            ),
        ),
        (
            "cosmetic and only on failure",
            Case::new(
                "queues: { \"400\": { name: New, failover: { extension: \"101\" } } }",
                "queues: { \"400\": { name: Old, failover: off } }",
            ),
        ),
        (
            "a schedule that is switched off says for whom, and for whom it is not",
            Case::new(
                format!(
                    "{OFF}\nrules: {{ \"101\": {{ order: [{{ when: night }}, {{ when: default }}] }}, \"102\": {{ order: [{{ when: night }}, {{ when: default }}] }} }}"
                ),
                format!(
                    "{SCHEDULE}\nrules: {{ \"101\": {{ order: [{{ when: night }}, {{ when: default }}] }}, \"102\": {{ order: [{{ when: night }}, {{ when: default }}] }}, \"103\": {{ order: [{{ when: night }}, {{ when: default }}] }} }}"
                ),
            ),
        ),
        (
            "the same where other rules have not been read",
            Case::new(
                format!("{OFF}\nrules: {{ \"101\": {{ order: [{{ when: night }}, {{ when: default }}] }} }}"),
                format!(
                    "{SCHEDULE}\nrules: {{ \"101\": {{ order: [{{ when: night }}, {{ when: default }}] }} }}"
                ),
            ),
        ),
        ("a schedule that is switched off for nobody", Case::new(OFF, SCHEDULE)),
        (
            "a schedule that is off already has nothing to say",
            Case::new(
                format!("{OFF}\nrules: {{ \"101\": {{ order: [{{ when: night }}, {{ when: default }}] }} }}"),
                format!(
                    "{SCHEDULE}\nrules: {{ \"101\": {{ order: [{{ when: night, enabled: false }}, {{ when: default }}] }} }}"
                ),
            ),
        ),
        (
            "what a phone is called no caller notices",
            Case::new(
                "receivers: { \"+14105550120\": { label: New } }",
                "receivers: { \"+14105550120\": { label: Old } }",
            ),
        ),
        (
            "files or live: three ways to differ",
            Case {
                base: Some(
                    "diverts: { \"101\": { busy: off }, \"102\": { busy: off }, \"103\": { busy: off } }",
                ),
                ..Case::new(
                    "diverts: { \"101\": { busy: voicemail }, \"102\": { busy: off }, \"103\": { busy: voicemail } }",
                    "diverts: { \"101\": { busy: off }, \"102\": { busy: { extension: \"101\" } }, \"103\": { busy: { extension: \"101\" } } }",
                )
            },
        ),
        (
            "what was protected at the base revision is not deleted",
            Case {
                base: Some("queues: { \"400\": { protect: true } }"),
                ..Case::new("absent: { queues: [\"400\"] }", "queues: { \"400\": { name: Sales } }")
            },
        ),
        (
            "what cannot be read is never a difference by itself",
            Case {
                policy: Policy { unobservable: BTreeSet::from([Kind::Forwards]), ..Policy::default() },
                ..Case::new("forwards: { \"+12145550100\": { to: \"+19725550199\" } }", "")
            },
        ),
        (
            "it is something to do when the files changed",
            Case {
                base: Some(""),
                policy: Policy { unobservable: BTreeSet::from([Kind::Forwards]), ..Policy::default() },
                ..Case::new("forwards: { \"+12145550100\": { to: \"+19725550199\" } }", "")
            },
        ),
        (
            "a stale agent stops its queue and the number that leads there, not the emergency forward",
            Case::new(
                "numbers: { \"+12145550100\": { label: Main, route: { queue: \"400\" } }, \"+12145550101\": { label: Fax } }\n\
                 queues: { \"400\": { agents: [\"101\", \"109\"] } }\n\
                 forwards: { \"+12145550100\": { to: \"+19725550199\", active: true } }",
                "numbers: { \"+12145550100\": { route: { queue: \"400\" } }, \"+12145550101\": {} }\n\
                 queues: { \"400\": { agents: [\"101\"] } }\nforwards: { \"+12145550100\": {} }",
            ),
        ),
        (
            "what a stale rule still leads to is not deleted under it",
            Case::new(
                "diverts: { \"101\": { busy: { extension: \"109\" } } }\nabsent: { queues: [\"400\", \"401\"] }",
                "diverts: { \"101\": { busy: { queue: \"400\" } } }\nqueues: { \"400\": {}, \"401\": {} }",
            ),
        ),
        (
            "where a stale rule still leads to and nobody says anything of it, nothing was to be planned",
            Case::new(
                "diverts: { \"101\": { busy: { extension: \"109\" } } }\nabsent: { queues: [\"401\"] }",
                "diverts: { \"101\": { busy: { queue: \"400\" } } }\nqueues: { \"400\": {}, \"401\": {} }",
            ),
        ),
        (
            "an emergency forward to a number of the same account is down with it",
            Case::new(
                "forwards: { \"+12145550100\": { to: \"+12145550102\" } }",
                "numbers: { \"+12145550102\": {} }\nforwards: { \"+12145550100\": {} }",
            ),
        ),
        (
            "a forward that was on by the files and that nobody declares any more",
            Case {
                base: Some(
                    "forwards: { \"+12145550100\": { to: \"+19725550199\", active: true }, \"+12145550101\": { active: true }, \"+12145550102\": { active: true } }",
                ),
                ..Case::new(
                    "forwards: { \"+12145550100\": { to: \"+19725550199\" } }",
                    "forwards: { \"+12145550100\": { to: \"+19725550199\", active: true }, \
                     \"+12145550101\": { to: \"+19725550199\", active: true }, \"+12145550102\": { to: \"+19725550199\", active: false } }",
                )
            },
        ),
        (
            "a forward that was on by the files, where nobody can read it",
            Case {
                base: Some(
                    "forwards: { \"+12145550100\": { to: \"+19725550199\", active: true }, \"+12145550101\": { to: \"+19725550199\" } }",
                ),
                policy: Policy { unobservable: BTreeSet::from([Kind::Forwards]), ..Policy::default() },
                ..Case::new("", "")
            },
        ),
        (
            "what the files no longer declare and is still live, protected or not",
            Case {
                base: Some(
                    "queues: { \"400\": { protect: true }, \"401\": {}, \"402\": {} }\nnumbers: { \"+12145550100\": { label: Main } }\n\
                            schedules: { night: { dates: [\"2026-12-25\"] } }\ndiverts: { \"101\": { busy: off } }",
                ),
                ..Case::new(
                    "absent: { queues: [\"401\"] }",
                    "queues: { \"400\": {}, \"401\": {} }\nnumbers: { \"+12145550100\": { label: Main } }\n\
                     schedules: { night: { dates: [\"2026-12-25\"] } }\ndiverts: { \"101\": { busy: off } }",
                )
            },
        ),
        (
            "a forward that the files had switched on, that nobody declares, and that is on",
            Case {
                base: Some("forwards: { \"+12145550100\": { to: \"+19725550199\", active: true } }"),
                ..Case::new("", "forwards: { \"+12145550100\": { to: \"+19725550199\", active: true } }")
            },
        ),
        (
            "half a failover is known whichever half is live",
            Case::new(
                "queues: { \"400\": { require_agents: false }, \"401\": { require_agents: true }, \"402\": { failover: off } }",
                "queues: { \"400\": { require_agents: false, failover: { extension: \"101\" } }, \
                 \"401\": { require_agents: true, failover: { extension: \"101\" } }, \"402\": { require_agents: true, failover: off } }",
            ),
        ),
    ];
    let read = cases.iter().map(|(name, case)| format!("# {name}\n\n{}\n\n", case.text()));
    crate::golden::assert("plan/reviewed.txt", &read.collect::<String>());
}

/// How grave each change is called: too grave, and nobody reads it any more; not grave enough, and nobody looks.
#[test]
fn changes_are_as_grave_as_callers_find_them() {
    use Class::{CallerVisible, Cosmetic, OnFailure};
    let queue = |body: &str| format!("queues: {{ \"400\": {{ {body} }} }}");
    let agents = |list: &str| queue(&format!("dispatch: linear_cascade, agent_ring: 20, agents: [{list}]"));
    let new = queue("name: New, agents: [\"101\"]");
    let receiver = "receivers: { \"+14105550120\": { label: New, whisper: \"say:hello\" } }";
    let agent = |extension: &str, order: u32| format!("{{ extension: \"{extension}\", order: {order} }}");
    let all = |orders: [u32; 3]| {
        agents(
            &["101", "102", "103"]
                .into_iter()
                .zip(orders)
                .map(|(it, order)| agent(it, order))
                .collect::<Vec<_>>()
                .join(", "),
        )
    };
    /// What is declared, what is live, and the class of each step.
    type Graded = (String, String, Vec<(&'static str, Class)>);
    let cases: Vec<Graded> = vec![
        (SCHEDULE.into(), String::new(), vec![("schedules.night", Cosmetic)]),
        (
            format!(
                "{SCHEDULE}\nrules: {{ \"101\": {{ order: [{{ when: night, do_not_disturb: true }}, {{ when: default }}] }} }}"
            ),
            "rules: { \"101\": { order: [{ when: default }] } }".into(),
            vec![("schedules.night", Cosmetic), ("rules.101", CallerVisible)],
        ),
        (
            SCHEDULE.into(),
            "rules: { \"101\": { order: [{ when: night, do_not_disturb: true }, { when: default }] } }".into(),
            vec![("schedules.night", CallerVisible)],
        ),
        (new.clone(), String::new(), vec![("queues.400", Cosmetic)]),
        (
            format!("{new}\ndiverts: {{ \"101\": {{ busy: {{ queue: \"400\" }} }} }}"),
            "diverts: { \"101\": { busy: off } }".into(),
            vec![("queues.400", Cosmetic), ("diverts.101", CallerVisible)],
        ),
        // The extension of a queue is the queue.
        (
            new.clone(),
            "diverts: { \"101\": { busy: { extension: \"400\" } } }".into(),
            vec![("queues.400", CallerVisible)],
        ),
        (
            new,
            "numbers: { \"+12145550100\": { route: { queue: \"400\" } } }".into(),
            vec![("queues.400", CallerVisible)],
        ),
        (receiver.into(), String::new(), vec![("receivers.+14105550120", Cosmetic)]),
        (
            receiver.into(),
            "numbers: { \"+12145550100\": { route: { receivers: [\"+14105550120\"] } } }".into(),
            vec![("receivers.+14105550120", CallerVisible)],
        ),
        (all([10, 20, 30]), all([1, 2, 3]), vec![("queues.400", Cosmetic)]),
        (all([2, 2, 7]), all([1, 1, 2]), vec![("queues.400", Cosmetic)]),
        (all([1, 1, 2]), all([1, 2, 3]), vec![("queues.400", CallerVisible)]),
        (all([3, 2, 1]), all([1, 2, 3]), vec![("queues.400", CallerVisible)]),
        (
            agents(&[agent("101", 2), agent("103", 1)].join(", ")),
            agents(&[agent("101", 1), agent("102", 2)].join(", ")),
            vec![("queues.400", CallerVisible)],
        ),
        (
            queue("require_agents: true, agents: [\"101\"]"),
            queue("require_agents: false, agents: [\"101\"]"),
            vec![("queues.400", CallerVisible)],
        ),
        // Agents who log out are no failure.
        (
            queue("failover: { extension: \"103\" }, require_agents: true, agents: [\"101\"]"),
            queue("failover: off, require_agents: true, agents: [\"101\"]"),
            vec![("queues.400", CallerVisible)],
        ),
        // A phone that is offline is.
        (
            "diverts: { \"101\": { unreachable: { extension: \"102\" } } }".into(),
            "diverts: { \"101\": { unreachable: off } }\nnumbers: { \"+12145550100\": { route: { extension: \"101\" } } }".into(),
            vec![("diverts.101", OnFailure)],
        ),
        // What no call depends on here is as grave as it can be.
        (queue("max_callers: 3"), queue("max_callers: 4"), vec![("queues.400", CallerVisible)]),
        (queue("name: New"), queue("name: Old"), vec![("queues.400", Cosmetic)]),
    ];
    for (yaml, live, expected) in cases {
        let plan = Case::new(&yaml, &live).plan();
        let steps: Vec<&Step> = plan.steps().map(|(_, step)| step).collect();
        let changes: Vec<Change<'_>> = steps
            .iter()
            .map(|step| Change {
                address: &step.address,
                before: step.before.as_ref(),
                after: step.after.as_ref(),
                between: Vec::new(),
                is_by_hand: false,
            })
            .collect();
        let system = if live.contains("receivers") { System::CallTrackingMetrics } else { System::Stratus };
        let (tenant, at) = (tenant(&yaml), "2026-12-01T00:00:00Z".parse::<Timestamp>().unwrap().as_second());
        let input = experience::Input {
            tenant: &tenant,
            system,
            live: &resources(&live),
            circumstances: &Circumstances::default(),
            steps: &changes,
            files: None,
            at,
        };
        let classes = experience::judge(&input).classes;
        let found: Vec<(String, Class)> = steps
            .iter()
            .zip(classes)
            .map(|(it, class)| (it.address.to_string(), it.class.min(class)))
            .collect();
        let expected: Vec<(String, Class)> =
            expected.into_iter().map(|(it, class)| (it.to_owned(), class)).collect();
        assert_eq!(found, expected, "{yaml} on {live}");
    }
}

/// The digest is what a reviewer approves: it must not move with things that change nothing, and must with all others.
#[test]
fn the_digest_is_of_what_is_done() {
    let live = "numbers: { \"+12145550100\": { label: Old } }";
    let digest = |yaml: &str, live: &str| Case::new(yaml, live).plan().digest;
    let one = digest("numbers: { \"+12145550100\": { label: New } }", live);
    assert_eq!(one, digest("\n\nnumbers:\n  \"+12145550100\":\n    label: New\n", live), "layout");
    let more = format!("{live}\nqueues: {{ \"400\": {{}} }}");
    assert_eq!(one, digest("numbers: { \"+12145550100\": { label: New } }", &more), "an unmanaged object");
    assert_ne!(one, digest("numbers: { \"+12145550100\": { label: Newer } }", live), "another value");
    let drifted = "numbers: { \"+12145550100\": { label: Drifted } }";
    assert_ne!(one, digest("numbers: { \"+12145550100\": { label: New } }", drifted), "another live value");
}

/// Fifty forwards that go off after an outage are one decision: a pattern approves them, and says which they are. It never
/// reaches further than whoever wrote it could see.
#[test]
fn one_approval_covers_a_pattern() {
    let on = |number: &str| format!("\"+{number}\": {{ to: \"+19725550199\", active: true }}");
    let off = |number: &str| format!("\"+{number}\": {{ active: false }}");
    let forwards = |each: &dyn Fn(&str) -> String| {
        format!("forwards: {{ {} }}", ["12145550100", "12145550101"].map(each).join(", "))
    };
    let of = |name: &str| {
        let plan = Case::new(forwards(&off), forwards(&on)).plan();
        let tenants = plan.tenants.into_iter();
        tenants.map(|tenant| TenantPlan { tenant: name.to_owned(), ..tenant }).collect::<Vec<_>>()
    };
    let one = Plan::new(of("acme"));
    let two = Plan::new([of("acme"), of("bolt")].concat());
    let lines = |given: &str| {
        let both = "acme/forwards.+12145550100, acme/forwards.+12145550101";
        Ok(vec![format!("`--approve-critical {given}` approves 2 critical changes: {both}")])
    };
    let short =
        "`--approve-critical forwards.+12145550101` approves 1 critical change: acme/forwards.+12145550101";
    /// What was approved by a pattern, or what else would have to be approved.
    type Answer = Result<Vec<String>, &'static str>;
    let cases: [(&str, &Plan, &[&str], Answer); 8] = [
        ("nothing", &one, &[], Err("acme/forwards.*")),
        ("one of two", &one, &["acme/forwards.+12145550100"], Err("acme/forwards.+12145550101")),
        ("as the plan prints it", &one, &["acme/forwards.*"], lines("acme/forwards.*")),
        ("without the tenant, which is the only one", &one, &["forwards.*"], lines("forwards.*")),
        (
            "each by itself",
            &one,
            &["acme/forwards.+12145550100", "forwards.+12145550101"],
            Ok(vec![short.to_owned()]),
        ),
        ("without the tenant, of several", &two, &["forwards.*"], Err("*/forwards.*")),
        ("one of two tenants", &two, &["acme/*"], Err("bolt/forwards.*")),
        ("another kind", &one, &["acme/queues.*"], Err("acme/forwards.*")),
    ];
    for (name, plan, given, expected) in cases {
        let critical = given.iter().map(|it| (*it).to_owned()).collect();
        let approval = Approval { critical, ..Approval::default() };
        let permitted = approval.permit(plan).map(|_| approval.explain(plan).0);
        let permitted = permitted.map_err(|failure| match failure {
            Failure::Message { cause, .. } => cause.help.unwrap_or_default(),
            other => panic!("{name}: {other:?}"),
        });
        let expected =
            expected.map_err(|flag| format!("if that is intended, add `--approve-critical '{flag}'`"));
        assert_eq!(permitted, expected, "{name}");
    }
}

/// The guard is what stands between a wrong merge and every phone of a tenant.
#[test]
fn the_guard_counts_deletions_and_shares() {
    let policy = |max_deletes, max_changed_percent, min_population| Policy {
        guard: dialform::model::Guard { max_deletes, max_changed_percent, min_population },
        ..Policy::default()
    };
    let diverts = |to: &str| {
        format!(
            "diverts: {{ \"101\": {{ busy: {to} }}, \"102\": {{ busy: {to} }}, \"103\": {{ busy: off }} }}"
        )
    };
    let live = format!("{}\nqueues: {{ \"400\": {{}}, \"401\": {{}} }}", diverts("off"));
    let yaml = format!("{}\nabsent: {{ queues: [\"400\", \"401\"] }}", diverts("voicemail"));
    let refused =
        |policy| Case { policy, ..Case::new(yaml.as_str(), live.as_str()) }.plan().tenants[0].refused.clone();
    assert_eq!(refused(policy(2, 200, 1)), Vec::<String>::new());
    assert_eq!(refused(policy(1, 200, 1)), ["2 deletions, `guard.max_deletes` is 1"]);
    // What goes is not among what is declared: no number of objects is a part of a smaller one.
    assert_eq!(
        refused(policy(2, 100, 3)),
        ["4 objects change where 3 are declared, `guard.max_changed_percent` is 100"]
    );
    let two = yaml.replace("\"400\", \"401\"", "\"400\"");
    let all = Case { policy: policy(2, 50, 3), ..Case::new(two.as_str(), live.as_str()) }.plan();
    assert_eq!(all.tenants[0].refused, ["3 of 3 objects change, `guard.max_changed_percent` is 50"]);
    assert_eq!(refused(policy(2, 100, 4)), Vec::<String>::new(), "small tenants are exempt");
}

/// The steps of a plan in their order, each with what it changes and what it needs.
fn steps(yaml: &str, live: &str) -> Vec<String> {
    let plan = Case::new(yaml, live).plan();
    assert_eq!(plan.tenants[0].blocked, []);
    let one = |step: &plan::Step| {
        let fields: Vec<String> = step.changes.iter().map(|change| change.path.to_string()).collect();
        let needs: Vec<String> = step.needs.iter().map(ToString::to_string).collect();
        let action = serde_json::to_value(step.action).unwrap();
        let action = action.as_str().unwrap();
        format!("{action} {} ({}) after ({})", step.address, fields.join(", "), needs.join(", "))
    };
    plan.steps().map(|(_, step)| one(step)).collect()
}

/// A pointer to what is not there yet would be refused or lost: a circle of new objects is made open and then closed, and
/// no number is sent into it before.
#[test]
fn a_circle_of_new_objects_is_made_open_and_then_closed() {
    let pair = "queues: { \"400\": { name: A, failover: { queue: \"401\" } }, \"401\": { name: B, failover: { queue: \"400\" } } }";
    assert_eq!(
        steps(
            &format!("{pair}\nnumbers: {{ \"+12145550100\": {{ route: {{ queue: \"400\" }} }} }}"),
            "numbers: { \"+12145550100\": { route: { extension: \"101\" } } }"
        ),
        [
            "create queues.400 (name) after ()",
            "create queues.401 (name, failover) after (queues.400)",
            "update queues.400 (failover) after (queues.400, queues.401)",
            "update numbers.+12145550100 (route) after (queues.400)",
        ]
    );
    let three = "queues: { \"400\": { failover: { queue: \"401\" } }, \"401\": { failover: { queue: \"402\" } }, \"402\": { failover: { queue: \"400\" } } }";
    assert_eq!(
        steps(three, ""),
        [
            "create queues.400 () after ()",
            "create queues.402 (failover) after (queues.400)",
            "create queues.401 (failover) after (queues.402)",
            "update queues.400 (failover) after (queues.400, queues.401)",
        ]
    );
    let guard = dialform::model::Guard { max_deletes: 0, max_changed_percent: 0, min_population: 1 };
    let strict = Case { policy: Policy { guard, ..Policy::default() }, ..Case::new(pair, "") };
    assert_eq!(strict.plan().tenants[0].refused, Vec::<String>::new(), "nothing that was there changes");
    let live = "queues: { \"400\": { name: A, failover: off }, \"401\": { name: B, failover: off } }";
    assert_eq!(
        steps(pair, live),
        ["update queues.400 (failover) after ()", "update queues.401 (failover) after (queues.400)"],
        "what is there already can be pointed to"
    );
}

/// What a person has to make is not there yet: a number that was sent to it would ring nowhere.
#[test]
fn a_step_waits_for_what_a_person_has_to_make() {
    let receiver = "receivers: { \"+14105550120\": { label: New } }";
    let number = "numbers: { \"+12145550100\": { route: { receiver: \"+14105550120\" } } }";
    let live = "numbers: { \"+12145550100\": { route: { extension: \"101\" } } }";
    assert_eq!(
        steps(&format!("{receiver}\n{number}"), live),
        [
            "manual receivers.+14105550120 (label) after ()",
            "update numbers.+12145550100 (route) after (receivers.+14105550120)",
        ]
    );
}
