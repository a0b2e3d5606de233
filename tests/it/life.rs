//! The whole life of a change with the workflows of `examples/ci/github`, run: from a pull request to what is live, and back.

mod world;

use crate::pipelines::Conclusion;
use world::{FILE, Life};

const OURS: &str = "acme/phones";

/// Change, comment, merge, apply; somebody changes the portal, the night says so once, and the portal's side is taken.
#[test]
fn a_change_lives() {
    let life = Life::new();
    let first = life.apply();
    assert_eq!(first.conclusion, Conclusion::Success, "{}", first.job("apply").log());
    assert_eq!(life.applied(), life.main(), "live was as the files say");

    let head = life.branch("one", 0, |it| it.edit(FILE, "name: Sales", "name: Shop"));
    life.open(1, &head);
    let plan = life.planned(1, OURS);
    assert_eq!(plan.conclusion, Conclusion::Success, "{}", plan.job("plan").log());
    assert!(life.ours(1, "plan").contains("Shop"), "{}", life.ours(1, "plan"));
    assert_eq!(life.live("400"), "Sales", "a plan changes nothing");

    let merged = life.merge(1, "merge");
    let apply = life.apply();
    assert_eq!(apply.conclusion, Conclusion::Success, "{}", apply.job("apply").log());
    assert_eq!((life.live("400").as_str(), life.applied()), ("Shop", merged));
    assert!(life.ours(1, "applied").contains(":white_check_mark:"), "{}", life.ours(1, "applied"));
    let writes = life.host.state().writes.len();
    assert_eq!(life.apply().conclusion, Conclusion::Success);
    assert_eq!(life.host.state().writes.len(), writes, "nothing waits any more");

    life.portal("401", "Workshop");
    for night in 0..2 {
        let night_run = life.night();
        assert_eq!(night_run.conclusion, Conclusion::Success, "{night}: {}", night_run.job("apply").log());
        let state = life.host.state();
        assert_eq!(state.open_issues().len(), 1);
        assert!(state.open_issues()[0].body.contains("Workshop"), "{}", state.open_issues()[0].body);
        assert_eq!(state.said(state.open_issues()[0].number), Vec::<&str>::new(), "once is enough");
    }

    // The portal's side is taken, which is a change of the file alone.
    let head = life.branch("two", 0, |it| it.edit(FILE, "name: Repairs", "name: Workshop"));
    life.open(2, &head);
    assert_eq!(life.planned(2, OURS).conclusion, Conclusion::Success);
    life.merge(2, "squash");
    assert_eq!(life.apply().conclusion, Conclusion::Success);
    assert_eq!((life.live("401").as_str(), life.applied()), ("Workshop", life.main()));
    assert_eq!(life.night().conclusion, Conclusion::Success);
    assert!(life.host.state().open_issues().is_empty(), "nothing differs any more");
}
