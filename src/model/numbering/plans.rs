//! What the numbering plan of a number's country says of it.

use super::{area_codes::is_common, calling_codes::is_code, country::Country};
use crate::{explained::Explained, model::E164};
use phonenumber::{
    Metadata,
    metadata::{DATABASE, Descriptor},
};
use std::collections::BTreeSet;

/// What is to be thought of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is in a range that is in use.
    Known,
    /// As long as numbers of its country are, and in no range that is known to be in use.
    NoKnownRange,
    /// No number of its country is so long, or no country has its code.
    Impossible(Explained),
}

/// What the plan of its country says of a number.
pub fn standing(number: &E164) -> Standing {
    if is_common(number.digits()) {
        return Standing::Known;
    }
    match Plan::of(number.digits()) {
        Some((plan, national)) => plan.standing(number, national),
        None => Standing::Impossible(Explained::with_help(
            format!("no country has a calling code that {number} begins with"),
            "check the digits after the `+`",
        )),
    }
}

/// Whether the digits after a calling code are surely a number: in a range in use, to the last digit.
pub(super) fn is_known(code: &str, national: &str) -> bool {
    is_common(&format!("{code}{national}"))
        || Plan::with_code(code)
            .is_some_and(|plan| plan.regions.iter().any(|it| has_type(it, national, is_whole)))
}

/// The calling code that digits begin with, and what is behind it; `None` where no plan has it.
pub fn split(digits: &str) -> Option<(&str, &str)> {
    (1..=3).filter_map(|length| digits.split_at_checked(length)).find(|(code, _)| is_code(code))
}

/// The calling code of a country.
pub(super) fn code_of(country: Country) -> Option<String> {
    DATABASE.by_id(country.letters()).map(|it| it.country_code().to_string())
}

/// What is dialled before a number within the country alone, such as `0` or `1`.
pub(super) fn national_prefix(code: &str) -> Option<&'static str> {
    Plan::with_code(code)?.prefix()
}

/// A number as people of a country write one.
pub(super) fn example(country: Option<Country>) -> String {
    match country {
        None | Some(Country::US) => "+12145550100".to_owned(),
        Some(Country::GB) => "+441234567890".to_owned(),
        Some(country) => of_library(country).unwrap_or_else(|| example(None)),
    }
}

fn of_library(country: Country) -> Option<String> {
    let plan = DATABASE.by_id(country.letters())?;
    let descriptors = plan.descriptors();
    let line = descriptors.fixed_line().or_else(|| descriptors.mobile())?;
    Some(format!("+{}{}", plan.country_code(), line.example()?))
}

/// The plans of the countries that share a calling code, the main one first.
struct Plan<'a> {
    code: &'a str,
    regions: Vec<&'static Metadata>,
}

impl<'a> Plan<'a> {
    fn of(digits: &'a str) -> Option<(Self, &'a str)> {
        let (code, national) = split(digits)?;
        Some((Self::with_code(code)?, national))
    }

    fn with_code(code: &'a str) -> Option<Self> {
        let regions = DATABASE.by_code(&code.parse::<u16>().ok()?)?;
        Some(Self { code, regions })
    }

    fn prefix(&self) -> Option<&'static str> {
        self.regions.first()?.national_prefix()
    }

    fn standing(&self, number: &E164, national: &str) -> Standing {
        if self.regions.iter().any(|it| has_type(it, national, begins)) {
            return Standing::Known;
        }
        let Self { code, .. } = self;
        let lengths = self.lengths();
        let fits = lengths.is_empty() || lengths.contains(&national.len());
        let prefix = self.prefix().filter(|it| national.starts_with(*it));
        let trunk = prefix.map(|it| (it, &national[it.len()..]));
        let zero = self.prefix().is_some_and(|it| it.starts_with('0')) && national.starts_with('0');
        let impossible = |why: String, help: String| {
            Standing::Impossible(Explained::with_help(
                format!("{number} is not a possible number: {why}"),
                help,
            ))
        };
        match trunk {
            Some((prefix, rest)) if (zero || !fits) && is_known(code, rest) => impossible(
                format!("the {prefix} before an area code is not dialled after +{code}"),
                format!("write \"+{code}{rest}\""),
            ),
            _ if !fits => impossible(
                format!("after +{code} come {} digits, not {}", listed(&lengths), national.len()),
                "look up the number: digits are missing, or there are too many".to_owned(),
            ),
            _ if zero => impossible(
                format!("the 0 before an area code is not dialled after +{code}"),
                format!("look up the number: no number begins with +{code}0"),
            ),
            _ => Standing::NoKnownRange,
        }
    }

    /// How many digits may follow the calling code, in the main country of the code; empty where nothing is known.
    fn lengths(&self) -> BTreeSet<usize> {
        let types = self.regions.first().into_iter().flat_map(|it| types(it));
        types.flat_map(|it| it.possible_length()).map(|it| usize::from(*it)).collect()
    }
}

/// The sorts of number that a country has.
fn types(region: &Metadata) -> impl Iterator<Item = &Descriptor> {
    let it = region.descriptors();
    let all = [
        it.fixed_line(),
        it.mobile(),
        it.toll_free(),
        it.premium_rate(),
        it.shared_cost(),
        it.personal_number(),
        it.voip(),
        it.pager(),
        it.uan(),
        it.voicemail(),
    ];
    all.into_iter().flatten()
}

fn has_type(region: &Metadata, national: &str, matches: fn(&Descriptor, &str) -> bool) -> bool {
    matches(region.descriptors().general(), national) && types(region).any(|it| matches(it, national))
}

/// Whether a range begins the digits, which are as long as its numbers.
fn begins(range: &Descriptor, digits: &str) -> bool {
    range.is_match(digits)
}

/// Whether a range is the digits to the last one.
fn is_whole(range: &Descriptor, digits: &str) -> bool {
    let found = range.national_number().find(digits);
    begins(range, digits) && found.is_some_and(|it| it.end() == digits.len())
}

/// `10`, `7, 9 or 10`, `4 to 15`.
fn listed(lengths: &BTreeSet<usize>) -> String {
    let all: Vec<String> = lengths.iter().map(usize::to_string).collect();
    match (all.as_slice(), lengths.first(), lengths.last()) {
        ([first, .., last], Some(least), Some(most)) if all.len() > 2 && most - least + 1 == all.len() => {
            format!("{first} to {last}")
        }
        ([rest @ .., last], ..) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => all.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::numbering::area_codes::{NORTH_AMERICA, UNITED_KINGDOM};

    /// A number that is refused cannot be called at all, so nothing in use may be refused; and one that lost a digit goes out
    /// and is reported as done where nobody finds it.
    #[test]
    fn a_number_is_judged_by_the_plan_of_its_country() {
        const KNOWN: &str = "known";
        let cases = [
            ("+12145550100", KNOWN),
            ("+18005550142", KNOWN),
            ("+18765550123", KNOWN),
            ("+19995550123", "no known range"),
            ("+11145550100", "no known range"),
            (
                "+1214555010",
                "after +1 come 10 digits, not 9 | look up the number: digits are missing, or there are too many",
            ),
            (
                "+121455501000",
                "after +1 come 10 digits, not 11 | look up the number: digits are missing, or there are too many",
            ),
            ("+112145550100", "the 1 before an area code is not dialled after +1 | write \"+12145550100\""),
            ("+442079460000", KNOWN),
            ("+441234567890", KNOWN),
            ("+447700900123", KNOWN),
            ("+447911123456", KNOWN),
            ("+446012345678", "no known range"),
            (
                "+4402079460000",
                "the 0 before an area code is not dialled after +44 | write \"+442079460000\"",
            ),
            (
                "+440123456789",
                "the 0 before an area code is not dialled after +44 | look up the number: no number begins with +440",
            ),
            (
                "+4412345678",
                "after +44 come 7, 9 or 10 digits, not 8 | look up the number: digits are missing, or there are too many",
            ),
            ("+390612345678", KNOWN),
            ("+39061234", KNOWN),
            ("+2250123456789", KNOWN),
            ("+493023125000", KNOWN),
            (
                "+4903023125000",
                "the 0 before an area code is not dialled after +49 | write \"+493023125000\"",
            ),
            ("+353861234567", KNOWN),
            ("+33142685300", KNOWN),
            ("+330142685300", "the 0 before an area code is not dialled after +33 | write \"+33142685300\""),
            ("+80012345678", KNOWN),
        ];
        let mut wrong = Vec::new();
        for (text, expected) in cases {
            let number: E164 = text.parse().unwrap();
            let found = match standing(&number) {
                Standing::Known => KNOWN.to_owned(),
                Standing::NoKnownRange => "no known range".to_owned(),
                Standing::Impossible(why) => {
                    let message =
                        why.message.strip_prefix(&format!("{number} is not a possible number: ")).unwrap();
                    format!("{message} | {}", why.help.unwrap())
                }
            };
            if found != expected {
                wrong.push(format!("{text}: {found}"));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        let nobody = standing(&"+99912345678".parse().unwrap());
        let why = Explained::with_help(
            "no country has a calling code that +99912345678 begins with",
            "check the digits after the `+`",
        );
        assert_eq!(nobody, Standing::Impossible(why));
    }

    /// A list that says more than the plans would hide a number that is wrong.
    #[test]
    fn common_area_codes_are_those_of_the_plans() {
        let american = NORTH_AMERICA
            .split(' ')
            .flat_map(|code| ["200", "555", "999"].map(|exchange| ("1", format!("{code}{exchange}0123"))));
        let british = UNITED_KINGDOM.iter().flat_map(|begin| {
            ["00000000", "49999999", "91234567"].map(|end| ("44", format!("{begin}{end}")[..10].to_owned()))
        });
        for (code, national) in american.chain(british) {
            let (plan, _) = Plan::of(code).unwrap();
            assert!(plan.regions.iter().any(|it| has_type(it, &national, begins)), "{national}");
        }
    }
}
