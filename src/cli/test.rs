//! `dialform test`

use super::{
    Io,
    args::{Format, Global, TestArgs, TestFormat, TestOn},
    report::live_of_named,
};
use crate::{
    error::{Ending, Failure},
    finding::Finding,
    render::{self, json},
    run::{
        self, Options,
        test::{self, On, TestOptions, TestRun},
    },
};

pub async fn run(global: &Global, args: &TestArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if args.emulation.sandbox && args.on == TestOn::Files {
        return Err(Failure::error("`--sandbox` emulates what is live, and the files alone are tested")
            .help("add `--on plan` or `--on live`, or leave `--sandbox` out"));
    }
    // Every tenant is known, whichever of them are tested: a call may come to any.
    let options = Options {
        follows_calls: true,
        emulation: (&args.emulation).into(),
        logging: (&args.watching).into(),
        now: global.now,
        ..Options::default()
    };
    let asked = TestOptions {
        on: args.on.into(),
        tenant: args.tenant.clone(),
        name: args.name.clone(),
        assume: args.assume.clone(),
        coverage: args.coverage,
        is_emulated: args.emulation.sandbox,
    };
    let tests = match &args.suggest {
        Some(_) => None,
        None => Some(test::read(&global.dir, &args.files)?),
    };
    let checked = run::check(&global.dir, &options)?;
    let (live, _) = live_of_named(global, &checked, &args.reading(), &options, Format::Text, io).await?;
    // What is not known cannot be told to be as it should.
    let unread: Vec<Finding> = live.iter().flat_map(|live| live.findings().cloned()).collect();
    if !unread.is_empty() {
        return Err(Failure::Findings(unread));
    }
    let Some(tests) = tests else {
        let tenant = args.suggest.as_deref().unwrap_or_default();
        let suggested = test::suggest(&checked, tenant, live.as_ref(), &options, &asked)?;
        render::findings(&mut io.talk(), &suggested.clocks)?;
        render::suggested(&mut io.page(), &suggested.text)?;
        return Ok(Ending::Fine);
    };
    render::findings(&mut io.talk(), &tests.warnings)?;
    let TestRun { tested, clocks } = test::test(&checked, &tests, live.as_ref(), &options, &asked)?;
    render::findings(&mut io.talk(), &clocks)?;
    match args.format {
        TestFormat::Text => render::tested(&mut io.page(), &tested)?,
        TestFormat::Json => json::write(io.out, &tested)?,
        TestFormat::Junit => io.out.write_all(render::junit(&tested)?.as_bytes())?,
    }
    let least = usize::from(args.min.unwrap_or(0));
    let is_below = tested.coverage.as_ref().is_some_and(|it| it.reached * 100 < least * it.of);
    if is_below {
        render::below(&mut io.talk(), &tested, least)?;
    }
    Ok(if tested.all_hold() && !is_below { Ending::Fine } else { Ending::Error })
}

impl From<TestOn> for On {
    fn from(on: TestOn) -> Self {
        match on {
            TestOn::Files => Self::Files,
            TestOn::Plan => Self::Plan,
            TestOn::Live => Self::Live,
        }
    }
}
