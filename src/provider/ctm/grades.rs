//! How far each field can be managed on CallTrackingMetrics, and where each fact is from.

use super::portal;
use crate::{
    model::Kind,
    plan::{Accepts, GradeRow, When},
};

const SCHEDULES: &str = "FACTS ctm/schedules";
const NO_SUCH_DAYS: &str = "name the days under `dates` or `yearly`";
const HOLIDAYS: &str = "FACTS ctm/unnamed-5: no field of the API is documented";
const RECEIVERS: &str = "FACTS ctm/receivers; help article: Configure Receiving Numbers";
const RECEIVER_PORTAL_ONLY: &str =
    "FACTS ctm/unnamed-3: no field of the API is documented; help article: Configure Receiving Numbers";
const QUEUES: &str = "FACTS ctm/unnamed-4: read, but no body to write is documented";
const NO_SUCH_QUEUE: &str =
    "it has `ring_all`, `round_robin`, `sticky`, `weighted`, `smart` and `longest_wait`";
const NO_ANSWER_INSTEAD: &str = "say where callers go when nobody answers: `max_wait` and `no_answer`";
const NUMBERS: &str = "FACTS ctm/numbers; help article: Configure Receiving Numbers";

/// Rows for one value stand before the row of their field.
pub const GRADES: &[GradeRow] = &[
    GradeRow::api(Kind::Schedules, &[], SCHEDULES),
    GradeRow::api(Kind::Schedules, &["weekly"], SCHEDULES),
    GradeRow::api(Kind::Schedules, &["time_zone"], SCHEDULES),
    GradeRow::manual(Kind::Schedules, &["dates"], &portal::DATES, HOLIDAYS).unseen(),
    GradeRow::unsupported(Kind::Schedules, &["monthly"], NO_SUCH_DAYS, HOLIDAYS),
    GradeRow::manual(Kind::Schedules, &["yearly"], &portal::YEARLY, HOLIDAYS).unseen(),
    GradeRow::unsupported(Kind::Schedules, &["holidays"], NO_SUCH_DAYS, HOLIDAYS),
    GradeRow::manual(Kind::Schedules, &["easter"], &portal::DATES, HOLIDAYS).unseen(),
    GradeRow::unsupported(Kind::Schedules, &["other"], NO_SUCH_DAYS, HOLIDAYS),
    GradeRow::unsupported(
        Kind::Schedules,
        &["extension"],
        "a schedule is for the whole account here: leave `extension` out",
        SCHEDULES,
    ),
    GradeRow::unsupported(
        Kind::Schedules,
        &["enabled"],
        "there are no answering rules here to switch off; take the schedule out of what uses it",
        SCHEDULES,
    ),
    GradeRow::api(Kind::Receivers, &[], RECEIVERS),
    GradeRow::api(Kind::Receivers, &["label"], RECEIVERS),
    GradeRow::experimental(
        Kind::Receivers,
        &["dial_extension"],
        &portal::NO_DIAL_EXTENSION,
        RECEIVER_PORTAL_ONLY,
    )
    .when(When::Value("off"))
    .unseen(),
    GradeRow::experimental(
        Kind::Receivers,
        &["dial_extension"],
        &portal::DIAL_EXTENSION,
        RECEIVER_PORTAL_ONLY,
    )
    .unseen(),
    GradeRow::experimental(Kind::Receivers, &["whisper"], &portal::WHISPER, RECEIVER_PORTAL_ONLY).unseen(),
    GradeRow::experimental(Kind::Receivers, &["skip_whisper"], &portal::SKIP_WHISPER, RECEIVER_PORTAL_ONLY)
        .unseen(),
    GradeRow::experimental(Kind::Receivers, &["no_answer"], &portal::NO_ANSWER, RECEIVER_PORTAL_ONLY)
        .unseen(),
    GradeRow::experimental(Kind::Receivers, &["tagging_hours"], &portal::TAGGING_HOURS, RECEIVER_PORTAL_ONLY)
        .unseen(),
    GradeRow::manual(
        Kind::Queues,
        &[],
        &portal::NO_QUEUE,
        "FACTS ctm/queues-4: no call to delete a queue is known",
    )
    .when(When::Removed),
    GradeRow::experimental(Kind::Queues, &[], &portal::NEW_QUEUE, QUEUES),
    GradeRow::unsupported(Kind::Queues, &["name"], "a queue is called by its key: leave `name` out", QUEUES),
    GradeRow::unsupported(Kind::Queues, &["dispatch"], NO_SUCH_QUEUE, QUEUES)
        .when(When::Value("tiered_round_robin")),
    GradeRow::unsupported(Kind::Queues, &["dispatch"], NO_SUCH_QUEUE, QUEUES)
        .when(When::Value("linear_cascade")),
    GradeRow::unsupported(Kind::Queues, &["dispatch"], NO_SUCH_QUEUE, QUEUES)
        .when(When::Value("linear_hunt")),
    GradeRow::unsupported(Kind::Queues, &["dispatch"], NO_SUCH_QUEUE, QUEUES).when(When::Value("call_park")),
    GradeRow::experimental(Kind::Queues, &["dispatch"], &portal::RING_PATTERN, QUEUES),
    GradeRow::experimental(Kind::Queues, &["agent_ring"], &portal::AGENT_RING, QUEUES),
    GradeRow::unsupported(Kind::Queues, &["require_agents"], NO_ANSWER_INSTEAD, QUEUES),
    GradeRow::experimental(Kind::Queues, &["agents"], &portal::AGENTS, QUEUES),
    GradeRow::unsupported(Kind::Queues, &["failover"], NO_ANSWER_INSTEAD, QUEUES),
    GradeRow::unsupported(Kind::Queues, &["unavailable"], NO_ANSWER_INSTEAD, QUEUES),
    GradeRow::unsupported(Kind::Queues, &["max_callers"], NO_ANSWER_INSTEAD, QUEUES),
    GradeRow::unsupported(Kind::Queues, &["max_expected_wait"], NO_ANSWER_INSTEAD, QUEUES),
    GradeRow::unsupported(
        Kind::Queues,
        &["ring_timeout"],
        "how long a caller waits before `no_answer` is `max_wait` here",
        QUEUES,
    ),
    GradeRow::unsupported(
        Kind::Queues,
        &["max_wait"],
        "write the seconds a caller waits before `no_answer`",
        QUEUES,
    )
    .when(When::Value("unlimited")),
    GradeRow::experimental(Kind::Queues, &["max_wait"], &portal::MAX_WAIT, QUEUES),
    GradeRow::experimental(Kind::Queues, &["no_answer"], &portal::QUEUE_NO_ANSWER, QUEUES),
    GradeRow::api(Kind::Numbers, &[], NUMBERS),
    GradeRow::api(Kind::Numbers, &["label"], NUMBERS),
    GradeRow::experimental(
        Kind::Numbers,
        &["route", "pattern"],
        &portal::PATTERN,
        "FACTS ctm/unnamed-1: read, but no field to write is documented; \
         help article: Configure Receiving Numbers, step 8",
    ),
    GradeRow::api(Kind::Numbers, &["route"], NUMBERS),
    GradeRow::experimental(
        Kind::Forwards,
        &[],
        &portal::FAILSAFE,
        "FACTS ctm/unnamed-2: neither read nor written by any documented call; \
         help article: Configure Receiving Numbers",
    )
    .unseen(),
    GradeRow::experimental(
        Kind::Forwards,
        &["to"],
        &portal::FAILSAFE,
        "FACTS ctm/unnamed-2: neither read nor written by any documented call; \
         help article: Configure Receiving Numbers",
    )
    .unseen(),
    GradeRow::unsupported(
        Kind::Forwards,
        &["active"],
        "a fail-safe number is used by itself when the platform cannot route a call: leave `active` out",
        "FACTS ctm/unnamed-2; help article: Configure Receiving Numbers",
    ),
];

/// FACTS ctm/article-1: "Choose a phone number, call queue, smart router, or voice menu in the drop down"; the phone
/// number "needs to be entered as a receiving number".
const NO_ANSWER: &[&str] = &["receiver", "queue", "smart_router", "menu", "token"];
/// FACTS ctm/queues-7: what queues were seen to have beside those. A token is what is live and has no other word.
const QUEUE_NO_ANSWER: &[&str] = &[
    "receiver",
    "queue",
    "smart_router",
    "menu",
    "geo_router",
    "voice_bot",
    "agent",
    "voicemail",
    "hang_up",
    "token",
];

pub const ACCEPTS: &[Accepts] = &[
    Accepts { kind: Kind::Receivers, path: &["no_answer"], words: NO_ANSWER, instead: &[] },
    Accepts { kind: Kind::Queues, path: &["agents"], words: &["agent"], instead: &[] },
    Accepts { kind: Kind::Queues, path: &["no_answer"], words: QUEUE_NO_ANSWER, instead: &[] },
    Accepts {
        kind: Kind::Numbers,
        path: &["route"],
        words: &[
            "receiver",
            "menu",
            "queue",
            "geo_router",
            "smart_router",
            "routing_table",
            "voice_bot",
            "agent",
            "token",
        ],
        instead: &[],
    },
];
