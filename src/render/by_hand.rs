//! What is left to people, with everything they have to enter: in a plan, after an apply, and as a list of its own.

use super::{BOLD, RED, YELLOW, paint};
use crate::{
    page::{Code, Exact, Page, add, say},
    path::Path,
    plan::{Checklist, Clicks, Unverifiable},
    text::{count, printable},
};
use std::io;

/// A list that is longer than this is folded in Markdown.
const LONG: usize = 12;

/// How many values nobody has looked at.
pub fn settings(list: &[Unverifiable]) -> usize {
    list.iter().map(Unverifiable::settings).sum()
}

/// "6 settings can only be seen in the portal and were not checked: …"
pub fn unchecked(out: &mut Page<'_>, settings: usize) -> io::Result<()> {
    let (were, they) = if settings == 1 { ("was", "it is") } else { ("were", "they are") };
    let count = count(settings, "setting");
    add!(out, "{} can only be seen in the portal and {} not checked: ", count, were)?;
    add!(out, "{} listed as \"to check by hand\".", they)
}

fn heading(list: &[Unverifiable]) -> String {
    let settings = count(settings(list), "setting");
    format!("{settings} can only be seen in the portal")
}

/// The lines of one object: its clicks or, where there is no page to click to, its fields.
pub(super) fn lines(it: &Unverifiable) -> Vec<String> {
    let Unverifiable { address: _, fields, critical: _, instructions } = it;
    if !instructions.is_empty() {
        return instructions.iter().map(ToString::to_string).collect();
    }
    vec![fields.iter().map(Path::to_string).collect::<Vec<_>>().join(", ")]
}

/// As a part of a plan.
pub fn section(out: &mut Page<'_>, list: &[Unverifiable]) -> io::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    say!(out, "  {}: {}", paint(YELLOW, "to check by hand"), heading(list))?;
    for it in list {
        let address = printable(it.address.to_string());
        for line in lines(it) {
            say!(out, "      [ ] {}: {}", address, Exact(line))?;
        }
        if let Some(why) = &it.critical {
            say!(out, "          {}: {}", paint(RED, "critical"), printable(why.clone()))?;
        }
    }
    Ok(())
}

/// As a part of a plan in Markdown: a task list, folded when it is long.
pub fn section_markdown(out: &mut Page<'_>, tenant: &str, list: &[Unverifiable]) -> io::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    let long = list.iter().map(|it| lines(it).len()).sum::<usize>() > LONG;
    let (tenant, heading) = (printable(tenant.to_owned()), heading(list));
    match long {
        true => say!(out, "\n<details><summary>To check by hand, {}: {}</summary>\n", tenant, heading)?,
        false => say!(out, "\n**To check by hand, {}:** {}\n", tenant, heading)?,
    }
    for it in list {
        check_tasks(out, it)?;
    }
    if long { say!(out, "\n</details>") } else { Ok(()) }
}

fn check_tasks(out: &mut Page<'_>, it: &Unverifiable) -> io::Result<()> {
    for line in lines(it) {
        task(out, &it.address.to_string(), &line)?;
        if let Some(why) = &it.critical {
            add!(out, "<br>:warning: **critical**: {}", printable(why.clone()))?;
        }
        say!(out)?;
    }
    Ok(())
}

fn task(out: &mut Page<'_>, object: &str, line: &str) -> io::Result<()> {
    add!(out, "- [ ] {}: {}", Code(printable(object.to_owned())), Exact(line))
}

/// What is to be done by hand of one object, as a task list in Markdown.
pub fn tasks(out: &mut Page<'_>, object: &str, instructions: &[Clicks]) -> io::Result<()> {
    if instructions.is_empty() {
        say!(out, "- [ ] {}", Code(printable(object.to_owned())))?;
    }
    for page in instructions {
        task(out, object, &page.to_string())?;
        say!(out)?;
    }
    Ok(())
}

const NOTHING: &str = "Nothing that is declared has to be set or checked by hand.";

/// Everything declared that only a person can set or look at, tenant by tenant.
pub fn checklist(out: &mut Page<'_>, lists: &[Checklist]) -> io::Result<()> {
    for Checklist { tenant, provider, account, to_check } in lists.iter().filter(|it| !it.is_empty()) {
        heading_of(out, tenant, provider, account)?;
        section(out, to_check)?;
        say!(out)?;
    }
    say!(out, "{}", total(lists))
}

/// The same as task lists in Markdown.
pub fn checklist_markdown(out: &mut Page<'_>, lists: &[Checklist]) -> io::Result<()> {
    say!(out, "## dialform checklist\n\n{}", total(lists))?;
    for Checklist { tenant, provider, account, to_check } in lists.iter().filter(|it| !it.is_empty()) {
        heading_of(out, tenant, provider, account)?;
        say!(out)?;
        for it in to_check {
            check_tasks(out, it)?;
        }
    }
    Ok(())
}

/// Whose list follows.
pub fn heading_of(out: &mut Page<'_>, tenant: &str, provider: &str, account: &str) -> io::Result<()> {
    let [tenant, provider, account] = [tenant, provider, account].map(|it| printable(it.to_owned()));
    if out.is_markdown() {
        return say!(out, "\n### {} on {}, account {}", tenant, provider, account);
    }
    say!(out, "{} on {}, account {}\n", paint(BOLD, tenant), provider, account)
}

fn total(lists: &[Checklist]) -> String {
    let all: usize = lists.iter().map(|it| settings(&it.to_check)).sum();
    match all {
        0 => NOTHING.to_owned(),
        1 => "1 setting can only be seen in the portal: see that it is as listed.".to_owned(),
        _ => format!("{all} settings can only be seen in the portal: see that they are as listed."),
    }
}
