//! The one integration binary.

// The attribute tells clippy that helpers beside the tests are test code as well.
#[cfg(test)]
mod sandbox;
