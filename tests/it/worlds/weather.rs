//! How the emulated servers behave: always, and while the run is made that has to get by.

use proptest::{prelude::*, sample::select};

#[derive(Debug, Clone)]
pub struct Weather {
    /// How they are in every run of a world.
    pub manner: String,
    /// What goes wrong in one of them.
    pub fault: String,
}

impl Weather {
    /// Whether deleting what is in use is refused.
    pub fn is_strict(&self) -> bool {
        self.manner.contains("strict:on")
    }
}

/// Faults with the most likely one first, for a world shrinks towards it.
const FAULTS: &[&str] = &[
    "500",
    "502-after-commit",
    "accept-and-ignore",
    "reset-before-commit",
    "reset-after-commit",
    "429",
    "420",
    "truncate",
    "garbage",
    "503",
];

pub fn weather() -> BoxedStrategy<Weather> {
    let forms =
        ["", ",mixed-types:off", ",page-cap:3", ",strict:on", ",next-page:integer", ",next-page:null"];
    let more = ["", ",no-etag", ",extra-field", ",plus-numbers", ",bare-destination", ",schedule-id:off"];
    let delay = select(vec!["visible-after:0ms", "visible-after:5ms", "visible-after:20ms"]);
    let manner = (delay, select(forms.to_vec()), select(more.to_vec()))
        .prop_map(|(delay, form, more)| format!("{delay}{form}{more},retry-after:0"));
    // A read that fails blocks its tenant: where nothing can be planned there is nothing to see.
    let scope = prop_oneof![
        5 => Just((",only:P", 0.3)),
        1 => Just((",only:DELETE", 0.3)),
        4 => Just(("", 0.05)),
        1 => Just(("", 0.3)),
    ];
    let kinds = prop::sample::subsequence(FAULTS.to_vec(), 1..=3);
    let fault = (kinds, scope, 0.1..1.0_f64, any::<u32>(), 0..3_u32, any::<bool>());
    let fault = fault.prop_map(|(kinds, (scope, most), share, seed, slow, pending)| {
        let chance = most * share / kinds.len() as f64;
        let faults: Vec<String> = kinds.iter().map(|fault| format!("{fault}:{chance:.3}")).collect();
        let pending = if pending { ",pending-first" } else { "" };
        format!("{}{scope},seed:{seed},slow:{slow}ms{pending}", faults.join(","))
    });
    (manner, fault).prop_map(|(manner, fault)| Weather { manner, fault }).boxed()
}
