//! What happens to a call, told twice: by the evaluator, and by a reference that is as plain as can be. In reading order:
//!
//! - `naive`: the reference: one timeline at a time, a day at a time, with no code of dialform
//! - `pinned`: calls of which somebody has read the end in `src/flow/SEMANTICS.md`
//! - `held`: the two against each other
//! - `swept`: a sweep against brute force with the reference
//! - `noticed`: what callers notice of a change, against the same
//! - `meanwhile`: what calls do while a plan is applied, in every order that is allowed
//! - `templated`: templates, of which callers notice nothing
//! - `speed`: how fast it is
//! - `random`: tenants and calls from a seed
//! - `back`: who may have a way back, before tables are made
//! - `parts`: what of a configuration a call comes to
//! - `suggested`: assertions that are suggested, on what they were made from and on what somebody has changed
//! - `articles`: calls of which a sentence of a source says how they end
//! - `switch`: tenants and calls that a real switch can hold, for `.ci/switch`

// The attribute tells clippy that helpers beside the tests are test code as well.
#[cfg(test)]
mod articles;
#[cfg(test)]
mod back;
#[cfg(test)]
mod held;
#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod noticed;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod pinned;
#[cfg(test)]
mod random;
#[cfg(test)]
mod speed;
#[cfg(test)]
mod suggested;
#[cfg(test)]
mod swept;
#[cfg(test)]
mod switch;
#[cfg(test)]
mod templated;
