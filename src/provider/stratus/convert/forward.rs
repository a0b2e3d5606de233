//! Emergency forwards at the carrier (FACTS stratus/carrier).

use crate::{
    model::{E164, Forward},
    provider::{
        scalar::{Scalar, Unreadable},
        stratus::wire::CarrierForward,
    },
};

/// A live forward in the words of the YAML. One that does not say whether it is on is not off.
pub fn forward(live: &CarrierForward) -> (Forward, Unreadable) {
    let mut unreadable = Unreadable::default();
    let active = match live.active.flag() {
        Scalar::Unset => {
            unreadable.0.insert(["active"].into(), "not shown".to_owned());
            None
        }
        shown => unreadable.field(["active"], shown),
    };
    let to = match live.destination.as_str() {
        "" => Scalar::Unset,
        digits => E164::from_nanp(digits).map_or_else(|| Scalar::Strange(digits.to_owned()), Scalar::Known),
    };
    (Forward { to: unreadable.field(["to"], to), active, protect: None }, unreadable)
}
