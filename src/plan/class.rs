//! What of a change no call here shows: how a change is noticed is worked out from calls, and these fields are not part of any.

use crate::{
    diff::FieldChange,
    experience::Class,
    model::Kind,
    path::{Path, Segment},
};

/// Whether a field is about calls and no call that is placed here depends on it.
pub(super) fn is_beyond(kind: Kind, path: &Path) -> bool {
    let has = |word: &str| path.iter().any(|it| it.as_key() == Some(word));
    match kind {
        // How many wait, and how long an agent has after a call.
        Kind::Queues => ["max_callers", "max_expected_wait", "wrap_up"].into_iter().any(has),
        // What is dialled once somebody has answered, and what that person hears before the caller.
        Kind::Receivers => ["dial_extension", "whisper", "skip_whisper"].into_iter().any(has),
        // Patterns of callers, and whether somebody outside is asked to press 1.
        Kind::Rules => {
            let is_pattern =
                |it: &Segment| matches!(it, Segment::Element { element } if !element.starts_with('+'));
            has("confirm_external") || (has("callers") && path.iter().any(is_pattern))
        }
        Kind::Schedules | Kind::Numbers | Kind::Forwards | Kind::Diverts => false,
    }
}

/// The class of a step as far as no call shows it.
pub(super) fn beyond<'a>(kind: Kind, changes: impl IntoIterator<Item = &'a FieldChange>) -> Class {
    if changes.into_iter().any(|change| is_beyond(kind, &change.path)) {
        Class::CallerVisible
    } else {
        Class::Cosmetic
    }
}
