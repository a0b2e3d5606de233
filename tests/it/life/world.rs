//! A repository at a host, people who push to it and comment there, a phone system that is live, and runs of the workflows
//! in `examples/ci/github`.

use crate::{
    host::{Host, Pull},
    pipelines::{Event, Run, RunResult, Runner},
    served,
    workspace::{Workspace, copy, git},
};
use dialform::sandbox::Sandbox;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const CHECK: &str = ".github/workflows/dialform-check.yml";
pub const PLAN: &str = ".github/workflows/dialform-plan.yml";
pub const APPLY: &str = ".github/workflows/dialform-apply.yml";
pub const APPROVE: &str = ".github/workflows/dialform-approve.yml";

pub const FILE: &str = "tenants/acme.yaml";

/// The number of each pull request.
pub type Number = u64;

pub struct Life {
    pub host: Host,
    pub runner: Runner,
    /// Where somebody works.
    pub laptop: Workspace,
    origin: TempDir,
    sandbox: Sandbox,
    _runtime: Runtime,
    /// The program in the shape in which jobs fetch it, and the emulation's files.
    files: TempDir,
}

/// Queues, each of which somebody changes.
const QUEUES: [(&str, &str); 6] = [
    ("400", "Sales"),
    ("401", "Repairs"),
    ("402", "Orders"),
    ("403", "Returns"),
    ("404", "Billing"),
    ("405", "Lost"),
];

/// The file of the only tenant.
pub fn tenant() -> String {
    let queues = QUEUES.map(|(queue, name)| format!("\n  \"{queue}\":\n    name: {name}\n"));
    format!("tenant: acme\nprovider: pbx\naccount: acme.1.service\nqueues:{}", queues.concat())
}

/// What is live at first. A number that no file tells of leads to the last queue. A number that no file tells of leads to the last queue.
pub fn live() -> String {
    let queues =
        QUEUES.map(|(queue, name)| format!("  - {{ callqueue: \"{queue}\", description: {name} }}\n"));
    format!(
        "domain: {{ domain: acme.1.service }}\nusers: [{{ user: \"101\" }}]\ncallqueues:\n{}\
         phonenumbers:\n  - {{ phonenumber: \"12145550100\", dial-rule-application: to-callqueue, \
         dial-rule-translation-destination-user: \"405\" }}\n",
        queues.concat()
    )
}

impl Life {
    /// The default branch has the workspace and the workflows, and live is as the files say.
    pub fn new() -> Self {
        Self::with(&tenant(), &live())
    }

    /// The same with another tenant.
    pub fn with(tenant: &str, live: &str) -> Self {
        Self::of(tenant, &[("acme.1.service", live)])
    }

    /// The same with several accounts, by their names.
    pub fn of(tenant: &str, live: &[(&str, &str)]) -> Self {
        let files = tempfile::tempdir().unwrap();
        fs::create_dir(files.path().join("live")).unwrap();
        for (account, live) in live {
            fs::write(files.path().join(format!("live/{account}.yaml")), live).unwrap();
        }
        let runtime = Runtime::new().unwrap();
        let options = served::options_in(files.path(), "stratus", "");
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let program = files.path().join("dialform");
        let text = format!("#!/bin/sh\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_dialform"));
        fs::write(&program, &text).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let sum: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();

        let laptop = Workspace::default();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci/github");
        copy(&from, &laptop.path(".github"));
        let setup = ".github/actions/dialform/setup/action.yml";
        laptop.edit(
            setup,
            "https://example.invalid/dialform-0.1.0-x86_64-linux",
            &format!("file://{}", program.display()),
        );
        laptop.edit(setup, &"0".repeat(64), &sum);
        laptop.write(".gitignore", ".dialform/\n");
        laptop.write(
            "dialform.yaml",
            format!(
                "version: 1\nproviders:\n  pbx:\n    kind: stratus\n    url: {}/ns-api/v2\n    token: {{ env: STRATUS_TOKEN }}\n    \
                 read_token: {{ env: STRATUS_READ_TOKEN }}\n    carrier: manual\n    limits: {{ requests_per_second: 500, settle: 1 }}\n\
                 tenants: [\"tenants/*.yaml\"]\n",
                sandbox.url()
            ),
        );
        laptop.write(FILE, tenant);
        let origin = tempfile::tempdir().unwrap();
        git(origin.path(), &["init", "-q", "--bare", "-b", "main"]);
        laptop.git(&["init", "-q", "-b", "main"]);
        laptop.git(&["remote", "add", "origin", origin.path().to_str().unwrap()]);
        laptop.git(&["add", "-A"]);
        laptop.git(&["commit", "-qm", "the first one"]);
        laptop.git(&["push", "-q", "origin", "main"]);
        let host = Host::start();
        let mut runner = Runner::new(origin.path(), "acme/phones", &format!("{}/github", host.url));
        let secrets = ["STRATUS_TOKEN", "STRATUS_READ_TOKEN"];
        runner.secrets = secrets.map(|it| (it.to_owned(), format!("secret-{it}"))).into();
        host.serve(&runner);
        for (person, may) in [("ann", "write"), ("bob", "write")] {
            host.state().permissions.insert(person.to_owned(), may);
        }
        Self { host, runner, laptop, origin, sandbox, _runtime: runtime, files }
    }

    /// The address of the project; `.git` behind it is that of the repository.
    pub fn url(&self) -> String {
        let project = self.files.path().join("phones");
        let _ = std::os::unix::fs::symlink(self.origin.path(), project.with_extension("git"));
        format!("file://{}", project.display())
    }

    /// Where a job fetches the program, and its checksum.
    pub fn program(&self) -> [String; 2] {
        let program = self.files.path().join("dialform");
        let sum = Sha256::digest(fs::read(&program).unwrap());
        [format!("file://{}", program.display()), sum.iter().map(|byte| format!("{byte:02x}")).collect()]
    }

    /// The repository at the host.
    pub fn origin(&self) -> PathBuf {
        self.origin.path().to_owned()
    }

    /// What git says in one line.
    pub fn asked(&self, words: &[&str]) -> String {
        asked(self.laptop.root(), words)
    }

    pub fn main(&self) -> String {
        asked(self.origin.path(), &["rev-parse", "refs/heads/main"])
    }

    /// What was applied last, by the commit of the main branch.
    pub fn applied(&self) -> String {
        asked(self.origin.path(), &["rev-parse", "refs/dialform/applied/production^"])
    }

    /// The name of a queue that is live.
    pub fn live(&self, queue: &str) -> String {
        let found: Value = serde_json::from_str(&self.phones(queue, &[])).unwrap();
        let found = found.get(0).unwrap_or(&found);
        found["description"].as_str().unwrap_or_else(|| panic!("{found}")).to_owned()
    }

    /// Somebody changes a queue in the portal, and sees there that it has changed.
    pub fn portal(&self, queue: &str, name: &str) {
        let body = json!({ "description": name }).to_string();
        self.phones(queue, &["-X", "PUT", "-H", "content-type: application/json", "-d", &body]);
        let shown = |_: &u32| {
            std::thread::sleep(std::time::Duration::from_millis(200));
            self.live(queue) == name
        };
        assert!((0..50).any(|turn| shown(&turn)), "{queue} is not {name}");
    }

    /// Whether a queue is live.
    pub fn has(&self, queue: &str) -> bool {
        self.ask(queue, &[]).status.success()
    }

    /// What the phone system says of a queue.
    fn phones(&self, queue: &str, more: &[&str]) -> String {
        let done = self.ask(queue, more);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn ask(&self, queue: &str, more: &[&str]) -> Output {
        let url = format!("{}/ns-api/v2/domains/acme.1.service/callqueues/{queue}", self.sandbox.url());
        let mut curl = Command::new("curl");
        curl.args(["-sSf", "-H", "authorization: Bearer portal"]).args(more).arg(&url).output().unwrap()
    }

    /// A plan of a commit as anybody who can read may save it.
    pub fn saved_plan(&self, commit: &str) -> Vec<u8> {
        self.laptop.git(&["fetch", "-q", "origin"]);
        self.laptop.git(&["checkout", "-q", "--detach", commit]);
        let plan = [
            &["plan", "--base", "HEAD~1", "--config", "worktree", "--environment", "production"][..],
            &["--out"],
        ];
        let out = self.laptop.argument(".dialform/forged.json");
        fs::create_dir_all(self.laptop.path(".dialform")).unwrap();
        let mut command = self.laptop.process(&[&plan.concat()[..], &[&out]].concat());
        let done = command.env("STRATUS_TOKEN", "x").env("STRATUS_READ_TOKEN", "x").output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        fs::read(out).unwrap()
    }

    /// A run of the plan's workflow file for another event.
    pub fn forged_run(&self, event: &str, repository: &str) -> u64 {
        let mut runs = self.runner.runs.lock().unwrap();
        let like = runs.iter().rfind(|it| it.path == PLAN).unwrap().clone();
        let (event, head_repository) = (event.to_owned(), repository.to_owned());
        runs.push(Run { id: 88_888, event, head_repository, ..like });
        88_888
    }

    /// A commit on a branch of its own that begins where main is at the host, or `behind` commits before that.
    pub fn branch(&self, name: &str, behind: usize, edit: impl Fn(&Workspace)) -> String {
        self.laptop.git(&["fetch", "-q", "origin"]);
        self.laptop.git(&["checkout", "-q", "-B", name, &format!("origin/main~{behind}")]);
        edit(&self.laptop);
        self.laptop.git(&["add", "-A"]);
        self.laptop.git(&["commit", "-qm", &format!("change {name}")]);
        self.laptop.git(&["push", "-qf", "origin", name]);
        self.asked(&["rev-parse", "HEAD"])
    }

    /// Opens a pull request of ann's.
    pub fn open(&self, number: Number, head: &str) {
        self.host.state().pulls.push(Pull {
            number,
            head: head.to_owned(),
            into: "main".to_owned(),
            author: "ann".to_owned(),
            open: true,
            merged_as: None,
        });
        self.laptop.git(&["push", "-qf", "origin", &format!("{head}:refs/pull/{number}/head")]);
    }

    /// The head of a pull request.
    pub fn head(&self, number: Number) -> String {
        self.host.state().pulls.iter().find(|it| it.number == number).unwrap().head.clone()
    }

    /// Another commit is pushed to a pull request.
    pub fn moves(&self, number: Number, head: &str) {
        let mut state = self.host.state();
        state.pulls.iter_mut().find(|it| it.number == number).unwrap().head = head.to_owned();
        self.laptop.git(&["push", "-qf", "origin", &format!("{head}:refs/pull/{number}/head")]);
    }

    /// What happens when a pull request gets a commit: its check, and then the plan.
    pub fn planned(&self, number: Number, repository: &str) -> RunResult {
        let [_, plan] = self.planned_with_check(number, repository);
        plan
    }

    pub fn planned_with_check(&self, number: Number, repository: &str) -> [RunResult; 2] {
        let head = self.host.state().pulls.iter().find(|it| it.number == number).unwrap().head.clone();
        self.laptop.git(&["fetch", "-q", "origin"]);
        self.laptop.git(&["checkout", "-q", "--detach", "origin/main"]);
        self.laptop.git(&["merge", "-q", "--no-ff", "-m", "merge", &head]);
        self.laptop.git(&["push", "-qf", "origin", &format!("HEAD:refs/pull/{number}/merge")]);
        let merge = self.asked(&["rev-parse", "HEAD"]);
        let payload = json!({ "action": "synchronize", "pull_request": {
            "number": number, "base": { "ref": "main" },
            "head": { "ref": "change", "sha": head, "repo": { "full_name": repository } },
        }});
        let check = self.runner.run(
            CHECK,
            &Event {
                name: "pull_request".to_owned(),
                payload,
                sha: merge,
                ref_: format!("refs/pull/{number}/merge"),
                workflow_from: head.clone(),
                repository_of_head: repository.to_owned(),
            },
        );
        let plan = self.followed(check.id, &head, "pull_request", repository);
        [check, plan]
    }

    /// The run of the plan that follows a check.
    pub fn followed(&self, check: u64, head: &str, event: &str, repository: &str) -> RunResult {
        let payload = json!({ "action": "completed", "workflow": { "name": "dialform check" }, "workflow_run": {
            "id": check, "name": "dialform check", "event": event, "head_sha": head, "head_branch": "change",
            "conclusion": "success", "head_repository": { "full_name": repository },
        }});
        self.runner.run(PLAN, &self.event("workflow_run", payload))
    }

    /// An event of the default branch as it is now.
    pub fn event(&self, name: &str, payload: Value) -> Event {
        let main = self.main();
        Event {
            name: name.to_owned(),
            payload,
            sha: main.clone(),
            ref_: "refs/heads/main".to_owned(),
            workflow_from: main,
            repository_of_head: "acme/phones".to_owned(),
        }
    }

    /// Merges a pull request as a host does it.
    pub fn merge(&self, number: Number, how: &str) -> String {
        let head = self.host.state().pulls.iter().find(|it| it.number == number).unwrap().head.clone();
        self.laptop.git(&["fetch", "-q", "origin"]);
        self.laptop.git(&["checkout", "-q", "-B", "main", "origin/main"]);
        match how {
            "merge" => self.laptop.git(&["merge", "-q", "--no-ff", "-m", &format!("merge #{number}"), &head]),
            "squash" => {
                self.laptop.git(&["merge", "-q", "--squash", &head]);
                self.laptop.git(&["commit", "-qm", &format!("squash #{number}")]);
            }
            "rebase" => {
                self.laptop.git(&["checkout", "-q", "--detach", &head]);
                self.laptop.git(&["rebase", "-q", "--force-rebase", "main"]);
                self.laptop.git(&["checkout", "-q", "-B", "main", "HEAD"]);
            }
            other => panic!("{other}"),
        }
        self.laptop.git(&["push", "-q", "origin", "main"]);
        let commit = self.main();
        let mut state = self.host.state();
        let pull = state.pulls.iter_mut().find(|it| it.number == number).unwrap();
        (pull.open, pull.merged_as) = (false, Some(commit.clone()));
        commit
    }

    /// The run that follows a push to the main branch.
    pub fn apply(&self) -> RunResult {
        self.runner.run(APPLY, &self.event("push", json!({})))
    }

    pub fn night(&self) -> RunResult {
        self.runner.run(APPLY, &self.event("schedule", json!({ "schedule": "17 3 * * *" })))
    }

    /// Somebody comments, and what that starts.
    pub fn comment(&self, topic: Number, person: &str, text: &str) -> Option<RunResult> {
        self.host.state().comment(topic, person, text);
        let association = if self.host.state().permissions.contains_key(person) { "MEMBER" } else { "NONE" };
        let payload = json!({ "action": "created", "issue": { "number": topic },
            "comment": { "body": text, "author_association": association, "user": { "login": person } } });
        let event = self.event("issue_comment", payload);
        self.runner.is_triggered(APPROVE, &event).then(|| self.runner.run(APPROVE, &event))
    }

    /// The comment of ours under a topic that has this mark.
    pub fn ours(&self, topic: Number, kind: &str) -> String {
        let state = self.host.state();
        let start = format!("<!-- dialform:{kind}:");
        let all: Vec<&str> = state.said(topic).into_iter().filter(|it| it.starts_with(&start)).collect();
        assert_eq!(all.len(), 1, "{all:#?}");
        all[0].to_owned()
    }
}

pub fn asked(directory: &Path, words: &[&str]) -> String {
    let done = Command::new("git").args(words).current_dir(directory).output().unwrap();
    assert!(done.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}
