//! The fields of every structure of the vocabulary, named once.
//!
//! What goes through a structure field by field ([`crate::diff`], [`Resource::forget`](super::Resource::forget)) hands a
//! macro to [`with_fields`]. It takes the structure apart without `..`, so that a field that is not in the list does not
//! compile.

/// Calls a macro with the objects of a tenant, whose fields are all optional, and then with the structures inside them:
/// `name! { objects { Type { field, … } … } parts { Type { field, … } … } }`.
macro_rules! with_fields {
    ($name:ident) => {
        $name! {
            objects {
                Schedule { weekly, dates, monthly, yearly, holidays, easter, other, extension, time_zone, enabled, protect }
                Receiver { label, dial_extension, whisper, skip_whisper, no_answer, tagging_hours, protect }
                Queue {
                    name, dispatch, agent_ring, require_agents, agents, failover, unavailable, max_callers,
                    max_expected_wait, ring_timeout, max_wait, no_answer, protect
                }
                Rules { ring_timeout, callers, order, protect }
                Diverts { always, on_call, busy, no_answer, unreachable, protect }
                Number { label, route, protect }
                Forward { to, active, protect }
                Callers { allow, block, block_anonymous, spam }
            }
            parts {
                Rule { when, enabled, do_not_disturb, call_screening, ring, forward }
                Simultaneous { own_extension, all_phones, confirm_external, also }
                Agent { target, order, wrap_up }
                Also { target, delay }
            }
        }
    };
}

pub(crate) use with_fields;

/// Fields that can be left out one by one.
pub trait Forget {
    /// Takes out one field, so that nothing is said about it. A field that there is none of takes nothing out.
    fn forget_field(&mut self, field: &str);
}

macro_rules! forget {
    (objects { $($type:ident { $($field:ident),* })* } parts { $($rest:tt)* }) => {$(
        impl Forget for super::$type {
            fn forget_field(&mut self, name: &str) {
                let Self { $($field),* } = self;
                match name {
                    $(stringify!($field) => *$field = None,)*
                    _ => {}
                }
            }
        }
    )*};
}

with_fields!(forget);
