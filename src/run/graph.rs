//! The call flow of a tenant, or of what is called, as a drawing.

use super::{
    Checked, Options,
    asked::{self, Callees},
    report::Live,
    scene::Scene,
};
use crate::{
    error::Failure,
    file,
    flow::{self, Assumptions, Drawing, Target},
    text::{closest, io_reason},
};
use std::path::Path;

/// A drawing, and what is to be said of it.
pub struct Graph {
    pub drawing: Drawing,
    pub title: String,
    pub notes: Vec<String>,
}

/// Draws everything that calls to a tenant can come to, or calls to a number, an extension or a queue.
pub fn graph(
    checked: &Checked,
    named: &str,
    live: Option<&Live>,
    options: &Options,
) -> Result<Graph, Failure> {
    let callees = Callees::of(checked, live);
    let whole = callees.tenant(checked, named).ok();
    let at = match whole {
        Some(at) => at,
        None => callees.called(checked, named).map_err(|why| not_there(checked, named, why))?.0,
    };
    let tenant = checked.tenants.get(at).map(|it| (it.index, checked.loaded(it).tenant.tenant.clone()));
    let not_there = || asked::unknown(checked, named, named.starts_with('+'));
    let (index, tenant) = tenant.ok_or_else(not_there)?;
    let scene = Scene::reached(checked, &[at], live);
    let horizon = flow::around(options.at().as_second());
    let network = scene.network(checked, live, horizon, Assumptions::default());
    let home = network.tenant(&tenant).ok_or_else(not_there)?;
    let starts: Vec<Target> = match whole {
        Some(_) => network.starts(home),
        None => vec![asked::target(&network, &tenant, named).ok_or_else(not_there)?],
    };
    let is_live = live.is_some_and(|live| live.objects(index).is_some());
    let unread = "Nothing live was read: what the files leave out is taken as not set.";
    Ok(Graph {
        drawing: Drawing::new(&network, &starts, home),
        title: if whole.is_some() {
            format!("Calls to {tenant}")
        } else {
            format!("Calls to {named} ({tenant})")
        },
        notes: (!is_live).then(|| unread.to_owned()).into_iter().collect(),
    })
}

/// Puts a picture where it is named.
pub fn save(path: &Path, picture: &[u8]) -> Result<(), Failure> {
    file::replace(path, picture).map_err(|error| {
        Failure::error(format!("cannot write the picture to `{}`: {}", path.display(), io_reason(&error)))
    })
}

/// A word may have been meant for the name of a tenant.
fn not_there(checked: &Checked, named: &str, why: Failure) -> Failure {
    let names: Vec<&str> =
        checked.tenants.iter().map(|it| checked.loaded(it).tenant.tenant.as_str()).collect();
    match closest(named, names.iter().copied()) {
        Some(near) if !named.contains('/') => {
            Failure::error(format!("no tenant has `{named}`, and none is called so"))
                .help(format!("did you mean `{near}`?"))
        }
        _ => why,
    }
}
