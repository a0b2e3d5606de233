//! A new workspace: its files, and what is live in its first accounts.

use super::{
    Context, ImportOptions, Options, check::to_be_extended, import::import_to, ready_ci, schema::SchemaOf,
};
use crate::{
    emit,
    error::Failure,
    file,
    import::Imported,
    load::WORKSPACE_FILE,
    provider::{self, Answer, Provider, Question},
    text::{closest, io_help, io_reason},
};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What a new workspace is made of. Whoever asks people has asked them all before.
#[derive(Debug, Clone, Default)]
pub struct InitOptions {
    /// A kind of provider.
    pub kind: String,
    /// What the workspace calls it; `None`: its kind.
    pub name: Option<String>,
    /// What is answered to the questions of the kind, by field.
    pub answers: BTreeMap<String, String>,
    /// Accounts to import; empty: every one that the credential reaches.
    pub accounts: Vec<String>,
    /// Patterns of what is imported; empty: everything.
    pub only: Vec<String>,
}

/// What was made.
#[derive(Debug)]
pub struct Initiated {
    /// The files beside those of the tenants.
    pub files: Vec<String>,
    pub imported: Imported,
}

/// Whether there is a workspace already.
pub fn is_workspace(root: &Path) -> bool {
    root.join(WORKSPACE_FILE).exists()
}

/// What has to be known of a provider of that kind.
pub fn questions(kind: &str) -> Result<&'static [Question], Failure> {
    Ok(kind_of(kind)?.settings.questions)
}

/// The provider of that kind.
pub fn kind_of(kind: &str) -> Result<&'static Provider, Failure> {
    provider::find(kind).ok_or_else(|| {
        let kinds: Vec<&str> = provider::all().iter().map(|it| it.kind).collect();
        let failure = Failure::error(format!("there is no provider of kind `{kind}`"));
        match closest(kind, kinds.iter().copied()) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help(format!("known kinds: {}", kinds.join(", "))),
        }
    })
}

/// Whether a question is one for these answers: the credential of something that there is none of is not.
pub fn is_asked(question: &Question, answers: &BTreeMap<String, String>) -> bool {
    let Some((whole, _)) = question.field.rsplit_once('.') else { return true };
    let url = format!("{whole}.url");
    question.field == url || answers.get(&url).is_none_or(|answer| answer.contains("://"))
}

/// Makes the files of a workspace and imports its accounts. What cannot be finished is taken away again: all, or nothing.
pub async fn init(
    root: &Path,
    options: &Options,
    init: &InitOptions,
    context: &Context,
) -> Result<Initiated, Failure> {
    if is_workspace(root) {
        let message = format!("there is a `{WORKSPACE_FILE}` already");
        return Err(Failure::error(message).help("`dialform import` adds accounts to it"));
    }
    let mut made = Made { root, files: Vec::new(), directories: Vec::new() };
    match make(&mut made, options, init, context).await {
        Ok(imported) => Ok(Initiated { files: made.files, imported }),
        Err(failure) => {
            made.take_away();
            Err(failure)
        }
    }
}

async fn make(
    made: &mut Made<'_>,
    options: &Options,
    init: &InitOptions,
    context: &Context,
) -> Result<Imported, Failure> {
    let text = workspace_file(init)?;
    for schema in [SchemaOf::TenantOn(&init.kind), SchemaOf::Workspace, SchemaOf::Tests] {
        made.write(&format!("schema/{}", schema.file()), &schema.text())?;
    }
    let ignored = "/.dialform/\n";
    match file::read_named(&made.root.join(".gitignore")) {
        Ok(text) if text.lines().any(|line| line.trim() == ignored.trim()) => {}
        Ok(text) => {
            let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            made.write(".gitignore", &format!("{text}{end}{ignored}"))?;
        }
        Err(_) => made.write(".gitignore", ignored)?,
    }
    for (name, text) in ready_ci::files(made.root, &variables(init)?) {
        made.write(name, &text)?;
    }
    let import_options = ImportOptions {
        accounts: init.accounts.clone(),
        all: init.accounts.is_empty(),
        only: init.only.clone(),
        ..ImportOptions::default()
    };
    made.directories.push(made.root.join("tenants"));
    let checked = to_be_extended(made.root, Some(&text), options.at())?;
    let imported = import_to(checked, options, &import_options, context).await?;
    if imported.is_incomplete() && imported.accounts.len() == 1 {
        let found = imported.accounts.into_iter().find_map(|it| match it.written {
            crate::import::Written::Failed(found) => Some(found),
            _ => None,
        });
        return Err(Failure::Findings(found.unwrap_or_default()));
    }
    // Last: what was stopped before is no workspace, and the next run goes on with its files.
    made.write(WORKSPACE_FILE, &text)?;
    Ok(imported)
}

/// `dialform.yaml`.
fn workspace_file(init: &InitOptions) -> Result<String, Failure> {
    let name = init.name.as_deref().unwrap_or(&init.kind);
    let mut text = emit::comment("yaml-language-server: $schema=schema/workspace.schema.json", 0);
    text.push_str(&emit::entry("version", &json!(1), 0));
    text.push('\n');
    text.push_str("providers:\n");
    text.push_str(&emit::entry(name, &settings(init)?, 2));
    text.push('\n');
    text.push_str(&emit::entry("tenants", &json!(["tenants/*.yaml"]), 0));
    Ok(text)
}

/// The entry of the provider.
fn settings(init: &InitOptions) -> Result<Value, Failure> {
    let setup = questions(&init.kind)?;
    let missing: Vec<String> = setup
        .iter()
        .filter(|it| is_asked(it, &init.answers) && !init.answers.contains_key(it.field))
        .map(|it| format!("`--set {}=…` ({})", it.field, it.text))
        .collect();
    if !missing.is_empty() {
        let failure = Failure::error(format!("what a `{}` provider needs is not said", init.kind));
        return Err(failure.help(missing.join("; ")));
    }
    if let Some(field) = init.answers.keys().find(|field| setup.iter().all(|it| it.field != **field)) {
        let fields: Vec<&str> = setup.iter().map(|it| it.field).collect();
        let failure =
            Failure::error(format!("`--set {field}`: nobody asks that of a `{}` provider", init.kind));
        return Err(failure.help(format!("it is asked for {}", fields.join(", "))));
    }
    let mut entry = Map::new();
    entry.insert("kind".to_owned(), json!(init.kind));
    for question in setup.iter().filter(|it| is_asked(it, &init.answers)) {
        let answer = &init.answers[question.field];
        let value = match question.answer {
            Answer::Url { or } if or == Some(answer.as_str()) => json!(answer),
            Answer::Url { .. } => json!(answer),
            Answer::Variable(_) => json!({ "env": answer }),
        };
        match question.field.split_once('.') {
            None => drop(entry.insert(question.field.to_owned(), value)),
            // The word for having none stands for the whole.
            Some((whole, "url")) if !answer.contains("://") => drop(entry.insert(whole.to_owned(), value)),
            Some((whole, part)) => {
                let inner = entry.entry(whole).or_insert_with(|| json!({}));
                inner[part] = value;
            }
        }
    }
    Ok(Value::Object(entry))
}

/// The environment variables that hold credentials.
fn variables(init: &InitOptions) -> Result<Vec<String>, Failure> {
    let setup = questions(&init.kind)?;
    let variables = setup.iter().filter(|it| matches!(it.answer, Answer::Variable(_)));
    Ok(variables.filter_map(|it| init.answers.get(it.field)).cloned().collect())
}

/// What has been made so far.
struct Made<'a> {
    root: &'a Path,
    files: Vec<String>,
    /// Those that are taken away if they are empty.
    directories: Vec<PathBuf>,
}

impl Made<'_> {
    /// Writes a file that is not there; one that a person has made stays.
    fn write(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.root.join(name);
        if path.exists() && name != ".gitignore" {
            return Ok(());
        }
        let mut above = path.parent();
        while let Some(directory) = above.filter(|it| *it != self.root && !it.exists()) {
            self.directories.push(directory.to_owned());
            above = directory.parent();
        }
        let is_new = !path.exists();
        file::publish(self.root, name, text).map_err(|error| {
            Failure::error(format!("cannot write `{name}`: {}", io_reason(&error)))
                .help(format!("{}, or make the workspace in another directory: `-C DIR`", io_help(&error)))
        })?;
        if is_new {
            self.files.push(name.to_owned());
        }
        Ok(())
    }

    /// Where one cannot be taken away there is nothing more to be done.
    fn take_away(&self) {
        for name in &self.files {
            let _ = file::remove(&self.root.join(name));
        }
        for directory in &self.directories {
            let _ = file::remove_empty(directory);
        }
    }
}
