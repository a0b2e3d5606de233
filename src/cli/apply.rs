//! `dialform apply`

use super::{
    Io, Notices,
    args::{ApplyArgs, Format, Global},
    progress::View,
    signal,
};
use crate::{
    aside,
    error::{Ending, Failure},
    page::say,
    plan::Plan,
    render::{
        self,
        events::{self, End},
    },
    run::{self, Applied, ApplyOptions, Options, Progress, Session, Shutdown},
};

pub async fn run(global: &Global, args: &ApplyArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    // Of a run that ends before it has one there is no outcome of an earlier run either.
    run::keep_outcome(args.outcome.as_deref(), b"")?;
    let mut apply = ApplyOptions::try_from(args)?;
    let mut options = Options { now: global.now, ..args.into() };
    if let Some(path) = &args.plan {
        run::follow_plan(&global.dir, path, &mut options, &mut apply)?;
    }
    let checked = run::check(&global.dir, &options)?;
    let (context, mut notices) = io.context();
    let signals = aside::spawn(signal::end_run(context.shutdown.clone()));
    let view = View::new(io, args.format, Progress::opening(), &context.shutdown);
    let (session, shown) =
        view.follow(Session::writing(&checked, &options, &apply, &context), &mut notices).await;
    let session = session?;
    let progress = session.reading_progress();
    let ended = match shown {
        Ok(()) => {
            let run = Run { args, apply: &apply, session: &session, shutdown: &context.shutdown };
            run.carry_out(progress, &mut notices, io).await
        }
        Err(error) => Err(error.into()),
    };
    let view = View::new(io, args.format, Progress::opening(), &context.shutdown);
    let ((), _) = view.follow(session.close(), &mut notices).await;
    signals.abort();
    ended
}

/// An apply whose accounts are locked.
struct Run<'a> {
    args: &'a ApplyArgs,
    apply: &'a ApplyOptions,
    session: &'a Session<'a>,
    shutdown: &'a Shutdown,
}

impl Run<'_> {
    async fn carry_out(
        &self,
        progress: Progress,
        notices: &mut Notices,
        io: &mut Io<'_>,
    ) -> Result<Ending, Failure> {
        let Self { args, apply, session, shutdown } = self;
        let terminal = io.terminal;
        let view = View::new(io, args.format, progress, shutdown).with_bars(terminal);
        let (plan, shown) = view.follow(session.plan(), notices).await;
        let mut plan = plan?;
        shown?;
        session.ensure_logged()?;
        self.show(&mut plan, io)?;
        let reviewed = apply.approval.permit(&plan)?;
        match args.format {
            Format::Text => render::already(&mut io.page(), &reviewed.already)?,
            Format::Markdown => render::already(&mut io.markdown(), &reviewed.already)?,
            Format::Json => events::already(io.out, &reviewed.already)?,
        }
        if plan.is_empty() {
            let ending = if plan.is_blocked() { Ending::Error } else { Ending::Fine };
            let end = End { outcomes: &[], restore: None, findings: &[], exit_code: ending as i32 };
            run::keep_outcome(args.outcome.as_deref(), &events::last_line(&plan, end)?)?;
            if args.format == Format::Json {
                events::finished(io.out, &plan, end)?;
            }
            return Ok(ending);
        }
        if !args.auto_approve && !apply.approval.is_of_one_plan() {
            if args.format == Format::Json && io.ask.is_some() {
                render::plan(&mut io.talk(), &plan, args.showing.expand)?;
            }
            confirm("Apply this plan", HELP, io, shutdown).await?;
        }
        if shutdown.stop.is_cancelled() {
            return Err(session.stopped());
        }
        if args.format == Format::Text {
            say!(io.page())?;
        }
        let progress = Progress::applying(&plan, session.paces());
        let view = View::new(io, args.format, progress, shutdown).with_bars(terminal).with_sentences(&plan);
        let (applied, shown) = view.follow(session.apply(&plan, apply.wait), notices).await;
        self.conclude(&plan, &applied?, shown, io)
    }

    fn show(&self, plan: &mut Plan, io: &mut Io<'_>) -> Result<(), Failure> {
        let (approved, unused) = self.apply.approval.explain(plan);
        plan.findings.extend(unused);
        let expand = self.args.showing.expand;
        match self.args.format {
            Format::Text => render::plan(&mut io.page(), plan, expand)?,
            Format::Markdown => {
                let look = render::Look { expand, most: None };
                render::plan_markdown(&mut io.markdown(), plan, look)?;
            }
            Format::Json => events::planned(io.out, plan)?,
        }
        io.out.flush()?;
        // Nobody listening is no reason to end.
        let _ = approved.iter().try_for_each(|line| say!(io.talk(), "{}", line));
        Ok(())
    }

    /// Says how the run ended. If that cannot be written, the exit code stays the same.
    fn conclude(
        &self,
        plan: &Plan,
        applied: &Applied,
        shown: std::io::Result<()>,
        io: &mut Io<'_>,
    ) -> Result<Ending, Failure> {
        let Applied { outcomes, restore, findings, ending } = applied;
        let end = End { outcomes, restore: restore.as_deref(), findings, exit_code: *ending as i32 };
        let kept = events::last_line(plan, end).map_err(Failure::from);
        let kept = kept.and_then(|line| run::keep_outcome(self.args.outcome.as_deref(), &line));
        let shown = shown.and_then(|()| match self.args.format {
            Format::Text => render::applied(&mut io.page(), plan, outcomes),
            Format::Markdown => render::outcomes_markdown(&mut io.markdown(), plan, outcomes, findings),
            Format::Json => events::finished(io.out, plan, end),
        });
        let shown = shown.and_then(|()| io.out.flush());
        if shown.is_err() || self.args.format == Format::Text {
            let _ = render::findings(&mut io.talk(), findings);
        }
        match (ending, shown.map_err(Failure::from).and(kept)) {
            (Ending::Fine, Err(failure)) => Err(failure),
            (ending, _) => Ok(*ending),
        }
    }
}

const HELP: &str = "apply a saved plan (`dialform apply PLANFILE`), or add `--auto-approve`";

/// Asks whether to go on. `what` is what the question is about: "Apply this plan".
pub async fn confirm(what: &str, help: &str, io: &mut Io<'_>, shutdown: &Shutdown) -> Result<(), Failure> {
    let Some(ask) = io.ask else {
        return Err(Failure::refused("this needs approval, and there is no terminal to ask on").help(help));
    };
    let no = || Failure::refused("not approved, nothing was changed");
    let question = format!("\n{what}? Only `yes` is accepted: ");
    let asked = tokio::task::spawn_blocking(move || ask(&question));
    let answer = tokio::select! {
        biased;
        () = shutdown.stop.cancelled() => return Err(no()),
        answer = asked => answer.map_err(|_| no())??,
    };
    if answer.trim() == "yes" { Ok(()) } else { Err(no()) }
}
