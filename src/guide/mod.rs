//! The guide, page by page. It begins with whom to trust.

/// Who can do what: a contributor, a portal user, a vendor's server, a neighbour on the machine.
pub mod trust {
    #![doc = include_str!("trust.md")]
}
