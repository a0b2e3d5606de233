//! Drives the emulated CallTrackingMetrics over real HTTP, as the provider's `FACTS.md` tells it.
//!
//! What passes on the wire is held against the vendor's OpenAPI file, where that lies beside the project.

mod choices;
mod golden;
mod rig;
mod state;
mod transport;
mod unnamed;
