//! The world's numbering plans: whether a number can be one, and what people mean who write one as their country does.
//!
//! The plans are those of the library `phonenumber`. Loading them takes longer than everything else that a check does, so
//! that a common number is known without them.

mod advice;
mod area_codes;
mod calling_codes;
mod country;
mod plans;
mod zones;

pub use advice::{advice, as_destination};
pub use area_codes::{country, is_abroad};
pub use calling_codes::has_country;
pub use country::Country;
pub use plans::{Standing, split, standing};
pub use zones::country_of_zone;
