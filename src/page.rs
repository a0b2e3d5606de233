//! The one way in which words reach people. A page writes what stands in the source as it is, and makes everything else
//! showable: names of files, tenants and live objects, words of servers, of git and of the environment.
//!
//! A renderer has a [`Page`] and no stream, and writes with [`say!`] and [`add!`]: their text is a literal, and what they
//! put into it is a [`Show`]. Whatever the text of an argument, it cannot end its line, begin a line that a CI system takes
//! for a command, draw on the terminal, hide, or be markup.

use crate::text::{escaped, grouped};
use anstyle::Style;
use std::{
    borrow::Cow,
    fmt,
    io::{self, Write},
};

/// What the lines are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text with colours. Who owns the stream takes them out where they do not belong.
    Text,
    Markdown,
    /// A block of code in Markdown that shows a change line by line.
    Fence,
}

/// A stream of lines for people.
pub struct Page<'a> {
    out: &'a mut dyn Write,
    form: Form,
    /// The line that is being written.
    line: String,
}

impl<'a> Page<'a> {
    pub fn text(out: &'a mut dyn Write) -> Self {
        Self { out, form: Form::Text, line: String::new() }
    }

    pub fn markdown(out: &'a mut dyn Write) -> Self {
        Self { out, form: Form::Markdown, line: String::new() }
    }

    pub fn form(&self) -> Form {
        self.form
    }

    pub fn is_markdown(&self) -> bool {
        self.form != Form::Text
    }

    /// For [`say!`] and [`add!`], which see to it that every argument is [`Shown`].
    pub fn put(&mut self, parts: fmt::Arguments<'_>) -> io::Result<()> {
        fmt::write(&mut self.line, parts).map_err(io::Error::other)?;
        while let Some(end) = self.line.find('\n') {
            let rest = self.line.split_off(end + 1);
            let line = std::mem::replace(&mut self.line, rest);
            self.out.write_all(self.safe(line.trim_end_matches('\n')).as_bytes())?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// What is written on a page of Markdown of its own.
    pub fn apart(write: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> io::Result<String> {
        let mut bytes = Vec::new();
        write(&mut Page::markdown(&mut bytes))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What another page has made showable.
    pub fn raw(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// A block of code that shows a change.
    pub fn fence(&mut self, write: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.put(format_args!("```diff\n"))?;
        self.form = Form::Fence;
        let written = write(self);
        self.form = Form::Markdown;
        written?;
        self.put(format_args!("```\n"))
    }

    /// A line as it may be written whatever its arguments are.
    fn safe<'l>(&self, line: &'l str) -> Cow<'l, str> {
        let line = without_commands(line);
        match self.form {
            Form::Text | Form::Markdown => line,
            Form::Fence => Cow::Owned(fenced(&line)),
        }
    }
}

/// Before each line of a change in a plan as text.
const INDENT: &str = "      ";

/// Signs are coloured at the margin only, and a fence inside would end the block.
fn fenced(line: &str) -> String {
    let line = line.strip_prefix(INDENT).unwrap_or(line).replace("```", "'''");
    match line.strip_prefix("  ").filter(|it| it.starts_with(['+', '-'])) {
        Some(signed) => signed.to_owned(),
        None => line,
    }
}

/// A line that no CI system obeys.
fn without_commands(line: &str) -> Cow<'_, str> {
    // GitHub and Azure; TeamCity. GitHub besides takes a line that begins with two colons.
    const COMMANDS: [&str; 3] = ["##[", "##vso[", "##teamcity["];
    if !line.contains("##") && !line.contains("::") {
        return Cow::Borrowed(line);
    }
    let mut line = Cow::Borrowed(line);
    for command in COMMANDS {
        if line.contains(command) {
            line = Cow::Owned(line.replace(command, &command.replacen("##", "#\\u{23}", 1)));
        }
    }
    let visible = anstream::adapter::strip_str(&line).to_string();
    if visible.trim_start().starts_with("::") {
        line = Cow::Owned(line.replacen("::", "\\u{3a}:", 1));
    }
    line
}

/// What may stand among the words of the source.
pub trait Show {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// An argument of [`say!`] on its way to a page.
pub struct Shown<'s, S: ?Sized>(pub &'s S, pub Form);

impl<S: Show + ?Sized> fmt::Display for Shown<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(self.1, f)
    }
}

/// Anybody's text, with [its phone numbers in groups](grouped).
impl Show for str {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Exact(grouped(self)).show(form, f)
    }
}

/// Anybody's text that people type or copy: its phone numbers are what a system takes.
#[derive(Debug, Clone, Copy)]
pub struct Exact<S>(pub S);

impl<S: AsRef<str>> Show for Exact<S> {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = escaped(self.0.as_ref().to_owned());
        match form {
            Form::Text | Form::Fence => f.pad(&text),
            Form::Markdown => f.pad(&markup(&text)),
        }
    }
}

impl Show for String {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().show(form, f)
    }
}

impl<S: Show + ?Sized> Show for &S {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).show(form, f)
    }
}

/// Nothing where there is nothing.
impl<S: Show> Show for Option<S> {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().map_or(Ok(()), |it| it.show(form, f))
    }
}

/// Numbers and the like, which are what they are.
macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Show for $type {
            fn show(&self, _: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}
plain!(bool, u32, u64, usize);

/// Words of the source, markup and all.
#[derive(Debug, Clone, Copy)]
pub struct Own(pub &'static str);

impl Show for Own {
    fn show(&self, _: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// Anybody's text between backticks: in Markdown as code, as text without them.
#[derive(Debug, Clone, Copy)]
pub struct Code<S>(pub S);

impl<S: AsRef<str>> Show for Code<S> {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = escaped(self.0.as_ref().to_owned());
        match form {
            Form::Text | Form::Fence => f.pad(&text),
            // Also in a cell of a table.
            Form::Markdown => {
                // A backslash before it would end the cell after all.
                let text = text.replace('`', "'").replace("\\|", "\\ |").replace('|', "\\|");
                write!(f, "`{text}`")
            }
        }
    }
}

/// Something in a colour, where there are colours.
#[derive(Debug, Clone, Copy)]
pub struct Painted<S>(pub Style, pub S);

impl<S: Show> Show for Painted<S> {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(style, text) = self;
        match form {
            Form::Text => {
                write!(f, "{style}")?;
                text.show(form, f)?;
                write!(f, "{style:#}")
            }
            Form::Markdown | Form::Fence => text.show(form, f),
        }
    }
}

/// Several with the same words between each two.
#[derive(Debug, Clone, Copy)]
pub struct Joined<'s, S>(pub &'s [S], pub &'static str);

impl<S: Show> Show for Joined<'_, S> {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, item) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(self.1)?;
            }
            item.show(form, f)?;
        }
        Ok(())
    }
}

/// What `annotate-snippets` drew, line by line. It makes words showable itself, but for what a CI system obeys.
pub struct Drawn(String);

impl Drawn {
    pub fn new(report: &[annotate_snippets::Group<'_>]) -> Self {
        Self(annotate_snippets::Renderer::styled().render(report).to_string())
    }
}

impl Show for Drawn {
    fn show(&self, _: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text that is no markup, mentions nobody, links nowhere and refers to nothing.
fn markup(text: &str) -> String {
    let mut safe = String::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '|' | '*' | '_' | '[' | ']' | '`' | '\\' | '@' | '#' | '~' => {
                safe.push('\\');
                safe.push(c);
            }
            // It begins a link without any mark: it is looked for in what is shown, whatever escapes it.
            '.' if ends_with_www(&text[..at]) => safe.push_str("<!-- -->."),
            c => safe.push(c),
        }
        let next = rest.chars().next().unwrap_or(' ');
        // "@name" tells somebody, and "#1" and GitLab's "!1" link, in the same way.
        let refers = match c {
            '@' => next.is_ascii_alphanumeric(),
            '~' => next.is_ascii_alphanumeric() && !before.is_alphanumeric(),
            // Of another project too: "group/project!1".
            '#' | '!' => next.is_ascii_digit(),
            '$' | '%' | '^' | '&' => next.is_ascii_digit() && !before.is_alphanumeric(),
            _ => false,
        };
        let links = c == ':' && rest.starts_with("//");
        let issue = c == '-' && next.is_ascii_digit() && text[..at].to_ascii_uppercase().ends_with("GH");
        if refers || links || issue {
            safe.push_str("<!-- -->");
        }
        before = c;
    }
    safe
}

/// Whether a text ends where a name of a site would go on.
fn ends_with_www(text: &str) -> bool {
    text.len() >= 3
        && text.is_char_boundary(text.len() - 3)
        && text[text.len() - 3..].eq_ignore_ascii_case("www")
}

/// Ends a line of a page: a text of the source, and a [`Show`] for each `{}` of it.
macro_rules! say {
    ($page:expr) => { $page.put(format_args!("\n")) };
    ($page:expr, $text:literal) => { $page.put(format_args!(concat!($text, "\n"))) };
    ($page:expr, $text:literal, $($part:expr),+ $(,)?) => {{
        let form = $page.form();
        // By `concat!` no name is caught inside the text: everything is an argument.
        $page.put(format_args!(concat!($text, "\n"), $($crate::page::Shown(&$part, form)),+))
    }};
}

/// Writes on the line of a page that is being written.
macro_rules! add {
    ($page:expr, $text:literal) => { $page.put(format_args!(concat!($text, ""))) };
    ($page:expr, $text:literal, $($part:expr),+ $(,)?) => {{
        let form = $page.form();
        $page.put(format_args!(concat!($text, ""), $($crate::page::Shown(&$part, form)),+))
    }};
}

pub(crate) use {add, say};

#[cfg(test)]
#[path = "page/tests.rs"]
mod tests;
