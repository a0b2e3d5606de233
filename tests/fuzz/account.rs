//! A tenant of `workspace/` and its emulated phone system, in this process and without a network. What it answers to a read
//! can be replaced.

use axum::http;
use base64::prelude::{BASE64_STANDARD, Engine};
use dialform::{
    http::{Basic, Bearer, ClientInfo, Pacer, ReadClient, RequestObserver, RequestRecord},
    model::{Kind, Limits},
    plan::{self, Input, Observed, Policy, TenantPlan},
    provider::{self, Endpoints, Provider, Scope},
    run::{Checked, Options, check},
    sandbox::{
        document::Document,
        files::StateFiles,
        find,
        vendor::{Accounts, Credential, Request, Vendor},
    },
    secret::KnownSecrets,
};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

/// What is answered to a request in place of what the emulation says.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// Not always JSON.
    pub body: String,
}

/// What was asked, what came with it, and what was answered.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub method: String,
    /// With the query.
    pub path: String,
    pub sent: Option<Value>,
    pub answer: Answer,
}

/// One tenant.
pub struct Account {
    pub checked: Checked,
    pub provider: &'static Provider,
    pub name: String,
    pub scope: Scope,
    vendor: Arc<dyn Vendor>,
    seed: Document,
    /// What the emulation answered to reads before anything was written.
    untouched: Arc<Mutex<BTreeMap<String, Answer>>>,
    clients: Endpoints<ReadClient>,
    runtime: tokio::runtime::Runtime,
}

/// Nobody watches.
struct Nobody;

impl RequestObserver for Nobody {
    fn request_ended(&self, _: &RequestRecord<'_>) {}
}

/// The seed of an account, which may be that of another test.
fn seed_of(root: &Path, provider: &str, account: &str) -> Map<String, Value> {
    let file = root.join("live").join(provider).join(format!("{account}.yaml"));
    serde_yaml::from_slice(&fs::read(file).unwrap()).unwrap()
}

impl Account {
    /// The tenant that is on this kind of system.
    pub fn of(kind: &str) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/workspace");
        let mut checked =
            check(&root, &Options::default()).unwrap_or_else(|_| panic!("the workspace is wrong"));
        checked.tenants.retain(|tenant| tenant.provider.kind == kind);
        let tenant = &checked.tenants[0];
        let loaded = &checked.loaded(tenant).tenant;
        let (name, provider) = (loaded.account.clone(), tenant.provider);
        let emulation = find(kind).unwrap();
        let vendor: Arc<dyn Vendor> = Arc::from(emulation.faithful().unwrap());
        let seed = vendor.seed(&name, &seed_of(&root, &loaded.provider, &name)).unwrap();
        let scope = scope(&checked);
        // The clock of the runtime goes on by itself: nothing is waited for.
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let secret = || "sandbox".to_owned().into();
        let clients = emulation.endpoints.iter().map(|(endpoint, path)| {
            let auth: Box<dyn dialform::http::Authenticate> = match kind {
                "ctm" => Box::new(Basic::new(&secret(), &secret())),
                _ => Box::new(Bearer::new(secret())),
            };
            let limits = Limits { retries: 1, settle: 1, ..provider.limits };
            let client = runtime.block_on(async {
                ReadClient::new(
                    &format!("http://127.0.0.1:1{path}").parse().unwrap(),
                    auth,
                    provider.conventions,
                    limits,
                    Arc::new(Pacer::new(4, u32::MAX)),
                    ClientInfo {
                        provider: kind.into(),
                        endpoint,
                        secrets: Arc::new(KnownSecrets::default()),
                        observer: Arc::new(Nobody),
                    },
                )
            });
            (*endpoint, client.unwrap())
        });
        let clients = clients.collect();
        Self { provider, name, scope, vendor, seed, untouched: Arc::default(), clients, runtime, checked }
    }

    /// A server for one run, which answers as `instead` says where it says anything.
    pub fn server(
        &self,
        instead: impl Fn(&str, &str) -> Option<Answer> + Send + Sync + 'static,
    ) -> Server<'_> {
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = Mutex::new(None);
        let (vendor, name, heard) = (Arc::clone(&self.vendor), self.name.clone(), Arc::clone(&log));
        let (seed, untouched) = (self.seed.clone(), Arc::clone(&self.untouched));
        let answer = move |request: &reqwest::Request| {
            let asked = decoded(request);
            let path = match request.url().query() {
                Some(query) => format!("{}?{query}", asked.path),
                None => asked.path.clone(),
            };
            let ask = || ask(vendor.as_ref(), &name, &seed, &mut written.lock().unwrap(), &asked);
            let answer = instead(&asked.method, &path).unwrap_or_else(|| {
                if asked.method != "GET" || written.lock().unwrap().is_some() {
                    return ask();
                }
                let known = untouched.lock().unwrap().get(&path).cloned();
                known.unwrap_or_else(|| {
                    untouched.lock().unwrap().entry(path.clone()).or_insert_with(ask).clone()
                })
            });
            let reply = http::Response::builder().status(answer.status).body(answer.body.clone()).unwrap();
            let sent = asked.body;
            heard.lock().unwrap().push(Exchange { method: asked.method, path, sent, answer });
            reply.into()
        };
        Server { account: self, answer: Arc::new(answer), log }
    }

    /// The plan of the tenant against what was observed.
    pub fn plan(&self, observed: &Observed) -> TenantPlan {
        let tenant = &self.checked.tenants[0];
        let (loaded, config) = (self.checked.loaded(tenant), self.checked.config(tenant));
        plan::build(Input {
            passed: &[],
            tenant: &loaded.tenant.tenant,
            provider: &loaded.tenant.provider,
            account: &self.name,
            desired: tenant.desired.clone(),
            time_zone: loaded.tenant.time_zone.as_deref(),
            platform: &BTreeMap::new(),
            absent: tenant.absent.iter().map(|(address, source)| (address.clone(), source.clone())).collect(),
            protected: tenant.protected.clone(),
            base: None,
            switched_off: tenant.switched_off.clone(),
            bulk: &tenant.bulk,
            exhaustive: tenant.exhaustive.clone(),
            observed,
            dialect: &self.provider.dialect,
            policy: Policy {
                guard: self.checked.workspace.file.guard,
                experimental: config.experimental(),
                unobservable: config.unobservable(),
                restores: false,
            },
            place: &|_| None,
            only: &|_| true,
        })
    }
}

/// What a plan of the whole tenant reads.
fn scope(checked: &Checked) -> Scope {
    let tenant = &checked.tenants[0];
    let wanted = tenant.desired.iter();
    Scope {
        wanted: wanted.map(|(address, desired)| (address.clone(), desired.resource.clone())).collect(),
        declared: tenant.desired.keys().cloned().collect(),
        lists: true,
        kinds: Kind::ALL.into_iter().collect(),
        exhaustive: tenant.exhaustive.clone(),
        watched: tenant.switched_off.clone(),
        absent: tenant.absent.keys().cloned().collect(),
        earlier: std::collections::BTreeMap::new(),
        restores: false,
        uses: false,
        everything: false,
        glance: None,
    }
}

/// One run against an account.
pub struct Server<'a> {
    account: &'a Account,
    answer: dialform::http::InProcess,
    log: Arc<Mutex<Vec<Exchange>>>,
}

impl Server<'_> {
    fn clients(&self) -> Endpoints<ReadClient> {
        let clients = self.account.clients.iter();
        clients.map(|(name, client)| (*name, client.clone().in_process(Arc::clone(&self.answer)))).collect()
    }

    /// Reads the account; the error as a person would see it.
    pub fn observe(&self, scope: &Scope) -> Result<Observed, String> {
        let reader = (self.account.provider.reader)(self.clients());
        let observed = self.account.runtime.block_on(reader.observe(&self.account.name, scope));
        observed.map_err(|error| error.to_string())
    }

    /// Carries out a step.
    pub fn execute(&self, step: &plan::Step) -> Result<(), String> {
        let clients = self.clients().into_iter().map(|(name, client)| (name, client.into_write_client()));
        let writer: Box<dyn provider::Write> = (self.account.provider.writer)(clients.collect());
        let done = self.account.runtime.block_on(writer.execute(&self.account.name, step));
        done.map(drop).map_err(|error| error.to_string())
    }

    /// What was asked so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.log.lock().unwrap().clone()
    }
}

/// What the emulation answers; a write is visible at once.
fn ask(
    vendor: &dyn Vendor,
    account: &str,
    seed: &Document,
    written: &mut Option<Document>,
    asked: &Request,
) -> Answer {
    // One account, which stays in memory: there are no files.
    let files = StateFiles::new(PathBuf::new(), vendor.tables(), false);
    let mut accounts = Accounts::new(files, vendor.keys(), 1);
    accounts.add(account, written.as_ref().unwrap_or(seed).clone());
    let response = vendor.respond(asked, &accounts);
    let (mut status, mut body) = (response.status, response.body);
    if let Some(commit) = response.commit {
        *written = Some(commit.document);
    }
    if let Some(visible) = response.once_visible {
        (status, body) = (200, Some(visible));
    }
    Answer { status, body: body.map(|body| body.to_string()).unwrap_or_default() }
}

/// A request as an emulation takes it.
fn decoded(request: &reqwest::Request) -> Request {
    let path = request.url().path().to_owned();
    let header = |name: &str| request.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let credential = match header("authorization").split_once(' ') {
        Some(("Bearer", token)) => Credential::Bearer(token.to_owned()),
        Some(("Basic", pair)) => {
            let pair = String::from_utf8(BASE64_STANDARD.decode(pair).unwrap()).unwrap();
            let (user, password) = pair.split_once(':').unwrap();
            Credential::Basic { user: user.to_owned(), password: password.to_owned() }
        }
        _ => Credential::None,
    };
    let segments = path.trim_start_matches('/').split('/');
    let segments =
        segments.map(|it| percent_encoding::percent_decode_str(it).decode_utf8_lossy().into_owned());
    let headers = request.headers().iter();
    let headers = headers.filter(|(name, _)| name.as_str() != "authorization");
    Request {
        method: request.method().to_string(),
        segments: segments.collect(),
        path,
        query: request.url().query_pairs().into_owned().collect(),
        credential,
        headers: headers.map(|(name, it)| (name.to_string(), it.to_str().unwrap().to_owned())).collect(),
        body: request
            .body()
            .and_then(|body| body.as_bytes())
            .map(|bytes| serde_json::from_slice(bytes).unwrap()),
    }
}
