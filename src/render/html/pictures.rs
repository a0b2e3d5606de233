//! The way of calls to numbers, before and after.

use super::{
    filter::Tenants,
    words::{END, code},
};
use crate::text::{count, grouped, printable, shell};
use maud::{Markup, PreEscaped, html};

/// Pictures of numbers whose calls change.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    pub each: Vec<Picture>,
    /// Numbers that are not drawn, behind their tenants: nobody looks at hundreds of pictures.
    pub left_out: Vec<(String, String)>,
}

/// One number.
#[derive(Debug, Clone)]
pub struct Picture {
    pub tenant: String,
    /// A number, as the files name it.
    pub called: String,
    /// As SVG with everybody's words escaped. None: it is nobody's.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// The pictures side by side.
pub fn pictures(all: &Pictures, tenants: &Tenants<'_>) -> Markup {
    html! {
        @for it in &all.each {
            section class=(tenants.class("picture", [it.tenant.as_str()])) {
                h3 { (printable(grouped(&it.called).into_owned())) @if tenants.are_several() { " of " (printable(it.tenant.clone())) } }
                div class="pair" {
                    (side("Before", it.before.as_deref()))
                    (side("After", it.after.as_deref()))
                }
            }
            (END)
        }
        @if !all.left_out.is_empty() {
            details {
                summary { (count(all.left_out.len(), "more number")) ", not drawn here" }
                ul {
                    @for (tenant, called) in &all.left_out {
                        li class=(tenants.class("", [tenant.as_str()])) {
                            @if tenants.are_several() { (printable(tenant.clone())) ": " }
                            (code(format!("dialform graph {} --format html", shell(called))))
                        }
                    }
                }
            }
        }
    }
}

fn side(title: &str, picture: Option<&str>) -> Markup {
    html! {
        figure {
            figcaption { (title) }
            @match picture {
                // A keyboard scrolls it as well.
                Some(svg) => div class="drawn" tabindex="0" role="group" aria-label=(format!("{title}, to scroll")) { (PreEscaped(svg)) },
                None => p { "It is nobody's number." },
            }
        }
    }
}
