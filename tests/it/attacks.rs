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

/// An attacker's afternoon is not one example: each of the four has tried many things, and a table that has lost its rows
/// is seen here.
#[test]
fn each_attacker_has_tried_many_things() {
    let (files, accounts) = showable::count();
    let tried = [
        ("a contributor", configuration::count() + files),
        ("a portal user", accounts),
        ("a server", mad::count() + midway::count()),
        ("a neighbour", neighbour::count()),
    ];
    for ((who, tried), least) in tried.into_iter().zip([150, 150, 120, 10]) {
        assert!(tried >= least, "{who} has tried {tried} things, not {least}");
    }
}
