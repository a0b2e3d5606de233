//! What of a live account nobody must miss, whatever is planned: it stands at the top of the plan.

use super::Observed;
use crate::{
    finding::Finding,
    model::{E164, Resource},
    text::shell,
};

/// Of more forwards than this only so many are named; `dialform emergency status` has them all.
const NAMED: usize = 6;

/// The emergency forwards that are on, whoever has switched them and whether or not they are declared.
pub(super) fn forwards_on(tenant: &str, observed: &Observed) -> Vec<Finding> {
    let live = observed.objects.iter().filter_map(|(address, live)| match live {
        Resource::Forward(forward) if forward.is_active() => {
            Some((address.key.as_str(), forward.to.as_ref()))
        }
        _ => None,
    });
    let on: Vec<(&str, Option<&E164>)> = live.collect();
    let what = match on.len() {
        1 => "an emergency forward is on now".to_owned(),
        several => format!("{several} emergency forwards are on now"),
    };
    let named = on.len().min(NAMED);
    let more = match on.len() - named {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let calls = on[..named].iter().map(|(number, to)| {
        let to = to.map_or_else(|| "its number".to_owned(), ToString::to_string);
        format!("every call to {number} goes to {to}")
    });
    let message = format!("tenant `{tenant}`: {what}: {}{more}", calls.collect::<Vec<_>>().join(", "));
    // A command that can be run as it stands.
    let which: String = match on.len() > named {
        true => format!(" --tenant {}", shell(tenant)),
        false => on.iter().map(|(number, _)| format!(" --number {number}")).collect(),
    };
    let help = format!(
        "when the outage is over, switch off: `dialform emergency off{which}`, `active: false`, or the portal"
    );
    let on = (named > 0).then(|| Finding::warning("forward-on", message).help(help));
    let unread = observed.unread_forwards.iter().map(|why| {
        let message =
            format!("tenant `{tenant}`: whether an emergency forward is on could not be read: {why}");
        Finding::warning("forward-on", message).help("`dialform emergency status` asks again")
    });
    on.into_iter().chain(unread).collect()
}
