//! What a scalar says: mostly a stretch of its file, of which there is no second copy.

use std::{fmt, ops::Deref, sync::Arc};

/// A text.
#[derive(Clone)]
pub struct Text {
    /// The file, or a text of its own.
    whole: Arc<str>,
    start: u32,
    end: u32,
}

impl Text {
    /// What stands in a stretch of a file, if that is the text.
    pub(super) fn of(file: &Arc<str>, (start, end): (usize, usize), text: &str) -> Self {
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(from), Ok(to)) if file.get(start..end) == Some(text) => {
                Self { whole: Arc::clone(file), start: from, end: to }
            }
            _ => text.into(),
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        // No file that is read is longer than fits.
        Self { whole: text.into(), start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.whole.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, to)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self)
    }
}
