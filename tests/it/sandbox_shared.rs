//! `sandbox serve` and runs with `--sandbox` are one system: what one writes the other shows, and neither undoes the other.

use crate::{
    workspace::{Workspace, copy, refusal},
    world::World,
};
use dialform::error::Ending;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

const BOTH: &str = "queues: { \"400\": { name: Sales } }\nnumbers: { \"+12145550100\": { label: Front } }\n";

/// A served workspace. The server ends with it.
struct Served {
    child: Child,
    /// What it says, line by line.
    said: Vec<String>,
}

impl Served {
    fn start(workspace: &Workspace, lines: usize) -> Self {
        let mut child = workspace.process(&["sandbox", "serve"]).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let said = out.lines().take(lines).map(Result::unwrap).collect();
        Self { child, said }
    }

    /// The address of an endpoint.
    fn address(&self, endpoint: &str) -> &str {
        let start = format!("  {endpoint}: ");
        self.said
            .iter()
            .find_map(|line| line.strip_prefix(&start))
            .unwrap_or_else(|| panic!("{:?}", self.said))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What is printed is what a client writes into its `dialform.yaml`.
#[test]
fn what_is_served_can_be_reached_by_what_is_printed() {
    let world = World::new("");
    let served = Served::start(&world, 4);
    assert_eq!(served.said[0], "pbx (stratus):");
    assert_eq!(served.said[3], "  token: any; one that begins with `ro_` can only read");
    let client = client(&world, &served);
    let run = client.run(&["plan"]);
    assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
}

/// A workspace whose provider is the server, as its addresses are printed.
fn client(world: &World, served: &Served) -> Workspace {
    let client = Workspace::default();
    copy(world.root(), client.root());
    client.write("token.txt", "any\n");
    let text = world.workspace();
    let text = text.replace("http://127.0.0.1:1/ns-api/v2", served.address("api"));
    let text = text.replace("http://127.0.0.1:1", served.address("carrier"));
    client.write("dialform.yaml", text.replace("{ env: NOT_NEEDED }", "{ file: token.txt }"));
    client
}

/// Each wrote its own copy of the account over the other's, and the last one won.
#[test]
fn the_server_and_a_run_write_one_state() {
    let world = World::new("queues: { \"400\": { name: Sales } }\n");
    let served = Served::start(&world, 4);
    let client = client(&world, &served);
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    client.write(
        "tenants/acme.yaml",
        "tenant: acme\nprovider: pbx\naccount: acme.1.service\nnumbers: { \"+12145550100\": { label: Front } }\n",
    );
    let run = client.run(&["apply", "--auto-approve"]);
    assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
    world.tenant(BOTH);
    let run = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(run.ending, Ending::Fine, "{}", run.out);
    drop(served);
    assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine);
}

/// Many writers at once lose nothing of each other.
#[test]
fn runs_side_by_side_lose_nothing() {
    let world = World::new("");
    let served = Served::start(&world, 4);
    let clients: Vec<Workspace> = (0..3)
        .map(|n| {
            let client = client(&world, &served);
            let queues = (0..4).map(|m| format!("\"4{n}{m}\": {{ name: Q }}")).collect::<Vec<_>>().join(", ");
            client.write(
                "tenants/acme.yaml",
                format!("tenant: acme\nprovider: pbx\naccount: acme.1.service\nqueues: {{ {queues} }}\n"),
            );
            client
        })
        .collect();
    std::thread::scope(|scope| {
        for client in &clients {
            scope.spawn(|| {
                let run = client.run(&["apply", "--auto-approve"]);
                assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
            });
        }
        scope.spawn(|| {
            world.tenant("numbers: { \"+12145550100\": { label: Front } }\n");
            let run = world.run(&["apply", "--auto-approve"]);
            assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
        });
    });
    for client in &clients {
        assert_eq!(client.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine);
    }
    assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine);
}

/// A port that somebody has is no fault of the state.
#[test]
fn a_port_that_is_taken_is_said_with_the_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let world = World::new("");
    let refused = Workspace::at(world.root().to_owned()).run(&["sandbox", "serve", "--port", &port]);
    assert_eq!(refused.ending, Ending::Error);
    let help = "help: name another port: `--port 8090`, or 0 for any free ones\n";
    assert!(refused.err.contains(help) && refused.err.contains("Address already in use"), "{}", refused.err);
}

/// What is being served is not taken away under the server.
#[test]
fn what_is_open_is_not_reset() {
    let world = World::new("");
    let served = Served::start(&world, 4);
    let reset = Workspace::at(world.root().to_owned());
    let refused = reset.run(&["sandbox", "reset"]);
    assert_eq!(refused.ending, Ending::Refused);
    assert_eq!(
        refusal(&refused),
        "the emulated systems are running: `sandbox serve`, or a run with `--sandbox`"
    );
    drop(served);
    assert_eq!(reset.run(&["sandbox", "reset"]).ending, Ending::Fine);
}
