//! What the other renderers say, as parts of a page of HTML.

use crate::{
    page::Page,
    text::{count, grouped, printable},
};
use maud::{Markup, PreEscaped, html};
use std::io;

/// The lines that a page of text would have, without colours.
pub fn lines(write: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> io::Result<Vec<String>> {
    let mut bytes = Vec::new();
    write(&mut Page::text(&mut bytes))?;
    let text = anstream::adapter::strip_bytes(&bytes).into_vec();
    Ok(String::from_utf8_lossy(&text).lines().map(str::to_owned).collect())
}

/// Anybody's words as a name.
pub fn code(text: impl ToString) -> Markup {
    html! { code { (printable(text.to_string())) } }
}

/// A sentence with what stands between backticks as code, and phone numbers in groups.
pub fn sentence(text: &str) -> Markup {
    let text = &*grouped(text);
    let parts: Vec<&str> = text.split('`').collect();
    // One that is left over is a backtick.
    if parts.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! {
        @for (at, part) in parts.into_iter().enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Of more items than this the others are folded.
const LONG: usize = 40;

/// A list, of which what is beyond a screen or two is folded.
pub fn list(items: &[Markup], one: &str) -> Markup {
    let (shown, folded) = items.split_at(items.len().min(LONG));
    let all = |items: &[Markup]| html! { ul { @for item in items { (item) (END) } } };
    html! {
        (all(shown))
        @if !folded.is_empty() {
            details { summary { (count(folded.len(), &format!("more {one}"))) } (all(folded)) }
        }
    }
}

/// The end of a line in the source of the page.
pub const END: PreEscaped<&str> = PreEscaped("\n");
