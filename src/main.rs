//! Parse, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    let ending = dialform::cli::main(std::env::args_os());
    ExitCode::from(ending as u8)
}
