//! Lists the kinds of objects: where they lie in the state, how their ids look and what a route to one is called.

/// A kind of object.
#[derive(Debug)]
pub struct ObjectType {
    pub table: &'static str,
    /// What a missing one is called.
    pub noun: &'static str,
    /// Of its ids; an id without a prefix is an integer (FACTS ctm/ids-2).
    pub prefix: &'static str,
    pub digits: usize,
}

const fn kind(table: &'static str, noun: &'static str, prefix: &'static str, digits: usize) -> ObjectType {
    ObjectType { table, noun, prefix, digits }
}

pub const NUMBER: ObjectType = kind("numbers", "number", "TPN", 64);
pub const RECEIVER: ObjectType = kind("receiving_numbers", "receiving number", "RPN", 64);
pub const QUEUE: ObjectType = kind("queues", "queue", "CQU", 48);
pub const MENU: ObjectType = kind("voice_menus", "voice menu", "VOM", 48);
pub const MENU_ITEM: ObjectType = kind("", "voice menu item", "VMI", 64);
pub const SCHEDULE: ObjectType = kind("schedules", "schedule", "SCH", 48);
pub const GEO: ObjectType = kind("geo_routes", "geo route", "GEO", 32);
pub const ROUTER: ObjectType = kind("conditional_routers", "conditional router", "", 0);
pub const ROUTING_TABLE: ObjectType = kind("routing_tables", "routing table", "RTT", 32);
pub const VOICE_BOT: ObjectType = kind("voice_bots", "voice bot", "VBT", 32);
pub const USER: ObjectType = kind("users", "user", "USR", 32);
pub const CALL_SETTING: ObjectType = kind("call_settings", "call setting", "NCF", 64);

/// The parts of the state that hold one object per key.
pub const TABLES: &[&str] = &[
    NUMBER.table,
    RECEIVER.table,
    QUEUE.table,
    MENU.table,
    SCHEDULE.table,
    GEO.table,
    ROUTER.table,
    ROUTING_TABLE.table,
    VOICE_BOT.table,
    USER.table,
    CALL_SETTING.table,
];

/// What a call can be routed to, with its many names (FACTS ctm/names); an empty name is not known.
#[derive(Debug)]
pub struct Target {
    pub kind: ObjectType,
    /// Written as `dial_route`, with the id under this key.
    pub route: &'static str,
    pub id_key: &'static str,
    /// Read as `route_to.type`; also the label of an action.
    pub read: &'static str,
    /// Class name, the type of an action.
    pub class: &'static str,
    /// `voice_action_type` of a menu item, with the id under this key.
    pub action: &'static str,
    pub action_key: &'static str,
}

/// The list of receiving numbers, which `dial_route` calls `number`.
pub const DIAL_LIST: &str = "receiving_number";

pub const TARGETS: &[Target] = &[
    Target {
        kind: RECEIVER,
        route: "",
        id_key: "",
        read: DIAL_LIST,
        class: "PhysicalPhoneNumber",
        action: "dial",
        action_key: "dial_number_id",
    },
    Target {
        kind: MENU,
        route: "voice_menu",
        id_key: "voice_menu_id",
        read: "voice_menu",
        class: "VoiceMenu",
        action: "menu",
        action_key: "next_voice_menu_id",
    },
    Target {
        kind: QUEUE,
        route: "call_queue",
        id_key: "call_queue_id",
        read: "call_queue",
        class: "CallQueue",
        action: "call_queue",
        action_key: "call_queue_id",
    },
    Target {
        kind: GEO,
        route: "geo_config",
        id_key: "geo_config_id",
        read: "geo_config",
        class: "GeoConfig",
        action: "geo",
        action_key: "geo_config_id",
    },
    Target {
        kind: ROUTER,
        route: "conditional_router",
        id_key: "conditional_router_id",
        read: "conditional_router",
        class: "ConditionalRouter",
        action: "conditional_router",
        action_key: "conditional_router_id",
    },
    Target {
        kind: USER,
        route: "call_agent",
        id_key: "user_id",
        read: "user",
        class: "User",
        action: "call_agent",
        action_key: "user_id",
    },
    Target {
        kind: ROUTING_TABLE,
        route: "routing_table",
        id_key: "routing_table_id",
        read: "routing_table",
        class: "",
        action: "",
        action_key: "",
    },
    Target {
        kind: VOICE_BOT,
        route: "voice_bot",
        id_key: "voice_bot_id",
        read: "voice_bot",
        class: "VoiceBot",
        action: "",
        action_key: "",
    },
];
