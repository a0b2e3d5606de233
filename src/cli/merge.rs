//! `dialform merge`

use super::{
    Io,
    args::{Format, MergeArgs},
    plan::{ending, shown},
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run::{merge_plans, save_whole},
};

pub fn run(args: &MergeArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let whole = merge_plans(&args.plans)?;
    let strange = |error| {
        Failure::refused(format!("the plans hold something that cannot be shown: {error}"))
            .help("plan every shard again with this version of dialform")
    };
    let plan = whole.plan().map_err(strange)?;
    let ending = ending(&plan, args.detailed_exitcode);
    if let Some(path) = &args.out {
        save_whole(path, &whole)?;
    }
    let plan = if args.redact { plan.redacted() } else { plan };
    let written = match args.format {
        Format::Text => render::plan(&mut io.page(), &plan, args.expand),
        Format::Markdown => {
            let look = render::Look { expand: args.expand, most: Some(args.max_bytes) };
            render::plan_markdown(&mut io.markdown(), &plan, look)
        }
        Format::Json if args.redact => json::write(io.out, &plan),
        Format::Json => json::write(io.out, whole.json()),
    };
    shown(written, ending)
}
