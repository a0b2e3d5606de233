//! Drives the emulated CallTrackingMetrics over real HTTP; sections are those of its fact sheet.
//!
//! What passes on the wire is held against the vendor's OpenAPI file, where that lies beside the project.

mod choices;
mod golden;
mod rig;
mod state;
mod transport;
mod unnamed;
