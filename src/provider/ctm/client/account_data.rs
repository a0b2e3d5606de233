//! What is read of an account, as the API says it.

use crate::provider::ctm::wire::Row;

/// What was read, before it is put into words.
#[derive(Default)]
pub struct AccountData {
    /// The account itself, with its lists.
    pub account: Option<Row>,
    pub numbers: Vec<Row>,
    pub receivers: Vec<Row>,
    /// With their agents where they were read whole.
    pub queues: Vec<(Row, Option<Vec<Row>>)>,
    /// Those that the system has made for itself, and nobody names.
    pub automatic: Vec<Row>,
    /// Whether they were read whole.
    pub schedules: Vec<(Row, bool)>,
    /// Only before something is deleted.
    pub menus: Vec<Row>,
    /// Beside the menus: what may point to something in a form that is not documented.
    pub id_holders: Vec<IdHolder>,
}

/// Something whose inside is not documented.
pub struct IdHolder {
    /// What it is called.
    pub name: String,
    /// As it is listed, and as it was read by itself.
    pub rows: Vec<Row>,
    /// Whether it can be read by itself: if not, it may hold more than is seen.
    pub is_whole: bool,
}
