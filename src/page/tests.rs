use super::*;

fn text(write: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut Page::text(&mut out)).unwrap();
    String::from_utf8(out).unwrap()
}

fn markdown(write: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut Page::markdown(&mut out)).unwrap();
    String::from_utf8(out).unwrap()
}

/// Whoever names a rule or a tenant writes no line, no command and no markup of the plan that others approve.
#[test]
fn anybodys_text_is_no_more_than_text() {
    let cases = [
        ("Main Office", "Main Office", "Main Office"),
        ("a\nPlan: 0", r"a\nPlan: 0", r"a\\nPlan: 0"),
        ("\r\u{1b}[2Kgone", r"\r\u{1b}[2Kgone", r"\\r\\u{1b}\[2Kgone"),
        ("a\u{202e}b", r"a\u{202e}b", r"a\\u{202e}b"),
        ("a\u{2028}b\u{85}c", r"a\u{2028}b\u{85}c", r"a\\u{2028}b\\u{85}c"),
        ("\u{fff9}x", r"\u{fff9}x", r"\\u{fff9}x"),
        ("caf\u{e9}\u{200d}", "caf\u{e9}\\u{200d}", "caf\u{e9}\\\\u{200d}"),
        ("\u{1f469}\u{200d}\u{1f4bb}", "\u{1f469}\u{200d}\u{1f4bb}", "\u{1f469}\u{200d}\u{1f4bb}"),
        ("::error::x", "\\u{3a}:error::x", "\\u{3a}:error::x"),
        ("##[error]x", "#\\u{23}[error]x", r"\#\#\[error\]x"),
        ("##vso[task]", "#\\u{23}vso[task]", r"\#\#vso\[task\]"),
        ("<b>&", "<b>&", "&lt;b&gt;&amp;"),
        ("@team #12 a@b.c", "@team #12 a@b.c", r"\@<!-- -->team \#<!-- -->12 a\@<!-- -->b.c"),
        ("`x` | *y* _z_", "`x` | *y* _z_", r"\`x\` \| \*y\* \_z\_"),
    ];
    for (anybodys, as_text, as_markdown) in cases {
        assert_eq!(text(|page| say!(page, "{}", anybodys)), format!("{as_text}\n"));
        assert_eq!(markdown(|page| say!(page, "{}", anybodys)), format!("{as_markdown}\n"));
    }
}

/// A line is judged as a whole: its beginning may be an argument, in a colour, or behind blanks.
#[test]
fn no_line_begins_with_a_command() {
    let bold = Style::new().bold();
    let cases = [
        text(|page| say!(page, "  {}", "::add-mask::")),
        text(|page| say!(page, "{}", Painted(bold, "::add-mask::"))),
        text(|page| say!(page, "{}{}", ":", ":add-mask::")),
        text(|page| {
            add!(page, "{}", ":")?;
            say!(page, "{}", ":add-mask::")
        }),
        text(|page| say!(page, "a {}\n", "##[group]")),
        markdown(|page| say!(page, "{}", Code("::x"))),
    ];
    for line in cases {
        let seen = anstream::adapter::strip_str(&line).to_string();
        assert!(!seen.trim_start().starts_with("::") && !seen.contains("##["), "{seen:?}");
    }
}

/// A block of code ends where the page ends it, and its signs stand at the margin, where they are coloured.
#[test]
fn a_fence_holds() {
    let block = markdown(|page| {
        page.fence(|page| {
            say!(page, "        {} {}", Painted(Style::new().bold(), "+"), "```\n<b>")?;
            say!(page, "      {}: {}", "name", "`a` -> b")
        })
    });
    assert_eq!(block, "```diff\n+ '''\\n<b>\nname: `a` -> b\n```\n");
}

/// What stands in the source is written as it stands there.
#[test]
fn words_of_the_source_are_as_they_are() {
    assert_eq!(markdown(|page| say!(page, "## x {}", Own("**y**"))), "## x **y**\n");
    assert_eq!(
        markdown(|page| say!(page, "{} {}", Code("a|`b"), Joined(&["1", "*"], "<br>"))),
        "`a\\|'b` 1<br>\\*\n"
    );
    assert_eq!(text(|page| say!(page, "{:5}|{:3}|", "ab", Code("c"))), "ab   |c  |\n");
}
