//! Attacks on the promises of `.github/SECURITY.md`, by who attacks. Each names the promise that it tries to break.

mod answers;
mod bounded;
mod configuration;
mod contributor;
mod mad;
mod midway;
mod neighbour;
mod server;
mod showable;
