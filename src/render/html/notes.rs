//! What a plan says beside its steps: notes, and what nobody declared.

use super::{
    filter::Tenants,
    words::{END, code, lines, sentence},
};
use crate::{
    plan::Plan,
    render::notes::{alone, grouped, named},
    text::printable,
};
use maud::{Markup, html};
use std::io;

/// Notes of all tenants, and what is live and left alone.
pub fn notes(plan: &Plan, tenants: &Tenants<'_>) -> io::Result<Markup> {
    let several = plan.tenants.len() > 1;
    let mut unmanaged = Vec::new();
    for tenant in &plan.tenants {
        let said = lines(|page| alone(page, tenant))?;
        let said = said.iter().find_map(|it| it.split_once(": ")).map(|(_, what)| what.to_owned());
        unmanaged.extend(said.map(|it| (tenant, it)));
    }
    let noted: Vec<_> = plan.tenants.iter().filter(|it| !it.notes.is_empty()).collect();
    Ok(html! {
        @for tenant in noted {
            section class=(tenants.class("", [tenant.tenant.as_str()])) {
                @if several { h3 { (printable(tenant.tenant.clone())) } }
                ul {
                    @for (addresses, note) in grouped(&tenant.notes) {
                        @let (shown, more) = named(&addresses);
                        li {
                            @for (at, it) in shown.iter().enumerate() { @if at > 0 { ", " } (code(it)) }
                            @if more > 0 { " and " (more) " more" }
                            ": " (sentence(&printable(note.text.clone())))
                            @if let Some(source) = note.source { " " small { "(" (source) ")" } }
                        }
                        (END)
                    }
                }
            }
        }
        @if !unmanaged.is_empty() {
            section class=(tenants.class("", unmanaged.iter().map(|(it, _)| it.tenant.as_str()))) {
                h3 { "Unmanaged, left alone" }
                ul {
                    @for (tenant, said) in &unmanaged {
                        li class=(tenants.class("", [tenant.tenant.as_str()])) {
                            @if several { (printable(tenant.tenant.clone())) ": " }
                            (said)
                        }
                        (END)
                    }
                }
            }
        }
    })
}
