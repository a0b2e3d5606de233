//! What is left to people, with everything they have to enter: in a plan, after an apply, and as a list of its own.

use super::{
    BOLD, RED, YELLOW,
    markup::{code, markup, text},
    paint,
};
use crate::{
    model::Address,
    path::Path,
    plan::{Checklist, Clicks, Unverifiable},
    text::{count, escaped, printable},
};
use std::io::{self, Write};

/// A list that is longer than this is folded in Markdown.
const LONG: usize = 12;

/// How many values nobody has looked at.
pub fn settings(list: &[Unverifiable]) -> usize {
    list.iter().map(Unverifiable::settings).sum()
}

/// "6 settings can only be set in the portal and were not checked: …"
pub fn unchecked(settings: usize) -> String {
    let (verb, them) = if settings == 1 { ("was", "it") } else { ("were", "them") };
    format!(
        "{} can only be set in the portal and {verb} not checked: `dialform checklist` lists {them}.",
        count(settings, "setting")
    )
}

fn heading(list: &[Unverifiable]) -> String {
    let settings = count(settings(list), "setting");
    format!("{settings} can only be set in the portal and cannot be read")
}

/// The lines of one object: its clicks or, where there is no page to click to, its fields.
fn lines(it: &Unverifiable) -> Vec<String> {
    let Unverifiable { address: _, fields, critical: _, instructions } = it;
    if !instructions.is_empty() {
        return instructions.iter().map(ToString::to_string).collect();
    }
    vec![fields.iter().map(Path::to_string).collect::<Vec<_>>().join(", ")]
}

/// As a part of a plan.
pub fn section(out: &mut dyn Write, list: &[Unverifiable]) -> io::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {}: {}", paint(YELLOW, "to check by hand"), heading(list))?;
    for it in list {
        let address = printable(it.address.to_string());
        for line in lines(it) {
            writeln!(out, "      [ ] {address}: {}", escaped(line))?;
        }
        if let Some(why) = &it.critical {
            writeln!(out, "          {}: {why}", paint(RED, "critical"))?;
        }
    }
    Ok(())
}

/// As a part of a plan in Markdown: a task list, folded when it is long.
pub fn section_markdown(out: &mut dyn Write, list: &[Unverifiable]) -> io::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    let long = list.iter().map(|it| lines(it).len()).sum::<usize>() > LONG;
    let heading = heading(list);
    match long {
        true => writeln!(out, "\n<details><summary>To check by hand: {heading}</summary>\n")?,
        false => writeln!(out, "\n**To check by hand:** {heading}\n")?,
    }
    for it in list {
        check_tasks(out, it)?;
    }
    if long { writeln!(out, "\n</details>") } else { Ok(()) }
}

fn check_tasks(out: &mut dyn Write, it: &Unverifiable) -> io::Result<()> {
    let why = it.critical.as_ref().map(|why| format!("<br>:warning: **critical**: {}", text(why)));
    let why = why.unwrap_or_default();
    for line in lines(it) {
        writeln!(out, "{}{why}", task(&it.address, &line))?;
    }
    Ok(())
}

fn task(address: &Address, line: &str) -> String {
    let address = code(&address.to_string());
    format!("- [ ] `{address}`: {}", markup(&escaped(line.to_owned())))
}

/// What is to be done by hand, as a task list in Markdown.
pub fn tasks<'a>(
    out: &mut dyn Write,
    steps: impl Iterator<Item = (&'a Address, &'a [Clicks])>,
) -> io::Result<()> {
    for (address, instructions) in steps {
        if instructions.is_empty() {
            writeln!(out, "- [ ] `{}`", code(&address.to_string()))?;
        }
        for page in instructions {
            writeln!(out, "{}", task(address, &page.to_string()))?;
        }
    }
    Ok(())
}

const NOTHING: &str = "Nothing that is declared has to be set or checked by hand.";

/// Everything declared that only a person can set or look at, tenant by tenant.
pub fn checklist(out: &mut dyn Write, lists: &[Checklist]) -> io::Result<()> {
    for Checklist { tenant, provider, account, to_check } in lists.iter().filter(|it| !it.is_empty()) {
        writeln!(out, "{} on {provider}, account {account}\n", paint(BOLD, tenant))?;
        section(out, to_check)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", total(lists))
}

/// The same as task lists in Markdown.
pub fn checklist_markdown(out: &mut dyn Write, lists: &[Checklist]) -> io::Result<()> {
    writeln!(out, "## dialform checklist\n\n{}", total(lists))?;
    for Checklist { tenant, provider, account, to_check } in lists.iter().filter(|it| !it.is_empty()) {
        writeln!(out, "\n### {} on {}, account {}\n", text(tenant), text(provider), text(account))?;
        for it in to_check {
            check_tasks(out, it)?;
        }
    }
    Ok(())
}

fn total(lists: &[Checklist]) -> String {
    let all: usize = lists.iter().map(|it| settings(&it.to_check)).sum();
    match all {
        0 => NOTHING.to_owned(),
        1 => {
            "1 setting can only be set in the portal and cannot be read: see that it is as listed.".to_owned()
        }
        _ => format!(
            "{all} settings can only be set in the portal and cannot be read: see that they are as listed."
        ),
    }
}
