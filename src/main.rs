//! Parse, run, exit.

use std::process::ExitCode;

// A plan is many small texts, which a thread makes and another drops.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let ending = dialform::cli::main(std::env::args_os());
    ExitCode::from(ending as u8)
}
