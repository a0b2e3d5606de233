//! What dialform takes for a fleet, as tables: made, served on loopback by its own emulation, checked and planned over HTTP.
//! Beside it, where `octodns-sync` is installed, octoDNS plans as many bytes of zones from file to file.

use super::{Fleet, Summary, generate};
use std::{
    error::Error,
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use wait4::Wait4;

/// The port of the first emulated system; the others have the following ones.
const PORT: usize = 26_000;

/// About as many bytes of zones as octoDNS has in one file.
const ZONE: u64 = 100_000;

/// What a process took.
struct Took {
    wall: Duration,
    work: Duration,
    /// Bytes of memory at most.
    peak: u64,
}

fn took(command: &mut Command) -> Result<Took, Box<dyn Error>> {
    let begin = Instant::now();
    let ended = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?.wait4()?;
    if !ended.status.success() {
        return Err(format!("{command:?}: {}", ended.status).into());
    }
    Ok(Took {
        wall: begin.elapsed(),
        work: ended.rusage.utime + ended.rusage.stime,
        peak: ended.rusage.maxrss,
    })
}

/// The systems of a fleet on loopback, until it is dropped.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Served {
    fn new(dialform: &str, fleet: &Path, systems: usize) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(dialform);
        command.arg("-C").arg(fleet).args(["sandbox", "serve", "--port", &PORT.to_string()]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let out = child.stdout.take().ok_or("nothing is said by `sandbox serve`")?;
        let served = Self(child);
        let mut lines = BufReader::new(out).lines();
        let mut said = 0;
        while said < systems {
            let line = lines.next().ok_or("`sandbox serve` has ended")??;
            said += usize::from(line.starts_with("stratus-"));
        }
        Ok(served)
    }
}

/// The fleet's settings with the addresses of what is served.
fn reached(fleet: &Path, into: &Path) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    let mut port = PORT;
    for line in fs::read_to_string(fleet.join("dialform.yaml"))?.lines() {
        let indented = line.trim_start();
        let line = if indented.starts_with("url:") {
            format!("    url: http://127.0.0.1:{port}/ns-api/v2")
        } else if indented.starts_with("carrier:") {
            port += 1;
            format!(
                "    carrier: {{ url: \"http://127.0.0.1:{}/_carrier/v1\", token: {{ env: CARRIER_TOKEN }} }}",
                port - 1
            )
        } else {
            line.to_owned()
        };
        text.push_str(&line);
        text.push('\n');
    }
    fs::write(into.join("dialform.yaml"), text)?;
    fs::rename(fleet.join("tenants"), into.join("tenants"))?;
    Ok(())
}

fn bytes(directory: &Path) -> Result<u64, Box<dyn Error>> {
    let files = fs::read_dir(directory)?;
    files.map(|it| Ok(it?.metadata()?.len())).sum()
}

/// As many bytes of zones, and the settings by which octoDNS takes them from one directory to another.
fn zones(root: &Path, bytes: u64) -> Result<u64, Box<dyn Error>> {
    let (mut settings, mut records) = (String::new(), 0);
    for side in ["files", "live"] {
        fs::create_dir_all(root.join(side))?;
        let directory = root.join(side);
        settings += &format!(
            "  {side}: {{ class: octodns.provider.yaml.YamlProvider, directory: {:?}, supports_root_ns: false }}\n",
            directory.display().to_string()
        );
    }
    settings = format!("providers:\n{settings}zones:\n");
    for zone in 0..bytes.div_ceil(ZONE) {
        let mut text = "---\n".to_owned();
        while (text.len() as u64) < ZONE {
            let (hundreds, units) = (records / 250 % 250, records % 250);
            text += &format!(
                "r{records:08}:\n  ttl: 300\n  type: A\n  values:\n    - 10.{}.{hundreds}.{units}\n    - 10.{}.{hundreds}.{units}\n",
                records / 62_500 % 250,
                records / 62_500 % 250 + 1
            );
            records += 1;
        }
        fs::write(root.join("files").join(format!("z{zone:05}.example.yaml")), text)?;
        fs::write(root.join("live").join(format!("z{zone:05}.example.yaml")), "---\n{}\n")?;
        settings += &format!("  z{zone:05}.example.: {{ sources: [files], targets: [live] }}\n");
    }
    fs::write(root.join("octodns.yaml"), settings)?;
    Ok(records)
}

fn row(out: &mut dyn Write, what: &str, Took { wall, work, peak }: &Took) -> Result<(), Box<dyn Error>> {
    let (wall, work) = (wall.as_secs_f64(), work.as_secs_f64());
    writeln!(out, "| {what} | {wall:.2} s | {work:.2} s | {} MB |", peak / 1_000_000)?;
    Ok(())
}

/// Measures a program with a fleet, and prints what it takes.
pub fn print(out: &mut dyn Write, dialform: &str, fleet: &Fleet) -> Result<(), Box<dyn Error>> {
    let root = tempfile::tempdir()?;
    let (made, asked) = (root.path().join("made"), root.path().join("asked"));
    let Summary { tenants, providers, objects, differences } = generate(fleet, &made)?;
    fs::create_dir(&asked)?;
    let size = bytes(&made.join("tenants"))?;
    let served = Served::new(dialform, &made, providers)?;
    reached(&made, &asked)?;
    let run = |words: &[&str]| {
        let mut command = Command::new(dialform);
        command.arg("-C").arg(&asked).args(words);
        took(command.env("STRATUS_TOKEN", "any").env("CARRIER_TOKEN", "any"))
    };
    writeln!(
        out,
        "{tenants} tenants on {providers} systems, {objects} objects, {:.1} MB of files, {differences} to change\n",
        size as f64 / 1e6
    )?;
    writeln!(out, "| what | wall | CPU | memory |\n| --- | --- | --- | --- |")?;
    let check = run(&["check"])?;
    row(out, "`check`", &check)?;
    let plan = run(&["plan"])?;
    row(out, "`plan`, over HTTP on loopback", &plan)?;
    drop(served);
    let dns = root.path().join("dns");
    let records = zones(&dns, size)?;
    let mut octodns = Command::new("octodns-sync");
    octodns.arg("--config-file").arg(dns.join("octodns.yaml")).arg("--quiet").arg("--force");
    match took(&mut octodns) {
        Ok(octodns) => {
            row(out, &format!("octoDNS, file to file, {records} records of as many bytes"), &octodns)?;
            let times = |it: &Took| octodns.wall.as_secs_f64() / it.wall.as_secs_f64();
            writeln!(
                out,
                "\noctoDNS takes {:.1} times as long as the plan, {:.1} times as long as the check.",
                times(&plan),
                times(&check)
            )?;
        }
        Err(error) => writeln!(out, "\noctoDNS was not measured (`pip install octodns`): {error}")?,
    }
    Ok(())
}
