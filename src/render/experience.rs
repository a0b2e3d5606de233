//! What callers notice of a plan, before anything else is said of it.

use super::{BOLD, DIM, RED, YELLOW, paint};
use crate::{
    experience::{Class, Experience, Line, Meanwhile, listed},
    model::Address,
    outcome::{Outcome, Status},
    page::{Own, Page, say},
    plan::{Plan, TenantPlan},
    text::{count, printable},
};
use std::{
    collections::{BTreeSet, HashMap},
    io,
};

/// Of more sentences than this only so many are in the text of a plan; JSON has them all.
const MOST: usize = 40;

/// One sentence, and the tenants of whose calls it is true.
pub struct Said<'p> {
    pub class: Class,
    pub tenants: Vec<&'p str>,
    pub sentence: String,
    /// The steps that bring it about, by tenant.
    pub steps: Vec<(&'p str, &'p Address)>,
}

/// Every sentence of a plan, equal ones of several tenants together: the gravest first.
pub fn sentences(plan: &Plan) -> Vec<Said<'_>> {
    sentences_of(&plan.tenants)
}

/// The same of some of its tenants.
fn sentences_of<'p>(tenants: impl IntoIterator<Item = &'p TenantPlan>) -> Vec<Said<'p>> {
    let mut known: HashMap<Line, usize> = HashMap::new();
    let mut all: Vec<(Line, Said<'p>)> = Vec::new();
    for tenant in tenants {
        for line in tenant.experience.iter().flat_map(|it| &it.lines) {
            // Whatever it is called there.
            let same = Line { to: Vec::new(), ..line.clone() };
            let at = *known.entry(same).or_insert_with_key(|same| {
                let (tenants, steps) = (Vec::new(), Vec::new());
                all.push((same.clone(), Said { class: same.class, tenants, sentence: String::new(), steps }));
                all.len() - 1
            });
            let (it, said) = &mut all[at];
            it.to.extend(line.to.iter().cloned());
            let name = tenant.tenant.as_str();
            said.steps.extend(steps_of(tenant, line).into_iter().map(|it| (name, it)));
            if said.tenants.last() != Some(&name) {
                said.tenants.push(name);
            }
        }
    }
    all.sort_by_key(|(line, _)| line.class);
    all.into_iter().map(|(line, said)| Said { sentence: line.sentence(), ..said }).collect()
}

/// The steps of a tenant after which a line is true. Where that is not known of a place, it is after all of them.
fn steps_of<'p>(tenant: &'p TenantPlan, line: &Line) -> Vec<&'p Address> {
    let brought = tenant.experience.as_ref().map(|it| &it.brought);
    let mut steps: Vec<&Address> = Vec::new();
    for place in line.to.iter().chain(&line.also) {
        match brought.and_then(|it| it.get(place)) {
            Some(own) => steps.extend(own),
            None => steps.extend(tenant.steps.iter().map(|it| &it.address)),
        }
    }
    steps.sort();
    steps.dedup();
    steps
}

/// What calls do while the plan is applied, by tenant.
pub fn meanwhile(plan: &Plan) -> Vec<(&str, &Meanwhile)> {
    let mut all = Vec::new();
    for tenant in &plan.tenants {
        let own = tenant.experience.iter().flat_map(|it| &it.meanwhile);
        all.extend(own.map(|one| (tenant.tenant.as_str(), one)));
    }
    all
}

/// What the sentences do not say, and why.
pub fn remarks(plan: &Plan) -> Vec<String> {
    let of = |is_so: fn(&Experience) -> bool| -> Vec<String> {
        let own = plan.tenants.iter().filter(|it| it.experience.as_deref().is_some_and(is_so));
        own.map(|it| it.tenant.clone()).collect()
    };
    let beyond = plan.tenants.iter().flat_map(|tenant| {
        let all = tenant.experience.iter().flat_map(|it| &it.beyond);
        all.map(|address| format!("{}/{address}", tenant.tenant))
    });
    let (beyond, limited) = (beyond.collect::<Vec<_>>(), of(|it| it.is_limited));
    let unwatched = of(|it| it.is_unwatched);
    let mut remarks = Vec::new();
    if !beyond.is_empty() {
        let what = listed(beyond, "and", "object");
        remarks.push(format!(
            "What changes of {what} is not part of any call that is placed here; callers may notice it."
        ));
    }
    if !limited.is_empty() {
        let whose = listed(limited, "and", "tenant");
        remarks.push(format!(
            "Calls at {whose} come by more phones than are looked at one by one: what differs when one of them does something else \
             than all others may not be told."
        ));
    }
    if !unwatched.is_empty() {
        let whose = listed(unwatched, "and", "tenant");
        remarks.push(format!(
            "The steps of {whose} are too many for a look at what calls do between them: before the first and after the last they do \
             what is told."
        ));
    }
    remarks
}

/// Whether it was worked out for every tenant with steps, and no caller notices anything.
pub fn is_nothing(plan: &Plan) -> bool {
    is_nothing_of(&plan.tenants)
}

fn is_nothing_of<'p>(tenants: impl IntoIterator<Item = &'p TenantPlan>) -> bool {
    let mut tenants = tenants.into_iter().filter(|it| !it.steps.is_empty()).peekable();
    let nothing = |it: &Experience| {
        let Experience { lines, meanwhile, beyond, is_limited, is_unwatched, table, goes: _, brought: _ } =
            it;
        let is_told =
            !lines.is_empty() || !meanwhile.is_empty() || !beyond.is_empty() || !table.calls.is_empty();
        !is_told && !is_limited && !is_unwatched
    };
    tenants.peek().is_some() && tenants.all(|it| it.experience.as_deref().is_some_and(nothing))
}

/// Whether callers notice anything.
pub fn is_noticed(plan: &Plan) -> bool {
    plan.tenants.iter().any(|it| it.experience.as_ref().is_some_and(|it| !it.lines.is_empty()))
}

/// The sentence of a plan of which no caller notices anything.
pub fn nothing(plan: &Plan) -> String {
    nothing_of(&plan.tenants)
}

fn nothing_of<'p>(tenants: impl IntoIterator<Item = &'p TenantPlan>) -> String {
    let fields = tenants.into_iter().flat_map(|it| &it.steps).map(|step| step.changes.len()).sum();
    let verb = if fields == 1 { "changes" } else { "change" };
    format!("{} {verb}, callers notice nothing.", count(fields, "field"))
}

/// The tenants of a sentence, where a plan has several.
pub fn tenants(said: &Said<'_>, plan: &Plan) -> String {
    if plan.tenants.len() < 2 {
        return String::new();
    }
    let names: Vec<String> = said.tenants.iter().map(|it| (*it).to_owned()).collect();
    format!("{}: ", listed(names, "and", "tenant"))
}

/// Writes what callers notice.
pub fn experience(out: &mut Page<'_>, plan: &Plan, expand: bool) -> io::Result<()> {
    let said = sentences(plan);
    let (meanwhile, remarks) = (meanwhile(plan), remarks(plan));
    if said.is_empty() && meanwhile.is_empty() && remarks.is_empty() {
        return Ok(());
    }
    let most = if expand { usize::MAX } else { MOST };
    let mut told: BTreeSet<Class> = BTreeSet::new();
    for one in said.iter().take(most) {
        if told.insert(one.class) {
            let head = match one.class {
                Class::CallerVisible => "Callers notice:",
                Class::OnFailure => "Callers notice only when something fails:",
                Class::Cosmetic => "Callers notice nothing:",
            };
            say!(out, "{}", paint(BOLD, head))?;
        }
        say!(out, "  {}{}", printable(tenants(one, plan)), printable(one.sentence.clone()))?;
    }
    if said.len() > most {
        let more =
            format!("  … and {}: `--expand` or `--format json`", count(said.len() - most, "more sentence"));
        say!(out, "{}", paint(DIM, more))?;
    }
    for (tenant, one) in meanwhile {
        let tenant = if plan.tenants.len() < 2 { String::new() } else { format!("{tenant}: ") };
        let sign = if one.is_lost { paint(RED, "warning:") } else { paint(YELLOW, "note:") };
        say!(out, "{} {}{}", sign, printable(tenant), printable(one.sentence()))?;
    }
    for remark in remarks {
        say!(out, "{} {}", paint(YELLOW, "note:"), printable(remark))?;
    }
    say!(out)
}

/// Writes what callers notice of what was done, when an apply has ended: of a tenant of which not every step is done nobody
/// knows it.
pub fn noticed_now(out: &mut Page<'_>, plan: &Plan, outcomes: &[Outcome]) -> io::Result<()> {
    let is_done = |it: &&Outcome| matches!(it.status, Status::Done);
    let undone: BTreeSet<&str> =
        outcomes.iter().filter(|it| !is_done(it)).map(|it| it.tenant.as_str()).collect();
    let done = || plan.tenants.iter().filter(|it| !undone.contains(it.tenant.as_str()));
    let said = sentences_of(done());
    let end = if out.is_markdown() { "\n" } else { "" };
    if !said.is_empty() {
        let head = if out.is_markdown() { "**Callers notice:**\n" } else { "Callers notice:" };
        say!(out, "{}", Own(head))?;
    }
    for one in said.iter().take(MOST) {
        let how = (one.class == Class::OnFailure).then_some(Own("only when something fails: "));
        let sign = if out.is_markdown() { "- " } else { "  " };
        let (tenants, sentence) = (printable(tenants(one, plan)), printable(one.sentence.clone()));
        say!(out, "{}{}{}{}", Own(sign), how, tenants, sentence)?;
    }
    if said.len() > MOST {
        say!(out, "  … and {}", count(said.len() - MOST, "more sentence"))?;
    }
    if is_nothing_of(done()) {
        say!(out, "{}{}", nothing_of(done()), Own(end))?;
    }
    let touched = plan.tenants.iter().filter(|it| undone.contains(it.tenant.as_str()));
    let names: Vec<String> = touched.map(|it| it.tenant.clone()).collect();
    if !names.is_empty() {
        let names = printable(listed(names, "and", "tenant"));
        say!(
            out,
            "Not every step of {} is done: calls there may go otherwise than the plan says.{}",
            names,
            Own(end)
        )?;
    }
    Ok(())
}
