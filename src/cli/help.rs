//! `dialform help`

use super::{
    Io,
    args::{Cli, HelpArgs},
    usage,
};
use crate::{
    error::{Ending, Failure},
    guide,
    page::{Exact, say},
    text::closest,
};
use clap::{CommandFactory, Parser, error::ErrorKind};

pub fn run(args: &HelpArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let commands = Cli::command();
    let commands: Vec<&str> = commands.get_subcommands().map(|it| it.get_name()).collect();
    match args.words.first() {
        Some(word) if !commands.contains(&word.as_str()) => topic(word, &commands, io),
        _ => Ok(command(&args.words, io)),
    }
}

/// What the parser says of a command.
fn command(words: &[String], io: &mut Io<'_>) -> Ending {
    let words = words.iter().map(String::as_str);
    let line = ["dialform"].into_iter().chain(words).chain(["--help"]);
    match Cli::try_parse_from(line) {
        Err(error) if error.kind() == ErrorKind::DisplayHelp => usage(&error, io.out),
        Err(error) => usage(&error, io.err),
        // `--help` ends the parser, whatever stands before it.
        Ok(_) => Ending::Fine,
    }
}

/// A page of the guide.
fn topic(word: &str, commands: &[&str], io: &mut Io<'_>) -> Result<Ending, Failure> {
    let Some(page) = guide::find(word) else {
        let known = commands.iter().copied().chain(guide::PAGES.iter().map(|it| it.name));
        let failure = Failure::error(format!("there is no command and no topic `{word}`"));
        return Err(match closest(word, known) {
            Some(near) => failure.help(format!("did you mean `dialform help {near}`?")),
            None => failure.help("`dialform help` lists all commands and topics"),
        });
    };
    page.shown().lines().try_for_each(|line| say!(io.page(), "{}", Exact(line)))?;
    Ok(Ending::Fine)
}
