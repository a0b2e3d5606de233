//! Which sources of credentials a run may use. Whoever sets up the job says so in `DIALFORM_SECRETS`, outside the
//! repository: a pull request that names another source then gets nothing.

use crate::{
    explained::Explained,
    model::{Secret, pasted},
};
use std::path::{Path, PathBuf};

/// The variable that holds the list: entries between commas or line ends, each `env:NAME`, `file:/PATH` or
/// `command:PROGRAM ARGUMENT`. A name alone is a variable, a path alone a file.
pub const LIST: &str = "DIALFORM_SECRETS";

#[derive(Debug, PartialEq, Eq)]
enum Source {
    Variable(String),
    File(PathBuf),
    /// A program with its arguments, as one line.
    Command(String),
}

/// Whether a credential may be taken from its source. Without a list, variables and files may be used and no program.
pub fn permit(secret: &Secret, root: &Path, list: Option<&str>) -> Result<(), Explained> {
    let Some(list) = list else {
        return match secret {
            Secret::Env(_) | Secret::File(_) => Ok(()),
            Secret::Command(_) => Err(Explained::with_help(
                format!("a program for a credential runs only where `{LIST}` permits it"),
                format!(
                    "set it where dialform is started, not in the repository, and name every source there: \
                     `{LIST}=\"env:STRATUS_TOKEN, command:pass show stratus\"`"
                ),
            )),
        };
    };
    let sources = sources(list)?;
    let is_permitted = match secret {
        Secret::Env(name) => sources.contains(&Source::Variable(name.clone())),
        Secret::File(path) => {
            // A link is another source: what it leads to has to be permitted.
            let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
            let wanted = real(&root.join(path));
            sources.iter().any(|it| matches!(it, Source::File(path) if real(path) == wanted))
        }
        // A path below the workspace would be a program that the repository brings.
        Secret::Command(words) => {
            let own = words.first().is_some_and(|it| it.contains('/') && !it.starts_with('/'));
            !own && sources.contains(&Source::Command(words.join(" ")))
        }
    };
    if is_permitted {
        return Ok(());
    }
    let (what, entry) = match secret {
        Secret::Env(name) if pasted::is_variable(name) => {
            (format!("variable `{name}`"), format!("env:{name}"))
        }
        Secret::File(path) if pasted::is_path(path) => {
            (format!("file `{path}`"), format!("file:{}", root.join(path).display()))
        }
        Secret::Env(_) => ("variable named here".to_owned(), "env:NAME".to_owned()),
        Secret::File(_) => ("file named here".to_owned(), "file:/PATH".to_owned()),
        Secret::Command(_) => ("program named here".to_owned(), "command:PROGRAM ARGUMENT".to_owned()),
    };
    Err(Explained::with_help(
        format!("the {what} is not among the sources of credentials that this run may use"),
        format!("if it is to be, whoever runs dialform adds `{entry}` to `{LIST}`"),
    ))
}

/// The entries of the list. One that is none is named by its place: it may be a credential that was pasted.
fn sources(list: &str) -> Result<Vec<Source>, Explained> {
    let entries = list.split([',', '\n']).map(str::trim).enumerate().filter(|(_, entry)| !entry.is_empty());
    let read = |(index, entry): (usize, &str)| {
        let source = match entry.split_once(':') {
            Some(("env", name)) => Some(Source::Variable(name.trim().to_owned())),
            Some(("file", path)) => absolute(path),
            Some(("command", words)) => {
                Some(Source::Command(words.split_whitespace().collect::<Vec<_>>().join(" ")))
            }
            Some(_) => None,
            None if pasted::is_variable(entry) => Some(Source::Variable(entry.to_owned())),
            None => absolute(entry),
        };
        source.ok_or_else(|| {
            let message = format!("entry {} of `{LIST}` names no source of a credential", index + 1);
            let help = "write `env:NAME`, `file:/PATH` from the root, or `command:PROGRAM ARGUMENT`";
            Explained::with_help(message, help)
        })
    };
    entries.map(read).collect()
}

fn absolute(path: &str) -> Option<Source> {
    let path = Path::new(path.trim());
    path.is_absolute().then(|| Source::File(path.to_owned()))
}

/// What a program for a credential learns of the environment: how to find things, and the variables that are permitted.
pub fn environment(list: Option<&str>) -> Vec<String> {
    const PLAIN: [&str; 16] = [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "LC_ALL",
        "TERM",
        "TMPDIR",
        "TZ",
        "DISPLAY",
        "DBUS_SESSION_BUS_ADDRESS",
        "XDG_RUNTIME_DIR",
        "XDG_CONFIG_HOME",
        "GNUPGHOME",
        "SSH_AUTH_SOCK",
    ];
    let permitted = list.and_then(|list| sources(list).ok()).unwrap_or_default();
    let permitted = permitted.into_iter().filter_map(|source| match source {
        Source::Variable(name) => Some(name),
        Source::File(_) | Source::Command(_) => None,
    });
    PLAIN.map(str::to_owned).into_iter().chain(permitted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a list permits and what it does not, source by source.
    #[test]
    fn a_list_permits_what_it_names() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        std::fs::write(root.join("token"), "x").unwrap();
        std::os::unix::fs::symlink("/proc/self/environ", root.join("link")).unwrap();
        let here = root.join("token").display().to_string();
        let (env, file) = (|it: &str| Secret::Env(it.to_owned()), |it: &str| Secret::File(it.to_owned()));
        let command = |it: &str| Secret::Command(it.split(' ').map(str::to_owned).collect());
        let cases = [
            (env("A"), None, true),
            (file("link"), None, true),
            (command("pass show x"), None, false),
            (env("A"), Some("A"), true),
            (env("A"), Some("env:B,\n env:A "), true),
            (env("A"), Some(""), false),
            (env("A"), Some("AB, file:/A, command:A"), false),
            (file("token"), Some("file:@"), true),
            (file("./token"), Some("@"), true),
            (file("token"), Some("env:token"), false),
            (file("link"), Some("file:@"), false),
            (file("/proc/self/environ"), Some("file:@"), false),
            (command("pass show x"), Some("command:pass show x"), true),
            (command("pass show x"), Some("command:pass  show x"), true),
            (command("pass show y"), Some("command:pass show x"), false),
            (command("pass"), Some("command:pass show x"), false),
            (command("./token"), Some("command:./token"), false),
            (command("/bin/cat x"), Some("command:/bin/cat x"), true),
        ];
        for (secret, list, expected) in cases {
            let list = list.map(|list| list.replace('@', &here));
            let permitted = permit(&secret, root, list.as_deref());
            assert_eq!(permitted.is_ok(), expected, "{secret:?} by {list:?}: {permitted:?}");
        }
        for wrong in ["s3cr3t-t0ken-value", "file:token", "vault:x", "env:A,,s3cr3t/x"] {
            let said = permit(&env("B"), root, Some(wrong)).unwrap_err().to_string();
            assert!(said.contains("names no source") && !said.contains("s3cr3t"), "{wrong}: {said}");
        }
    }
}
