//! The page to print before the storm.

use super::{BOLD, DIM, RED, YELLOW, paint};
use crate::{
    page::{Page, add, say},
    report::{Fate, NumberDrill, TenantDrill},
    text::{count, printable},
};
use std::io;

/// Writes where each number's calls go, tenant by tenant, and what a person has to do.
pub fn drill(out: &mut Page<'_>, tenants: &[TenantDrill], is_live: bool) -> io::Result<()> {
    if is_live {
        say!(out, "As it is live, with the files laid over it; forwards as they are stored now.")?;
    } else {
        say!(out, "As the files declare it, once they are applied; nothing live was read.")?;
    }
    say!(out, "Every phone that is not out is answered after 5 s.\n")?;
    let (mut to_switch, mut lost, mut unknown) = (0, 0, 0);
    for TenantDrill { tenant, numbers } in tenants {
        say!(out, "{}", paint(BOLD, printable(tenant.clone())))?;
        if numbers.is_empty() {
            say!(
                out,
                "  no number is known here; `dialform trace TENANT/EXTENSION` follows a call to an extension\n"
            )?;
            continue;
        }
        for number in numbers {
            line(out, number)?;
            to_switch += usize::from(number.fate == Fate::ToSwitch);
            lost += usize::from(number.fate == Fate::Lost);
            unknown += usize::from(number.fate == Fate::Unknown);
        }
        let is_to_switch = numbers.iter().any(|it| it.fate == Fate::ToSwitch);
        if is_to_switch {
            let tenant = crate::text::shell(tenant);
            say!(out, "  to switch: dialform emergency on --tenant {}", printable(tenant))?;
        }
        say!(out)?;
    }
    let sum: usize = tenants.iter().map(|it| it.numbers.len()).sum();
    add!(out, "{}: {} lost until somebody switches a forward on, ", count(sum, "number"), to_switch)?;
    say!(out, "{} with nowhere to go, {} not known.", lost, unknown)
}

fn line(out: &mut Page<'_>, it: &NumberDrill) -> io::Result<()> {
    let NumberDrill { number, usually: _, then, switched, fate, place } = it;
    let ends = |list: &[String]| printable(list.join(", or "));
    let word = match fate {
        Fate::Same => paint(DIM, "as usual ".to_owned()),
        Fate::Moved => paint(BOLD, "goes on  ".to_owned()),
        Fate::ToSwitch => paint(YELLOW, "to switch".to_owned()),
        Fate::Lost => paint(RED, "lost     ".to_owned()),
        Fate::Unknown => paint(YELLOW, "not known".to_owned()),
    };
    let ends = match (fate, switched) {
        (Fate::ToSwitch, Some(switched)) => ends(switched),
        _ => ends(then),
    };
    add!(out, "  {}  {}  {}", printable(number.clone()), word, ends)?;
    match place {
        Some(place) => say!(out, "  {}", paint(DIM, printable(format!("{}:{}", place.file, place.line)))),
        None => say!(out),
    }
}
