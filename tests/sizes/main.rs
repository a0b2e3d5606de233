//! What `check` takes for files of any shape, in time and in memory.
//!
//! The limits hold for a release build. `.ci/sizes` makes one and names it:
//!
//! ```sh
//! DIALFORM_SIZES=target/release/dialform cargo test --release --test sizes -- --test-threads 1 --nocapture
//! ```
//!
//! Otherwise each shape is checked small, for what it ends with: a shape that is something else measures nothing.

#[cfg(test)]
mod bare;
#[cfg(test)]
mod chains;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod doubled;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod globs;
#[cfg(test)]
mod json;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod links;
#[cfg(test)]
mod measured;
#[cfg(test)]
mod scalars;
#[cfg(test)]
mod shape;
#[cfg(test)]
mod tenants;
