//! The credentials of a run, in every form in which they may come back, so that none of them is shown.

use aho_corasick::{AhoCorasick, MatchKind};
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD, Engine,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt,
    sync::{PoisonError, RwLock},
};

/// Replaces a credential in the output. It is a readable word, so that nobody takes it for a value.
pub const MARK: &str = "[hidden credential]";

/// Shorter texts stand in too many words and numbers: hiding them would make the output useless, and a credential that
/// short keeps nobody out.
const SHORTEST: usize = 6;

/// Every credential this run has found.
#[derive(Default)]
pub struct KnownSecrets(RwLock<Forms>);

#[derive(Default)]
struct Forms {
    texts: BTreeSet<String>,
    finder: Option<AhoCorasick>,
}

impl KnownSecrets {
    /// Remembers a credential.
    pub fn learn(&self, secret: &SecretString) {
        self.remember(secret.expose_secret());
    }

    /// Remembers a pair of keys: each, and both as HTTP sends them.
    pub fn learn_pair(&self, user: &SecretString, password: &SecretString) {
        self.learn(user);
        self.learn(password);
        self.remember(&format!("{}:{}", user.expose_secret(), password.expose_secret()));
    }

    fn remember(&self, text: &str) {
        if text.len() < SHORTEST {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.texts.extend(forms(text));
        let mut builder = AhoCorasick::builder();
        // One form may be the beginning of another: the longest match counts.
        let built = builder.match_kind(MatchKind::LeftmostLongest).build(&known.texts);
        // It fails only on more text than credentials can have.
        known.finder = built.ok();
    }

    /// The text without any credential.
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(finder) = known.finder.as_ref().filter(|finder| finder.is_match(text)) else {
            return Cow::Borrowed(text);
        };
        let mut hidden = String::with_capacity(text.len());
        finder.replace_all_with(text, &mut hidden, |_, _, to| {
            to.push_str(MARK);
            true
        });
        Cow::Owned(hidden)
    }

    /// How much of a text that goes on can be shown: up to where no credential can begin that does not end in it, and no sign
    /// is torn.
    pub(super) fn settled(&self, text: &[u8]) -> usize {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let longest = known.texts.iter().map(String::len).max().unwrap_or_default();
        let mut end = text.len().saturating_sub(longest.max(2) - 1);
        let is_inside = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
        while end > 0 && text.get(end).is_some_and(is_inside) {
            end -= 1;
        }
        let found = known.finder.as_ref().and_then(|it| it.find_iter(text).find(|found| found.end() > end));
        // One that begins before the end is all there.
        found.filter(|found| found.start() < end).map_or(end, |found| found.end())
    }

    /// Hides credentials in every text of a document, keys included; whether there were any.
    pub fn hide_in(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => {
                let Cow::Owned(hidden) = self.hide(text) else { return false };
                *text = hidden;
                true
            }
            Value::Array(items) => {
                // No short-circuit: every text is searched.
                items.iter_mut().filter_map(|item| self.hide_in(item).then_some(())).count() > 0
            }
            Value::Object(map) => {
                let mut found = false;
                for (key, mut value) in std::mem::take(map) {
                    found |= self.hide_in(&mut value);
                    let hidden = self.hide(&key);
                    found |= matches!(hidden, Cow::Owned(_));
                    map.insert(hidden.into_owned(), value);
                }
                found
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

impl fmt::Debug for KnownSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownSecrets({MARK})")
    }
}

/// A credential as it is, in JSON, in HTML, in a URL and in a header.
fn forms(text: &str) -> Vec<String> {
    const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let json = text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut forms = vec![
        text.to_owned(),
        // PHP escapes slashes as well.
        json.replace('/', "\\/"),
        json,
        url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
    ];
    // HTML has several ways to write a quotation mark, and only some escape both angles.
    for quote in ["\"", "&quot;", "&#34;", "&#x22;"] {
        let text = text.replace('&', "&amp;").replace('"', quote);
        forms.push(text.replace('<', "&lt;"));
        forms.push(text.replace('<', "&lt;").replace('>', "&gt;"));
        forms.push(text);
    }
    for set in [NON_ALPHANUMERIC, &UNRESERVED] {
        let encoded = utf8_percent_encode(text, set).to_string();
        forms.push(lower_hex(&encoded));
        forms.push(encoded);
    }
    let encoded = [
        BASE64_STANDARD.encode(text),
        BASE64_STANDARD_NO_PAD.encode(text),
        BASE64_URL_SAFE.encode(text),
        BASE64_URL_SAFE_NO_PAD.encode(text),
    ];
    for base64 in encoded {
        forms.push(base64.replace('/', "\\/"));
        forms.push(utf8_percent_encode(&base64, NON_ALPHANUMERIC).to_string());
        forms.push(base64);
    }
    forms
}

/// `%2F` as `%2f`, the rest as it is.
fn lower_hex(encoded: &str) -> String {
    let mut left = 0;
    let lower = |c: char| {
        left = if c == '%' { 2 } else { i32::max(left - 1, -1) };
        if c != '%' && left >= 0 { c.to_ascii_lowercase() } else { c }
    };
    encoded.chars().map(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TOKEN: &str = "nsd_A/b+c\"d&9";

    fn known() -> KnownSecrets {
        let known = KnownSecrets::default();
        known.learn(&SecretString::from(TOKEN));
        known.learn_pair(&SecretString::from("access-key"), &SecretString::from("secret/key"));
        known
    }

    /// A server, a proxy or a library may repeat a credential in another form; these are the forms that are searched for.
    #[test]
    fn every_form_is_hidden() {
        let known = known();
        let forms = [
            format!("Authorization: Bearer {TOKEN}"),
            serde_json::to_string(TOKEN).unwrap(),
            "nsd_A\\/b+c\\\"d&9".to_owned(),
            "nsd_A/b+c&quot;d&amp;9".to_owned(),
            "?access_token=nsd_A%2Fb%2Bc%22d%269&x=1".to_owned(),
            "nsd_A%2fb%2bc%22d%269".to_owned(),
            "nsd%5FA%2Fb%2Bc%22d%269".to_owned(),
            BASE64_STANDARD.encode(TOKEN),
            BASE64_URL_SAFE_NO_PAD.encode(TOKEN),
            format!("Basic {}", BASE64_STANDARD.encode("access-key:secret/key")),
            "https://access-key:secret/key@ctm.example/".to_owned(),
            "the key access-key is not active".to_owned(),
        ];
        for form in forms {
            let hidden = known.hide(&form);
            assert!(hidden.contains(MARK), "{form}");
            for part in ["nsd_A", "c\"d", "secret", "access-key", "c2VjcmV0", "bnNkX0E"] {
                assert!(!hidden.contains(part), "{form}: {hidden}");
            }
        }
        assert!(matches!(known.hide("numbers.+12145550100"), Cow::Borrowed(_)));
        assert!(!format!("{known:?}").contains("nsd"));
    }

    /// Escapes that only a decoder sees through must not carry a credential past it.
    #[test]
    fn documents_are_searched_in_keys_and_values() {
        let mut body =
            serde_json::from_str(r#"{"\u006esd_A/b+c\"d&9": ["x \u006esd_A/b+c\"d&9", 7, null]}"#).unwrap();
        assert!(known().hide_in(&mut body));
        assert_eq!(body, json!({ MARK: [format!("x {MARK}"), 7, null] }));
    }

    /// A credential of a few letters would take words and numbers out of every line.
    #[test]
    fn what_is_too_short_is_left() {
        let known = KnownSecrets::default();
        known.learn(&SecretString::from("101"));
        assert_eq!(known.hide("rules.101"), "rules.101");
    }
}
