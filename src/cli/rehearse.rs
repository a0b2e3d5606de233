//! `dialform rehearse`

use super::{
    Io,
    args::{Format, Global, RehearseArgs},
    report::{about_calls, live_of_named},
    signal,
};
use crate::{
    aside,
    error::{Ending, Failure},
    render,
    run::{
        self,
        rehearse::{self, Wanted},
        trace::{self, Question},
    },
};

pub async fn run(global: &Global, args: &RehearseArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let RehearseArgs { called, at, from, listen, switch, reading } = args;
    // What is missing is said before anything is read.
    let wanted = Wanted::find(listen, switch.as_deref())?;
    // Every tenant is known, whichever of them are read: a call may come to any.
    let options = about_calls(global, reading);
    let question =
        Question { called: called.clone(), at: at.clone(), from: from.clone(), ..Question::default() };
    let checked = run::check(&global.dir, &options)?;
    let (live, _) = live_of_named(global, &checked, reading, &options, Format::Text, io).await?;
    let checked = trace::files(&global.dir, &question, checked, live.as_ref(), &options)?;
    let unread: Vec<_> = live.iter().flat_map(|live| live.findings().cloned()).collect();
    render::findings(&mut io.talk(), &unread)?;
    let asked = trace::ask(&checked, &question, live.as_ref(), &options)?;
    render::findings(&mut io.talk(), &asked.clocks(&checked, live.as_ref()))?;
    let (context, _notices) = io.context();
    let signals = aside::spawn(signal::end_run(context.shutdown.clone()));
    let mut switch = rehearse::start(&checked, &asked, live.as_ref(), &question, wanted, &context).await?;
    render::rehearsal(&mut io.page(), &switch.rehearsal)?;
    io.out.flush()?;
    while let Some((text, is_end)) = switch.next(&context).await? {
        render::told(&mut io.page(), &text, is_end)?;
        io.out.flush()?;
    }
    signals.abort();
    Ok(if unread.is_empty() { Ending::Fine } else { Ending::Error })
}
