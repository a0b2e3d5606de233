//! Call flows as pictures: a [`Drawing`](crate::flow::Drawing) as SVG, as Mermaid, and as a page of HTML.
//!
//! - `sketch`: what stands in each box, and which arrows are one; `words` breaks it into lines
//! - `layout`: where everything stands, with the one library that knows
//! - `ways`: the lines of arrows
//! - `svg`, `mermaid`, `html`: how it is written, with anybody's text escaped
//! - `told`: the same in sentences

mod html;
mod layout;
mod mermaid;
mod sketch;
mod svg;
mod told;
mod ways;
mod words;

pub use html::html;
pub use mermaid::{label, mermaid};
pub use svg::svg;
