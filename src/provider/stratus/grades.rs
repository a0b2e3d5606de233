//! How far each field can be managed on NetSapiens, and where each fact is from.

use super::portal;
use crate::{
    model::Kind,
    plan::{Accepts, GradeRow, When},
};

const RULES: &str = "FACTS stratus/rules; help article: Create and Adjust Answering Rules in Stratus";
const USERS: &str = "FACTS stratus/users; help article: Create and Adjust Answering Rules in Stratus";
const FILTERS: &str = "FACTS stratus/filters; help article: Create and Adjust Answering Rules in Stratus";
const FRAMES: &str = "FACTS stratus/frames; help article: Create and Adjust Answering Rules in Stratus";
const NUMBERS: &str = "FACTS stratus/numbers";
const QUEUES: &str = "FACTS stratus/queues; help article: Create an Offline Failover Rule for a Call Queue";
const CARRIER: &str = "FACTS stratus/carrier; help article: Forward Phone Number to Alternate Destination";
const UNKNOWN_WORD: &str = "FACTS stratus/filters-7: the word for it is not documented";

/// Rows for one value, or for taking something away, stand before the row of their field.
pub const GRADES: &[GradeRow] = &[
    GradeRow::api(Kind::Schedules, &[], FRAMES),
    GradeRow::api(Kind::Schedules, &["weekly"], FRAMES),
    GradeRow::api(Kind::Schedules, &["dates"], FRAMES),
    GradeRow::api(Kind::Schedules, &["monthly"], FRAMES),
    GradeRow::api(Kind::Schedules, &["yearly"], FRAMES),
    GradeRow::api(Kind::Schedules, &["holidays"], FRAMES),
    GradeRow::api(Kind::Schedules, &["easter"], FRAMES),
    GradeRow::api(Kind::Schedules, &["other"], FRAMES),
    GradeRow::api(Kind::Schedules, &["extension"], FRAMES),
    GradeRow::api(
        Kind::Schedules,
        &["enabled"],
        "FACTS stratus/portal-3; help article: Create and Adjust Answering Rules in Stratus",
    ),
    GradeRow::unsupported(
        Kind::Schedules,
        &["time_zone"],
        "hours count in the time zone of the user whose rule names the schedule, which is set in the portal: leave it out; a plan says where that zone is another than the tenant's `time_zone`",
        FRAMES,
    ),
    GradeRow::api(Kind::Queues, &[], QUEUES),
    GradeRow::api(Kind::Queues, &["name"], QUEUES),
    GradeRow::unsupported(Kind::Queues, &["dispatch"], NO_DISPATCH, QUEUES).when(When::Value("sticky")),
    GradeRow::unsupported(Kind::Queues, &["dispatch"], NO_DISPATCH, QUEUES).when(When::Value("weighted")),
    GradeRow::unsupported(Kind::Queues, &["dispatch"], NO_DISPATCH, QUEUES).when(When::Value("smart")),
    GradeRow::unsupported(Kind::Queues, &["dispatch"], NO_DISPATCH, QUEUES).when(When::Value("longest_wait")),
    GradeRow::api(Kind::Queues, &["dispatch"], QUEUES),
    GradeRow::api(Kind::Queues, &["agent_ring"], QUEUES),
    GradeRow::api(
        Kind::Queues,
        &["require_agents"],
        "FACTS stratus/queues-4; help article: Create an Offline Failover Rule for a Call Queue, step 1",
    ),
    GradeRow::api(Kind::Queues, &["agents"], QUEUES),
    GradeRow::api(
        Kind::Queues,
        &["failover"],
        "FACTS stratus/queues-6; help article: Create an Offline Failover Rule for a Call Queue, step 2",
    ),
    GradeRow::api(Kind::Queues, &["unavailable"], "FACTS stratus/queues-5; FACTS stratus/queues-15"),
    GradeRow::api(Kind::Queues, &["max_callers"], "FACTS stratus/queues-12"),
    GradeRow::api(Kind::Queues, &["max_expected_wait"], "FACTS stratus/queues-12; FACTS stratus/queues-14"),
    GradeRow::api(Kind::Queues, &["ring_timeout"], "FACTS stratus/queues-5; FACTS stratus/queues-8"),
    GradeRow::api(Kind::Queues, &["max_wait"], "FACTS stratus/queues-13"),
    GradeRow::api(Kind::Queues, &["no_answer"], "FACTS stratus/queues-5"),
    GradeRow::api(Kind::Rules, &[], RULES),
    GradeRow::experimental(
        Kind::Rules,
        &["ring_timeout"],
        &portal::RING_TIME,
        "FACTS stratus/portal-2: the value behind \"Unlimited\" is not known",
    )
    .when(When::Value("unlimited")),
    GradeRow::api(Kind::Rules, &["ring_timeout"], USERS),
    GradeRow::manual(
        Kind::Rules,
        &["callers", "allow"],
        &portal::ALLOWED,
        "FACTS stratus/filters-4: none of ten attempted removals removed an entry",
    )
    .when(When::Removed),
    GradeRow::api(Kind::Rules, &["callers", "allow"], FILTERS).seen_at(&portal::ALLOWED),
    GradeRow::api(Kind::Rules, &["callers", "block"], FILTERS),
    GradeRow::api(Kind::Rules, &["callers", "block_anonymous"], USERS),
    GradeRow::manual(Kind::Rules, &["callers", "spam"], &portal::SPAM, UNKNOWN_WORD)
        .when(When::Value("drop"))
        .unseen(),
    GradeRow::manual(Kind::Rules, &["callers", "spam"], &portal::SPAM, UNKNOWN_WORD)
        .when(When::Value("screen"))
        .unseen(),
    GradeRow::api(Kind::Rules, &["callers", "spam"], FILTERS),
    GradeRow::api(Kind::Rules, &["order"], RULES),
    GradeRow::api(Kind::Diverts, &[], RULES),
    GradeRow::api(Kind::Diverts, &["always"], RULES),
    GradeRow::api(Kind::Diverts, &["on_call"], RULES),
    GradeRow::api(Kind::Diverts, &["busy"], RULES),
    GradeRow::api(Kind::Diverts, &["no_answer"], RULES),
    GradeRow::api(Kind::Diverts, &["unreachable"], RULES),
    GradeRow::api(Kind::Numbers, &[], NUMBERS),
    GradeRow::api(Kind::Numbers, &["label"], NUMBERS),
    GradeRow::api(Kind::Numbers, &["route"], NUMBERS),
    GradeRow::api(Kind::Forwards, &[], CARRIER),
    GradeRow::api(Kind::Forwards, &["to"], CARRIER),
    GradeRow::api(Kind::Forwards, &["active"], CARRIER),
];

const NO_DISPATCH: &str =
    "it has `round_robin`, `tiered_round_robin`, `ring_all`, `linear_cascade`, `linear_hunt` and `call_park`";

const FORWARDS: &[&str] = &["extension", "phone", "voicemail", "queue", "attendant", "number", "token"];

/// What a number is routed to in their place.
const NO_ROUTE: &[(&str, &str)] = &[
    ("number", "route it to an extension whose rule forwards always, or use `forwards` for emergencies"),
    ("phone", "a number follows the rules of an extension: route it to the `extension`"),
];

pub const ACCEPTS: &[Accepts] = &[
    Accepts { kind: Kind::Rules, path: &["order", "forward"], words: FORWARDS, instead: &[] },
    Accepts { kind: Kind::Diverts, path: &["always"], words: FORWARDS, instead: &[] },
    Accepts { kind: Kind::Diverts, path: &["on_call"], words: FORWARDS, instead: &[] },
    Accepts { kind: Kind::Diverts, path: &["busy"], words: FORWARDS, instead: &[] },
    Accepts { kind: Kind::Diverts, path: &["no_answer"], words: FORWARDS, instead: &[] },
    Accepts { kind: Kind::Diverts, path: &["unreachable"], words: FORWARDS, instead: &[] },
    Accepts { kind: Kind::Queues, path: &["failover"], words: FORWARDS, instead: &[] },
    Accepts { kind: Kind::Queues, path: &["unavailable"], words: FORWARDS, instead: &[] },
    Accepts { kind: Kind::Queues, path: &["no_answer"], words: FORWARDS, instead: &[] },
    Accepts {
        kind: Kind::Queues,
        path: &["agents"],
        words: &["extension", "device", "number", "token"],
        instead: &[],
    },
    Accepts {
        kind: Kind::Numbers,
        path: &["route"],
        words: &["extension", "voicemail", "queue", "attendant"],
        instead: NO_ROUTE,
    },
];
