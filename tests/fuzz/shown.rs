//! Any text as it is shown: nothing in it is hidden, and showing what is shown changes nothing.

use crate::{
    bytes::{NASTY, change},
    engine::{Target, fuzz},
};
use dialform::{
    load::Tree,
    text::{as_read, as_seen, escaped, marked, printable, spelled},
};

/// What no text for people may hold as it is: commands for terminals, turns of the writing direction, spaces that are not
/// the usual one, and what takes no place. Written down from Unicode's tables, apart from the code.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{200b}'
        | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{2064}' | '\u{2066}'..='\u{206f}'
        | '\u{3000}' | '\u{feff}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
}

/// Between letters and in emoji these belong; behind anything plain they hide.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

fn nothing_is_hidden(of: &str, shown: &str) {
    let mut last = 'a';
    for c in shown.chars() {
        assert!(!is_hidden(c), "{of} shows {c:?} as it is: {shown:?}");
        assert!(!is_joiner(c) || !last.is_ascii(), "{of} hides {c:?} behind {last:?}: {shown:?}");
        last = c;
    }
}

fn show(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input).into_owned();
    let whole = escaped(text.clone());
    nothing_is_hidden("escaped", &whole);
    assert_eq!(escaped(whole.clone()), whole, "escaped twice is something else");

    let short = printable(text.clone());
    nothing_is_hidden("printable", &short);
    assert!(short.chars().count() <= 551, "printable is endless");
    assert_eq!(printable(short.clone()), short, "printable twice is something else");
    let (head, tail): (String, String) =
        (short.chars().take(400).collect(), short.chars().skip(401).collect());
    let cut = whole.starts_with(&head) && whole.ends_with(&tail);
    assert!(short == whole || cut, "printable shows what is not there: {short:?}");

    let marked = marked(&text);
    assert_eq!(marked.chars().count(), text.chars().count(), "columns are not what they were");
    assert!(
        !marked.chars().any(|c| is_joiner(c) || is_hidden(c) && !matches!(c, '\n' | '\r' | '\t')),
        "{marked:?}"
    );

    let spelled = spelled(&text);
    nothing_is_hidden("spelled", &spelled);
    let tree = Tree::parse("f", &format!("a: {spelled}\n"));
    match tree {
        Ok(tree) => {
            let read = tree.root().get("a").map(|node| node.text());
            assert_eq!(read, Some(text.as_str()), "spelled is read as something else: {spelled}");
        }
        // A file may hold no such text, however it is written.
        Err(found) => {
            assert!(found.iter().all(|finding| finding.code == "hidden-character"), "{spelled}: {found:?}")
        }
    }

    for (of, seen) in [("as_seen", as_seen as fn(&str) -> String), ("as_read", as_read)] {
        let once = seen(&text);
        assert_eq!(seen(&once), once, "{of} twice is something else");
    }

    // Which sorts of characters stand beside each other.
    let sort = |c: char| match c {
        '\\' | '…' => c,
        _ if c.is_ascii_alphanumeric() => 'a',
        _ if c.is_ascii() => '.',
        _ if is_joiner(c) => 'j',
        _ if c.is_alphanumeric() => 'é',
        _ => '?',
    };
    let sorts: Vec<char> = short.chars().map(sort).collect();
    sorts.windows(3).flat_map(|some| some.iter().chain(&['\n'])).collect()
}

/// A name of a file or a server may hold anything, and a person decides by what is shown of it.
#[test]
fn text() {
    let long = "aé\u{200d}\u{1b}".repeat(200);
    let seeds = [
        "Main line",
        "Café \u{1f468}\u{200d}\u{1f469} e\u{301}",
        "a\tb\r\nc\u{202e}d",
        "क्\u{200d}ष \u{64a}\u{654}",
        &long,
    ];
    fuzz(Target {
        name: "shown",
        seeds: seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect(),
        change: &|input, dice, other| {
            if dice.one_in(8) {
                let at = dice.below(input.len() + 1);
                input.splice(at..at, other.iter().copied().take(900));
                input.truncate(4096);
            } else {
                change(input, dice, NASTY);
            }
        },
        run: &show,
    });
}
