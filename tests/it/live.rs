//! Odd things that live accounts hold, and what a plan makes of them. Every line here was once a plan that said nothing,
//! or an apply that took something away.

use crate::world::World;
use dialform::error::Ending;

/// The live account of a case: people 101 and 102, queues 400 and 430, one number each, and what the case adds.
fn live(user_101: &str, queue_400: &str, more: &str) -> String {
    format!(
        r#"
domain: {{ domain: acme.1.service }}
users:
  - {{ user: "101", answerrules: [{user_101}] }}
  - {{ user: "102" }}
  - {{ user: "600", service-code: system-aa }}
  - {{ user: "400", service-code: system-queue, answerrules: [{queue_400}] }}
phonenumbers:
  - {{ phonenumber: "12145550100", dial-rule-application: to-callqueue, dial-rule-translation-destination-user: "400" }}
  - {{ phonenumber: "12145550101", dial-rule-application: to-user, dial-rule-translation-destination-user: "101", enabled: "no" }}
callqueues:
  - {{ callqueue: "400", agents: [{{ callqueue-agent-id: 101@acme.1.service }}] }}
  - {{ callqueue: "430" }}
timeframes:
  - {{ timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }}
{more}
"#
    )
}

const DEFAULT: &str = r#"{ time-frame: "*" }"#;

/// The lines of a plan that matter to a case: what is blocked, critical, noted or to be done by hand.
fn said(plan: &str) -> Vec<String> {
    let telling = [
        "error[",
        "critical:",
        "note:",
        "to check by hand",
        "[ ]",
        "!",
        "+",
        "route:",
        "No changes",
        "Nothing",
    ];
    let lines = plan.lines().map(str::trim);
    let lines = lines.filter(|line| !line.contains("is not part of any call that is placed here"));
    lines.filter(|line| telling.iter().any(|word| line.starts_with(word))).map(str::to_owned).collect()
}

const MENU: &str = "autoattendants: [{ attendant-name: Main, user: \"600\", starting-prompt: Prompt_1 }]";

struct Case {
    name: &'static str,
    user_101: &'static str,
    queue_400: &'static str,
    more: &'static str,
    /// A state that no seed has: the server itself switches a list on that holds something.
    switch_off_lists: bool,
    tenant: &'static str,
    says: &'static [&'static str],
}

const PLAIN: Case = Case {
    name: "",
    user_101: DEFAULT,
    queue_400: DEFAULT,
    more: "",
    switch_off_lists: false,
    tenant: "",
    says: &[],
};

const CASES: &[Case] = &[
    Case {
        name: "a time frame that is really called default",
        user_101: r#"{ time-frame: default, forward-always: { enabled: "yes", parameters: [vmail_101] } }, { time-frame: "*" }"#,
        tenant: "schedules: { night: {} }\nrules: { \"101\": { order: [{ when: night }] } }",
        says: &[
            "error[reserved-name]: extension `101` has a rule for a time frame that is really called `default`",
        ],
        ..PLAIN
    },
    Case {
        name: "an allow list that is off and not empty",
        user_101: r#"{ time-frame: "*", phone-numbers-to-allow: { enabled: "yes", parameters: ["9005550001"] } }"#,
        switch_off_lists: true,
        tenant: "rules: { \"101\": { callers: { allow: [\"+12145550177\"] } } }",
        says: &[
            "error[stale-list]: the allow list of `101` is off but still holds 1 number, which adding one would switch on",
        ],
        ..PLAIN
    },
    // To take out what nobody has declared, unseen, would lose it: no restore brings back a list that was off.
    Case {
        name: "a block list that is off and holds others",
        user_101: r#"{ time-frame: "*", phone-numbers-to-reject: { enabled: "no", parameters: ["9005550001", "2145550177"] } }"#,
        tenant: "rules: { \"101\": { callers: { block: [\"+12145550177\"] } } }",
        says: &[
            "error[stale-list]: the block list of `101` is off but still holds 1 number, which adding one would switch on",
        ],
        ..PLAIN
    },
    Case {
        name: "a block list that is off and holds callers without a number, who are to be let in",
        user_101: r#"{ time-frame: "*", phone-numbers-to-reject: { enabled: "no", parameters: ["2145550177", anonymous] } }"#,
        tenant: "rules: { \"101\": { callers: { block: [\"+12145550177\"], block_anonymous: false } } }",
        says: &[
            "error[stale-list]: the block list of `101` is off but still holds 1 number, which adding one would switch on",
        ],
        ..PLAIN
    },
    Case {
        name: "a block list that is off and stays off",
        user_101: r#"{ time-frame: "*", phone-numbers-to-reject: { enabled: "no", parameters: ["9005550001"] } }"#,
        tenant: "rules: { \"101\": { callers: { block: [] } } }",
        says: &["No changes. 1 tenant is as declared."],
        ..PLAIN
    },
    Case {
        name: "the same list is nobody's business where it is not declared",
        user_101: r#"{ time-frame: "*", phone-numbers-to-allow: { enabled: "yes", parameters: ["9005550001"] } }"#,
        switch_off_lists: true,
        tenant: "rules: { \"101\": { callers: { block_anonymous: false } } }",
        says: &["No changes. 1 tenant is as declared."],
        ..PLAIN
    },
    Case {
        name: "diverts of a Default rule that is off",
        user_101: r#"{ time-frame: "*", enabled: "no" }"#,
        tenant: "diverts: { \"101\": { busy: off } }",
        says: &[
            "error[default-rule-off]: the Default rule of `101` is switched off, and its forwards with it",
        ],
        ..PLAIN
    },
    Case {
        name: "a failover whose Default rule is off",
        queue_400: r#"{ time-frame: "*", enabled: "no" }"#,
        tenant: "queues: { \"400\": { failover: { extension: \"102\" } } }",
        says: &[
            "error[default-rule-off]: the Default rule of queue `400` is switched off, and its `failover` with it",
        ],
        ..PLAIN
    },
    Case {
        name: "other forwards of a queue whose Default rule is off",
        queue_400: r#"{ time-frame: "*", enabled: "no" }"#,
        tenant: "queues: { \"400\": { no_answer: { extension: \"102\" }, unavailable: off } }",
        says: &[
            "error[default-rule-off]: the Default rule of queue `400` is switched off, and its `unavailable` with it",
            "error[default-rule-off]: the Default rule of queue `400` is switched off, and its `no_answer` with it",
        ],
        ..PLAIN
    },
    Case {
        name: "callers who would go on only after a time that never ends, and are put out before",
        tenant: "queues: { \"400\": { no_answer: { extension: \"102\" }, max_wait: 120 } }",
        says: &[
            "note: queues.400: callers go to `no_answer` after the queue's `ring_timeout`, which is unlimited: they do not go \
             there until it has a `ring_timeout` (FACTS stratus/queues-15)",
            "note: queues.400: where callers go whom `max_wait` puts out of the queue is not documented; with a shorter \
             `ring_timeout` they go to `no_answer` before (FACTS stratus/queues-13)",
        ],
        ..PLAIN
    },
    Case {
        name: "callers beyond a limit who have nowhere to go, and limits that the portal does not hold",
        tenant: "queues: { \"400\": { max_callers: 100, max_expected_wait: 1001 } }",
        says: &[
            "note: queues.400: callers beyond the limit are turned away: the queue has no `unavailable` (FACTS stratus/queues-12)",
            "note: queues.400: the portal holds a `max_callers` of 99 at most: whoever saves the queue there may change it \
             (FACTS stratus/queues-12)",
            "note: queues.400: the portal holds a `max_expected_wait` of 1000 at most: whoever saves the queue there may change \
             it (FACTS stratus/queues-12)",
        ],
        ..PLAIN
    },
    Case {
        name: "a rule that is to be switched and is not there, extensions that are not or are a queue",
        user_101: r#"{ time-frame: "*" }"#,
        tenant: "schedules: { night: {} }\nbulk: [{ schedule: night, extensions: [\"101\", \"199\", \"400\"], enabled: false }]",
        says: &[
            "error[queue-extension]: extension `400` is a queue's own: its rules lead calls into the queue",
            "error[no-such-extension]: account `acme.1.service` has no extension `199`",
            "error[no-such-rule]: extension `101` has no rule for `night` to switch",
        ],
        ..PLAIN
    },
    Case {
        name: "rules of an attendant's own extension",
        more: MENU,
        tenant: "rules: { \"600\": { order: [{ when: default, forward: { always: { extension: \"101\" } } }] } }",
        says: &[
            "error[attendant-extension]: extension `600` is an auto attendant's: rules of its own lead calls past the menu",
        ],
        ..PLAIN
    },
    Case {
        name: "rules of an attendant's own extension that are as declared",
        more: MENU,
        tenant: "diverts: { \"600\": { busy: off } }",
        says: &["No changes. 1 tenant is as declared."],
        ..PLAIN
    },
    Case {
        name: "a token that leads to a live queue which no file declares",
        more: MENU,
        tenant: "diverts: { \"101\": { busy: { token: queue_400 } } }",
        says: &[],
        ..PLAIN
    },
    Case {
        name: "diverts of an attendant's own extension",
        more: MENU,
        tenant: "diverts: { \"600\": { busy: { extension: \"101\" } } }",
        says: &[
            "error[attendant-extension]: extension `600` is an auto attendant's: rules of its own lead calls past the menu",
        ],
        ..PLAIN
    },
    Case {
        name: "rules that are to be switched for all, of which there are none",
        user_101: r#"{ time-frame: "*" }"#,
        tenant: "schedules: { night: {} }\nbulk: [{ schedule: night, extensions: all, enabled: false }]",
        says: &[
            "note: schedules.night: no extension has a rule for it, so that `bulk` switches nothing",
            "No changes. 1 tenant is as declared.",
        ],
        ..PLAIN
    },
    Case {
        name: "a rule on top of extensions that are not there or are a queue, and to one that is not there",
        user_101: r#"{ time-frame: "*" }"#,
        tenant: "schedules: { night: {} }\nbulk: [{ schedule: night, extensions: [\"101\", \"199\", \"400\"], enabled: true, \
                 rule: { forward: { always: { extension: \"198\" } } } }]",
        says: &[
            "error[queue-extension]: extension `400` is a queue's own: its rules lead calls into the queue",
            "error[no-such-extension]: account `acme.1.service` has no extension `198`",
            "error[no-such-extension]: account `acme.1.service` has no extension `199`",
        ],
        ..PLAIN
    },
    Case {
        name: "a rule on top that leads to a word without a dial rule",
        user_101: r#"{ time-frame: "*" }"#,
        tenant: "schedules: { night: {} }\nbulk: [{ schedule: night, extensions: [\"101\"], enabled: true, \
                 rule: { forward: { always: { token: nowhere } } } }]",
        says: &["error[no-dial-rule]: the dial plan of account `acme.1.service` has no rule `nowhere` yet"],
        ..PLAIN
    },
    Case {
        name: "a rule on top of one below the Default rule, which would begin to apply",
        user_101: r#"{ time-frame: "*" }, { time-frame: storm }"#,
        tenant: "schedules: { night: {} }\nbulk: [{ schedule: night, extensions: [\"101\"], enabled: true, rule: {} }]",
        says: &[
            "error[default-rule-above]: a rule on top of `101` moves its Default rule to the end, and the rule for `storm` below \
             that would begin to apply",
        ],
        ..PLAIN
    },
    Case {
        name: "a failover that other rules of the queue stand in front of",
        queue_400: r#"{ time-frame: night }, { time-frame: "*", forward-always: { enabled: "yes", parameters: ["9725550199"] } }"#,
        tenant: "queues: { \"400\": { require_agents: false } }",
        says: &[
            "note: queues.400: the queue's own extension has a rule for `night`; while it applies, `failover`, `unavailable` and `no_answer` are not used",
            "note: queues.400: every call to the queue's own extension is forwarded to `number: +19725550199`",
            "No changes. 1 tenant is as declared.",
        ],
        ..PLAIN
    },
    Case {
        name: "a queue that only another queue's own rules lead to",
        queue_400: r#"{ time-frame: "*", forward-on-active: { enabled: "yes", parameters: [queue_430] } }"#,
        tenant: "absent: { queues: [\"430\"] }",
        says: &["critical: deletes a queue that others still use: the rules of extension 400"],
        ..PLAIN
    },
    Case {
        name: "a queue that rings beside others, and takes what is marked as spam",
        user_101: r#"{ time-frame: "*", forward-on-spam-call: { enabled: "yes", parameters: [queue_430] } }"#,
        tenant: "absent: { queues: [\"430\"] }",
        says: &["critical: deletes a queue that others still use: the rules of extension 101"],
        ..PLAIN
    },
    Case {
        name: "a queue whose last pointer the forwards of a person take away",
        user_101: r#"{ time-frame: night }, { time-frame: "*", forward-no-answer: { enabled: "yes", parameters: [queue_430] } }"#,
        tenant: "diverts: { \"101\": { no_answer: off } }\nabsent: { queues: [\"430\"] }",
        says: &[],
        ..PLAIN
    },
    Case {
        name: "the same where the forwards take another one away",
        user_101: r#"{ time-frame: "*", forward-on-busy: { enabled: "yes", parameters: [queue_430] }, forward-no-answer: { enabled: "yes", parameters: [queue_430] } }"#,
        tenant: "diverts: { \"101\": { no_answer: off } }\nabsent: { queues: [\"430\"] }",
        says: &["critical: deletes a queue that others still use: rules.101, diverts.101"],
        ..PLAIN
    },
    Case {
        name: "the same where another rule of the person leads there",
        user_101: r#"{ time-frame: night, forward-always: { enabled: "yes", parameters: [queue_430] } }, { time-frame: "*", forward-no-answer: { enabled: "yes", parameters: [queue_430] } }"#,
        tenant: "diverts: { \"101\": { no_answer: off } }\nabsent: { queues: [\"430\"] }",
        says: &["critical: deletes a queue that others still use: rules.101"],
        ..PLAIN
    },
    Case {
        name: "the same where the Default rule rings it beside others",
        user_101: r#"{ time-frame: "*", simultaneous-ring: { enabled: "yes", parameters: ["<OwnDevices>", "430"] }, forward-no-answer: { enabled: "yes", parameters: [queue_430] } }"#,
        tenant: "diverts: { \"101\": { no_answer: off } }\nabsent: { queues: [\"430\"] }",
        says: &[
            "note: While it is applied, some calls to extension 101 are neither as before nor as after for 3 writes: they ring 101 and \
             430 for 25 s, then go to voicemail 101.",
            "critical: deletes a queue that others still use: rules.101",
        ],
        ..PLAIN
    },
    Case {
        name: "the same where what is marked as spam goes there",
        user_101: r#"{ time-frame: "*", forward-on-spam-call: { enabled: "yes", parameters: [queue_430] }, forward-no-answer: { enabled: "yes", parameters: [queue_430] } }"#,
        tenant: "diverts: { \"101\": { no_answer: off } }\nabsent: { queues: [\"430\"] }",
        says: &["critical: deletes a queue that others still use: the rules of extension 101"],
        ..PLAIN
    },
    Case {
        name: "a queue whose last pointer goes with a forward of another queue",
        queue_400: r#"{ time-frame: "*", forward-on-busy: { enabled: "yes", parameters: [queue_430] } }"#,
        tenant: "queues: { \"400\": { unavailable: off } }\nabsent: { queues: [\"430\"] }",
        says: &[],
        ..PLAIN
    },
    Case {
        name: "the same where another rule of that queue's own extension leads there",
        queue_400: r#"{ time-frame: night, forward-always: { enabled: "yes", parameters: [queue_430] } }, { time-frame: "*", forward-on-busy: { enabled: "yes", parameters: [queue_430] } }"#,
        tenant: "queues: { \"400\": { unavailable: off } }\nabsent: { queues: [\"430\"] }",
        says: &[
            "critical: deletes a queue that others still use: the rules of extension 400",
            "note: queues.400: the queue's own extension has a rule for `night`; while it applies, `failover`, `unavailable` and `no_answer` are not used",
        ],
        ..PLAIN
    },
    Case {
        name: "a schedule that only a queue's own rules follow",
        queue_400: r#"{ time-frame: night }, { time-frame: "*" }"#,
        tenant: "absent: { schedules: [night] }",
        says: &["critical: deletes a schedule that others still use: the rules of extension 400"],
        ..PLAIN
    },
    Case {
        name: "a queue left with nobody to answer under a live number",
        tenant: "queues: { \"400\": { agents: [], failover: off } }",
        says: &["critical: leaves nobody to answer the calls of numbers.+12145550100"],
        ..PLAIN
    },
    Case {
        name: "a protected number whose queue goes",
        tenant: "numbers: { \"+12145550100\": { protect: true } }\nabsent: { queues: [\"400\"] }",
        says: &[
            "error[protected]: numbers.+12145550100 is protected, and this change deletes what it leads to",
        ],
        ..PLAIN
    },
    Case {
        name: "a number that is switched off leads nowhere",
        tenant: "numbers: { \"+12145550101\": { route: { extension: \"101\" } } }",
        says: &[
            "+ route: {extension: \"101\"}",
            "note: numbers.+12145550101: it is switched off (`enabled: no`): its calls go nowhere; a declared route switches it on",
        ],
        ..PLAIN
    },
    Case {
        name: "an attendant by the name that the portal writes is the one at its extension",
        user_101: r#"{ time-frame: "*", forward-no-answer: { enabled: "yes", parameters: [aa_Main] } }"#,
        more: MENU,
        tenant: "diverts: { \"101\": { no_answer: { attendant: \"600\" } } }",
        says: &["No changes. 1 tenant is as declared."],
        ..PLAIN
    },
    Case {
        name: "the name of an attendant that is not there stays a word",
        user_101: r#"{ time-frame: "*", forward-no-answer: { enabled: "yes", parameters: [aa_Gone] } }"#,
        more: MENU,
        tenant: "diverts: { \"101\": { no_answer: off } }",
        says: &[],
        ..PLAIN
    },
    Case {
        name: "a phone past its rules is a word that the dial plan may not know",
        tenant: "diverts: { \"101\": { no_answer: { phone: \"102\" } } }",
        says: &["error[no-dial-rule]: the dial plan of account `acme.1.service` has no rule `phone_102` yet"],
        ..PLAIN
    },
    Case {
        name: "a phone past its rules that a rule already leads to",
        user_101: r#"{ time-frame: "*", forward-on-busy: { enabled: "yes", parameters: [phone_102] } }"#,
        tenant: "diverts: { \"101\": { busy: { phone: \"102\" } } }",
        says: &["No changes. 1 tenant is as declared."],
        ..PLAIN
    },
    Case {
        name: "what a person has done about spam already cannot be seen",
        user_101: r#"{ time-frame: "*", forward-on-spam-call: { enabled: "yes", parameters: [hangup] } }"#,
        tenant: "rules: { \"101\": { callers: { spam: drop } } }",
        says: &[
            "note: rules.101: SPAM CALLS is set to `hangup`, which dialform has no name for (Drop Call or Screen Call); it is left alone",
            "note: rules.101: SPAM CALLS does nothing here: the account does not check callers (STIR/SHAKEN is off), and no call \
             is marked as spam; ask the provider to switch it on",
            "to check by hand: 1 setting can only be seen in the portal",
            "[ ] rules.101: Users > edit extension 101 > Answering Rules > Allow / Block > SPAM CALLS: Drop Call > Done",
            "Nothing dialform can change. 1 setting can only be seen in the portal and was not checked: it is \
             listed as \"to check by hand\".",
        ],
        ..PLAIN
    },
    Case {
        name: "a schedule of one extension alone is used as it is",
        user_101: r#"{ time-frame: vacation }, { time-frame: "*" }], timeframes: [{ timeframe-name: vacation, timeframe-type: specific-dates }"#,
        tenant: "schedules: { vacation: {} }\nrules: { \"101\": { order: [{ when: vacation }] } }",
        says: &[
            "note: schedules.vacation: it belongs to extension `101` alone",
            "No changes. 1 tenant is as declared.",
        ],
        ..PLAIN
    },
    Case {
        name: "it is changed for its extension",
        user_101: r#"{ time-frame: vacation }, { time-frame: "*" }], timeframes: [{ timeframe-name: vacation, timeframe-type: specific-dates }"#,
        tenant: "schedules: { vacation: { dates: [\"2027-08-01\"] } }\nrules: { \"101\": { order: [{ when: vacation }] } }",
        says: &["note: schedules.vacation: it belongs to extension `101` alone"],
        ..PLAIN
    },
    Case {
        name: "and not for another one",
        user_101: r#"{ time-frame: vacation }, { time-frame: "*" }], timeframes: [{ timeframe-name: vacation, timeframe-type: specific-dates }"#,
        tenant: "schedules: { vacation: { dates: [\"2027-08-01\"] } }\nrules: { \"101\": { order: [{ when: vacation }] }, \"102\": { order: [{ when: vacation }] } }",
        says: &[
            "error[own-schedule]: schedule `vacation` belongs to extension `101` alone",
            "note: rules.101, rules.102: not planned because of schedules.vacation",
        ],
        ..PLAIN
    },
    Case {
        name: "it is changed where the file says whose it is",
        user_101: r#"{ time-frame: vacation }, { time-frame: "*" }], timeframes: [{ timeframe-name: vacation, timeframe-type: specific-dates }"#,
        tenant: "schedules: { vacation: { extension: \"101\", dates: [\"2027-08-01\"] } }\nrules: { \"101\": { order: [{ when: vacation }] } }",
        says: &["note: schedules.vacation: it belongs to extension `101` alone"],
        ..PLAIN
    },
    Case {
        name: "also where no file says its rules: a name is one of the whole account",
        user_101: r#"{ time-frame: vacation }, { time-frame: "*" }], timeframes: [{ timeframe-name: vacation, timeframe-type: specific-dates }"#,
        tenant: "schedules: { vacation: { dates: [\"2027-08-01\"] } }",
        says: &["note: schedules.vacation: it belongs to extension `101` alone"],
        ..PLAIN
    },
    Case {
        name: "and where it is said to be that of another one",
        user_101: r#"{ time-frame: vacation }, { time-frame: "*" }], timeframes: [{ timeframe-name: vacation, timeframe-type: specific-dates }"#,
        tenant: "schedules: { vacation: { extension: \"102\", dates: [\"2027-08-01\"] } }",
        says: &[
            "error[own-schedule]: schedule `vacation` belongs to extension `101`, not to extension `102`",
        ],
        ..PLAIN
    },
    Case {
        name: "its rule would apply to nothing without it",
        user_101: r#"{ time-frame: vacation }, { time-frame: "*" }], timeframes: [{ timeframe-name: vacation, timeframe-type: specific-dates }"#,
        tenant: "absent: { schedules: [vacation] }\nqueues: { \"400\": {} }",
        says: &["critical: deletes a schedule that others still use: rules.101"],
        ..PLAIN
    },
    Case {
        name: "and not moved to another one",
        user_101: r#"{ time-frame: vacation }, { time-frame: "*" }], timeframes: [{ timeframe-name: vacation, timeframe-type: specific-dates }"#,
        tenant: "schedules: { vacation: { extension: \"102\", dates: [\"2027-08-01\"] } }\nrules: { \"101\": { ring_timeout: 25 } }",
        says: &[
            "error[own-schedule]: schedule `vacation` belongs to extension `101`, not to extension `102`",
        ],
        ..PLAIN
    },
    Case {
        name: "a schedule of an extension that is not there",
        tenant: "schedules: { vacation: { extension: \"999\", dates: [\"2027-08-01\"] } }",
        says: &["error[no-such-extension]: account `acme.1.service` has no extension `999`"],
        ..PLAIN
    },
    Case {
        name: "where do not disturb leads",
        user_101: r#"{ time-frame: night, do-not-disturb: { enabled: "yes" }, forward-on-dnd: { enabled: "yes", parameters: ["102"] } }, { time-frame: "*" }"#,
        tenant: "schedules: { night: {} }\nrules: { \"101\": { order: [{ when: night, do_not_disturb: true }] } }",
        says: &[
            "note: rules.101: with Do not disturb, rule `night` sends callers to `extension: 102`, not to voicemail",
            "No changes. 1 tenant is as declared.",
        ],
        ..PLAIN
    },
];

/// A plan that is silent about any of these is a surprise waiting for its caller.
#[test]
fn odd_live_state_is_said() {
    for case in CASES {
        let world = World::new(case.tenant);
        world.write("live/pbx/acme.1.service.yaml", live(case.user_101, case.queue_400, case.more));
        if case.switch_off_lists {
            world.run(&["plan"]);
            let name = ".dialform/sandbox/pbx/acme.1.service.json";
            let on = r#""phone-numbers-to-allow":{"enabled":"yes""#;
            assert!(world.state().contains(on), "{}", world.state());
            world.write(name, world.state().replace(on, &on.replace("yes", "no")));
        }
        let plan = world.run(&["plan"]);
        assert_eq!(said(&plan.out), case.says, "{}:\n{}{}", case.name, plan.out, plan.err);
        // Where nothing is said something is planned: a file that is not read says nothing either.
        assert!(!case.says.is_empty() || plan.out.contains("\nPlan: "), "{}: {}", case.name, plan.err);
    }
}

/// The writes of an apply, in their order, without the common part of the path.
fn writes(world: &World, fault: &str) -> Vec<String> {
    let record = world.path("record.jsonl");
    let file = record.to_str().unwrap();
    world.run(&[
        "apply",
        "--auto-approve",
        "--record",
        file,
        "--fault",
        &format!("visible-after:0ms{fault}"),
    ]);
    let traffic = std::fs::read_to_string(&record).unwrap();
    let lines = traffic.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    lines
        .map(|line| format!("{} {}", text(&line["method"]), text(&line["path"])))
        .filter(|line| !line.starts_with("GET"))
        .map(|line| line.replace("/ns-api/v2/domains/acme.1.service/", ""))
        .collect()
}

/// A name is one of the whole account: a second schedule of that name would be refused for ever. The one that is there is changed.
#[test]
fn a_schedule_of_one_extension_alone_is_not_made_twice() {
    let world = World::new("schedules: { vacation: { dates: [\"2027-08-01\"] } }");
    let own = r#"{ time-frame: vacation }, { time-frame: "*" }], timeframes: [{ timeframe-name: vacation, timeframe-type: specific-dates }"#;
    world.write("live/pbx/acme.1.service.yaml", live(own, DEFAULT, ""));
    let applied = world.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    let state = world.read_state();
    assert!(state["timeframes"]["vacation"].is_null(), "{state}");
    assert!(state["user-timeframes"]["101"]["vacation"].to_string().contains("20270801"), "{state}");
    let again = world.run(&["plan"]);
    assert!(again.out.contains("No changes"), "{}{}", again.out, again.err);
}

/// There is no instant at which a rule stands above its place, or callers are turned away for want of a failover.
#[test]
fn writes_come_in_an_order_that_is_safe_at_every_step() {
    let both = "queues: { \"400\": { require_agents: true, failover: { extension: \"102\" } } }";
    let world = World::new(both);
    world.write("live/pbx/acme.1.service.yaml", live(DEFAULT, DEFAULT, ""));
    let on = ["PUT users/400/answerrules/*", "PUT callqueues/400"];
    assert_eq!(writes(&world, ""), on, "the failover is there before it is needed");
    std::fs::remove_file(world.path("record.jsonl")).unwrap();
    world.tenant("queues: { \"400\": { require_agents: false, failover: off } }");
    assert_eq!(
        writes(&world, ""),
        ["PUT callqueues/400", "PUT users/400/answerrules/*"],
        "and longer than it is"
    );

    let world = World::new(both);
    world.write("live/pbx/acme.1.service.yaml", live(DEFAULT, DEFAULT, ""));
    let ignored = ",accept-and-ignore:1,only:PUT /ns-api/v2/domains/acme.1.service/users";
    assert_eq!(writes(&world, ignored), on[..1], "a failover that does not come true is not built upon");

    // Limits and the ring timeout come after the places where they send callers, and go before them.
    let all = "queues: { \"400\": { unavailable: { extension: \"102\" }, no_answer: { extension: \"102\" }, max_callers: 5, \
               ring_timeout: 60 } }";
    let world = World::new(all);
    world.write("live/pbx/acme.1.service.yaml", live(DEFAULT, DEFAULT, ""));
    let on = ["PUT users/400/answerrules/*", "PUT users/400", "PUT callqueues/400"];
    assert_eq!(writes(&world, ""), on);
    std::fs::remove_file(world.path("record.jsonl")).unwrap();
    let none = "queues: { \"400\": { unavailable: off, no_answer: off, max_callers: unlimited, ring_timeout: unlimited } }";
    world.tenant(none);
    let off = ["PUT callqueues/400", "PUT users/400", "PUT users/400/answerrules/*"];
    assert_eq!(writes(&world, ""), off);

    let world = World::new(
        "schedules: { night: {}, storm: { dates: [\"2027-01-15\"] } }\nrules: { \"101\": { order: [{ when: storm, forward: { always: voicemail } }, { when: night, do_not_disturb: true }] } }",
    );
    let night = r#"{ time-frame: old }, { time-frame: night }, { time-frame: "*" }"#;
    world.write("live/pbx/acme.1.service.yaml", live(night, DEFAULT, ""));
    let expected = [
        "POST timeframes",
        "POST users/101/answerrules",
        "PUT users/101/answerrules/reorder",
        "PUT users/101/answerrules/storm",
        "PUT users/101/answerrules/night",
        "DELETE users/101/answerrules/old",
    ];
    assert_eq!(writes(&world, ""), expected);
    assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine);
}

/// A run narrowed to rules must not make them for a schedule that the run leaves out: such a rule never applies.
#[test]
fn a_narrowed_run_does_not_point_into_the_void() {
    let world = World::new(
        "schedules: { storm: { dates: [\"2027-01-15\"] } }\nrules: { \"101\": { order: [{ when: storm }] } }",
    );
    let alone = world.run(&["plan", "--only", "rules.*"]);
    let expected = "error[out-of-scope]: account `acme.1.service` has no schedule `storm` yet";
    assert_eq!((alone.ending, said(&alone.out)), (Ending::Error, vec![expected.to_owned()]), "{}", alone.out);
    let both = world.run(&["plan", "--only", "rules.*", "--only", "schedules.*"]);
    assert_eq!(both.ending, Ending::Fine, "{}", both.out);
}

/// Each extension is a line of the plan with the entry's place, a run may be narrowed to one of them, and a restore puts
/// them back and says who would switch them again.
#[test]
fn what_bulk_switches_is_planned_applied_and_restored_by_the_extension() {
    let world = World::new(
        "schedules: { night: {} }\nbulk:\n  - { schedule: night, extensions: all, enabled: false }",
    );
    let rules = r#"{ time-frame: night, do-not-disturb: { enabled: "yes" } }, { time-frame: "*" }"#;
    let second = format!("  - {{ user: \"103\", answerrules: [{rules}] }}");
    let seed = live(rules, DEFAULT, "");
    let seed = seed.replacen("users:\n", &format!("users:\n{second}\n"), 1);
    world.write("live/pbx/acme.1.service.yaml", seed);
    let plan = world.run(&["plan"]);
    let lines = |out: &str| -> Vec<String> {
        let about = |line: &&str| line.contains("rules.1") || line.contains("enabled");
        out.lines().filter(about).map(|line| line.trim().to_owned()).collect()
    };
    // The schedule has no dates: its rule never wins.
    let step = |extension: &str| format!("~ rules.{extension}  cosmetic         tenants/acme.yaml:6");
    let switched = "order.night.enabled: true -> false".to_owned();
    assert_eq!(
        lines(&plan.out),
        [step("101"), switched.clone(), step("103"), switched.clone()],
        "{}",
        plan.out
    );
    world.commit(&["dialform.yaml", "tenants"]);
    let based = world.run(&["plan", "--base", "HEAD", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&based.out).unwrap();
    assert_eq!(
        json["tenants"][0]["steps"][1]["reason"], "drift",
        "the files say what they said: {}",
        based.out
    );
    let one = world.run(&["plan", "--only", "acme/rules.103"]);
    assert_eq!(lines(&one.out), [step("103"), switched], "{}{}", one.out, one.err);
    let before = world.state();
    let applied = world.run(&["apply", "--auto-approve", "--fault", "visible-after:0ms"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine);
    let file = std::fs::read_dir(world.path(".dialform/restore")).unwrap().next().unwrap().unwrap().path();
    let restored = world.run(&["apply", "--auto-approve", "--restore", file.to_str().unwrap()]);
    assert_eq!(restored.ending, Ending::Fine, "{}{}", restored.out, restored.err);
    assert_eq!(world.state(), before);
    let still = "still declares what is taken back, 2 objects, and the next apply does it again: rules.101, rules.103";
    assert!(format!("{}{}", restored.out, restored.err).contains(still), "{}{}", restored.out, restored.err);
}

/// A rule on top is a line of the plan for each extension, and the live rules stay as they were to the byte; a restore takes
/// it away where there was none, and gives it back what it was and where it stood.
#[test]
fn a_rule_on_top_is_applied_and_restored_with_all_others_as_they_were() {
    let world = World::new(
        "schedules: { night: {} }\nbulk:\n  - { schedule: night, extensions: [\"101\", \"103\"], enabled: true, rule: { forward: { always: { extension: \"102\" } } } }",
    );
    let other = r#"{ time-frame: storm, forward-on-dnd: { enabled: "yes", parameters: ["102"] }, vendor-word: { enabled: "yes" } }"#;
    let night = r#"{ time-frame: night, enabled: "no", do-not-disturb: { enabled: "yes" }, forward-always: { enabled: "no", parameters: [vmail_103] } }"#;
    let second = format!("  - {{ user: \"103\", answerrules: [{other}, {night}, {DEFAULT}] }}");
    let seed = live(&format!("{other}, {DEFAULT}"), DEFAULT, "");
    world.write("live/pbx/acme.1.service.yaml", seed.replacen("users:\n", &format!("users:\n{second}\n"), 1));
    let rules = || -> serde_json::Value {
        let state: serde_json::Value = serde_json::from_str(&world.state()).unwrap();
        state["answerrules"].clone()
    };
    let plan = world.run(&["plan"]);
    // The schedule has no dates: its rule never wins.
    assert!(plan.out.contains("~ rules.101  cosmetic         tenants/acme.yaml:6"), "{}", plan.out);
    let before = rules();
    let applied = world.run(&["apply", "--auto-approve", "--fault", "visible-after:0ms"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine);
    let after = rules();
    for extension in ["101", "103"] {
        let (before, after) = (before[extension].as_array().unwrap(), after[extension].as_array().unwrap());
        assert_eq!(after[0]["time-frame"], "night");
        let others = before.iter().filter(|rule| rule["time-frame"] != "night");
        assert_eq!(others.collect::<Vec<_>>(), after[1..].iter().collect::<Vec<_>>(), "{extension}");
    }
    let file = std::fs::read_dir(world.path(".dialform/restore")).unwrap().next().unwrap().unwrap().path();
    let restored = world.run(&["apply", "--auto-approve", "--restore", file.to_str().unwrap()]);
    assert_eq!(restored.ending, Ending::Fine, "{}{}", restored.out, restored.err);
    assert_eq!(rules(), before);
    let still = "still declares what is taken back, 2 objects, and the next apply does it again: rules.101, rules.103";
    assert!(format!("{}{}", restored.out, restored.err).contains(still), "{}{}", restored.out, restored.err);
}

/// Of several rules on top the first of the file is the top-most, in the plan and wherever calls are placed: below business hours a
/// lunch never wins, whether the rules come by `bulk` or not.
#[test]
fn rules_on_top_stand_in_the_order_of_the_file() {
    let hours = "schedules:\n  hours: { weekly: { mon-fri: [\"08:00-17:00\"] } }\n  lunch: { weekly: { mon-fri: [\"12:00-13:00\"] } }\n";
    let entry = |schedule: &str, to: &str| {
        format!(
            "  - {{ schedule: {schedule}, extensions: [\"101\"], enabled: true, rule: {{ forward: {{ always: {to} }} }} }}\n"
        )
    };
    for (order, wins) in [(["hours", "lunch"], "extension 102"), (["lunch", "hours"], "the mailbox of 101")] {
        let to = |schedule: &str| if schedule == "hours" { "{ extension: \"102\" }" } else { "voicemail" };
        let entries = order.map(|schedule| entry(schedule, to(schedule)));
        let world = World::new(&format!("time_zone: America/Chicago\n{hours}bulk:\n{}", entries.concat()));
        world.write("live/pbx/acme.1.service.yaml", live(DEFAULT, DEFAULT, ""));
        let plan = world.run(&["plan"]);
        assert!(plan.out.contains(&format!("order: (empty) -> {}", order.join(", "))), "{}", plan.out);
        let trace = world.run(&["trace", "acme/101", "--at", "2026-12-01T12:30"]);
        let told = format!("101 forwards every call (rule `{}`): to {wins}", order[0]);
        assert!(trace.out.contains(&told), "{}{}", trace.out, trace.err);
        let check = world.run(&["check", "--calls"]);
        let never = "rule `lunch` never applies: `hours` above it is in force whenever it is";
        assert_eq!(check.err.contains(never), wins == "extension 102", "{}{}", check.out, check.err);
    }
}

/// What a system holds is looked at like what a file says: an apply mends none of it. There every list of a schedule is, also those
/// in which nothing is.
#[test]
fn an_apply_takes_no_finding_away() {
    let world = World::new(
        r#"schedules:
  Hours: { weekly: { mon-fri: ["08:00-17:00"] } }
  Closed: { dates: ["2020-01-01", "2027-11-25"], yearly: ["12-25"] }
rules:
  "101":
    order:
      - { when: Hours, ring: extension }
      - { when: Closed, forward: { always: voicemail } }
      - { when: default, ring: extension }
"#,
    );
    let found = || {
        let check = world.run(&["check", "--calls"]);
        let all = check.err.lines().filter(|line| line.starts_with("warning[")).map(str::to_owned);
        all.collect::<Vec<String>>()
    };
    let before = found();
    for code in ["warning[holiday-below-hours]", "warning[past-date]"] {
        assert!(before.iter().any(|it| it.starts_with(code)), "{code}: {before:?}");
    }
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    assert_eq!(found(), before);
}

/// Rules that no file declares and nobody has read may follow a schedule: a change of its hours is not said to be noticed by nobody,
/// and is no refactoring.
#[test]
fn hours_that_others_may_follow_are_not_cosmetic() {
    let [before, after] =
        ["12-25", "12-26"].map(|day| format!("schedules: {{ Closed: {{ yearly: [{day}] }} }}\n"));
    let with_everybody = "rules: { \"101\": { order: [{ when: default, ring: extension }] } }\n";
    for (declared, class, remark) in [("", "callers notice", 1), (with_everybody, "cosmetic", 0)] {
        let world = World::new(&(before.clone() + declared));
        world.write("live/pbx/acme.1.service.yaml", "users: [{ user: \"101\" }]\n");
        assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
        world.tenant(&(after.clone() + declared));
        let plan = world.run(&["plan"]);
        assert!(plan.out.contains(&format!("~ schedules.Closed  {class}")), "{}", plan.out);
        let said = "What changes of acme/schedules.Closed is not part of any call that is placed here; callers may notice it.";
        assert_eq!(plan.out.matches(said).count(), remark, "{}", plan.out);
        for (expected, is_enough) in [("[]", remark == 0), ("[acme/schedules.Closed]", remark == 1)] {
            world.write("expected.yaml", format!("expect_change: {expected}\n"));
            let proof = world.run(&["plan", "--expect-change", "expected.yaml"]);
            assert_eq!(
                proof.ending == Ending::Fine,
                is_enough,
                "{declared}{expected}: {}{}",
                proof.out,
                proof.err
            );
        }
    }
}

/// A number that leads to an extension that the account does not have: it is found once, with a way out that helps, and what is
/// wrong today is nothing to hold calls to tomorrow.
#[test]
fn what_is_lost_is_found_once_and_not_held() {
    let world = World::new("numbers: { \"+12145550100\": { label: Ben } }");
    let seed = live(DEFAULT, DEFAULT, "");
    let lost = seed.replacen(
        "to-callqueue, dial-rule-translation-destination-user: \"400\"",
        "to-user, dial-rule-translation-destination-user: \"199\"",
        1,
    );
    assert_ne!(seed, lost, "{seed}");
    world.write("live/pbx/acme.1.service.yaml", lost);
    let check = world.run(&["check", "--calls"]);
    let of_it = |word: &str| check.err.lines().filter(|line| line.contains(word)).count();
    assert_eq!(
        (of_it("does not have extension 199"), of_it("send it to something that the account has")),
        (1, 1),
        "{check:?}"
    );
    let suggested = world.run(&["test", "--suggest", "acme", "--on", "live"]).out;
    assert!(suggested.contains("not held: the call is lost: the account does not have"), "{suggested}");
    assert!(!suggested.contains("unknown extension"), "{suggested}");
}

/// What is wrong with an extension of `bulk` is looked for in the file where it stands: in its entry, and in the rule there.
/// Live rules that are not understood are not written, and the way out is not to leave out a word that the file does not have.
#[test]
fn findings_of_bulk_point_to_their_entry() {
    let world = World::new(
        "schedules: { night: {} }\nbulk:\n  - { schedule: night, extensions: [\"101\", \"199\"], enabled: false, rule: {} }\n  \
         - schedule: night\n    extensions: [\"102\"]\n    enabled: true\n    rule:\n      forward:\n        \
         always: { extension: \"198\" }",
    );
    world.write("live/pbx/acme.1.service.yaml", live(DEFAULT, DEFAULT, ""));
    world.run(&["plan"]);
    let mut state: serde_json::Value = serde_json::from_str(&world.state()).unwrap();
    state["answerrules"]["101"][0]["enabled"] = "perhaps".into();
    std::fs::write(world.state_file(), state.to_string()).unwrap();
    let plan = world.run(&["plan", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&plan.out).unwrap_or_else(|_| panic!("{plan:?}"));
    let planned = &json["tenants"][0];
    let text = |it: &serde_json::Value| it.as_str().unwrap_or_default().to_owned();
    let found: Vec<String> = planned["blocked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let (line, column) = (&it["place"]["line"], &it["place"]["column"]);
            format!("{line}:{column} {} | {}", text(&it["message"]), text(&it["help"]))
        })
        .collect();
    let create = |extension: u32| {
        format!(
            "dialform never creates or deletes extensions: create the user in the portal or dashboard first; if the user \
             has left, `dialform who-points-to extension:{extension} --live` lists what leads there"
        )
    };
    let (create_198, create_199) = (create(198), create(199));
    assert_eq!(
        found,
        [
            format!("12:17 account `acme.1.service` has no extension `198` | {create_198}"),
            format!("6:5 account `acme.1.service` has no extension `199` | {create_199}"),
            "6:5 the live `order` of rules.101 is `perhaps` for `enabled` of rule `*`, which is not understood | set it in the \
             portal once, or take `101` out of `bulk`: until then it stays as it is"
                .to_owned(),
        ]
    );
    assert_eq!(planned["steps"], serde_json::json!([]));
}
