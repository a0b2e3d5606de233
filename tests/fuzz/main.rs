//! Fuzzing: inputs that nobody wrote, from those that somebody did. In reading order:
//!
//! - `dice`: chance that can be had again
//! - `bytes`, `tree`: how an input is changed: as bytes, as lines, as a tree of values
//! - `corpus`: inputs that once failed
//! - `engine`: changes inputs and looks what comes of them, for as long as it has time
//! - `account`: an emulated phone system without a network, whose answers can be replaced
//! - `loading`, `decoders`, `saved`, `shown`, `written`: the targets
//!
//! Each target runs for less than a second, or for the seconds that `DIALFORM_FUZZ` says. What fails is cut down, shown,
//! and kept in `corpus/`, where every later run begins: give it a name that says what it is about. A long run tries other inputs each
//! time, unless `DIALFORM_SEED` says the number that an earlier one has printed.

// The attribute tells clippy that helpers beside the tests are test code as well.
#[cfg(test)]
mod account;
#[cfg(test)]
mod bytes;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod decoders;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod loading;
#[cfg(test)]
mod saved;
#[cfg(test)]
mod shown;
#[cfg(test)]
mod tree;
#[cfg(test)]
mod written;
