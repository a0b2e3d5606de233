//! A plan as one page of HTML, for whoever approves it: no network, no script; in light, in the dark and on paper.
//!
//! - `page`: the frame, and its parts in order; `style`: how it looks
//! - `filter`: one tenant alone, by the style sheet
//! - `summary`, `callers`, `attention`, `pictures`, `changes`, `findings`, `notes`, `foot`: the parts
//! - `words`: what the other renderers say, on this page

mod attention;
mod callers;
mod changes;
mod filter;
mod findings;
mod foot;
mod notes;
mod page;
mod pictures;
mod style;
mod summary;
mod words;

pub use pictures::{Picture, Pictures};

use crate::plan::Plan;
use std::io::{self, Write};

/// Writes a plan as a page, with the pictures of numbers whose calls change. With `expand` every tenant stands by itself.
pub fn plan_html(out: &mut dyn Write, plan: &Plan, pictures: &Pictures, expand: bool) -> io::Result<()> {
    out.write_all(page::page(plan, pictures, expand)?.as_bytes())
}
