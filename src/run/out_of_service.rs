//! Numbers that take no calls now, as far as accounts were read: calls to them are told as if they did.

use super::{Checked, report::Live};
use crate::{finding::Finding, model::E164, text::count};
use std::collections::BTreeMap;

/// Of more numbers than this that are out of service for one reason the rest is counted.
const NAMED: usize = 10;

/// A warning for each reason for which some numbers of these tenants take no calls.
pub(super) fn out_of_service(
    checked: &Checked,
    live: Option<&Live>,
    tenants: impl IntoIterator<Item = usize>,
    is_asked: &dyn Fn(&E164) -> bool,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for tenant in tenants.into_iter().filter_map(|at| checked.tenants.get(at)) {
        let Some(circumstances) = live.and_then(|live| live.circumstances(tenant.index)) else { continue };
        let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (number, why) in circumstances.out_of_service.iter().filter(|(number, _)| is_asked(number)) {
            by_reason.entry(why).or_default().push(format!("`{}`", number.as_str()));
        }
        let name = &checked.loaded(tenant).tenant.tenant;
        found.extend(by_reason.into_iter().map(|(why, numbers)| {
            let message = match numbers.as_slice() {
                [only] => format!("{only} of tenant `{name}` {why}"),
                all => {
                    let more = all.len().saturating_sub(NAMED);
                    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                    let named = all[..all.len().min(NAMED)].join(", ");
                    format!("each of {} of tenant `{name}` {why}: {named}{more}", count(all.len(), "number"))
                }
            };
            let help = "what is told is what becomes of calls once they come in: switch it on in the portal";
            Finding::warning("out-of-service", message).help(help)
        }));
    }
    found
}
