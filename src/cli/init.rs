//! `dialform init`

use super::{
    Io,
    args::{Format, Global, InitArgs},
    progress::View,
};
use crate::{
    error::{Ending, Failure},
    page::say,
    render,
    run::{self, Answer, InitOptions, Options, Progress, Question},
};
use std::collections::BTreeMap;

pub async fn run(global: &Global, args: &InitArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if run::is_workspace(&global.dir) {
        let (mut page, directory) = (io.page(), global.dir.display().to_string());
        say!(
            page,
            "there is a workspace already in {}; nothing is changed, `dialform import` adds accounts to it",
            directory
        )?;
        return Ok(Ending::Fine);
    }
    // Every question comes before the first file: whoever leaves in between leaves nothing behind.
    let init = asked(args, io.ask)?;
    let options = Options::from(args);
    let (context, mut notices) = io.context();
    let view = View::new(io, Format::Text, Progress::reading(1, BTreeMap::new()), &context.shutdown);
    let work = run::init(&global.dir, &options, &init, &context);
    let (made, shown) = view.follow(work, &mut notices).await;
    shown?;
    let made = made?;
    let mut page = io.page();
    for name in &made.files {
        say!(page, "{}: new", name)?;
    }
    render::import(&mut page, &made.imported)?;
    io.out.flush()?;
    let plan = run::plan(&global.dir, &options, &context).await?;
    render::plan(&mut io.page(), &plan, false)?;
    let complete = !made.imported.is_incomplete() && !plan.is_blocked();
    Ok(if complete { Ending::Fine } else { Ending::Error })
}

type Ask = fn(&str) -> std::io::Result<String>;

/// What the arguments say, and people where there is somebody.
fn asked(args: &InitArgs, ask: Option<Ask>) -> Result<InitOptions, Failure> {
    let InitArgs { kind, name, set, account, all, only, .. } = args.clone();
    let mut answers = BTreeMap::new();
    for text in set {
        let (field, value) = text.split_once('=').ok_or_else(|| {
            Failure::error(format!("`--set {text}` sets nothing")).help("write `--set FIELD=VALUE`")
        })?;
        answers.insert(field.to_owned(), value.to_owned());
    }
    let kinds: Vec<&str> = run::providers(None)?.iter().map(|it| it.kind).collect();
    let kind = match (kind, ask) {
        (Some(kind), _) => kind,
        (None, Some(ask)) => answer(ask, &format!("Which phone system ({})", kinds.join(", ")), None)?,
        (None, None) => {
            let failure = Failure::error("which phone system is meant is not said");
            return Err(failure.help(format!("name its kind: `--kind {}`", kinds.join("|"))));
        }
    };
    for question in run::questions(&kind)? {
        let Question { field, text, answer: form } = question;
        if !answers.contains_key(*field) && run::is_asked(question, &answers) {
            let default = match form {
                Answer::Variable(name) => Some(*name),
                Answer::Url { .. } => None,
            };
            // Without a terminal what is missing is said all at once.
            let Some(ask) = ask else { continue };
            answers.insert((*field).to_owned(), answer(ask, text, default)?);
        }
    }
    let accounts = match ask {
        Some(ask) if account.is_empty() && !all => {
            let word = answer(ask, "Which account; empty for all that the credential reaches", Some(""))?;
            Some(word).filter(|word| !word.is_empty()).into_iter().collect()
        }
        None if account.is_empty() && !all => {
            let failure = Failure::error("which account is meant is not said");
            return Err(
                failure.help("name it with `--account`; `--all` takes all that the credential reaches")
            );
        }
        _ => account,
    };
    Ok(InitOptions { kind, name, answers, accounts, only })
}

/// One answer. Nothing is taken for the default where there is one, and asked again where there is none.
fn answer(ask: Ask, question: &str, default: Option<&str>) -> Result<String, Failure> {
    let shown = default.filter(|it| !it.is_empty()).map(|it| format!(" [{it}]")).unwrap_or_default();
    loop {
        let text = ask(&format!("{question}{shown}: "))?;
        // The end of the input is no answer.
        if text.is_empty() {
            return Err(Failure::error("the questions were not all answered; nothing was made"));
        }
        match (text.trim(), default) {
            ("", Some(default)) => return Ok(default.to_owned()),
            ("", None) => {}
            (answer, _) => return Ok(answer.to_owned()),
        }
    }
}
