//! What of a live account nobody must miss, whatever is planned: it stands at the top of the plan.

use super::Observed;
use crate::{finding::Finding, model::Resource};

/// Of more forwards than this only so many are named; `dialform emergency status` has them all.
const NAMED: usize = 6;

/// The emergency forwards that are on, whoever has switched them and whether or not they are declared.
pub(super) fn forwards_on(tenant: &str, observed: &Observed) -> Vec<Finding> {
    let on: Vec<String> = observed
        .objects
        .iter()
        .filter_map(|(address, live)| match live {
            Resource::Forward(forward) if forward.is_active() => {
                let to = forward.to.as_ref().map_or_else(|| "its number".to_owned(), ToString::to_string);
                Some(format!("every call to {} goes to {to}", address.key))
            }
            _ => None,
        })
        .collect();
    let what = match on.len() {
        1 => "an emergency forward is on now".to_owned(),
        several => format!("{several} emergency forwards are on now"),
    };
    let named = on.len().min(NAMED);
    let more = match on.len() - named {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let message = format!("tenant `{tenant}`: {what}: {}{more}", on[..named].join(", "));
    let help =
        "when the outage is over, switch off: `dialform emergency off`, `active: false`, or the portal";
    let on = (named > 0).then(|| Finding::warning("forward-on", message).help(help));
    let unread = observed.unread_forwards.iter().map(|why| {
        let message =
            format!("tenant `{tenant}`: whether an emergency forward is on could not be read: {why}");
        Finding::warning("forward-on", message).help("`dialform emergency status` asks again")
    });
    on.into_iter().chain(unread).collect()
}
