//! Texts as XML has them.

/// Text as XML 1.0 has it, in an attribute too: what it cannot hold at all becomes a mark.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push('\n'),
            '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}' => safe.push(c),
            _ => safe.push('\u{fffd}'),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    /// A report that a CI system cannot read is a run whose failures nobody sees.
    #[test]
    fn nothing_ends_an_attribute_or_the_document() {
        let hostile = "a\"><b>&amp;\u{0}\u{1b}[31m\u{fffe}]]>é\u{1f600}";
        let safe = "a&quot;&gt;&lt;b&gt;&amp;amp;\u{fffd}\u{fffd}[31m\u{fffd}]]&gt;é\u{1f600}";
        assert_eq!(escaped(hostile), safe);
    }
}
