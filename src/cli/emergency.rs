//! `dialform emergency`

use super::{
    Io, Notices,
    apply::confirm,
    args::{EmergencyArgs, EmergencyCommand, EmergencyTarget, Format, Global, ListFormat, SwitchArgs},
    progress::View,
    signal,
};
use crate::{
    aside,
    emergency::{Choice, Switch},
    error::{Ending, Failure},
    page::Page,
    render::{self, json},
    run::{Access, Applied, Context, Emergency, EmergencySelection, Options, Progress, emergency},
};
use serde_json::{Value, json};

pub async fn run(global: &Global, args: &EmergencyArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let switch = match &args.command {
        EmergencyCommand::Status { .. } => None,
        EmergencyCommand::On(args) => Some((Switch::On, args)),
        EmergencyCommand::Off(args) => Some((Switch::Off, args)),
    };
    let EmergencyTarget { tenant, number, emulation, watching, format } = args.target();
    let selection = EmergencySelection { tenant: tenant.clone(), numbers: number.clone() };
    let (emulation, logging) = (emulation.into(), watching.into());
    let options = Options { emulation, logging, now: global.now, ..Options::default() };
    let checked = emergency::load(&global.dir, &selection, &options)?;
    // On the day of an outage nothing waits for whoever reads a warning.
    let _ = render::findings(&mut io.talk(), &checked.warnings);
    let (context, mut notices) = io.context();
    let signals = aside::spawn(signal::end_run(context.shutdown.clone()));
    let access = match switch {
        Some((_, args)) if !args.dry_run => Access::Write,
        _ => Access::Read,
    };
    let read = Emergency::read(&checked, &selection, &options, access, &context);
    let view = View::new(io, Format::Text, Progress::opening(), &context.shutdown);
    let mut emergency = view.follow(read, &mut notices).await.0?;
    let choice = switch.map(|(switch, args)| emergency.choose(switch).map(|choice| (switch, args, choice)));
    let run = Run { emergency: &emergency, format: *format, context: &context };
    let ended = match choice.transpose() {
        Ok(None) => run.status(io),
        Ok(Some((switch, args, choice))) => run.switch(switch, args, &choice, &mut notices, io).await,
        Err(failure) => Err(failure),
    };
    let view = View::new(io, Format::Text, Progress::opening(), &context.shutdown);
    let ((), _) = view.follow(emergency.close(), &mut notices).await;
    signals.abort();
    ended
}

struct Run<'a> {
    emergency: &'a Emergency<'a>,
    format: ListFormat,
    context: &'a Context,
}

impl Run<'_> {
    fn status(&self, io: &mut Io<'_>) -> Result<Ending, Failure> {
        let accounts = &self.emergency.accounts;
        match self.format {
            ListFormat::Text => render::emergency_status(&mut io.page(), accounts)?,
            ListFormat::Json => json::write(io.out, &json!({ "accounts": accounts }))?,
        }
        Ok(self.emergency.looked())
    }

    async fn switch(
        &self,
        switch: Switch,
        args: &SwitchArgs,
        choice: &Choice,
        notices: &mut Notices,
        io: &mut Io<'_>,
    ) -> Result<Ending, Failure> {
        let Self { emergency, format, context } = self;
        let text = *format == ListFormat::Text;
        // What a person has to approve is shown to them in any case.
        if text || (io.ask.is_some() && !args.auto_approve) {
            let out = if text { &mut *io.out } else { &mut *io.err };
            let page = &mut Page::text(&mut *out);
            let shown = render::emergency_choice(page, &emergency.accounts, choice, switch);
            let shown = shown.and_then(|()| out.flush());
            // Whoever has approved it beforehand need not read it: callers do not wait for a terminal.
            if !args.auto_approve {
                shown?;
            }
        }
        if args.dry_run || choice.switched.is_empty() {
            if switch == Switch::Off && !args.dry_run {
                emergency.note_off(&[]);
            }
            if !text {
                json::write(io.out, &self.json(switch, choice, None))?;
            }
            return Ok(if args.dry_run { emergency.looked() } else { emergency.switched(choice, None) });
        }
        if !args.auto_approve {
            confirm(&format!("Switch {}", switch.word()), "add `--auto-approve`", io, &context.shutdown)
                .await?;
        }
        let plan = emergency.plan(choice, switch);
        let progress = Progress::applying(&plan, emergency.paces());
        // JSON is one document, at the end.
        let lines = if text { Format::Text } else { Format::Markdown };
        let terminal = io.terminal;
        let view = View::new(io, lines, progress, &context.shutdown).with_bars(terminal).going_on_unread();
        let applied = view.follow(emergency.carry_out(&plan, choice, switch), notices).await.0?;
        let told = |out: &mut Page<'_>| {
            render::emergency_outcome(out, &applied.outcomes, switch, applied.restore.as_deref())
        };
        let shown = match text {
            true => told(&mut io.page()),
            false => json::write(io.out, &self.json(switch, choice, Some(&applied))),
        };
        if shown.and_then(|()| io.out.flush()).is_err() {
            // What is left to do is said where it can be.
            let _ = told(&mut io.talk());
        }
        let _ = render::findings(&mut io.talk(), &applied.findings);
        Ok(emergency.switched(choice, Some(&applied)))
    }

    fn json(&self, switch: Switch, choice: &Choice, applied: Option<&Applied>) -> Value {
        json!({
            "switch": switch,
            "accounts": self.emergency.accounts,
            "choice": choice,
            "outcomes": applied.map(|it| &it.outcomes),
            "record": applied.and_then(|it| it.restore.as_ref()),
        })
    }
}
