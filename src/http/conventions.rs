//! What one vendor's API says where HTTP has no word for it.

/// How the refusals of an API are understood.
pub struct Conventions {
    /// The statuses that mean too many requests, besides 429.
    pub rate_limit_statuses: &'static [u16],
    /// The fields of an error's body that say why; the first one that is there counts.
    pub messages: &'static [&'static str],
    /// The ways out of refusals that mean something special here.
    pub remedies: &'static [Remedy],
}

/// The way out of one refusal.
#[derive(Debug)]
pub struct Remedy {
    pub status: u16,
    /// What its message contains.
    pub says: &'static str,
    pub help: &'static str,
}

impl Conventions {
    /// For an API without peculiarities.
    pub const PLAIN: Self = Self { rate_limit_statuses: &[], messages: &["message", "error"], remedies: &[] };

    pub(super) fn is_rate_limit(&self, status: u16) -> bool {
        status == 429 || self.rate_limit_statuses.contains(&status)
    }

    pub(super) fn remedy(&self, status: u16, message: &str) -> Option<&'static Remedy> {
        self.remedies.iter().find(|it| it.status == status && message.contains(it.says))
    }
}
