//! Numbers that are known without loading the plans: most of those that a file names.

use crate::model::E164;

/// Whether a number, without its `+`, is a common one. Not every number in use is.
pub(super) fn is_common(digits: &str) -> bool {
    let Some((code, subscriber)) = digits.strip_prefix('1').and_then(|it| it.split_at_checked(3)) else {
        return is_common_in_uk(digits);
    };
    let in_plan = subscriber.len() == 7 && subscriber.starts_with(|it: char| it >= '2');
    in_plan && code.parse().is_ok_and(|code: usize| IS_AREA_CODE.get(code) == Some(&true))
}

/// The country of a number, without its `+`, where that is known without loading the plans.
pub fn country(digits: &str) -> Option<&'static str> {
    if !is_common(digits) {
        return None;
    }
    let Some(national) = digits.strip_prefix('1') else {
        // The islands share the ranges of mobile phones.
        let is_of_a_city = digits.strip_prefix("44").is_some_and(|it| it.starts_with(['1', '2']));
        return is_of_a_city.then_some("GB");
    };
    let has = |areas: &str| areas.split(' ').any(|area| national.starts_with(area));
    if has(ISLANDS) {
        return None;
    }
    Some(BESIDE_THE_STATES.iter().find(|(_, areas)| has(areas)).map_or("US", |it| it.0))
}

/// Whether a number is of another country than the U.S., with its islands, and Canada. They share their code with others.
pub fn is_abroad(number: &E164) -> bool {
    number.digits().strip_prefix('1').is_none_or(|it| ISLANDS.split(' ').any(|area| it.starts_with(area)))
}

/// London and other large cities, most mobile phones, and the numbers that Ofcom keeps for drama and documents, which the
/// plans leave out.
fn is_common_in_uk(digits: &str) -> bool {
    let national = digits.strip_prefix("44").filter(|it| it.len() == 10);
    let begins = UNITED_KINGDOM.iter().chain(&["1632960", "7700900"]);
    national.is_some_and(|it| begins.into_iter().any(|begin| it.starts_with(begin)))
}

/// How numbers of +44 and ten digits begin that are all in a range in use.
pub(super) const UNITED_KINGDOM: &[&str] = &[
    "1234", "141", "151", "161", "191", "200", "201", "203", "204", "207", "208", "73", "74", "75", "771",
    "772", "773", "774", "775", "776", "777", "778", "779", "78", "792", "793", "794", "795", "796", "797",
    "798",
];

/// Area codes of +1 that other countries have.
const ISLANDS: &str = "242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876";

/// Area codes of +1 that are neither of the states nor of those islands.
const BESIDE_THE_STATES: &[(&str, &str)] = &[
    (
        "CA",
        "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 514 519 \
         548 579 581 584 587 600 604 613 622 633 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 \
         905 942",
    ),
    ("PR", "787 939"),
    ("VI", "340"),
    ("GU", "671"),
    ("MP", "670"),
    ("AS", "684"),
];

/// The same codes, each at its place.
static IS_AREA_CODE: [bool; 1000] = {
    let text = NORTH_AMERICA.as_bytes();
    let mut table = [false; 1000];
    let (mut at, mut code) = (0, 0);
    while at < text.len() {
        match text[at] {
            b' ' => {
                table[code] = true;
                code = 0;
            }
            digit => code = code * 10 + (digit - b'0') as usize,
        }
        at += 1;
    }
    table[code] = true;
    table[0] = false;
    table
};

/// Area codes of +1 in which every exchange from 200 up may be in use.
pub(super) const NORTH_AMERICA: &str = "201 202 203 204 205 206 207 208 209 210 212 213 214 215 216 217 218 219 220 223 224 225 226 227 228 229 231 \
     234 235 236 239 240 248 249 250 251 252 253 254 256 257 260 262 263 267 269 270 272 276 279 281 283 289 301 \
     302 303 304 305 306 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323 324 325 326 327 329 330 331 \
     332 334 336 337 339 341 343 346 347 350 351 352 353 354 360 361 363 364 365 367 368 369 380 382 385 386 401 \
     402 403 404 405 406 407 408 409 410 412 413 414 415 416 417 418 419 423 424 425 428 430 431 432 434 435 437 \
     438 440 442 443 445 447 448 450 458 463 464 468 469 470 474 475 478 479 480 484 500 501 502 503 504 505 506 \
     507 508 509 510 512 513 514 515 516 517 518 519 520 521 522 525 526 527 528 529 530 531 532 533 534 539 540 \
     541 544 548 551 557 559 561 562 563 564 566 567 570 571 572 573 574 575 577 579 580 581 582 584 585 586 587 \
     588 600 601 602 603 604 605 606 607 608 609 610 612 613 614 615 616 617 618 619 620 622 623 626 628 629 630 \
     631 633 636 639 640 641 645 646 647 650 651 656 657 658 659 660 661 662 667 669 672 678 680 681 682 683 686 \
     689 701 702 703 704 705 706 707 708 709 712 713 714 715 716 717 718 719 720 724 725 726 727 728 730 731 732 \
     734 737 738 740 742 743 747 748 753 754 757 760 762 763 765 769 770 771 772 773 774 775 778 779 780 781 782 \
     785 786 787 800 801 802 803 804 805 806 807 808 809 810 812 813 814 815 816 817 818 819 820 821 825 826 828 \
     829 830 831 832 833 835 838 839 840 843 844 845 847 848 849 850 854 855 856 857 858 859 860 862 863 864 865 \
     866 867 870 872 873 877 878 879 888 900 901 902 903 904 905 906 907 908 909 910 912 913 914 915 916 917 918 \
     919 920 925 928 929 930 931 934 936 937 938 939 940 941 942 943 945 947 948 949 951 952 954 956 959 970 971 \
     972 973 975 978 979 980 984 985 986 989";

#[cfg(test)]
mod tests {
    use super::*;
    use phonenumber::metadata::DATABASE;

    /// A number of a wrong country is written to the provider as one.
    #[test]
    fn a_country_that_is_known_at_once_is_the_one_of_the_plans() {
        let of_library = |number: &str| {
            let number = phonenumber::parse(None, number).ok()?;
            number.country().id().map(|it| it.as_ref().to_owned())
        };
        let american = (200..1000)
            .flat_map(|area| ["200", "555", "999"].map(|exchange| format!("1{area}{exchange}0123")));
        let british = UNITED_KINGDOM.iter().flat_map(|begin| {
            ["00000000", "49999999", "91234567"].map(|end| format!("44{}", &format!("{begin}{end}")[..10]))
        });
        let mut known = 0;
        for digits in american.chain(british) {
            let Some(country) = country(&digits) else { continue };
            known += 1;
            assert_eq!(Some(country), of_library(&format!("+{digits}")).as_deref(), "{digits}");
        }
        assert!(known > 1000);
    }

    /// Calls to the islands cost more, and their numbers look like any other of North America.
    #[test]
    fn countries_that_share_a_code_are_told_apart() {
        let regions = DATABASE.by_code(&1).unwrap();
        let others: Vec<_> = regions
            .into_iter()
            .filter(|it| !["US", "CA", "PR", "VI", "GU", "MP", "AS"].contains(&it.id()))
            .filter_map(|it| it.leading_digits())
            .collect();
        assert!(others.len() > 15);
        for area in 200..1000 {
            let digits = format!("{area}5550123");
            let expected = others.iter().any(|it| it.find(&digits).is_some_and(|it| it.start() == 0));
            let number = format!("+1{digits}").parse().unwrap();
            assert_eq!(is_abroad(&number), expected, "{number}");
        }
        assert!(is_abroad(&"+442079460000".parse().unwrap()));
    }
}
