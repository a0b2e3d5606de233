//! The bare parse: the same bytes through the parser and nothing else, in a process of its own.

use super::measured::{Used, used};
use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

/// Names the directory of the files, in a process that only parses.
const FILES: &str = "DIALFORM_SIZES_BARE";
/// Which parser reads them.
const PARSER: &str = "DIALFORM_SIZES_PARSER";

/// Who reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parser {
    /// `serde_yaml` into its values.
    Values,
    /// The events of `granit_parser`, for what the other one refuses.
    Events,
}

/// What the bare parse of all files of tenants takes, and which parser it was.
pub fn parse(root: &Path) -> (Parser, Used) {
    let run = |parser: Parser| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "bare::only_parses", "--test-threads", "1"]);
        command.env(FILES, root.join("tenants")).env(PARSER, format!("{parser:?}"));
        used(command.stdout(Stdio::null()).stderr(Stdio::null()))
    };
    let values = run(Parser::Values);
    if values.code == Some(0) { (Parser::Values, values) } else { (Parser::Events, run(Parser::Events)) }
}

/// Not a test of its own: what the process above does.
#[test]
#[ignore = "for the measurements of .ci/sizes"]
fn only_parses() {
    let directory = env::var_os(FILES).unwrap();
    let values = env::var(PARSER).unwrap() == format!("{:?}", Parser::Values);
    for entry in fs::read_dir(directory).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        if values {
            std::hint::black_box(serde_yaml::from_str::<serde_yaml::Value>(&text).unwrap());
        } else {
            // As far as it understands them.
            std::hint::black_box(
                granit_parser::Parser::new_from_str(&text).take_while(Result::is_ok).count(),
            );
        }
    }
}
