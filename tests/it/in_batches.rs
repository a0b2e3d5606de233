//! A plan of a fleet holds one batch of tenants after the other in memory. What it says is what a plan of all at once says.

use crate::world::{LIVE, World};
use dialform::{
    load::InBatches,
    plan::Plan,
    run::{self, Context, Detail, Drawings, Emulation, Options, Session},
};
use std::collections::BTreeMap;

const TENANTS: usize = 8;

fn number(at: usize) -> String {
    format!("+1214555{at:04}")
}

/// Tenants on one platform. The third and the sixth are forwarded to a number that the sixth has live and no file declares; the fifth
/// has a rule that leads to one which the second declares.
fn world(tenants: usize) -> World {
    let world = World::new("");
    std::fs::remove_file(world.path("tenants/acme.yaml")).unwrap();
    for at in 0..tenants {
        let to = match at {
            2 | 5 => number(960),
            _ => format!("+1972555{at:04}"),
        };
        let own = number(at);
        let rule = format!(
            "rules:\n  \"101\": {{ order: [{{ when: default, forward: {{ always: {{ number: \"{}\" }} }} }}] }}\n",
            number(1)
        );
        world.write(
            &format!("tenants/t{at}.yaml"),
            format!(
                "tenant: t{at}\nprovider: pbx\naccount: t{at}.1.service\nnumbers:\n  \"{own}\": {{ label: Main }}\nforwards:\n  \"{own}\": {{ to: \"{to}\" }}\n{}",
                if at == 4 { rule.as_str() } else { "" }
            ),
        );
        let live = LIVE.replace("acme.1.service", &format!("t{at}.1.service"));
        let mut live = live.replace("2145550100", &format!("214555{at:04}"));
        if at == 5 {
            let more = "phonenumber: \"12145550960\", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: \"101\" }, { phonenumber: \"12145550005\"";
            live = live.replace("phonenumber: \"12145550005\"", more);
        }
        world.write(&format!("live/pbx/t{at}.1.service.yaml"), live);
    }
    world
}

/// How many requests went to each account; those of no account under an empty name.
fn asked(world: &World, tenants: usize) -> BTreeMap<String, usize> {
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for request in world.traffic() {
        let path = request["path"].as_str().unwrap_or_default();
        let account = (0..tenants).find(|at| path.contains(&format!("/t{at}.1.service/")));
        *asked.entry(account.map_or_else(String::new, |at| format!("t{at}"))).or_default() += 1;
    }
    asked
}

/// A number of another batch is known when its account has been read, and not before: whoever leads there on the day of an
/// outage is planned again, and nobody else is read twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_plan_says_does_not_depend_on_batches() {
    let mut plans = Vec::new();
    for bytes in [None, Some(1), Some(500)] {
        let world = world(TENANTS);
        let record = world.path("traffic.jsonl");
        let emulation = Emulation { sandbox: true, record: Some(record), ..Emulation::default() };
        let in_batches = bytes.map(|bytes| InBatches { bytes, of_each: 0, ..run::in_batches() });
        let options = Options { emulation, in_batches, ..Options::default() };
        let batches = run::check(world.root(), &options).unwrap().workspace.batches();
        assert_eq!(batches, [0, 7, 4][plans.len()]);
        let plan = run::plan(world.root(), &options, &Context::default()).await.unwrap();
        let asked = asked(&world, TENANTS);
        let text = serde_json::to_string_pretty(&plan).unwrap();
        let tops: Vec<String> = plan.findings.iter().map(|it| it.message.clone()).collect();
        plans.push((text, tops, asked));
    }
    let [(whole, tops, once), batches @ ..] = plans.as_slice() else { panic!("no plans") };
    assert_eq!(whole.matches("on the same platform").count(), 2, "{whole}");
    for (text, found, asked) in batches {
        assert_same(whole, text);
        assert_eq!(found, tops);
        let twice: Vec<&String> =
            asked.iter().filter(|(account, it)| once[*account] < **it).map(|(it, _)| it).collect();
        // Calls of the fifth go on to the second, and may come back from there.
        assert_eq!(twice, ["", "t1", "t2", "t5"]);
    }
}

fn assert_same(whole: &str, text: &str) {
    let diff = similar::TextDiff::from_lines(whole, text);
    assert!(whole == text, "{}", diff.unified_diff().header("whole", "in batches"));
}

/// Whoever reads a plan in words approves its digest: it is that of the whole plan.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_in_words_has_the_digest_of_the_whole_plan() {
    let world = world(TENANTS);
    let emulation = Emulation { sandbox: true, ..Emulation::default() };
    let in_batches = Some(InBatches { bytes: 500, of_each: 0, ..run::in_batches() });
    let options = Options { emulation, in_batches, ..Options::default() };
    let context = Context::default();
    let mut digests = Vec::new();
    for detail in [Detail::Whole, Detail::ToApply, Detail::InWords] {
        let mut checked = run::check(world.root(), &options).unwrap();
        let opened = Session::reading(&checked, &options, &context).await.unwrap().into_opened();
        let (opened, plan) =
            run::plan_over(opened, &mut checked, &context, detail, &mut Drawings::default()).await;
        Session::over(opened, &checked, &context).close().await;
        digests.push(plan.unwrap().digest);
    }
    assert_eq!([&digests[1], &digests[2]], [&digests[0]; 2]);
}

/// Files that change between the check and the plan are other files, which nobody has checked.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_planned_is_what_was_checked() {
    let other = r#"  other: { kind: stratus, url: "http://127.0.0.1:2/ns-api/v2", token: { env: NOT_NEEDED }, carrier: { url: "http://127.0.0.1:2", token: { env: NOT_NEEDED } } }"#;
    let cases = [
        ("provider: pbx", "provider: other"),
        ("provider: pbx", "provider: nobody"),
        ("tenant: t3", "tenant: another"),
        ("account: t3.1.service", "account: t4.1.service"),
        ("label: Main", "label: Other"),
    ];
    for (old, new) in cases {
        let world = world(TENANTS);
        world.edit("dialform.yaml", "providers:\n", &format!("providers:\n{other}\n"));
        let emulation = Emulation { sandbox: true, ..Emulation::default() };
        let in_batches = Some(InBatches { bytes: 500, of_each: 0, ..run::in_batches() });
        let options = Options { emulation, in_batches, ..Options::default() };
        let context = Context::default();
        let mut checked = run::check(world.root(), &options).unwrap();
        world.edit("tenants/t3.yaml", old, new);
        let opened = Session::reading(&checked, &options, &context).await.unwrap().into_opened();
        let (opened, plan) =
            run::plan_over(opened, &mut checked, &context, Detail::Whole, &mut Drawings::default()).await;
        Session::over(opened, &checked, &context).close().await;
        let said = plan.map(|_| ()).map_err(|failure| format!("{failure:?}"));
        let Err(said) = said else { panic!("{new} is planned") };
        assert!(said.contains("the files have changed since they were checked"), "{new}: {said}");
    }
}

/// More tenants than `MANY` of `src/run/planned.rs`: an apply plans each when it is read, and reads again whoever leads to another's
/// number, and nobody else. Its plan is the same.
#[tokio::test(flavor = "multi_thread")]
async fn an_apply_of_many_plans_what_a_plan_says() {
    const MANY: usize = 103;
    let world = world(MANY);
    let record = world.path("traffic.jsonl");
    let emulation = Emulation { sandbox: true, record: Some(record.clone()), ..Emulation::default() };
    let options = Options { emulation, ..Options::default() };
    let context = Context::default();
    let whole = run::plan(world.root(), &options, &context).await.unwrap();
    let once = asked(&world, MANY);
    std::fs::remove_file(record).unwrap();
    let checked = run::check(world.root(), &options).unwrap();
    let session = Session::reading(&checked, &options, &context).await.unwrap();
    let plan = session.plan().await.unwrap();
    session.close().await;
    let without_table = |plan: &Plan| {
        let mut value = serde_json::to_value(plan).unwrap();
        for tenant in value["tenants"].as_array_mut().unwrap() {
            tenant["experience"].as_object_mut().map(|it| it.remove("table"));
        }
        serde_json::to_string_pretty(&value).unwrap()
    };
    assert_same(&without_table(&whole), &without_table(&plan));
    let more = |(account, it): (String, usize)| (once[&account] < it).then_some(account);
    assert_eq!(asked(&world, MANY).into_iter().filter_map(more).collect::<Vec<_>>(), ["", "t1", "t2", "t5"]);
}
