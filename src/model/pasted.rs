//! Tells the name of a place where a credential is from the credential itself, pasted there by mistake.

/// How the tokens of this trade and of the usual services begin.
const TOKENS: [&str; 16] = [
    "nss_",
    "nsd_",
    "nsr_",
    "nso_",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "sk-",
    "eyJ",
    "AKIA",
    "ASIA",
];

/// A token is longer than that.
const SHORTEST_TOKEN: usize = 12;

/// Whether a text begins as tokens do.
pub fn is_token(text: &str) -> bool {
    let text = text.trim();
    let words = text.strip_prefix("Bearer ").or_else(|| text.strip_prefix("Basic ")).unwrap_or(text);
    words.len() >= SHORTEST_TOKEN
        && (words.len() < text.len() || TOKENS.iter().any(|start| words.starts_with(start)))
}

/// Whether a text looks more like a credential than like a name: letters of both sizes and digits in one long word, or one
/// as long as no name is.
pub fn may_be_credential(text: &str) -> bool {
    let text = text.trim();
    let words = || text.split(|c: char| !c.is_ascii_alphanumeric());
    let mixed = |word: &str| {
        let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let both = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
        (word.len() >= 8 && both && digits > 0) || (word.len() >= 16 && digits > 1)
    };
    is_token(text) || words().any(mixed) || (text.len() >= 24 && text.ends_with('='))
}

/// Whether a text is the name of an environment variable and surely nothing else.
pub fn is_variable(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let capitals = !text.contains(|c: char| c.is_ascii_lowercase());
    let words = text.contains('_') && !text.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase());
    starts && text.chars().all(plain) && (capitals || words) && !may_be_credential(text)
}

/// Whether a text is the path of a file and surely nothing else.
pub fn is_path(text: &str) -> bool {
    text.contains(['/', '.']) && !text.contains(char::is_whitespace) && !may_be_credential(text)
}

/// Whether a text is a program and surely nothing else.
pub fn is_program(text: &str) -> bool {
    let word = !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    word || is_path(text)
}
