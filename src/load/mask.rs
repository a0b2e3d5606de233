//! What of a line of `dialform.yaml` may be shown beside a finding.
//!
//! Credentials do not belong into the file, and a finding says so where one stands there; then the line must not repeat
//! it. Only values of settings that hold no credential are shown. Works on lines and not on the tree: a file that is not
//! even YAML may hold one as well.

/// Settings whose values are shown. Where a credential is found is no credential.
const PLAIN: [&str; 22] = [
    "version",
    "kind",
    "url",
    "env",
    "file",
    "carrier",
    "bridge",
    "experimental",
    "limits",
    "concurrency",
    "requests_per_second",
    "timeout",
    "retries",
    "settle",
    "tenants",
    "guard",
    "max_deletes",
    "max_changed_percent",
    "min_population",
    "providers",
    "tenant",
    "provider",
];

/// The line with a dot for every character of a value that may be a credential, so that columns stay what they are.
pub fn masked(line: &str, in_providers: bool) -> String {
    let characters: Vec<char> = line.chars().collect();
    let comment = comment_at(&characters);
    let mut hidden = vec![false; characters.len()];
    let mut at = 0;
    let mut keyed = false;
    while let Some((key, start)) = next_key(&characters[..comment], at) {
        keyed = true;
        let end = value_end(&characters[..comment], start);
        if !PLAIN.contains(&key.as_str()) {
            hidden[start..end].fill(true);
        } else if key == "url" {
            hide_in_url(&characters, start, end, &mut hidden);
        }
        at = end.max(start);
    }
    // A value on a line of its own, or an item of a list: what it belongs to stands above.
    if !keyed && in_providers {
        hidden[..comment].fill(true);
    }
    let shown = |(c, hidden): (&char, bool)| {
        let value = hidden
            && !c.is_whitespace()
            && !matches!(c, '{' | '}' | '[' | ']' | '"' | '\'' | ',' | '-' | '|' | '>');
        if value { '\u{2022}' } else { *c }
    };
    characters.iter().zip(hidden).map(shown).collect()
}

/// Where a comment begins; the end of the line if there is none.
fn comment_at(line: &[char]) -> usize {
    let starts = |at: &usize| line[*at] == '#' && (*at == 0 || line[at - 1].is_whitespace());
    (0..line.len()).find(starts).unwrap_or(line.len())
}

/// The next `key:` from a place on, and where its value begins.
fn next_key(line: &[char], from: usize) -> Option<(String, usize)> {
    for colon in from..line.len() {
        let ends =
            line.get(colon + 1).is_none_or(|c| c.is_whitespace() || matches!(c, '{' | '[' | '"' | '\''));
        // JSON puts no space there.
        let quoted = colon > from && matches!(line[colon - 1], '"' | '\'');
        if line[colon] != ':' || !(ends || quoted) {
            continue;
        }
        let mut end = colon;
        while end > from && matches!(line[end - 1], '"' | '\'' | ' ') {
            end -= 1;
        }
        let in_key = |c: &&char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let length = line[from..end].iter().rev().take_while(in_key).count();
        if length > 0 {
            return Some((line[end - length..end].iter().collect(), colon + 1));
        }
    }
    None
}

/// Where a value ends: a list with its bracket, a scalar before the next entry. A map is looked into, so it ends at once.
fn value_end(line: &[char], start: usize) -> usize {
    let first = (start..line.len()).find(|at| !line[*at].is_whitespace());
    let Some(first) = first else { return line.len() };
    match line[first] {
        '{' => first,
        '[' => (first..line.len()).find(|at| line[*at] == ']').map_or(line.len(), |at| at + 1),
        quote @ ('"' | '\'') => {
            (first + 1..line.len()).find(|at| line[*at] == quote).map_or(line.len(), |at| at + 1)
        }
        _ => (first..line.len()).find(|at| matches!(line[*at], ',' | '}')).unwrap_or(line.len()),
    }
}

/// Hides who signs in and the query.
fn hide_in_url(line: &[char], start: usize, end: usize, hidden: &mut [bool]) {
    let authority =
        (start..end).find(|at| line[*at..end].starts_with(&['/', '/'])).map_or(start, |at| at + 2);
    if let Some(sign) = (authority..end).rev().find(|at| line[*at] == '@') {
        hidden[authority..sign].fill(true);
    }
    if let Some(query) = (start..end).find(|at| matches!(line[*at], '?' | '#')) {
        hidden[query..end].fill(true);
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    /// The line beside a finding is for finding the mistake; a credential in it would stand in every log of a CI.
    #[test]
    fn only_what_holds_no_credential_is_shown() {
        let cases = [
            ("    token: nsd_abc", "    token: •••••••"),
            (
                "  pbx: { kind: stratus, token: \"a b\", experimental: yes }",
                "  pbx: { kind: stratus, token: \"• •\", experimental: yes }",
            ),
            (
                "    token: { env: STRATUS_TOKEN }  # env or file",
                "    token: { env: STRATUS_TOKEN }  # env or file",
            ),
            ("    token: { command: [curl, -H, 'X: abc'] }", "    token: { command: [••••, -•, '•• •••'] }"),
            ("    url: https://u:p@x.example/v1?key=abc", "    url: https://•••@x.example/v1••••••••"),
            ("    url: https://x.example/v1", "    url: https://x.example/v1"),
            ("    tokn: abc", "    tokn: •••"),
            ("      abc", "      •••"),
            ("      - abc", "      - •••"),
            (
                r#"{"providers":{"pbx":{"kind":"x","token":"abc","n":7}}}"#,
                r#"{"providers":{"pbx":{"kind":"x","token":"•••","n":•}}}"#,
            ),
            ("  stratus-dallas:", "  stratus-dallas:"),
        ];
        for (line, expected) in cases {
            assert_eq!(masked(line, true), expected);
        }
        assert_eq!(masked("  - tenants/*.yaml", false), "  - tenants/*.yaml");
    }
}
