//! What is live before a plan, written down: whole or not at all, and tenant by tenant, however many there are.

use super::{
    FILE_KIND, FORMAT_VERSION, Record, TenantRecord,
    checksum::{CHECKSUM, checksum},
    file::directory,
};
use crate::{
    file::{self, OURS},
    model::Address,
    plan::{Action, Plan},
    secret::KnownSecrets,
};
use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeMap, SerializeSeq},
};
use serde_json::Value;
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// The before-values of a plan.
pub struct Snapshot<'a> {
    plan: &'a Plan,
    /// When it was made, UTC.
    created: String,
    /// Whether it is about the emulated phone systems.
    sandbox: bool,
    /// Which system a provider is, the kind and a sum of its address.
    system: &'a dyn Fn(&str) -> String,
    /// Credentials that got into names or labels are hidden.
    secrets: &'a KnownSecrets,
}

impl<'a> Snapshot<'a> {
    pub fn of(
        plan: &'a Plan,
        sandbox: bool,
        system: &'a dyn Fn(&str) -> String,
        secrets: &'a KnownSecrets,
    ) -> Self {
        let created = format!("{:.0}", jiff::Timestamp::now());
        Self { plan, created, sandbox, system, secrets }
    }

    /// Writes them into the workspace; `None` if apply will not write.
    ///
    /// When this returns the file is on the disk, name and all: a machine that loses power during the first write to a phone
    /// system has it still. A second run makes a second file.
    pub fn save(&self, root: &Path) -> io::Result<Option<PathBuf>> {
        if !self.plan.steps().any(|(_, step)| step.action != Action::Manual) {
            return Ok(None);
        }
        let directory = &directory(root);
        file::own_directory(directory)?;
        loop {
            let now = jiff::Timestamp::now();
            let name = format!("{}-{}.json", now.strftime("%Y%m%dT%H%M%S%.6fZ"), std::process::id());
            let path = directory.join(name);
            let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
            self.write(file.as_file_mut(), &|_, _| true)?;
            file::ensure_read_again(file.as_file().metadata()?.len())?;
            file.as_file().sync_all()?;
            match file.persist_noclobber(&path) {
                Ok(_) => {}
                // Another apply in this process, in the same moment.
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error.error),
            }
            // The directories above may be as new as the file, whoever made them.
            for directory in [directory, &root.join(OURS), root] {
                File::open(directory)?.sync_all()?;
            }
            return Ok(Some(path));
        }
    }

    /// Leaves in the file the objects that were written, of a tenant and an address.
    pub fn narrow(&self, path: &Path, is_kept: &dyn Fn(&str, &Address) -> bool) -> io::Result<()> {
        let mut steps = self.plan.steps().filter(|(_, step)| step.action != Action::Manual);
        // Most runs write everything.
        if steps.all(|(plan, step)| is_kept(&plan.tenant, &step.address)) {
            return Ok(());
        }
        file::replace_by(path, &mut |file| self.write(file, is_kept))
    }

    fn write(&self, to: &mut File, is_kept: &dyn Fn(&str, &Address) -> bool) -> io::Result<()> {
        let sum = checksum(&Content { of: self, is_kept, checksum: None })?;
        let content = Content { of: self, is_kept, checksum: Some(sum) };
        let mut file = BufWriter::new(to);
        serde_json::to_writer_pretty(&mut file, &content)?;
        file.write_all(b"\n")?;
        file.flush()
    }
}

/// What a file says. The records of the tenants are made one at a time.
struct Content<'a> {
    of: &'a Snapshot<'a>,
    is_kept: &'a dyn Fn(&str, &Address) -> bool,
    /// The sum over everything else, however it is indented.
    checksum: Option<String>,
}

impl Content<'_> {
    /// A value without the credentials that got into it.
    fn without_secrets(&self, what: &impl Serialize) -> serde_json::Result<Value> {
        let mut value = serde_json::to_value(what)?;
        self.of.secrets.hide_in(&mut value);
        Ok(value)
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const TENANTS: &str = "tenants";
        let Snapshot { plan, created, sandbox, .. } = self.of;
        let head = Record {
            kind: FILE_KIND.to_owned(),
            format_version: FORMAT_VERSION,
            created: created.clone(),
            digest: plan.digest.clone(),
            sandbox: *sandbox,
            tenants: Vec::new(),
        };
        let head = self.without_secrets(&head).map_err(S::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in head.as_object().into_iter().flatten() {
            match key.as_str() {
                TENANTS => map.serialize_entry(TENANTS, &Tenants(self))?,
                key => map.serialize_entry(key, value)?,
            }
        }
        if let Some(sum) = &self.checksum {
            map.serialize_entry(CHECKSUM, sum)?;
        }
        map.end()
    }
}

struct Tenants<'a>(&'a Content<'a>);

impl Serialize for Tenants<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Content { of: Snapshot { plan, system, .. }, is_kept, .. } = self.0;
        let mut list = serializer.serialize_seq(None)?;
        for tenant in &plan.tenants {
            let is_kept = |address: &Address| is_kept(&tenant.tenant, address);
            if let Some(record) = TenantRecord::of(tenant, system(&tenant.provider), &is_kept) {
                list.serialize_element(&self.0.without_secrets(&record).map_err(S::Error::custom)?)?;
            }
        }
        list.end()
    }
}
