//! Credentials: found, kept out of sight. And what else the environment says: this is its only reader.
//!
//! - `known`: the credentials of a run, to take them out of whatever is shown
//! - `fields`: which fields of a request or an answer may stand in a log
//! - `permitted`: which sources of credentials a run may use
//! - `program`: programs that print a credential, bounded in time
//! - `redacting`: a writer that hides them

mod fields;
mod known;
mod permitted;
mod program;
mod redacting;

pub use fields::{is_secret, redacted, without_addresses};
pub use known::{KnownSecrets, MARK};
pub use redacting::Redacting;

use crate::explained::Explained;
use crate::{
    model::{Secret, pasted},
    text::io_reason,
};
use program::{PATIENCE, Trouble};
use secrecy::SecretString;
use std::path::Path;

/// Variables by name.
pub type Variables = Vec<(String, SecretString)>;

/// Who runs this, `user@host`, for others to find them.
pub fn person() -> String {
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let user = user.filter(|user| !user.is_empty()).unwrap_or_else(|| "somebody".to_owned());
    format!("{user}@{}", gethostname::gethostname().to_string_lossy())
}

/// The directory of a phone switch, where one is named for this machine.
pub fn switch() -> Option<std::path::PathBuf> {
    std::env::var_os("DIALFORM_SWITCH").filter(|it| !it.is_empty()).map(Into::into)
}

/// Every variable whose name begins so, its value out of sight: some of them are credentials.
pub fn variables(prefix: &str) -> Variables {
    let text =
        std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok()));
    let found = text.filter(|(name, _)| name.starts_with(prefix));
    found.map(|(name, value)| (name, SecretString::from(value))).collect()
}

/// Reads a credential from where the workspace says it is, if the run may use that. A program is not waited for once
/// `stopped` says so.
pub fn resolve(secret: &Secret, root: &Path, stopped: &dyn Fn() -> bool) -> Result<SecretString, Explained> {
    let list = std::env::var_os(permitted::LIST).map(|list| list.to_string_lossy().into_owned());
    permitted::permit(secret, root, list.as_deref())?;
    let fail = |message: String, help: &str| Err(Explained::with_help(message, help));
    let found = match secret {
        Secret::Env(name) => match std::env::var(name) {
            Ok(value) => value,
            Err(std::env::VarError::NotPresent) => {
                return fail(
                    format!("{} is not set", named("environment variable", name, pasted::is_variable)),
                    "set it, in CI as a masked secret",
                );
            }
            Err(std::env::VarError::NotUnicode(_)) => {
                return fail(
                    format!("{} is not text", named("environment variable", name, pasted::is_variable)),
                    "set it to the text of the credential",
                );
            }
        },
        Secret::File(path) => match std::fs::read_to_string(root.join(path)) {
            Ok(value) => value,
            Err(error) => {
                return fail(
                    format!(
                        "cannot read the {}: {}",
                        named("credential file", path, pasted::is_path),
                        io_reason(&error)
                    ),
                    "check the path and the permissions",
                );
            }
        },
        Secret::Command(words) => {
            let Some((program, arguments)) = words.split_first() else {
                return fail(
                    "the command for a credential is empty".to_owned(),
                    "name a program: `[\"pass\", \"x\"]`",
                );
            };
            let named = match pasted::is_program(program) {
                true => format!("`{program}`"),
                false => "the program named here".to_owned(),
            };
            let ended = |how: String| {
                (
                    format!("{named}, which should print a credential, {how}"),
                    "run it by hand to see the cause",
                )
            };
            let mut command = std::process::Command::new(program);
            command.args(arguments).current_dir(root).env_clear();
            let known = permitted::environment(list.as_deref());
            command.envs(
                known.into_iter().filter_map(|name| std::env::var_os(&name).map(|value| (name, value))),
            );
            let (message, help) = match program::printed(&mut command, PATIENCE, stopped) {
                Ok(bytes) => return usable(&String::from_utf8_lossy(&bytes)),
                Err(Trouble::NotRun(error)) => {
                    let why = io_reason(&error);
                    (format!("{named} cannot be run to get a credential: {why}"), "is it installed?")
                }
                Err(Trouble::Ended(status)) => ended(format!("ended with {status}")),
                Err(Trouble::TooLong) => ended(format!("took longer than {} seconds", PATIENCE.as_secs())),
                Err(Trouble::Stopped) => ended("was ended with the run".to_owned()),
                Err(Trouble::TooMuch) => ended("printed more than a credential is long".to_owned()),
            };
            return fail(message, help);
        }
    };
    usable(&found)
}

/// A credential that a header can carry.
fn usable(found: &str) -> Result<SecretString, Explained> {
    let fail = |message: String, help: &str| Err(Explained::with_help(message, help));
    let found = found.trim();
    if found.is_empty() {
        return fail("the credential is empty".to_owned(), "check its source under `providers`");
    }
    if found.chars().any(|c| c.is_control() || !c.is_ascii()) {
        return fail(
            "the credential holds characters that an HTTP header cannot carry".to_owned(),
            "check its source under `providers`",
        );
    }
    Ok(SecretString::from(found.to_owned()))
}

/// What is named, by its name where that is surely one: a credential that was pasted in its place stands in no message.
fn named(what: &str, name: &str, is_name: fn(&str) -> bool) -> String {
    if is_name(name) { format!("{what} `{name}`") } else { format!("the {what} named here") }
}
