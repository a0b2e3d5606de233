//! The words of the portals for what has another name here.

/// What people write, the key or value that is meant, and what the portals call it.
const SYNONYMS: &[(&[&str], &str, &str)] = &[
    (&["forward_always", "on_always", "all_calls"], "always", "Always"),
    (&["on_active", "active"], "on_call", "On Active"),
    (&["when_busy", "on_busy"], "busy", "When busy"),
    (&["unanswered", "when_unanswered", "on_no_answer"], "no_answer", "When unanswered"),
    (&["offline", "when_offline", "phone_unreachable", "unregistered"], "unreachable", "When offline"),
    (&["dnd"], "do_not_disturb", "Do not disturb"),
    (&["screening"], "call_screening", "Call screening"),
    (&["user", "user_extension"], "extension", "User"),
    (&["voice_mail", "voicemail_box", "mailbox"], "voicemail", "Voicemail"),
    (&["call_queue"], "queue", "Call Queue"),
    (&["auto_attendant", "aa", "ivr", "voice_menu"], "attendant", "Auto Attendant"),
    (&["voice_menu", "ivr", "auto_attendant"], "menu", "Voice Menu"),
    (&["off_net", "offnet", "off_net_number", "outside_number", "phone_number"], "number", "Off-Net Number"),
    (&["receiving_number"], "receiver", "Receiving Number"),
    (&["conditional", "conditional_router"], "smart_router", "Smart Router"),
    (&["table", "routing"], "routing_table", "Routing Table"),
    (&["bot", "voicebot"], "voice_bot", "Voice Bot"),
    (&["user", "agent_email"], "agent", "Agent"),
    (&["time_frame", "timeframe", "schedule"], "when", "Time Frame"),
    (&["time_frames", "timeframes"], "schedules", "Time Frames"),
    (&["answering_rules"], "rules", "Answering Rules"),
    (&["call_queues"], "queues", "Call Queues"),
    (&["receiving_numbers"], "receivers", "Receiving Numbers"),
    (&["tracking_numbers", "inventory"], "numbers", "Inventory, or Tracking Numbers"),
    (&["emergency_forwards", "fail_safe", "failsafe"], "forwards", "Forwarding Number, or Fail-safe Number"),
    (
        &["forwarding_number", "fail_safe_number", "destination"],
        "to",
        "Forwarding Number, or Fail-safe Number",
    ),
    (&["ring_time"], "ring_timeout", "Ring Time"),
    (&["allowed", "allowed_numbers"], "allow", "ALLOWED NUMBERS"),
    (&["blocked", "blocked_numbers"], "block", "BLOCKED NUMBERS"),
    (&["spam_calls"], "spam", "SPAM CALLS"),
    (&["agent_ring_timeout"], "agent_ring", "Agent Ring Timeout"),
    (&["queue_ring_timeout"], "ring_timeout", "Queue Ring Timeout"),
    (&["if_unanswered", "unanswered"], "no_answer", "If unanswered"),
    (&["if_unavailable"], "unavailable", "If unavailable"),
    (&["max_queue_length", "length", "max_length"], "max_callers", "Max Queue Length"),
    (&["dialing_pattern", "dial_pattern"], "pattern", "dialing pattern"),
    (&["phones", "ring_all_phones"], "all_phones", "Ring all user's phones"),
    (&["include_extension"], "own_extension", "Include user's extension"),
];

/// The word for what a portal calls so, if one of those known at its place is it.
pub(super) fn help(word: &str, known: &[&str]) -> Option<String> {
    let plain = word.to_lowercase().replace(['-', ' '], "_");
    let mut meant = SYNONYMS.iter().filter(|(words, ..)| words.contains(&plain.as_str()));
    let (_, key, portal) = meant.find(|(_, key, _)| known.contains(key))?;
    Some(format!("`{word}` is `{key}` here (portal: {portal})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who knows the portal writes the portal's words; a list of keys does not tell which of them is meant.
    #[test]
    fn a_word_of_the_portal_is_translated_only_where_its_meaning_can_stand() {
        let conditions = ["always", "on_call", "busy", "no_answer", "unreachable"];
        let here = |word, known: &[&str]| help(word, known);
        let offline = "`Offline` is `unreachable` here (portal: When offline)";
        assert_eq!(here("Offline", &conditions).as_deref(), Some(offline));
        assert_eq!(here("offline", &["allow", "block"]), None);
        let menu = "`voice menu` is `menu` here (portal: Voice Menu)";
        assert_eq!(here("voice menu", &["queue", "menu"]).as_deref(), Some(menu));
        assert_eq!(here("hours", &conditions), None);
    }

    /// A key that the table named and no file may hold would be a wrong turn.
    #[test]
    fn every_meaning_is_a_word_of_the_files() {
        let schema = schemars::schema_for!(crate::model::Tenant).to_value().to_string();
        for (_, key, _) in SYNONYMS {
            assert!(schema.contains(&format!("\"{key}\"")), "{key}");
        }
    }
}
