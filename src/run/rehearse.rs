//! A switch of this machine that a person can call: Asterisk, with the configuration of the tenants that a call can come to.
//!
//! It has a directory of its own, which goes with it, and it ends with whoever started it.

use super::{
    Checked, Context,
    report::Live,
    trace::{Asked, Question},
};
use crate::{
    error::Failure,
    flow::{self, System},
    report::Rehearsal,
    secret,
    switch::{CALLER, Event, Listen, Made, Phone, Phones, Site, Stage, files, heard, make},
    text::io_reason,
};
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    net::{SocketAddr, UdpSocket},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// How often it is looked for something new.
const OFTEN: Duration = Duration::from_millis(100);
/// How often at most, until it is up.
const UNTIL_UP: u32 = 300;

/// Where programs are.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A switch that can be started, and where it is to listen.
#[derive(Debug)]
pub struct Wanted {
    listen: SocketAddr,
    /// The directory with a system of its own. None: what is installed here.
    root: Option<PathBuf>,
    /// Where its modules are, as it sees them.
    modules: PathBuf,
}

impl Wanted {
    /// Looks for a switch, and whether it can listen there.
    pub fn find(listen: &str, named: Option<&Path>) -> Result<Self, Failure> {
        let address: SocketAddr = listen.parse().map_err(|_| {
            Failure::error(format!("`--listen {listen}` is not an address with a port"))
                .help("write one of this machine: `127.0.0.1:5060`, `[::1]:5060`")
        })?;
        if address.ip().is_unspecified() {
            return Err(Failure::error(format!("`--listen {listen}` is every address of this machine"))
                .help("name the one that the softphones reach"));
        }
        // Port 0 is a free one, which is free a moment later too.
        let listen = UdpSocket::bind(address).and_then(|it| it.local_addr()).map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::AddrInUse => "something else does".to_owned(),
                io::ErrorKind::AddrNotAvailable => "it is no address of this machine".to_owned(),
                _ => io_reason(&error),
            };
            Failure::error(format!("cannot listen at {address}: {why}"))
                .help("name another port: `--listen 127.0.0.1:5070`, or 0 for any free one")
        })?;
        let Some(root) = named.map(Path::to_owned).or_else(secret::switch) else {
            let modules = modules(Path::new("/")).ok_or_else(|| {
                Failure::error("there is no Asterisk here: a rehearsal needs one").help(
                    "install it (`apt-get install asterisk`); where there is no such package, \
                     `.ci/switch.d/make DIR` puts one into a directory, as root: name that with `--switch DIR` or \
                     DIALFORM_SWITCH",
                )
            })?;
            return Ok(Self { listen, root: None, modules });
        };
        let shown = root.display();
        if !root.join("usr/sbin/asterisk").is_file() {
            return Err(Failure::error(format!(
                "there is no Asterisk in `{shown}`: it has no `usr/sbin/asterisk`"
            ))
            .help(format!("`.ci/switch.d/make {shown}` puts one there, as root")));
        }
        let modules = modules(&root).ok_or_else(|| {
            Failure::error(format!("the Asterisk in `{shown}` has no module for SIP (`chan_pjsip.so`)"))
                .help(format!("remove it, and make it anew: `.ci/switch.d/make {shown}`"))
        })?;
        Ok(Self { listen, root: Some(root), modules })
    }
}

/// Where the modules are below a root, as they are called in there.
fn modules(root: &Path) -> Option<PathBuf> {
    let inside = fs::read_dir(root.join("usr/lib")).into_iter().flatten().flatten();
    let inside = inside.map(|it| Path::new("/usr/lib").join(it.file_name()));
    let mut all = inside.chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/lib64")]);
    let is_there =
        |it: &PathBuf| root.join(it.strip_prefix("/").unwrap_or(it)).join("chan_pjsip.so").is_file();
    all.find_map(|it| Some(it.join("asterisk/modules")).filter(is_there))
}

/// A switch that runs. It is ended, and its directory removed, when this is dropped.
pub struct Switch {
    pub rehearsal: Rehearsal,
    events: Vec<Event>,
    phones: Vec<(String, String)>,
    log: PathBuf,
    read: u64,
    /// What has been read and is no whole line yet.
    rest: String,
    waiting: Vec<(String, bool)>,
    is_root_needed: bool,
    running: Running,
}

/// The process and its directory.
struct Running {
    child: Child,
    directory: TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a switch for what somebody asks about.
pub async fn start(
    checked: &Checked,
    asked: &Asked,
    live: Option<&Live>,
    question: &Question,
    wanted: Wanted,
    context: &Context,
) -> Result<Switch, Failure> {
    let scene = asked.scene();
    let known = scene.tenants.iter().filter_map(|(at, tenant)| {
        let it = checked.tenants.get(*at)?;
        let is_whole = live.is_some_and(|live| live.objects(it.index).is_some());
        let (system, circumstances) =
            (System::of_kind(it.provider.kind)?, live.and_then(|live| live.circumstances(it.index)));
        Some(Site { tenant, system, is_whole, circumstances })
    });
    let sites: Vec<Site<'_>> = known.collect();
    let home = sites.iter().position(|it| it.tenant.tenant == asked.tenant()).unwrap_or_default();
    let in_force = |tenant: &str, schedule: &str| asked.is_in_force(tenant, schedule);
    let made = make(&Stage { sites: &sites, home, in_force: &in_force, caller: asked.caller() });
    let directory = match &wanted.root {
        Some(root) => tempfile::Builder::new().prefix("dialform-").tempdir_in(root.join("tmp")),
        None => tempfile::Builder::new().prefix("dialform-").tempdir(),
    };
    let cannot =
        |what: &str, error: &io::Error| Failure::error(format!("cannot {what}: {}", io_reason(error)));
    let directory = directory.map_err(|error| {
        cannot("make a directory for the switch", &error)
            .help("a switch in a directory of its own is root's alone")
    })?;
    let own = match (&wanted.root, directory.path().file_name()) {
        (Some(_), Some(name)) => Path::new("/tmp").join(name),
        _ => directory.path().to_owned(),
    };
    let listen = Listen {
        host: match wanted.listen {
            SocketAddr::V4(it) => it.ip().to_string(),
            SocketAddr::V6(it) => format!("[{}]", it.ip()),
        },
        port: wanted.listen.port(),
        password: password().map_err(|error| cannot("make a password", &error))?,
        own: own.to_string_lossy().into_owned(),
        modules: wanted.modules.to_string_lossy().into_owned(),
    };
    write(directory.path(), &made, &listen)
        .map_err(|error| cannot("write the files of the switch", &error))?;
    let child = spawn(wanted.root.as_deref(), directory.path(), &own).map_err(|error| {
        cannot("start Asterisk", &error).help("a switch in a directory of its own is started by root")
    })?;
    let phones = phones(&made.phones, &sites, home);
    let rehearsal = Rehearsal {
        at: asked.at(),
        called: question.called.split_once('/').map_or(&*question.called, |(_, name)| name).to_owned(),
        server: wanted.listen.to_string(),
        user: CALLER.to_owned(),
        password: listen.password,
        foretold: foretold(asked, &made.phones, &sites),
        phones: phones.clone(),
        dialled: made.dialled,
        notes: made.notes.into_iter().collect(),
    };
    let log = directory.path().join("log/full");
    let running = Running { child, directory };
    let (events, rest, waiting) = (made.events, String::new(), Vec::new());
    let is_root_needed = wanted.root.is_some();
    let mut switch =
        Switch { rehearsal, events, phones, log, read: 0, rest, waiting, is_root_needed, running };
    switch.up(context).await.map(|()| switch)
}

/// Everything that it says, into files that nobody else can read.
fn write(directory: &Path, made: &Made, listen: &Listen) -> io::Result<()> {
    for folder in ["etc", "run", "log", "db", "spool", "none"] {
        fs::create_dir(directory.join(folder))?;
    }
    for (name, text) in files(made, listen) {
        fs::write(directory.join("etc").join(format!("{name}.conf")), text)?;
    }
    Ok(())
}

fn spawn(root: Option<&Path>, directory: &Path, own: &Path) -> io::Result<Child> {
    let out = File::create(directory.join("out"))?;
    let start = |before: &[&str]| {
        let chroot = root.into_iter().flat_map(|root| ["chroot".into(), root.as_os_str().to_owned()]);
        let mut words: Vec<std::ffi::OsString> = before.iter().map(Into::into).chain(chroot).collect();
        words.extend(["asterisk".into(), "-f".into(), "-C".into(), own.join("etc/asterisk.conf").into()]);
        // What the environment holds is none of its business.
        let mut command = Command::new(words.remove(0));
        command.args(words).env_clear().env("PATH", PATH).current_dir("/").stdin(Stdio::null());
        // Ctrl-C is for whoever started it, who ends it then.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdout(out.try_clone()?).stderr(out.try_clone()?).spawn()
    };
    // It ends also where this process is killed.
    match start(&["setpriv", "--pdeathsig", "KILL"]) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => start(&[]),
        started => started,
    }
}

/// Of a run alone.
fn password() -> io::Result<String> {
    let mut bytes = [0; 12];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|it| format!("{it:02x}")).collect())
}

/// What a phone is called by somebody at one of the tenants.
fn whose(phone: &Phone, sites: &[Site<'_>], home: usize) -> String {
    match phone {
        Phone::Own(site, name) if *site == home => name.clone(),
        Phone::Own(site, name) => {
            sites.get(*site).map_or_else(|| name.clone(), |it| format!("{}/{name}", it.tenant.tenant))
        }
        Phone::Outside(number) => number.to_string(),
    }
}

fn phones(phones: &Phones, sites: &[Site<'_>], home: usize) -> Vec<(String, String)> {
    phones.all().map(|(phone, account)| (account.to_owned(), whose(phone, sites, home))).collect()
}

/// How a call ends with every phone registered, and with none. An outside number is there in any case.
fn foretold(asked: &Asked, phones: &Phones, sites: &[Site<'_>]) -> Vec<(String, Vec<String>)> {
    let named = |is_own: bool| {
        let phones = phones.all().filter_map(move |(phone, _)| match phone {
            Phone::Own(site, name) => Some((sites.get(*site)?.tenant.tenant.as_str(), name.clone())),
            Phone::Outside(number) => (!is_own).then(|| (asked.tenant(), number.to_string())),
        });
        phones.collect::<Vec<_>>()
    };
    let (all, own) = (named(false), named(true));
    [
        ("every phone registered, and somebody lifts after 5 s", all.as_slice(), flow::Phone::Answers(5_000)),
        ("every phone registered, and nobody lifts", &all, flow::Phone::NoAnswer),
        ("no phone registered", &own, flow::Phone::Offline),
    ]
    .map(|(when, phones, state)| (when.to_owned(), asked.ends(phones, state)))
    .into()
}

impl Switch {
    /// Until it can be called.
    async fn up(&mut self, context: &Context) -> Result<(), Failure> {
        for _ in 0..UNTIL_UP {
            let log = fs::read(&self.log).unwrap_or_default();
            if String::from_utf8_lossy(&log).contains("Asterisk Ready") {
                self.read = log.len() as u64;
                return Ok(());
            }
            if self.has_ended() {
                break;
            }
            tokio::select! {
                () = context.shutdown.stop.cancelled() => return Err(context.stopped()),
                () = tokio::time::sleep(OFTEN) => {}
            }
        }
        Err(self.failure("Asterisk does not come up"))
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.running.child.try_wait(), Ok(None))
    }

    /// With the last that it has said.
    fn failure(&self, what: &str) -> Failure {
        let said = fs::read(self.running.directory.path().join("out")).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let wrong = log.lines().rev().find(|line| line.contains("ERROR")).unwrap_or(last);
        let root = match self.is_root_needed {
            true => "; in a directory of its own it is started by root alone",
            false => "",
        };
        Failure::error(what.to_owned()).help(format!("it says: {}{root}", wrong.trim()))
    }

    /// The next step of a call, or how one ends. None: whoever started it wants no more.
    pub async fn next(&mut self, context: &Context) -> Result<Option<(String, bool)>, Failure> {
        loop {
            if !self.waiting.is_empty() {
                return Ok(Some(self.waiting.remove(0)));
            }
            tokio::select! {
                biased;
                () = context.shutdown.stop.cancelled() => {
                    // The last words.
                    self.look();
                    return Ok((!self.waiting.is_empty()).then(|| self.waiting.remove(0)));
                }
                () = tokio::time::sleep(OFTEN) => {}
            }
            self.look();
            if self.waiting.is_empty() && self.has_ended() {
                return Err(self.failure("Asterisk has ended"));
            }
        }
    }

    /// Reads what is new in the log.
    fn look(&mut self) {
        let read = || -> io::Result<Vec<u8>> {
            let mut file = File::open(&self.log)?;
            file.seek(SeekFrom::Start(self.read))?;
            let mut new = Vec::new();
            file.read_to_end(&mut new).map(|_| new)
        };
        let new = read().unwrap_or_default();
        self.read += new.len() as u64;
        self.rest += &String::from_utf8_lossy(&new);
        while let Some((line, rest)) = self.rest.split_once('\n') {
            let told = match heard(line) {
                Some(Ok(event)) => self.events.get(event).map(|it| (it.text.clone(), it.is_end)),
                Some(Err(account)) => {
                    let whose = self.phones.iter().find(|(it, _)| it == account);
                    whose.map(|(_, whose)| (format!("answered {whose}"), true))
                }
                None => None,
            };
            self.waiting.extend(told);
            self.rest = rest.to_owned();
        }
    }
}
