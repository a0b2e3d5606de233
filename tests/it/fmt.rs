//! One form for all files, and what they say stays.

use crate::workspace::Workspace;
use dialform::error::Ending;
use std::{fs, os::unix::fs::symlink};

/// The example that newcomers copy passes in the ready CI, which asks for this form. What people align says the same in it.
#[test]
fn files_say_the_same_in_their_new_form() {
    let workspace = Workspace::quickstart();
    let as_it_is = workspace.run(&["fmt", "--check"]);
    assert_eq!((as_it_is.ending, as_it_is.out), (Ending::Fine, String::new()));
    let plan = |it: &Workspace| it.run(&["plan", "--sandbox", "--format", "json"]).out;
    let digest = |plan: &str| serde_json::from_str::<serde_json::Value>(plan).unwrap()["digest"].clone();
    let before = plan(&workspace);
    let names = [
        "dialform.yaml",
        "tenants/acme-dental.yaml",
        "tenants/bright-solar.yaml",
        "tenants/harbour-legal.yaml",
    ];
    let formatted = names.map(|name| workspace.read(name));
    for (name, text) in names.iter().zip(&formatted) {
        let aligned = text.lines().map(|line| match line.split_once(" # ") {
            Some((value, comment)) if !value.trim().is_empty() && !value.starts_with('#') => {
                format!("{value:38} # {comment}\n")
            }
            _ => format!("{line}\n"),
        });
        workspace.write(name, aligned.collect::<String>());
    }
    let check = workspace.run(&["fmt", "--check"]);
    let said = |what: &str| names.map(|name| format!("{name}: {what}\n")).concat();
    assert_eq!(
        (check.ending, check.out),
        (Ending::Error, said("has another form; `dialform fmt` writes it"))
    );
    let done = workspace.run(&["fmt"]);
    assert_eq!((done.ending, done.out), (Ending::Fine, said("written")), "{}", done.err);
    let again = workspace.run(&["fmt", "--check"]);
    assert_eq!((again.ending, again.out), (Ending::Fine, String::new()));
    assert_eq!(names.map(|name| workspace.read(name)), formatted);
    assert_eq!(digest(&plan(&workspace)), digest(&before));
    // What an import writes has that form already.
    fs::remove_dir_all(workspace.path("tenants")).unwrap();
    workspace.run(&["import", "--sandbox", "--provider", "stratus-dallas", "--all"]);
    let again = workspace.run(&["fmt", "--check"]);
    assert_eq!((again.ending, again.out), (Ending::Fine, String::new()), "{}", again.err);
}

/// A file with a fault is not touched, and neither is any other.
#[test]
fn a_file_that_cannot_be_read_stops_all() {
    let workspace = Workspace::quickstart();
    workspace.write("tenants/bad.yaml", "tenant: [");
    let before = workspace.read("tenants/acme-dental.yaml");
    let done = workspace.run(&["fmt"]);
    assert_eq!(done.ending, Ending::Error);
    assert!(done.err.contains("tenants/bad.yaml"), "{}", done.err);
    assert_eq!(workspace.read("tenants/acme-dental.yaml"), before);
}

/// Nor does a job pass in which one cannot be read at all, whatever names it; and a link is not followed.
#[test]
fn a_file_that_is_not_there_stops_all() {
    type Set = fn(&Workspace);
    let unread = |file: &str, why: &str| format!("error[unreadable-file]: cannot read `{file}`: {why}");
    let table: [(&str, Set, String); 4] = [
        (
            "a link to nowhere",
            |it| symlink("../gone.yaml", it.path("tenants/bad.yaml")).unwrap(),
            unread("tenants/bad.yaml", "there is no such file"),
        ),
        (
            "a link out of the workspace",
            |it| symlink("/etc/hostname", it.path("tenants/bad.yaml")).unwrap(),
            unread("tenants/bad.yaml", "it is a link that leads out of the workspace"),
        ),
        (
            "a directory",
            |it| fs::create_dir(it.path("tenants/bad.yaml")).unwrap(),
            unread("tenants/bad.yaml", "it is a directory"),
        ),
        (
            "too large",
            |it| it.write("tenants/bad.yaml", "# a long line\n".repeat(200_000)),
            unread("tenants/bad.yaml", "it is larger than 2 MiB"),
        ),
    ];
    for (name, set, said) in table {
        let workspace = Workspace::quickstart();
        workspace.edit("tenants/harbour-legal.yaml", "provider: deskphone-uk", "provider:   deskphone-uk");
        set(&workspace);
        let before = workspace.read("tenants/harbour-legal.yaml");
        for ask in [&["fmt", "--check"][..], &["fmt"]] {
            let done = workspace.run(ask);
            let first = done.err.lines().next().unwrap_or_default();
            assert_eq!(
                (done.ending, first, done.out.as_str()),
                (Ending::Error, said.as_str(), ""),
                "{name} {ask:?}"
            );
        }
        assert_eq!(workspace.read("tenants/harbour-legal.yaml"), before, "{name}");
    }
}

/// What is written follows no link. The way out is the file that it leads to, where nothing else formats that.
#[test]
fn a_link_says_what_it_leads_to() {
    let workspace = Workspace::quickstart();
    fs::create_dir(workspace.path("real")).unwrap();
    fs::rename(workspace.path("tenants/harbour-legal.yaml"), workspace.path("real/harbour.yaml")).unwrap();
    symlink("../real/harbour.yaml", workspace.path("tenants/harbour-legal.yaml")).unwrap();
    let clean = workspace.run(&["fmt", "--check"]);
    assert_eq!((clean.ending, clean.out), (Ending::Fine, String::new()), "{}", clean.err);
    workspace.edit("real/harbour.yaml", "provider: deskphone-uk", "provider:   deskphone-uk");
    workspace.edit("tenants/acme-dental.yaml", "provider: stratus-dallas", "provider:   stratus-dallas");
    let check = workspace.run(&["fmt", "--check"]);
    let said = "tenants/acme-dental.yaml: has another form; `dialform fmt` writes it\n\
                tenants/harbour-legal.yaml: has another form; format `real/harbour.yaml`, which it leads to\n";
    assert_eq!((check.ending, check.out.as_str()), (Ending::Error, said));
    let before = workspace.read("tenants/acme-dental.yaml");
    let done = workspace.run(&["fmt"]);
    let said = "error[failed]: `tenants/harbour-legal.yaml` has another form, and is a link, which is not followed\n |\n\
                help: format `real/harbour.yaml`, the file that it leads to\n\n";
    assert_eq!((done.ending, done.err.as_str()), (Ending::Error, said));
    assert_eq!(workspace.read("tenants/acme-dental.yaml"), before, "nothing is written");
}

/// `fmt --sort` on one tenant's file, and what it says.
fn sorted(text: &str) -> (String, String) {
    let workspace = Workspace::quickstart();
    fs::remove_dir_all(workspace.path("tenants")).unwrap();
    workspace.write("tenants/a.yaml", text);
    let done = workspace.run(&["fmt", "--sort"]);
    assert_eq!(done.ending, Ending::Fine, "{}", done.err);
    let said = done.out.lines().filter(|line| line.starts_with("tenants/"));
    let (said, text) = (said.map(|line| format!("{line}\n")).collect(), workspace.read("tenants/a.yaml"));
    let check = workspace.run(&["fmt", "--sort", "--check"]);
    assert_eq!(check.ending, Ending::Fine, "what is in order stays as it is: {}", check.out);
    (text, said)
}

/// Fields stand as the schema has them, objects by number or name, and lists as they are: their order means something. A
/// comment goes with what it stands above, and nothing is said otherwise than before.
#[test]
fn keys_are_put_in_order() {
    let written = "tenants/a.yaml: written\n";
    let table = [
        (
            "sections and the head; what is said of the file stays at its top",
            "# yaml-language-server: $schema=x\n# ours\n\n# the provider\nprovider: p\ntenant: t # a name\n\nqueues:\n  \
             \"400\": {}\n\n# the hours\nschedules:\n  a: {}\naccount: a\n# the end\n",
            "# yaml-language-server: $schema=x\n# ours\n\ntenant: t # a name\n# the provider\nprovider: p\naccount: a\n\n\
             # the hours\nschedules:\n  a: {}\n\nqueues:\n  \"400\": {}\n# the end\n",
            written,
        ),
        (
            "a comment for editors stays above everything",
            "# yaml-language-server: $schema=x\n# the provider\nprovider: p\ntenant: t\naccount: a\n",
            "# yaml-language-server: $schema=x\ntenant: t\n# the provider\nprovider: p\naccount: a\n",
            written,
        ),
        (
            "objects by number and name",
            "rules:\n  # the last\n  \"1000\": {}\n  \"102\": {}\n    # of 102\n  # b\n  \"0101\": {}\n  # queues.x is live\n\
             numbers:\n  \"+12145550101\": {}\n  \"+442071234567\": {}\n  \"+3312345678\": {}\nschedules:\n  beta: {}\n  Alpha: {}\n",
            "schedules:\n  Alpha: {}\n  beta: {}\nnumbers:\n  \"+3312345678\": {}\n  \"+12145550101\": {}\n  \"+442071234567\": {}\n\
             rules:\n  # b\n  \"0101\": {}\n  \"102\": {}\n    # of 102\n  # the last\n  \"1000\": {}\n  # queues.x is live\n",
            written,
        ),
        (
            "fields, in brackets and as a block, with the days of a week",
            "schedules:\n  x: { enabled: false, weekly: { every: 2 weeks, sat: [], mon-fri: [] } }\nqueues:\n  \"400\":\n    \
             agents: [\"2\", { order: 2, extension: \"1\" }]\n\n    # it is called so\n    name: x\n",
            "schedules:\n  x: { weekly: { mon-fri: [], sat: [], every: 2 weeks }, enabled: false }\nqueues:\n  \"400\":\n    \
             # it is called so\n    name: x\n\n    agents: [\"2\", { extension: \"1\", order: 2 }]\n",
            written,
        ),
        (
            "the fields of an item, and never the items",
            "rules:\n  \"1\":\n    order:\n      # first\n      - forward: { no_answer: voicemail, busy: voicemail }\n        # the night\n        \
             when: z\n      - when: a\n",
            "rules:\n  \"1\":\n    order:\n      # first\n      # the night\n      - when: z\n        forward: { busy: voicemail, no_answer: voicemail }\n      - when: a\n",
            written,
        ),
        (
            "what is there for its anchor stands above what uses it",
            "x-b: &d []\nx-a: 2\nschedules:\n  z: { weekly: { mon: *d } }\nlabels: [a]\n",
            "labels: [a]\nx-b: &d []\nx-a: 2\nschedules:\n  z: { weekly: { mon: *d } }\n",
            written,
        ),
        (
            "an alias does not move above its anchor",
            "schedules:\n  z: { weekly: { mon: &d [] } }\n  a: { weekly: { mon: *d }, dates: [] }\n  b: { dates: [], weekly: {} }\nlabels: [a]\n",
            "labels: [a]\nschedules:\n  z: { weekly: { mon: &d [] } }\n  a: { weekly: { mon: *d }, dates: [] }\n  b: { weekly: {}, dates: [] }\n",
            "tenants/a.yaml: written\ntenants/a.yaml: `schedules` keeps its order: an alias would stand above its anchor\n",
        ),
        (
            "nor does an anchor move below its alias",
            "x-d: &d []\nschedules: &s\n  a: { dates: *d }\nabsent: { queues: *d, schedules: *d }\n",
            "x-d: &d []\nschedules: &s\n  a: { dates: *d }\nabsent: { schedules: *d, queues: *d }\n",
            written,
        ),
        (
            "what is merged stands first",
            "x-q: &q { max_wait: 60 }\nqueues:\n  \"2\":\n    name: x\n    <<: *q\n  \"1\": { name: z, <<: *q }\n",
            "x-q: &q { max_wait: 60 }\nqueues:\n  \"1\": { <<: *q, name: z }\n  \"2\":\n    <<: *q\n    name: x\n",
            written,
        ),
    ];
    for (what, before, after, said) in table {
        // Without these it is no tenant.
        let head = if before.contains("provider: ") { "" } else { "tenant: t\nprovider: p\naccount: a\n" };
        let after = format!("{head}{after}");
        assert_eq!(sorted(&format!("{head}{before}")), (after, said.to_owned()), "{what}");
    }
}

/// The words of a provider's entry are in the order of its kind; and what an import writes is in order already.
#[test]
fn dialform_yaml_has_an_order_and_so_has_what_is_imported() {
    let workspace = Workspace::quickstart();
    let plan = |it: &Workspace| it.run(&["plan", "--sandbox", "--format", "json"]).out;
    let digest = |plan: &str| serde_json::from_str::<serde_json::Value>(plan).unwrap()["digest"].clone();
    let before = digest(&plan(&workspace));
    assert_eq!(workspace.run(&["fmt", "--sort"]).ending, Ending::Fine);
    assert_eq!(digest(&plan(&workspace)), before);
    workspace.write(
        "dialform.yaml",
        "tenants: [tenants/*.yaml]\nproviders:\n  b: { secret_key: { env: B }, kind: ctm, access_key: { env: A } }\n  \
         a: { token: { env: T }, url: \"https://a.example/v2\", kind: stratus }\nversion: 1\n",
    );
    workspace.run(&["fmt", "--sort"]);
    assert_eq!(
        workspace.read("dialform.yaml"),
        "version: 1\nproviders:\n  a: { kind: stratus, url: \"https://a.example/v2\", token: { env: T } }\n  \
         b: { kind: ctm, access_key: { env: A }, secret_key: { env: B } }\ntenants: [tenants/*.yaml]\n"
    );
    let workspace = Workspace::quickstart();
    fs::remove_dir_all(workspace.path("tenants")).unwrap();
    workspace.run(&["fmt"]);
    for provider in ["stratus-dallas", "ctm-agency", "deskphone-uk"] {
        workspace.run(&["import", "--sandbox", "--provider", provider, "--all"]);
    }
    let again = workspace.run(&["fmt", "--sort", "--check"]);
    let of_tenants = again.out.lines().filter(|line| line.starts_with("tenants/")).collect::<Vec<_>>();
    assert_eq!(of_tenants, Vec::<&str>::new(), "{}", again.err);
}
