//! What stands in a template, or in the tenant's own file: callers notice no difference.
//!
//! `DIALFORM_TEMPLATED=1000` is the large run.

use crate::{
    held::Compiled,
    noticed::compared::everything,
    random::{self, chance, dice::Dice, one},
};
use dialform::{
    flow::{Assumptions, Pair, System},
    load::Files,
    model::Tenant,
    provider,
};
use serde_json::{Value, json};

const DAY: i64 = 24 * 3600;
const WORKSPACE: &str = "version: 1
providers:
  stratus: { kind: stratus, url: \"https://stratus.example.net/ns-api/v2\", token: { env: TOKEN }, carrier: manual }
tenants: [\"tenants/*.yaml\"]
";

/// What a field could be in the template of somebody who wants it otherwise.
const OTHERWISE: [(&str, u32); 3] = [("ring_timeout", 17), ("agent_ring", 7), ("max_wait", 99)];

/// A template, and what is left for the tenant.
fn split(dice: &mut Dice, tenant: &Value) -> (Value, Value) {
    let mut template = json!({ "provider": "stratus" });
    let mut own = json!({ "tenant": tenant["tenant"], "account": tenant["account"], "extends": "../templates/office.yaml" });
    for (word, value) in tenant.as_object().unwrap() {
        if ["tenant", "account", "kind", "provider"].contains(&word.as_str()) {
            continue;
        }
        let Some(objects) = value.as_object() else {
            let side = if chance(dice, 50) { &mut template } else { &mut own };
            side[word] = value.clone();
            continue;
        };
        for (key, object) in objects {
            match dice.below(3) {
                0 => own[word][key] = object.clone(),
                1 => template[word][key] = object.clone(),
                _ => {
                    let fields = object.as_object().unwrap();
                    if fields.is_empty() {
                        own[word][key] = object.clone();
                    }
                    for (field, value) in fields {
                        let otherwise = OTHERWISE.iter().find(|(word, _)| word == field);
                        if let Some((_, otherwise)) = otherwise.filter(|_| chance(dice, 50)) {
                            template[word][key][field] = json!(otherwise);
                            own[word][key][field] = value.clone();
                            continue;
                        }
                        let side = if chance(dice, 50) { &mut template } else { &mut own };
                        side[word][key][field] = value.clone();
                    }
                }
            }
        }
    }
    (template, own)
}

/// A number as a variable, wherever it stands in the template.
fn with_variable(dice: &mut Dice, tenant: &Value, template: &Value, own: &mut Value) -> String {
    let numbers: Vec<&String> = tenant["numbers"].as_object().unwrap().keys().collect();
    let number = one(dice, &numbers);
    let text = template.to_string();
    if !text.contains(number.as_str()) {
        return text;
    }
    own["vars"] = json!({ "main": number });
    let mut template: Value = serde_json::from_str(&text.replace(number.as_str(), "$(main)")).unwrap();
    template["vars"] = json!({ "main": { "type": "number" } });
    template.to_string()
}

fn loaded(template: &str, own: &Value) -> Tenant {
    let directory = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = directory.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("dialform.yaml", WORKSPACE);
    write("templates/office.yaml", template);
    write("tenants/alpha.yaml", &own.to_string());
    let files = Files::Directory(directory.path().to_owned());
    let loaded = provider::Workspace::load(&files, &provider::Kinds, jiff::Timestamp::UNIX_EPOCH);
    let mut loaded = loaded.unwrap_or_else(|found| panic!("{found:?}"));
    assert_eq!(loaded.findings, [], "{template}\n{own}");
    loaded.tenants.remove(0).tenant
}

#[test]
fn of_a_template_callers_notice_nothing() {
    let most: usize = std::env::var("DIALFORM_TEMPLATED").ok().map_or(12, |it| it.parse().unwrap());
    let (mut done, mut placed, mut with_variables) = (0, 0, 0);
    for seed in 0.. {
        if done == most {
            break;
        }
        let world = random::world(seed);
        let [tenant] = world.tenants.as_slice() else { continue };
        if tenant["kind"] != "stratus" {
            continue;
        }
        let mut dice = Dice::new(seed ^ (1 << 43));
        let (template, mut own) = split(&mut dice, tenant);
        let template = with_variable(&mut dice, tenant, &template, &mut own);
        with_variables += usize::from(own.get("vars").is_some());
        let compiled =
            [Compiled::of(&world.tenants), Compiled::with(vec![(loaded(&template, &own), System::Stratus)])];
        let from = world.calls[0].0.at.as_second().div_euclid(60) * 60;
        let within = from..from + 8 * DAY;
        let horizon = within.start - 2 * DAY..within.end + 2 * DAY;
        let [one, other] = [0, 1].map(|at| compiled[at].network(horizon.clone(), Assumptions::default()));
        let pair = Pair { before: &one, after: &other };
        for noticed in pair.noticed_seen(&everything(&compiled), within, &mut |_, _, _, _, _| placed += 1) {
            assert!(noticed.differences.is_empty(), "{seed}: {noticed:?}\n{tenant}\n{template}\n{own}");
        }
        done += 1;
    }
    println!("{done} tenants with a template, {with_variables} with a variable: {placed} calls placed twice");
    assert!(placed > 0 && with_variables > 0);
}
