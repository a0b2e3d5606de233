//! The page to print before the storm.

use super::{BOLD, DIM, RED, YELLOW, paint};
use crate::{
    page::{Exact, Page, add, say},
    report::{Fate, NumberDrill, TenantDrill},
    text::{count, printable, shell},
};
use std::{io, path::Path};

/// How `dialform` was called, for the command that switches what it says.
#[derive(Debug)]
pub struct Command<'a> {
    pub dir: &'a Path,
    pub is_sandbox: bool,
}

impl Command<'_> {
    fn on(&self, tenant: &str, numbers: &[&str]) -> String {
        let dir = self.dir.to_string_lossy();
        let dir = if dir == "." { String::new() } else { format!(" -C {}", shell(&dir)) };
        let sandbox = if self.is_sandbox { " --sandbox" } else { "" };
        let numbers: String = numbers.iter().map(|it| format!(" --number {it}")).collect();
        format!("dialform{dir} emergency on --tenant {}{numbers}{sandbox}", shell(tenant))
    }
}

/// Writes where each number's calls go, tenant by tenant, and what a person has to do. `is_all`: the outage is of everybody,
/// and what is switched is every forward of a tenant.
pub fn drill(
    out: &mut Page<'_>,
    tenants: &[TenantDrill],
    is_live: bool,
    is_all: bool,
    command: &Command<'_>,
) -> io::Result<()> {
    say!(out, "{}", of_what(tenants, is_live))?;
    say!(out, "Every phone that is not out is answered after 5 s.\n")?;
    let (mut to_switch, mut lost, mut unknown) = (0, 0, 0);
    for TenantDrill { tenant, is_live: is_read, is_stored, numbers } in tenants {
        say!(out, "{}", paint(BOLD, printable(tenant.clone())))?;
        if numbers.is_empty() {
            say!(
                out,
                "  no number is known here; `dialform trace TENANT/EXTENSION` follows a call to an extension\n"
            )?;
            continue;
        }
        if is_live && !is_read {
            say!(out, "  as the files declare it, forwards as well: its account could not be read")?;
        } else if is_live && !is_stored {
            say!(out, "  forwards as the files declare them: those that are stored were not read")?;
        }
        for number in numbers {
            line(out, number)?;
            to_switch += usize::from(number.fate == Fate::ToSwitch);
            lost += usize::from(number.fate == Fate::Lost);
            unknown += usize::from(number.fate == Fate::Unknown);
        }
        switches(out, tenant, numbers, is_all, command)?;
        say!(out)?;
    }
    let sum: usize = tenants.iter().map(|it| it.numbers.len()).sum();
    add!(out, "{}: {} lost until somebody switches a forward on, ", count(sum, "number"), to_switch)?;
    say!(out, "{} with nowhere to go, {} not known.", lost, unknown)
}

/// What the page shows: no more of it is called live than was read.
fn of_what(tenants: &[TenantDrill], is_live: bool) -> &'static str {
    let read = tenants.iter().filter(|it| it.is_live).count();
    let stored = tenants.iter().filter(|it| it.is_stored).count();
    match (is_live, read == tenants.len(), stored == tenants.len()) {
        (false, ..) => "As the files declare it, once they are applied; nothing live was read.",
        (true, true, true) => "As it is live, with the files laid over it; forwards as they are stored now.",
        _ if read == 0 => "As the files declare it, once they are applied; nothing live could be read.",
        (true, true, false) if stored == 0 => {
            "As it is live, with the files laid over it; forwards as the files declare them."
        }
        (true, true, false) => {
            "As it is live, with the files laid over it; forwards as they are stored now, where they were read."
        }
        (true, false, _) => {
            "As it is live where it could be read, with the files laid over it; elsewhere as the files declare it."
        }
    }
}

/// What a person does: the command, or the clicks where none does it.
fn switches(
    out: &mut Page<'_>,
    tenant: &str,
    numbers: &[NumberDrill],
    is_all: bool,
    command: &Command<'_>,
) -> io::Result<()> {
    let (by_hand, by_command): (Vec<_>, Vec<_>) =
        numbers.iter().filter(|it| it.helps).partition(|it| !it.by_hand.is_empty());
    if !by_command.is_empty() {
        let numbers: Vec<&str> = by_command.iter().map(|it| it.number.as_str()).collect();
        let command = command.on(tenant, if is_all { &[] } else { &numbers });
        say!(out, "  to switch: {}", Exact(printable(command)))?;
    }
    if !by_hand.is_empty() {
        say!(out, "  to switch in the portal:")?;
    }
    let clicks = by_hand.iter().flat_map(|it| &it.by_hand);
    clicks.into_iter().try_for_each(|it| say!(out, "    [ ] {}", printable(it.to_string())))
}

fn line(out: &mut Page<'_>, it: &NumberDrill) -> io::Result<()> {
    let NumberDrill { number, usually: _, then, switched, helps, by_hand: _, fate, place } = it;
    let ends = |list: &[String]| printable(list.join(", or "));
    let word = match fate {
        Fate::Same => paint(DIM, "as usual ".to_owned()),
        Fate::Moved => paint(BOLD, "goes on  ".to_owned()),
        Fate::ToSwitch => paint(YELLOW, "to switch".to_owned()),
        Fate::Lost => paint(RED, "lost     ".to_owned()),
        Fate::Unknown => paint(YELLOW, "not known".to_owned()),
    };
    let shown = match (fate, switched) {
        (Fate::ToSwitch, Some(switched)) => ends(switched),
        _ => ends(then),
    };
    add!(out, "  {}  {}  {}", printable(number.clone()), word, shown)?;
    if let Some(switched) = switched.as_ref().filter(|_| *helps && *fate != Fate::ToSwitch) {
        add!(out, "; {}: {}", paint(YELLOW, "once switched"), ends(switched))?;
    }
    match place {
        Some(place) => say!(out, "  {}", paint(DIM, printable(format!("{}:{}", place.file, place.line)))),
        None => say!(out),
    }
}
