//! How a run ends: one place for exit codes, one type for what stops it.

use crate::{explained::Explained, finding::Finding};
use std::{error::Error, fmt, io};

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Fine = 0,
    /// Something is wrong with the input, the account, the run or the command line, or what was asked does not hold.
    Error = 1,
    /// `--detailed-exitcode`: there is something to apply (`plan`, `merge`), or two tenants differ (`diff`).
    Changes = 2,
    /// Stale plan, guard, critical change without approval, a locked account, or nobody to ask.
    Refused = 3,
    /// Not every step was done, or another may have written meanwhile.
    Partial = 4,
}

/// What stops a run before its end.
#[derive(Debug)]
pub enum Failure {
    /// Things wrong with the files.
    Findings(Vec<Finding>),
    /// Anything else: what was being done and why it failed, and the way out.
    Message { cause: Explained, ending: Ending },
    /// Nobody reads the output any more.
    Output(io::Error),
}

impl Failure {
    pub fn error(message: impl Into<String>) -> Self {
        Self::Message { cause: Explained::new(message), ending: Ending::Error }
    }

    pub fn refused(message: impl Into<String>) -> Self {
        Self::Message { cause: Explained::new(message), ending: Ending::Refused }
    }

    /// The error of a run that was told to stop before its first write.
    pub fn stopped() -> Self {
        Self::error("interrupted, nothing was changed")
    }

    #[must_use]
    pub fn help(self, text: impl Into<String>) -> Self {
        match self {
            Self::Message { cause, ending } => Self::Message { cause: cause.help(text), ending },
            other => other,
        }
    }

    pub fn ending(&self) -> Ending {
        match self {
            Self::Findings(_) => Ending::Error,
            Self::Message { ending, .. } => *ending,
            // `dialform plan | head` is no error; output that cannot be written for another reason is.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Ending::Fine,
            Self::Output(_) => Ending::Error,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Findings(findings) => {
                let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
                f.write_str(&messages.join("; "))
            }
            Self::Message { cause, .. } => write!(f, "{cause}"),
            Self::Output(error) => write!(f, "cannot write the output: {error}"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Findings(_) | Self::Message { .. } => None,
            Self::Output(error) => Some(error),
        }
    }
}

impl From<Explained> for Failure {
    fn from(cause: Explained) -> Self {
        Self::Message { cause, ending: Ending::Error }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
