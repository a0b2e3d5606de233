//! The commands: arguments in, text and exit codes out. What they do is in [`crate::run`].

mod apply;
mod args;
mod check;
mod checklist;
mod ci;
mod convert;
mod drill;
mod emergency;
mod explain;
mod fmt;
mod graph;
mod help;
mod import;
mod init;
mod lsp;
mod man;
mod merge;
mod plan;
mod progress;
mod providers;
mod rehearse;
mod report;
mod sandbox;
mod schema;
mod show;
mod signal;
mod streams;
mod test;
mod trace;
mod unlock;
mod zones;

use crate::{
    error::{Ending, Failure},
    finding::Finding,
    page::{Exact, Page, say},
    render::{self, events, json},
    run::{self, Context, Looked, Notice, on_runtime},
    secret::{KnownSecrets, Redacting},
    text::is_unseen,
};
use anstream::{AutoStream, ColorChoice};
use args::{CheckArgs, Cli, Color, Command, Format};
use clap::{CommandFactory, Parser, error::ContextValue};
use std::{
    ffi::OsString,
    io::{self, IsTerminal, Write},
    sync::Arc,
};
use streams::{Data, Talk, stream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What a run reports, as it happens.
pub type Notices = UnboundedReceiver<Notice>;

/// Where a run writes, and whom it may ask.
pub struct Io<'a> {
    /// Data. It waits for more of it: flush it where somebody reads along.
    pub out: &'a mut (dyn Write + Send),
    /// Talk.
    pub err: &'a mut (dyn Write + Send),
    /// Asks a question at a terminal; `None` if nobody is there.
    pub ask: Option<fn(&str) -> io::Result<String>>,
    /// Whether talk goes to a terminal, where lines can be drawn anew.
    pub terminal: bool,
    /// The credentials of the run, which are hidden in everything that is written.
    pub secrets: Arc<KnownSecrets>,
}

impl Io<'_> {
    /// Data for people.
    fn page(&mut self) -> Page<'_> {
        Page::text(self.out)
    }

    /// The same as Markdown.
    fn markdown(&mut self) -> Page<'_> {
        Page::markdown(self.out)
    }

    /// Talk.
    fn talk(&mut self) -> Page<'_> {
        Page::text(self.err)
    }

    /// A context for a run whose credentials are hidden here, and where its notices arrive.
    fn context(&self) -> (Context, Notices) {
        let (sender, notices) = unbounded_channel();
        let context = Context { secrets: Arc::clone(&self.secrets), ..Context::default() };
        // An error says that the receiver is gone; the notice is dropped.
        let context = context.listener(move |notice| drop(sender.send(notice)));
        (context, notices)
    }
}

/// The program: parses the arguments, runs the command on this process's streams.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Ending {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => return usage(&error, &mut AutoStream::auto(io::stderr())),
        Err(error) => return usage(&error, &mut AutoStream::auto(io::stdout())),
    };
    let choice = match cli.global.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let (mut out, mut err) = (stream(io::stdout(), choice), stream(io::stderr(), choice));
    let ask = io::stdin().is_terminal().then_some(ask as fn(&str) -> io::Result<String>);
    let terminal = io::stderr().is_terminal();
    run(&cli, &mut out, &mut err, ask, terminal)
}

/// What a run left behind, without colours unless it was asked for them.
#[derive(Debug)]
pub struct Finished {
    pub ending: Ending,
    pub out: String,
    pub err: String,
}

/// Parses and runs in this process, with nobody at the terminal: for tests and other programs.
pub fn run_with(arguments: &[&str]) -> Finished {
    run_at(arguments, None)
}

/// The same at an instant; `None`: now.
pub fn run_at(arguments: &[&str], now: Option<jiff::Timestamp>) -> Finished {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut coloured = false;
    let ending = match Cli::try_parse_from(arguments) {
        Ok(mut cli) => {
            cli.global.now = now;
            coloured = matches!(cli.global.color, Color::Always);
            run(&cli, &mut out, &mut err, None, false)
        }
        Err(error) if error.use_stderr() => usage(&error, &mut err),
        Err(error) => usage(&error, &mut out),
    };
    let text = |bytes: Vec<u8>| {
        let bytes = if coloured { bytes } else { anstream::adapter::strip_bytes(&bytes).into_vec() };
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Finished { ending, out: text(out), err: text(err) }
}

/// Says what clap says. Where it repeats an argument that is no plain text, all of it is one line.
fn usage(error: &clap::Error, out: &mut dyn Write) -> Ending {
    let is_plain = |text: &String| text.chars().all(|c| !is_unseen(c));
    let mut repeated = error.context().map(|(_, value)| match value {
        ContextValue::String(text) => is_plain(text),
        ContextValue::Strings(texts) => texts.iter().all(is_plain),
        _ => true,
    });
    let text = error.render();
    // Where this cannot be written there is nobody left to tell.
    let _ = match repeated.all(|it| it) {
        true => write!(out, "{}", text.ansi()),
        false => say!(Page::text(out), "{}", Exact(text.to_string())),
    };
    if error.use_stderr() { Ending::Error } else { Ending::Fine }
}

fn ask(question: &str) -> io::Result<String> {
    let mut err = io::stderr();
    err.write_all(question.as_bytes())?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer)
}

/// Runs the command. What it writes passes by a last look for credentials.
fn run(
    cli: &Cli,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
    ask: Option<fn(&str) -> io::Result<String>>,
    terminal: bool,
) -> Ending {
    let secrets = Arc::new(KnownSecrets::default());
    let mut out = Data::new(Redacting::buffered(out, Arc::clone(&secrets)));
    let mut err = Talk { data: out.clone(), err: Redacting::by_line(err, Arc::clone(&secrets)) };
    let io = &mut Io { out: &mut out, err: &mut err, ask, terminal, secrets };
    let result = match (command(cli, io), io.out.flush()) {
        (Ok(Ending::Fine), Err(error)) => Err(error.into()),
        (result, _) => result,
    };
    let ending = match result {
        Ok(ending) => ending,
        Err(failure) => {
            let ending = match (&cli.command, &failure) {
                // When standard output is closed in the middle of an apply, the exit code says that it is not done; nor can it
                // be read what an emergency has switched.
                (Command::Apply(_), Failure::Output(_)) => Ending::Error,
                (Command::Emergency(args), Failure::Output(_)) if args.switches() => Ending::Error,
                _ => failure.ending(),
            };
            // Where this cannot be written there is nobody left to tell.
            let _ = explain_failure(cli, io, failure);
            let _ = io.out.flush();
            ending
        }
    };
    let _ = io.err.flush();
    ending
}

fn explain_failure(cli: &Cli, io: &mut Io<'_>, failure: Failure) -> io::Result<()> {
    let exit_code = failure.ending() as i32;
    let findings = match failure {
        Failure::Findings(findings) => findings,
        Failure::Message { cause, ending: Ending::Refused } => vec![Finding::explained("refused", cause)],
        Failure::Message { cause, ending: _ } => vec![Finding::explained("failed", cause)],
        Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
        // In every format: where it would go cannot be written.
        Failure::Output(error) => {
            let finding = Finding::error("failed", format!("cannot write the output: {error}"));
            return render::findings(&mut io.talk(), &[finding]);
        }
    };
    if let Command::Check(CheckArgs { format, .. }) = &cli.command
        && let Some(program) = format.program()
    {
        let Looked { within, files } = run::looked(&cli.global.dir);
        return render::checked(io.out, program, &findings, &within, &files);
    }
    match cli.format() {
        Format::Json if matches!(cli.command, Command::Apply(_)) => {
            events::failed(io.out, &findings, exit_code)
        }
        Format::Json => json::write(io.out, &serde_json::json!({ "findings": findings })),
        Format::Markdown => render::failure_markdown(&mut io.markdown(), &findings),
        Format::Text => render::findings(&mut io.talk(), &findings),
    }
}

fn command(cli: &Cli, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Check(args) => on_runtime(check::run(global, args, io)),
        Command::Show(args) => show::run(global, args, io),
        Command::Checklist(args) => checklist::run(global, args, io),
        Command::Plan(args) => on_runtime(plan::run(global, args, io)),
        Command::Merge(args) => merge::run(global, args, io),
        Command::Apply(args) => on_runtime(apply::run(global, args, io)),
        Command::Init(args) => on_runtime(init::run(global, args, io)),
        Command::Import(args) => on_runtime(import::run(global, args, io)),
        Command::Trace(args) => on_runtime(trace::run(global, args, io)),
        Command::Graph(args) => on_runtime(graph::run(global, args, io)),
        Command::Test(args) => on_runtime(test::run(global, args, io)),
        Command::Drill(args) => on_runtime(drill::run(global, args, io)),
        Command::Zones(args) => on_runtime(zones::run(global, args, io)),
        Command::Rehearse(args) => on_runtime(rehearse::run(global, args, io)),
        Command::WhoPointsTo(args) => on_runtime(report::who_points_to(global, args, io)),
        Command::Export(args) => on_runtime(report::export(global, args, io)),
        Command::Diff(args) => report::diff(global, args, io),
        Command::Emergency(args) => on_runtime(emergency::run(global, args, io)),
        Command::Unlock(args) => on_runtime(unlock::run(global, args, io)),
        Command::Fmt(args) => fmt::run(global, args, io),
        Command::Providers(args) => providers::run(args, io),
        Command::Explain(args) => explain::run(args, io),
        Command::Schema(args) => schema::run(global, args, io),
        Command::Lsp => lsp::run(global),
        Command::Sandbox(args) => on_runtime(sandbox::run(global, args, io)),
        Command::Ci(args) => on_runtime(ci::run(global, args, io)),
        Command::Completions { shell } => {
            // Into memory: it panics where it cannot write.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "dialform", &mut script);
            io.out.write_all(&script)?;
            Ok(Ending::Fine)
        }
        Command::Man(args) => man::run(args, io),
        Command::Help(args) => help::run(args, io),
    }
}
