//! Every number of the tenants of a run in an outage.

use super::{
    Checked, CheckedTenant, Options,
    clocks::clocks,
    emergency,
    report::Live,
    scene::{Scene, has_stored_forwards},
};
use crate::{
    error::Failure,
    finding::Finding,
    flow::{self, Assumptions, SiteId, Target},
    model::{Address, Forward, Kind, Resource, instant_of},
    path::Path,
    plan::Observed,
    report::{self, Fate, Outage, TenantDrill},
};
use jiff::Timestamp;

/// The instant of a drill, which is of many tenants and has to name its offset.
pub fn instant(text: &str) -> Result<Timestamp, Failure> {
    instant_of(text).ok_or_else(|| {
        Failure::error(format!("`--at {text}` is not an instant"))
            .help("write date, time and offset: `2026-12-25T10:00-06:00`")
    })
}

/// Whether the phone system has a forward for a number and does not show, or not so that anybody understands it, where it leads.
fn is_hidden(observed: &Observed, address: &Address) -> bool {
    let is_to = |field: &Path| field.field() == Some("to");
    let mut opaque = observed.opaque.get(address).into_iter().flatten();
    let mut strange = observed.unreadable.get(address).into_iter().flat_map(|it| it.keys());
    opaque.any(is_to) || strange.any(is_to)
}

fn not_shown(tenant: &CheckedTenant, address: &Address) -> String {
    let declared = match tenant.desired.get(address).map(|it| &it.resource) {
        Some(Resource::Forward(Forward { to: Some(to), .. })) => format!("; the file says {to}"),
        _ => String::new(),
    };
    format!("what follows is not known: where its emergency forward leads is not shown{declared}")
}

/// What an outage comes to, and what of it is told in another time zone than it counts in.
pub struct Drilled {
    pub tenants: Vec<TenantDrill>,
    pub clocks: Vec<Finding>,
}

/// The numbers of the named tenants. Every tenant of `checked` is known: a call may come to any.
pub fn drill(
    checked: &Checked,
    named: &[String],
    live: Option<&Live>,
    outage: &Outage,
    options: &Options,
) -> Result<Drilled, Failure> {
    let all: Vec<usize> = (0..checked.tenants.len()).collect();
    let scene = Scene::reached(checked, &all, live).with_stored_forwards(checked, live);
    let at = options.at().as_second();
    let network = scene.network(checked, live, flow::around(at), Assumptions::default());
    let mut names: Vec<&str> = named.iter().map(String::as_str).collect();
    names.sort_unstable();
    if let Outage::Extensions(extensions) = outage
        && let Some(unknown) =
            extensions.iter().find(|it| names.iter().all(|name| network.party(name, it).is_none()))
    {
        return Err(Failure::error(format!("no tenant of this run has a phone `{unknown}`"))
            .help("name extensions or devices as the files have them: `--extensions 101,102`"));
    }
    let sites: Vec<SiteId> = names.iter().filter_map(|name| network.tenant(name)).collect();
    let own = network.numbers().filter(|number| sites.contains(&network.tenant_of(*number)));
    let clocks = clocks(checked, &scene, live, &network, own.map(Target::Number));
    let place = |tenant: &str, path: &Path| scene.place(checked, tenant, path);
    let mut tenants = report::drill(&network, &sites, outage, at, &place);
    for drilled in &mut tenants {
        let it = scene.tenants.iter().find(|(_, it)| it.tenant == drilled.tenant);
        let Some((at, tenant)) = it else { continue };
        let Some(checked_tenant) = checked.tenants.get(*at) else { continue };
        drilled.is_stored = has_stored_forwards(checked, checked_tenant, live);
        let observed =
            live.and_then(|live| live.observed(checked_tenant.index)).and_then(|it| it.as_ref().ok());
        drilled.is_live = observed.is_some();
        for number in drilled.numbers.iter_mut().filter(|it| it.fate == Fate::Lost) {
            let address = Address { kind: Kind::Forwards, key: number.number.clone() };
            if observed.is_some_and(|observed| is_hidden(observed, &address)) {
                number.fate = Fate::Unknown;
                number.then = vec![not_shown(checked_tenant, &address)];
            }
        }
        for number in drilled.numbers.iter_mut().filter(|it| it.helps) {
            let forward = number.number.parse().ok().and_then(|it| tenant.forwards.get(&it));
            let to = forward.and_then(|it| it.to.as_ref());
            number.by_hand = emergency::by_hand_on(checked, checked_tenant, &number.number, to);
        }
    }
    Ok(Drilled { tenants, clocks })
}
