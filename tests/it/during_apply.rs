//! What somebody does in the portal while an apply runs.

use crate::{
    served::{client, options},
    workspace::outcome,
    world::World,
};
use dialform::sandbox::Sandbox;
use reqwest::Method;
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};
use tokio::runtime::Runtime;

/// An apply on the emulated Stratus.
pub struct Apply<'a> {
    /// What is live in the account.
    pub live: &'a str,
    /// The file of its tenant.
    pub tenant: &'a str,
    pub behaviour: &'a str,
    pub limits: &'a str,
}

impl Apply<'_> {
    /// How it ends, and what is live then, where all these requests are sent at once when its first step has begun, and taken.
    pub fn meanwhile(self, requests: impl IntoIterator<Item = (&'static str, Value)>) -> (Value, Value) {
        let Self { live, tenant, behaviour, limits } = self;
        let world = World::new("");
        world.write("seed/acme.1.service.yaml", live);
        world.write("tenants/acme.yaml", tenant);
        let runtime = Runtime::new().unwrap();
        let options = options("stratus", &world.path("seed"), &world.path("state"), behaviour);
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let base = format!("{}/ns-api/v2", sandbox.url());
        world.provider(&format!(
            "\n    kind: stratus\n    url: {base}\n    token: {{ env: TOKEN }}\n    carrier: manual\n    limits: {limits}"
        ));
        let mut apply = world
            .process(&["apply", "--auto-approve", "--override-guard", "--format", "json"])
            .env("TOKEN", "nsd_0123456789")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut out, mut said) = (BufReader::new(apply.stdout.take().unwrap()), String::new());
        while !said.contains("\"event\":\"started\"") {
            assert_ne!(out.read_line(&mut said).unwrap(), 0, "{said}");
        }
        let client = client();
        let sent = requests.into_iter().map(|(line, body)| {
            let (method, path) = line.split_once(' ').unwrap();
            let url = format!("{base}/domains/acme.1.service{path}");
            let request = client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
            let request = request.bearer_auth("nsd_key");
            let request = if body.is_null() { request } else { request.json(&body) };
            async move { (line, request.send().await.unwrap().status()) }
        });
        for (line, status) in runtime.block_on(futures::future::join_all(sent)) {
            assert!(status.is_success(), "{line}: {status}");
        }
        out.read_to_string(&mut said).unwrap();
        apply.wait().unwrap();
        let ending = outcome(&said).unwrap_or_else(|_| panic!("{said}"));
        (ending, runtime.block_on(async { sandbox.snapshot("acme.1.service").unwrap() }))
    }
}
