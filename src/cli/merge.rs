//! `dialform merge`

use super::{
    Io,
    args::{Global, MergeArgs, PlanFormat},
    plan::{as_expected, ending, shown},
};
use crate::{
    error::{Ending, Failure},
    outcome::Joined,
    page::say,
    render::{
        self,
        events::{self, End},
        json,
    },
    run::{ending_of_all, expected_of, merge_outcomes, merge_plans, save_whole},
    text::printable,
};
use std::io;

pub fn run(global: &Global, args: &MergeArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if args.outcomes {
        return outcomes(args, io);
    }
    let whole = merge_plans(&args.plans)?;
    let strange = |error| {
        Failure::refused(format!("the plans hold something that cannot be shown: {error}"))
            .help("plan every shard again with this version of dialform")
    };
    let plan = whole.plan().map_err(strange)?;
    let expected = expected_of(&global.dir, &plan.made_from, &args.expect_change)?;
    if let Some(path) = &args.out {
        save_whole(path, &whole)?;
    }
    let plan = as_expected(plan, expected.as_ref());
    let ending = ending(&plan, args.detailed_exitcode);
    let plan = if args.redact { plan.redacted() } else { plan };
    let written = match args.format {
        PlanFormat::Text => render::plan(&mut io.page(), &plan, args.expand),
        PlanFormat::Markdown => {
            let look = render::Look { expand: args.expand, most: Some(args.max_bytes) };
            render::plan_markdown(&mut io.markdown(), &plan, look)
        }
        PlanFormat::Json if args.redact || expected.is_some() => json::write(io.out, &plan),
        PlanFormat::Json => json::write(io.out, &whole.json()),
        PlanFormat::Html => render::plan_html(io.out, &plan, &render::Pictures::default(), args.expand),
    };
    shown(written, ending)
}

/// How the applies of all shards went, as one apply tells it.
fn outcomes(args: &MergeArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let joined = merge_outcomes(&args.plans)?;
    let ending = ending_of_all(&joined);
    let written = match args.format {
        PlanFormat::Text => told(&joined, args.expand, io),
        PlanFormat::Markdown => told_markdown(&joined, args.expand, io),
        PlanFormat::Json => told_json(&joined, ending, io),
        PlanFormat::Html => return Err(no_page()),
    };
    let written = written.and_then(|()| io.out.flush());
    if written.is_err() || args.format == PlanFormat::Text {
        let _ = restores(&joined, io).and_then(|()| render::findings(&mut io.talk(), &joined.findings));
    }
    shown(written, ending)
}

fn no_page() -> Failure {
    Failure::error("`--format html` is for plans: how applies went has no page")
        .help("take `--format markdown`, or leave out `--outcomes`")
}

fn told(joined: &Joined, expand: bool, io: &mut Io<'_>) -> io::Result<()> {
    let page = &mut io.page();
    render::plan(page, &joined.plan, expand)?;
    render::already(page, &joined.already)?;
    if !joined.carried_out {
        return Ok(());
    }
    say!(page)?;
    joined.outcomes.iter().try_for_each(|it| render::outcome(page, it))?;
    render::applied(page, &joined.plan, &joined.outcomes)
}

fn told_markdown(joined: &Joined, expand: bool, io: &mut Io<'_>) -> io::Result<()> {
    let page = &mut io.markdown();
    render::plan_markdown(page, &joined.plan, render::Look { expand, most: None })?;
    render::already(page, &joined.already)?;
    match (joined.carried_out, joined.findings.as_slice()) {
        (true, findings) => render::outcomes_markdown(page, &joined.plan, &joined.outcomes, findings),
        (false, []) => Ok(()),
        (false, findings) => render::failure_markdown(page, findings),
    }
}

fn told_json(joined: &Joined, ending: Ending, io: &mut Io<'_>) -> io::Result<()> {
    let Joined { plan, json, already, outcomes, findings, shards, .. } = joined;
    events::planned_as(io.out, plan, json)?;
    events::already(io.out, already)?;
    for it in outcomes.iter().filter(|_| joined.carried_out) {
        if joined.was_begun(it) {
            events::started(io.out, &it.tenant, &it.address.to_string(), it.action)?;
        }
        events::ended(io.out, it)?;
    }
    let outcomes = if joined.carried_out { outcomes.as_slice() } else { &[] };
    let end = End { outcomes, restore: None, findings, exit_code: ending as i32 };
    events::finished_together(io.out, plan, end, shards)
}

/// Where each of them keeps what was live before.
fn restores(joined: &Joined, io: &mut Io<'_>) -> io::Result<()> {
    let kept = joined.shards.iter().filter_map(|it| it.shard.as_ref().zip(it.restore.as_ref()));
    let mut talk = io.talk();
    kept.into_iter().try_for_each(|(shard, path)| {
        let path = printable(path.clone());
        say!(talk, "the state before the apply of shard {} is saved in {}", shard.clone(), path)
    })
}
