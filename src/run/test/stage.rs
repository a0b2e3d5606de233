//! What is configured, over the time that assertions are about: in stretches between which files change by themselves.

use super::{HORIZON, On, TestOptions};
use crate::{
    error::Failure,
    flow::{self, Assumptions, Network, Seconds},
    run::{
        Checked, Options,
        asked::Callees,
        report::Live,
        scene::{Scene, View},
        trace::assumptions,
    },
};
use jiff::Timestamp;
use std::{collections::BTreeSet, ops::Range};

/// What all assertions of a run are held against.
pub struct Stage<'c> {
    pub checked: &'c Checked,
    pub live: Option<&'c Live>,
    pub on: On,
    pub is_emulated: bool,
    pub callees: Callees,
    pub assume: &'c [String],
    pub assumed: Assumptions,
    pub now: Seconds,
}

/// What is configured for some tenants and those that their calls come to, in a stretch of time in which no file changes by
/// itself.
pub struct Set {
    pub scene: Scene,
    pub network: Network,
    pub within: Range<Seconds>,
}

impl<'c> Stage<'c> {
    pub fn of(
        checked: &'c Checked,
        live: Option<&'c Live>,
        options: &Options,
        test: &'c TestOptions,
    ) -> Result<Self, Failure> {
        Ok(Self {
            checked,
            live,
            on: test.on,
            is_emulated: test.is_emulated,
            callees: Callees::of(checked, live),
            assume: &test.assume,
            assumed: assumptions(&test.assume)?,
            now: options.at().as_second(),
        })
    }

    /// The coming 53 weeks.
    pub fn sets(&self, tenants: &[usize]) -> Vec<Set> {
        let whole = self.now..self.now.saturating_add(HORIZON);
        let scene = self.scene(tenants, whole.start);
        let mut edges = BTreeSet::from([whole.start, whole.end]);
        if self.on != On::Live {
            let tenants = scene.tenants.iter().filter_map(|(at, _)| self.checked.tenants.get(*at));
            let untils = tenants.flat_map(|it| self.checked.loaded(it).untils());
            let instants = untils.map(|(until, _)| until.instant.as_second());
            edges.extend(instants.filter(|it| whole.contains(it)));
        }
        let edges: Vec<Seconds> = edges.into_iter().collect();
        if let [_, _] = edges.as_slice() {
            return vec![self.set(scene, whole)];
        }
        let stretch = |pair: &[Seconds]| self.set(self.scene(tenants, pair[0]), pair[0]..pair[1]);
        edges.windows(2).map(stretch).collect()
    }

    /// An instant.
    pub fn at(&self, tenants: &[usize], at: Seconds) -> Set {
        self.set(self.scene(tenants, at), at..at.saturating_add(1))
    }

    fn scene(&self, tenants: &[usize], at: Seconds) -> Scene {
        let view = View { at: Timestamp::from_second(at).ok(), is_live_alone: self.on == On::Live };
        Scene::viewed(self.checked, tenants, self.live, view, &|number| self.callees.owner(number))
    }

    fn set(&self, scene: Scene, within: Range<Seconds>) -> Set {
        // Wide enough for every zone, and for hours that have begun before.
        let horizon = flow::around(within.start).start..flow::around(within.end).end;
        let network = scene.network(self.checked, self.live, horizon, self.assumed);
        Set { scene, network, within }
    }
}
