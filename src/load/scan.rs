//! A tenant's file looked at without being parsed: who it is, and which phone numbers it names.
//!
//! What is found is right for a file that is written line by line, as people and `dialform fmt` write it: it is *plain*. Of any
//! other, of which a line may mean something else than it looks like (escapes, anchors, texts of several lines, a template), what
//! is found is only a beginning, and the file has to be parsed. A number that it names is found in either.

use super::shared::SHARED;
use crate::{
    model::Kind,
    text::{as_drawn, as_read},
};
use memchr::{memchr, memchr_iter, memmem};
use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Keys that a plain file may have beside the sections of its objects, of which nothing has to be known here.
const OTHERS: [&str; 4] = ["labels", "time_zone", "country", "bulk"];

/// So many numbers a file has, more or less.
const USUAL: usize = 32;

/// More keys than a file of a tenant may have.
const MANY: usize = 64;

/// The fewest digits of a phone number, and the most.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What a file says at first sight.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub tenant: String,
    pub provider: String,
    pub account: String,
    /// The kinds of its objects, and those of which it deletes the rest.
    pub kinds: BTreeSet<Kind>,
    pub has_labels: bool,
    /// Whether that is all, and as it will be decoded.
    pub is_plain: bool,
    /// Whether it extends a template.
    pub extends: bool,
    pub numbers: Numbers,
    /// What it has in common with a tenant that is taken for it, or is on its account.
    pub who: [u64; 3],
}

/// Phone numbers of a file, by their digits.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Those that may be keys of objects.
    pub keys: Vec<u64>,
    pub all: Vec<u64>,
}

/// Looks at a file.
pub(super) fn scan(bytes: &[u8]) -> Scanned {
    let shared = memmem::Finder::new(SHARED);
    let uses_shared = shared.find(bytes).is_some();
    let is_text = std::str::from_utf8(bytes).is_ok();
    let mut scanned = Scanned { is_plain: is_text, ..Scanned::default() };
    numbers(bytes, &mut scanned.numbers);
    let mut seen = Vec::new();
    let mut section = None;
    let mut has_value = false;
    let mut next = 0;
    for end in memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        let line = &bytes[next..end];
        next = end + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(start) = line.iter().position(|byte| *byte != b' ') else { continue };
        if line[start] == b'#' {
            continue;
        }
        let Some(end) = plain_until(line, start) else {
            scanned.is_plain = false;
            // A key at the beginning of a line may be one all the same.
            if start == 0 {
                scanned.head(line, &mut seen);
            }
            continue;
        };
        let line = &line[..end];
        if start == 0 {
            section = scanned.head(line.trim_ascii_end(), &mut seen);
            has_value = memchr(b':', line).is_some_and(|at| !line[at + 1..].trim_ascii().is_empty());
        } else {
            // A text goes on in the lines below it.
            scanned.is_plain &= !has_value;
            // With one object it has the kind.
            scanned.kinds.extend(section.take());
        }
        if uses_shared && shared.find(line).is_some() {
            scanned.kinds.insert(Kind::Schedules);
        }
    }
    let [read, drawn] = names(&scanned.tenant);
    scanned.who = [read, drawn, account(&scanned.provider, &scanned.account)];
    scanned.is_plain &=
        ![&scanned.tenant, &scanned.provider, &scanned.account].iter().any(|it| it.is_empty());
    scanned
}

impl Scanned {
    /// Takes a key of the file; if it begins a section, its kind.
    fn head<'a>(&mut self, line: &'a [u8], seen: &mut Vec<&'a [u8]>) -> Option<Kind> {
        let colon = memchr(b':', line);
        let (key, value) = colon.map_or((line, &[][..]), |at| (&line[..at], &line[at + 1..]));
        // A plain file has few of them.
        let is_first = seen.len() < MANY && !seen.contains(&key);
        if is_first {
            seen.push(key);
        }
        let text = String::from_utf8_lossy(value);
        let value = text.trim();
        let key = std::str::from_utf8(key).unwrap_or_default();
        let kind = Kind::ALL.into_iter().find(|kind| kind.section() == key);
        let known = match key {
            "tenant" => scalar(value, &mut self.tenant),
            "provider" => scalar(value, &mut self.provider),
            "account" => scalar(value, &mut self.account),
            "labels" => {
                self.has_labels = true;
                true
            }
            "extends" => {
                self.extends = true;
                false
            }
            "exhaustive" => self.exhaustive(value),
            key if OTHERS.contains(&key) => true,
            _ => kind.is_some(),
        };
        // On one line with its objects a section may be empty.
        let is_whole = kind.is_none() || value.is_empty();
        let is_plain = known && is_first && is_whole && colon.is_some();
        self.is_plain &= is_plain;
        kind
    }

    fn exhaustive(&mut self, value: &str) -> bool {
        let Some(list) = value.strip_prefix('[').and_then(|it| it.strip_suffix(']')) else { return false };
        list.split(',').map(str::trim).all(|word| {
            let kind = Kind::ALL.into_iter().find(|kind| kind.section() == word);
            self.kinds.extend(kind);
            kind.is_some()
        })
    }
}

/// What names have in common that are taken for each other.
pub(super) fn names(name: &str) -> [u64; 2] {
    [sum(("read", as_read(name))), sum(("drawn", as_drawn(name)))]
}

/// What tenants on one account have in common.
pub(super) fn account(provider: &str, account: &str) -> u64 {
    sum(("account", provider, account))
}

fn sum(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// Takes a value that is one word or several; false if it may be something else.
fn scalar(value: &str, into: &mut String) -> bool {
    let quoted = ['"', '\''].into_iter().find_map(|it| value.strip_prefix(it)?.strip_suffix(it));
    let text = quoted.unwrap_or(value);
    let odd = |c: char| matches!(c, '"' | '\'' | '\\') || c.is_control();
    let first = text.chars().next().unwrap_or('~');
    let is_plain =
        quoted.is_some() || (first.is_alphanumeric() && !text.contains(": ") && !text.ends_with(':'));
    if text.contains(odd) || !is_plain {
        return false;
    }
    text.clone_into(into);
    true
}

/// Where a line's comment begins, or its end; `None` where the line may be more than keys with values and entries of lists, each
/// of which ends with it.
fn plain_until(line: &[u8], start: usize) -> Option<usize> {
    let first = line[start];
    let mark = |mark: &[u8]| line.starts_with(mark);
    let is_more = match first {
        b'?' | b'%' | b'|' | b'>' | b'!' => true,
        b'-' => mark(b"---"),
        b'.' => mark(b"..."),
        _ => false,
    };
    if is_more {
        return None;
    }
    let mut quote = None;
    let mut has_colon = false;
    // Inside of `[…]` and `{…}`.
    let mut depth = 0usize;
    // What is before a byte, and what is before it but for spaces.
    let before = |at: usize| if at > start { line[at - 1] } else { b' ' };
    let last = |at: usize| line[start..at].iter().rfind(|byte| **byte != b' ').copied().unwrap_or(b' ');
    let mut next = start;
    while let Some(ahead) = line[next..].iter().position(|byte| MARKS[usize::from(*byte)]) {
        let at = next + ahead;
        let byte = line[at];
        next = at + 1;
        match (quote, byte) {
            (_, b'\\' | b'\t') => return None,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'#') if before(at) == b' ' => {
                return ended(has_colon, first, last(at), depth).then_some(at);
            }
            (None, b'"' | b'\'') if matches!(last(at), b' ' | b':' | b'-' | b',' | b'[' | b'{') => {
                quote = Some(byte)
            }
            (None, b'&' | b'*') if line.get(at + 1).is_some_and(|next| *next != b' ') => return None,
            (None, b'|' | b'>') if matches!(last(at), b':' | b'-') => return None,
            (None, b':') => has_colon = true,
            (None, b'[' | b'{') => depth += 1,
            (None, b']' | b'}') => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (quote.is_none() && ended(has_colon, first, last(line.len()), depth)).then_some(line.len())
}

/// The bytes of a line that may say more than their text.
const MARKS: [bool; 256] = {
    let marks = *b"\\\t#\"'&*|>:[]{}";
    let mut table = [false; 256];
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

fn ended(has_colon: bool, first: u8, last: u8, depth: usize) -> bool {
    depth == 0 && last != b',' && (has_colon || first == b'-')
}

/// The numbers of a file in international form: there is no other, and without escapes no other way to write it.
fn numbers(bytes: &[u8], into: &mut Numbers) {
    into.all.reserve(USUAL);
    into.keys.reserve(USUAL / 2);
    for plus in memchr_iter(b'+', bytes) {
        let rest = &bytes[plus + 1..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if DIGITS.contains(&digits) {
            let number = rest[..digits].iter().fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
            let after = rest[digits..].iter().find(|byte| !matches!(byte, b'"' | b'\'' | b' '));
            into.all.push(number);
            if after == Some(&b':') {
                into.keys.push(number);
            }
        }
    }
}
