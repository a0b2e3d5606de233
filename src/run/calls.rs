//! Every call to the numbers of some tenants, at every time and in every state: what is declared, laid over what is live.

use super::{
    Checked,
    lints::{changes, lint_calls, lint_dates},
    report::Live,
    scene::Scene,
};
use crate::{
    finding::{Finding, Place},
    flow::{Counted, System},
    lint::calls::{self, CalledTenant},
    path::Path,
};
use std::collections::BTreeSet;

/// What is wrong with calls to the named tenants, among all that there are, and how many were placed.
/// `option` is the one by which the accounts were read.
pub fn sweep(
    checked: &Checked,
    named: &[String],
    live: Option<&Live>,
    option: &'static str,
) -> (Vec<Finding>, Counted) {
    let asked: BTreeSet<&str> = named.iter().map(String::as_str).collect();
    let is_all = checked.workspace.tenants.iter().all(|it| asked.contains(it.tenant.tenant.as_str()));
    let (found, counted) = swept(checked, &asked, live, option);
    (checked.judged_calls(found, is_all), counted)
}

fn swept(
    checked: &Checked,
    asked: &BTreeSet<&str>,
    live: Option<&Live>,
    option: &'static str,
) -> (Vec<Finding>, Counted) {
    let Some(live) = live else { return lint_calls(&checked.workspace, asked) };
    let all: Vec<usize> = (0..checked.tenants.len()).collect();
    let scene = Scene::reached(checked, &all, Some(live));
    let (mut found, counted) = with_called(checked, &scene, live, option, |tenants| {
        let is_asked = |at: &usize| asked.contains(tenants[*at].tenant.tenant.as_str());
        let asked = (0..tenants.len()).filter(is_asked).collect();
        calls::sweep(tenants, &asked, checked.workspace.at.as_second())
    });
    found.extend(lint_dates(&checked.workspace, asked));
    found.sort();
    (found, counted)
}

/// Has a look at the tenants of a scene, each value with its place.
fn with_called<T>(
    checked: &Checked,
    scene: &Scene,
    live: &Live,
    option: &'static str,
    look: impl FnOnce(&[CalledTenant<'_>]) -> T,
) -> T {
    type Places<'a> = Box<dyn Fn(&Path) -> Option<Place> + 'a>;
    let of_tenant = |name: &'_ str| -> Places<'_> {
        let name = name.to_owned();
        Box::new(move |path| scene.place(checked, &name, path))
    };
    let places: Vec<Places<'_>> = scene.tenants.iter().map(|(_, it)| of_tenant(&it.tenant)).collect();
    let called = scene.tenants.iter().zip(&places).filter_map(|((at, tenant), place)| {
        let it = checked.tenants.get(*at)?;
        Some(CalledTenant {
            tenant: tenant.clone(),
            system: System::of_kind(it.provider.kind)?,
            is_whole: live.objects(it.index).is_some(),
            live: Some(option),
            is_restored: false,
            circumstances: live.circumstances(it.index),
            until: changes(checked.loaded(it), checked.workspace.at),
            place,
        })
    });
    look(&called.collect::<Vec<_>>())
}
