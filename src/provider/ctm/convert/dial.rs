//! How a receiving number is dialled: national digits and a country (FACTS ctm/numbers-3).

use crate::model::E164;
use phonenumber::metadata::DATABASE;

/// A number as it is dialled within its country, and the country's two letters. Of several countries with one calling
/// code the first counts: what the code and the digits come to is the same number.
pub fn national(number: &E164) -> Option<(String, String)> {
    if let Some(digits) = number.nanp() {
        // All countries of +1 share one plan: the digits decide.
        return Some((digits.to_owned(), "US".to_owned()));
    }
    let digits = number.digits();
    (1..=3).find_map(|length| {
        let (code, rest) = digits.split_at_checked(length)?;
        let regions = DATABASE.region(&code.parse().ok()?)?;
        let country = regions.into_iter().find(|region| region.bytes().all(|b| b.is_ascii_uppercase()))?;
        Some((rest.to_owned(), country.to_owned()))
    })
}

/// The first two are countries whose libraries of number plans know no such number; the digits are right all the same.
#[test]
fn every_country_has_its_letters() {
    let table = [
        ("+390612345678", "0612345678", "IT"),
        ("+447700900123", "7700900123", "GB"),
        ("+442079460104", "2079460104", "GB"),
        ("+353861234567", "861234567", "IE"),
        ("+14165550123", "4165550123", "US"),
    ];
    for (number, digits, country) in table {
        let number: E164 = number.parse().unwrap();
        assert_eq!(national(&number), Some((digits.to_owned(), country.to_owned())));
    }
    assert_eq!(national(&"+88213300655".parse().unwrap()), None);
}
