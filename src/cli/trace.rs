//! `dialform trace`

use super::{
    Io,
    args::{Format, Global, TraceArgs, TraceFormat},
    report::{about_calls, live_of_named},
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run::{
        self,
        trace::{self, Question},
    },
};

pub async fn run(global: &Global, args: &TraceArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let TraceArgs { called, at, from, given, assume, week, reading, format } = args;
    // Every tenant is known, whichever of them are read: a call may come to any.
    let options = about_calls(global, reading);
    let question = Question {
        called: called.clone(),
        at: at.clone(),
        from: from.clone(),
        given: given.clone(),
        assume: assume.clone(),
    };
    let checked = run::check(&global.dir, &options)?;
    let (live, _) = live_of_named(global, &checked, reading, &options, Format::Text, io).await?;
    let checked = trace::files(&global.dir, &question, checked, live.as_ref(), &options)?;
    let unread: Vec<_> = live.iter().flat_map(|live| live.findings().cloned()).collect();
    render::findings(&mut io.talk(), &unread)?;
    let asked = trace::ask(&checked, &question, live.as_ref(), &options)?;
    render::findings(&mut io.talk(), &asked.beside(&question))?;
    render::findings(&mut io.talk(), &asked.out_of_service(&checked, live.as_ref()))?;
    render::findings(&mut io.talk(), &asked.clocks(&checked, live.as_ref()))?;
    if *week {
        render::week(&mut io.page(), &asked.week(), &asked.changes(&checked))?;
    } else {
        let trace = asked.trace(&checked);
        match format {
            TraceFormat::Text => render::trace(&mut io.page(), &trace)?,
            TraceFormat::Json => json::write(io.out, &trace)?,
            TraceFormat::Mermaid => render::mermaid(&mut io.page(), &trace)?,
            TraceFormat::Case => json::write(io.out, &asked.case(&checked, &question, &trace)?)?,
        }
    }
    Ok(if unread.is_empty() { Ending::Fine } else { Ending::Error })
}
