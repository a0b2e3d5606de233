//! Numbers are plain decimal digits. The other ways to write one are understood, so that the way out can be named.

/// Whether a text is a number as it is to be written: digits without a zero before them, `-` if it is below zero.
pub(super) fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits == "0" && text == digits
        || digits.starts_with(|it: char| matches!(it, '1'..='9')) && all_digits(digits)
}

/// The whole number that a text means, if it can mean only one. Too many digits for any field are its largest.
pub(super) fn meant(text: &str) -> Option<i128> {
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let bases = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)];
    if let Some((digits, base)) =
        bases.iter().find_map(|(start, base)| Some((rest.strip_prefix(start)?, *base)))
    {
        let fits = digits.starts_with(|it: char| it.is_digit(base));
        return fits
            .then(|| i128::from_str_radix(&digits.replace('_', ""), base).ok())
            .flatten()
            .map(|it| sign * it);
    }
    let digits = grouped(whole(rest)?)?;
    Some(sign * digits.parse().unwrap_or(i128::MAX))
}

/// What stands before a fraction of nothing. `1.000` may be a thousand.
fn whole(text: &str) -> Option<&str> {
    match text.split_once('.') {
        None => Some(text),
        Some((_, zeros)) if zeros.len() == 3 || zeros.bytes().any(|it| it != b'0') => None,
        Some((whole, _)) => Some(whole),
    }
}

/// Digits without what stands between thousands.
fn grouped(text: &str) -> Option<String> {
    let mut commas = text.split(',');
    let first = commas.next()?;
    let in_threes = commas.all(|group| group.len() == 3 && all_digits(group));
    let digits = text.replace(['_', ','], "");
    let ends = |it: char| it.is_ascii_digit();
    (in_threes && first.starts_with(ends) && text.ends_with(ends) && all_digits(&digits)).then_some(digits)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
