//! The codes that the sources give to findings, read from their text.

use regex::Regex;
use std::{collections::BTreeSet, fs, path::Path};

/// The files in which a code is passed on, and what is called there with the code as a text. Without a name it is a
/// tuple that begins with it.
const PASSED_ON: &[(&str, &[&str])] = &[
    // Their codes are those of `LINTS`.
    ("lint/mod.rs", &[]),
    ("load/error.rs", &["Self::new"]),
    ("load/shared.rs", &[".report"]),
    ("load/until.rs", &[".wrong"]),
    // Those are of an `Obstacle`, which the providers make.
    ("plan/live.rs", &[]),
    ("provider/ctm/client/observed.rs", &[".obstacle", ""]),
    ("provider/stratus/client/survey.rs", &["obstacle"]),
];

/// Every code that the sources write. A new way to pass one on fails here: it wants a line in [`PASSED_ON`].
pub fn given() -> BTreeSet<String> {
    let finding = Regex::new(r"\bFinding::(?:error|warning|explained)\(").unwrap();
    let field = Regex::new(r#"\bcode: "([^"]+)""#).unwrap();
    // Not where one is taken apart.
    let shorthand = Regex::new(r"\bObstacle \{[^{}]*\bcode,[^{}]*\}\)").unwrap();
    let (mut found, mut passed_on) = (BTreeSet::new(), BTreeSet::new());
    let sources = sources();
    for (name, text) in sources.iter().filter(|(name, _)| !name.starts_with("sandbox/")) {
        for call in finding.find_iter(text) {
            let first = arguments(&text[call.end()..]).remove(0);
            match literal(first) {
                Some(code) => drop(found.insert(code.to_owned())),
                None if first.chars().all(|c| c.is_ascii_uppercase() || c == '_') => {
                    found.insert(constant(first, text, &sources));
                }
                None => drop(passed_on.insert(name.as_str())),
            }
        }
        passed_on.extend(shorthand.is_match(text).then_some(name.as_str()));
        if !name.starts_with("lint/") {
            found.extend(field.captures_iter(text).map(|it| it[1].to_owned()));
        }
        let own = PASSED_ON.iter().filter(|(file, _)| file == name).flat_map(|(_, called)| called.iter());
        for called in own.chain(name.starts_with("load/").then_some(&"Error::new")) {
            let before = if called.starts_with('.') { "" } else { r"(?:^|[^\w!])" };
            let call = Regex::new(&format!(r"{before}{}\(", regex::escape(called))).unwrap();
            for call in call.find_iter(text) {
                let arguments = arguments(&text[call.end()..]);
                // Of a tuple only what it begins with.
                let looked_at = if called.is_empty() { &arguments[..1] } else { &arguments };
                found.extend(looked_at.iter().find_map(|it| literal(it)).map(str::to_owned));
            }
        }
    }
    let expected: BTreeSet<&str> = PASSED_ON.iter().map(|(file, _)| *file).collect();
    assert_eq!(passed_on, expected, "a code is passed on in a way that this test does not follow");
    found
}

/// Every text of the sources, as the program has it.
pub fn literals() -> Vec<String> {
    let literal = Regex::new(r#""((?:[^"\\]|\\.|\\\n)*)""#).unwrap();
    let broken = Regex::new(r"\\\n\s*").unwrap();
    let texts = sources();
    let all = texts.iter().flat_map(|(_, text)| literal.captures_iter(text).map(|it| it[1].to_owned()));
    all.map(|it| broken.replace_all(&it, "").replace("\\\"", "\"").replace("{{", "{").replace("}}", "}"))
        .collect()
}

/// The arguments of a call, whose bracket is open.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut is_text, mut is_escaped, mut start) = (0, false, false, 0);
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_text => is_escaped = true,
            '"' => is_text = !is_text,
            _ if is_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                found.push(text[start..at].trim());
                return found;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    panic!("a bracket is not closed: {text:.80}")
}

/// A code that is written as it is.
fn literal(argument: &str) -> Option<&str> {
    let code = argument.strip_prefix('"')?.strip_suffix('"')?;
    (!code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '-')).then_some(code)
}

/// What a constant says: the one of the file, or else the one there is.
fn constant(name: &str, own: &str, sources: &[(String, String)]) -> String {
    let said = Regex::new(&format!(r#"const {name}: &str = "([^"]+)";"#)).unwrap();
    let texts = [own].into_iter().chain(sources.iter().map(|(_, text)| text.as_str()));
    let found = texts.filter_map(|text| said.captures(text)).next();
    found.unwrap_or_else(|| panic!("there is no constant `{name}`"))[1].to_owned()
}

/// The sources by their paths below `src/`, without comments and tests, which stand last.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|it| it.unwrap().path()));
            continue;
        }
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        if name.ends_with(".rs") && !name.ends_with("tests.rs") && !name.contains("/tests/") {
            // A quote that is a character begins no text.
            let text = fs::read_to_string(&path).unwrap().replace("'\"'", "' '");
            let text = text.split_once("#[cfg(test)]\nmod tests {").map_or(text.as_str(), |(code, _)| code);
            let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            found.push((name, lines.join("\n")));
        }
    }
    assert!(found.len() > 50, "the sources are not where they are looked for");
    found
}
