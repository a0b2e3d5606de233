//! What may stand at a position, by the text before it alone: while somebody writes, a file need not be whole.

/// What is wanted at a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The value of a key, or an element of its list.
    Value(String),
    /// A key of the map that is the value of this one.
    Word(String),
}

/// What is wanted, and what of it is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    pub wanted: Wanted,
    /// Where what is there begins, behind its quotation mark.
    pub from: usize,
    /// Whether there is a quotation mark before it.
    pub is_quoted: bool,
}

/// Whether a character may stand in a name that is not in quotation marks.
pub fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '+' | '-' | '_' | '.' | '@')
}

/// What is wanted at a byte of a text.
pub fn at(text: &str, byte: usize) -> Option<Context> {
    let before = text.get(..byte)?;
    let line_start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = &before[line_start..];
    // A dash before a space is no part of a name.
    let mut typed = line.trim_end_matches(is_of_name).len();
    let quote = line[..typed].chars().next_back().filter(|c| matches!(c, '"' | '\''));
    // What is in quotation marks may have spaces.
    let open = line.rfind(['"', '\'']).filter(|at| is_open(&line[..*at]));
    let is_quoted = match open {
        Some(at) => {
            typed = at + 1;
            true
        }
        None => quote.is_some(),
    };
    let rest = &line[..typed - usize::from(is_quoted)];
    if is_comment(rest) {
        return None;
    }
    let wanted = wanted(rest, &before[..line_start])?;
    Some(Context { wanted, from: line_start + typed, is_quoted })
}

/// The key at the margin that a byte is below.
pub fn section(text: &str, byte: usize) -> Option<&str> {
    let mut lines = text.get(..byte)?.lines().rev();
    let line = lines.find(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    line.split_once(':').map(|(key, _)| key)
}

/// The key of the object of its section that a byte is in.
pub fn object(text: &str, byte: usize) -> Option<&str> {
    let begin = text.get(..byte)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text[byte..].find('\n').map_or(text.len(), |at| byte + at);
    let is_blank = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let in_section = |line: &&str| line.starts_with(' ');
    let above = text[..begin].lines().rev().filter(|it| !is_blank(it)).take_while(in_section);
    let lines: Vec<&str> = [&text[begin..end]].into_iter().filter(in_section).chain(above).collect();
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let least = lines.iter().map(indent).min()?;
    let line = lines.iter().find(|line| indent(line) == least)?.trim_start();
    match line.chars().next()? {
        quote @ ('"' | '\'') => line[1..].split_once(quote).map(|(key, _)| key),
        _ => line.split_once(':').map(|(key, _)| key),
    }
}

/// Whether a quotation mark behind this opens a text, and does not close one.
fn is_open(before: &str) -> bool {
    before.matches(['"', '\'']).count().is_multiple_of(2)
}

fn is_comment(rest: &str) -> bool {
    rest.trim_start().starts_with('#') || rest.contains(" #")
}

fn wanted(rest: &str, above: &str) -> Option<Wanted> {
    let trimmed = rest.trim_end();
    let indent = rest.len() - rest.trim_start().len();
    match trimmed.chars().next_back() {
        None => Some(Wanted::Word(parent(above, indent, false)?)),
        Some('-') if trimmed.trim_start() == "-" => Some(Wanted::Value(parent(above, indent, true)?)),
        // `a:b` is one text.
        Some(':') if trimmed.len() < rest.len() || rest.ends_with(':') => {
            key(&trimmed[..trimmed.len() - 1]).map(Wanted::Value)
        }
        Some('[' | '{' | ',') => enclosing(trimmed),
        _ => None,
    }
}

/// What is wanted within brackets of the same line.
fn enclosing(line: &str) -> Option<Wanted> {
    let (mut depth, mut in_quotes) = (0_usize, false);
    for (at, c) in line.char_indices().rev() {
        match c {
            '"' => in_quotes = !in_quotes,
            _ if in_quotes => {}
            ']' | '}' => depth += 1,
            '[' | '{' if depth > 0 => depth -= 1,
            '[' => return key(line[..at].trim_end().strip_suffix(':')?).map(Wanted::Value),
            '{' => {
                let outer = line[..at].trim_end();
                return match outer.strip_suffix(':') {
                    Some(outer) => key(outer).map(Wanted::Word),
                    // A map in a list.
                    None if outer.ends_with(['[', ',']) => match enclosing(outer)? {
                        Wanted::Value(key) | Wanted::Word(key) => Some(Wanted::Word(key)),
                    },
                    None => None,
                };
            }
            _ => {}
        }
    }
    None
}

/// The last word of a text: a key, as it stands before its colon.
fn key(before: &str) -> Option<String> {
    let before = before.trim_end();
    if let Some(inner) = before.strip_suffix('"') {
        return inner.rsplit_once('"').map(|(_, key)| key.to_owned());
    }
    let start = before.rfind([' ', '{', ',', '[', '\t', '\n']).map_or(0, |at| at + 1);
    Some(before[start..].to_owned()).filter(|it| !it.is_empty())
}

/// The key that a line of this indentation is below. The dashes of a list may stand below the key itself.
fn parent(above: &str, indent: usize, is_item: bool) -> Option<String> {
    let mut lines = above.lines().rev().filter(|line| {
        let inner = line.trim_start();
        !inner.is_empty() && !inner.starts_with('#')
    });
    let line = lines.find(|line| {
        let inner = line.trim_start();
        let own = line.len() - inner.len();
        // What stands behind a dash is as far in as the dash and the space.
        let own = own + if inner.starts_with("- ") { 2 } else { 0 };
        own < indent || (is_item && own == indent && !inner.starts_with('-'))
    })?;
    let line = line.split(" #").next().unwrap_or_default().trim_end();
    key(line.strip_suffix(':')?.trim_start().trim_start_matches("- "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// People ask in the middle of a line that is not YAML yet.
    #[test]
    fn what_is_wanted_is_seen_in_half_a_line() {
        let value = |key: &str| Some(Wanted::Value(key.to_owned()));
        let word = |key: &str| Some(Wanted::Word(key.to_owned()));
        let cases = [
            ("numbers:\n  \"+1\": { route: { queue: ", value("queue"), ""),
            ("numbers:\n  \"+1\": { route: { queue: \"4", value("queue"), "4"),
            ("route: { queue: \"Front des", value("queue"), "Front des"),
            ("route: {", word("route"), ""),
            ("route: { que", word("route"), "que"),
            ("always: { queue: \"400\" }, busy: { ", word("busy"), ""),
            ("agents: [", value("agents"), ""),
            ("agents: [\"101\", \"1", value("agents"), "1"),
            ("also: [{ extension: \"1\" }, { ", word("also"), ""),
            ("agents:\n  - ", value("agents"), ""),
            ("agents:\n- 1", value("agents"), "1"),
            ("order:\n  - when: sto", value("when"), "sto"),
            ("order:\n  - when: storm\n    forward:\n      always:\n        ", word("always"), ""),
            (
                "order:\n  - when: storm\n    forward:\n      # why\n\n      always:   # so\n        que",
                word("always"),
                "que",
            ),
            ("provider: ", value("provider"), ""),
            ("# route: { queue: ", None, ""),
            ("note: a # route: ", None, ""),
            ("  ", None, ""),
            ("", None, ""),
            ("a b", None, ""),
            ("]]}}{", None, ""),
            ("é: \"é", value("é"), "é"),
        ];
        for (text, wanted, typed) in cases {
            let found = at(text, text.len());
            assert_eq!(found.as_ref().map(|it| it.wanted.clone()), wanted, "{text:?}");
            if let Some(found) = found {
                assert_eq!(&text[found.from..], typed, "{text:?}");
            }
        }
    }

    /// Whatever stands there, asking does no harm.
    #[test]
    fn no_text_is_too_strange() {
        let pieces =
            ["a", ":", " ", "\n", "{", "}", "[", "]", ",", "\"", "'", "-", "#", "é", "\u{feff}", "\t"];
        for seed in 0..4000_usize {
            let text: String =
                (0..12).map(|at| pieces[(seed * 31 + at * (seed % 97 + 7)) % pieces.len()]).collect();
            for byte in 0..=text.len() {
                let _ = at(&text, byte);
            }
        }
    }
}
