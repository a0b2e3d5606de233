//! The guide, page by page. It begins with whom to trust.

/// What was measured, with the commands.
pub mod figures {
    #![doc = include_str!("figures.md")]
}

/// Every code of a finding: what it says, why it matters, what to do.
pub mod findings {
    #![doc = include_str!("findings.md")]
}

/// Holidays and hours of a call queue, which has none of its own.
pub mod queue_hours {
    #![doc = include_str!("queue_hours.md")]
}

/// Who can do what: a contributor, a portal user, a vendor's server, a neighbour on the machine.
pub mod trust {
    #![doc = include_str!("trust.md")]
}
