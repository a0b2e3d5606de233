//! How a number is dialled within its country. One list of countries for whoever writes such numbers and whoever takes
//! them: the public number plans.

use super::{E164, numbering};
use phonenumber::{country::Id, metadata::DATABASE};

/// A number as it is dialled within its country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct National {
    /// Two letters, ISO 3166.
    pub country: String,
    pub digits: String,
}

impl National {
    /// The country of the number itself: several share a calling code. Where no plan knows the number it is the first of
    /// those. `None` where the code is that of no country.
    pub fn of(number: &E164) -> Option<Self> {
        let (code, digits) = split(number)?;
        let digits = digits.to_owned();
        if let Some(country) = numbering::country(number.digits()) {
            return Some(Self { country: country.to_owned(), digits });
        }
        let own = phonenumber::parse(None, number.to_string()).ok().and_then(|it| it.country().id());
        let country = own.map(|id| id.as_ref().to_owned()).or_else(|| countries(code).next())?;
        Some(Self { country, digits })
    }

    /// Back to the number, with or without the zero that is dialled before it within its country; `None` where there is no
    /// such country, or where that is no number.
    pub fn number(country: &str, digits: &str) -> Option<E164> {
        let (code, has_zero) = match country.to_uppercase().as_str() {
            // Most numbers are of these, and loading the plans takes longer than all else.
            "US" | "CA" => (1, false),
            "GB" => (44, true),
            country => {
                let plan = DATABASE.by_id(country)?;
                (plan.country_code(), plan.national_prefix() == Some("0"))
            }
        };
        let digits = digits.strip_prefix('0').filter(|_| has_zero).unwrap_or(digits);
        format!("+{code}{digits}").parse().ok()
    }
}

/// Whether these letters are a country.
pub fn is_country(letters: &str) -> bool {
    letters.to_uppercase().parse::<Id>().is_ok()
}

/// The calling code, and the digits after it; `None` where the code is that of no country.
pub fn split(number: &E164) -> Option<(u16, &str)> {
    let (code, rest) = numbering::split(number.digits())?;
    let code = code.parse().ok().filter(|_| numbering::has_country(code))?;
    Some((code, rest))
}

/// The countries of a calling code, the main one first.
fn countries(code: u16) -> impl Iterator<Item = String> {
    let regions = DATABASE.region(&code).unwrap_or_default();
    // A satellite system has a number in the place of the letters.
    regions.into_iter().filter(|it| it.bytes().all(|b| b.is_ascii_uppercase())).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of most calling codes the country is known without a look at the number. Where several share one, as `+1`, `+7` and
    /// `+44`, the digits decide; numbers that no plan knows have the main country.
    #[test]
    fn a_number_has_its_own_country_and_is_made_of_it_again() {
        let table = [
            ("+390612345678", "IT", "0612345678"),
            ("+447700900123", "GB", "7700900123"),
            ("+442079460104", "GB", "2079460104"),
            ("+441534123456", "JE", "1534123456"),
            ("+353861234567", "IE", "861234567"),
            ("+14165550123", "CA", "4165550123"),
            ("+18765550123", "JM", "8765550123"),
            ("+17875550123", "PR", "7875550123"),
            ("+14105550123", "US", "4105550123"),
            ("+18005550123", "US", "8005550123"),
            ("+19995550123", "US", "9995550123"),
            ("+79161234567", "RU", "9161234567"),
            ("+77012345678", "KZ", "7012345678"),
            ("+35818123456", "AX", "18123456"),
        ];
        for (number, country, digits) in table {
            let number: E164 = number.parse().unwrap();
            let national = National::of(&number).unwrap();
            assert_eq!((national.country.as_str(), national.digits.as_str()), (country, digits));
            assert_eq!(National::number(&national.country, &national.digits), Some(number));
        }
        assert_eq!(National::of(&"+88213300655".parse().unwrap()), None);
        assert_eq!(National::number("GB", "02079460104"), National::number("GB", "2079460104"));
        assert_eq!(National::number("XX", "4105550123"), None);
        // What is known without the plans is as they say.
        for (country, code, prefix) in [("US", 1, "1"), ("CA", 1, "1"), ("GB", 44, "0")] {
            let plan = DATABASE.by_id(country).unwrap();
            assert_eq!((plan.country_code(), plan.national_prefix()), (code, Some(prefix)));
        }
        let letters = || b'A'..=b'Z';
        for pair in letters().flat_map(|one| letters().map(move |two| [one, two])) {
            let text = str::from_utf8(&pair).unwrap();
            assert_eq!(is_country(text), DATABASE.by_id(text).is_some(), "{text}");
        }
        assert_eq!(National::number("US", "41055"), None);
    }
}
