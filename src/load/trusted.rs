//! The `dialform.yaml` of a git revision in place of the one in the files: a pull request then cannot change where
//! credentials are sent, nor which programs run.

use super::{
    Earlier, Kinds, Node,
    files::Files,
    revision::Revision,
    source::WORKSPACE_FILE,
    tenant::LoadedTenant,
    tree::Value,
    workspace::{Config, Untrusted, Which, Workspace},
};
use crate::{
    finding::{Finding, Level},
    path::{Path as Field, Segment},
};
use std::{collections::BTreeSet, sync::Arc};

const CODE: &str = "config";

impl<P> Workspace<P> {
    /// The same workspace, which was read from these files, with the `dialform.yaml` of a revision. Fails only if git knows
    /// no such revision. `known` may have been read from it before.
    ///
    /// Where the files have another one, that is a finding for each setting. A provider and a tenant that only theirs
    /// names, or everything where the revision has none that can be used, stays and is [`untrusted`](Self::untrusted).
    pub fn configured_at<K: Kinds<Entry = P>>(
        self,
        files: &Files,
        named: &str,
        kinds: &K,
        known: Option<&Earlier>,
    ) -> Result<Self, String> {
        let known = known.and_then(|it| it.files_of(named));
        let revision = known.map_or_else(|| Revision::find(files.root(), named).map(Arc::new), Ok)?;
        if self.is_configured_as_at(&revision, files) {
            return Ok(self);
        }
        let config = match revision.has(WORKSPACE_FILE) {
            true => Config::read(&Files::Revision(revision), kinds),
            false => Err(Vec::new()),
        };
        match config.map(|config| config.called(format!("{named}:{WORKSPACE_FILE}"))) {
            Ok(config) if !config.findings.iter().any(|it| it.level == Level::Error) => {
                Ok(self.with(config, files, named, kinds))
            }
            Ok(config) => Ok(self.without(&config.findings, named)),
            Err(found) => Ok(self.without(&found, named)),
        }
    }

    /// Whether the `dialform.yaml` of a revision is another one, so that it is read with all its tenants.
    pub fn is_configured_otherwise(&self, files: &Files, named: &str, known: Option<&Earlier>) -> bool {
        let known = known.and_then(|it| it.files_of(named));
        let revision = known.map_or_else(|| Revision::find(files.root(), named).map(Arc::new), Ok);
        revision.is_ok_and(|it| !self.is_configured_as_at(&it, files))
    }

    fn is_configured_as_at(&self, revision: &Revision, files: &Files) -> bool {
        let known = self.part.as_ref().is_some_and(|part| part.is_as_at(WORKSPACE_FILE, revision));
        known || (revision.has(WORKSPACE_FILE) && files.differing(revision, &[WORKSPACE_FILE]).is_empty())
    }

    /// Why nothing of a tenant is to be read, if so.
    pub fn untrusted(&self, tenant: &LoadedTenant) -> Option<Finding> {
        let Untrusted { providers, files, revision, useless } = &self.untrusted;
        let provider = &tenant.tenant.provider;
        let what = if let Some(why) = useless {
            why.clone()
        } else if providers.contains(provider) {
            format!("provider `{provider}` is not in `{WORKSPACE_FILE}` at `{revision}`")
        } else if let Some((file, _)) = tenant.written().find(|(file, _)| files.contains(*file)) {
            format!("`{file}` is not among `tenants` in `{WORKSPACE_FILE}` at `{revision}`")
        } else {
            return None;
        };
        let finding = Finding::error("untrusted-config", format!("{what}: checked, and nothing was read"));
        Some(finding.help("needs a first run by somebody trusted: `--config worktree`"))
    }

    /// Whether no credential of a provider is to be touched.
    pub fn is_untrusted(&self, provider: &str) -> bool {
        self.untrusted.providers.contains(provider)
    }

    /// With the settings of a revision that can be used.
    fn with<K: Kinds<Entry = P>>(self, config: Config<P>, files: &Files, named: &str, kinds: &K) -> Self {
        let differences = self.differences(&config, named);
        let Self { mut file, mut providers, tenants, parts, findings, at, .. } = self;
        let mut config = config;
        // What they name describes calls, as tenants do; it can be read where those are, and sends nothing.
        config.file.shared.clone_from(&file.shared);
        let mut trusted = Self::with_tenants(config, files, kinds, at, &Which::All);
        let mut untrusted = Untrusted { revision: named.to_owned(), ..Untrusted::default() };
        for (name, entry) in std::mem::take(&mut providers) {
            if trusted.providers.contains_key(&name) {
                continue;
            }
            let kind = file.providers.remove(&name);
            trusted.file.providers.extend(kind.map(|kind| (name.clone(), kind)));
            trusted.providers.insert(name.clone(), entry);
            untrusted.providers.insert(name);
        }
        let known: BTreeSet<String> = trusted.names().map(str::to_owned).collect();
        // Without one of its files a tenant would declare less than it does.
        let is_new = |it: &LoadedTenant| it.written().any(|(file, _)| !known.contains(file));
        let new = |tenants: Vec<LoadedTenant>| tenants.into_iter().filter(is_new);
        let (new_tenants, new_parts): (Vec<_>, Vec<_>) = (new(tenants).collect(), new(parts).collect());
        let all =
            || new_tenants.iter().chain(&new_parts).flat_map(LoadedTenant::written).map(|(file, _)| file);
        untrusted.files = all().filter(|file| !known.contains(*file)).map(str::to_owned).collect();
        let replaced: BTreeSet<String> = all().map(str::to_owned).collect();
        trusted.tenants.retain(|it| !replaced.contains(it.file()));
        trusted.parts.retain(|it| !replaced.contains(it.file()));
        trusted.tenants.extend(new_tenants);
        trusted.parts.extend(new_parts);
        trusted.findings.extend(findings);
        trusted.findings.extend(differences);
        trusted.findings.sort();
        trusted.findings.dedup();
        Self { untrusted, ..trusted }
    }

    /// With its own settings, of which none is to be used.
    fn without(mut self, found: &[Finding], named: &str) -> Self {
        let why = match found.iter().find(|finding| finding.level == Level::Error) {
            None => format!("at `{named}` there is no `{WORKSPACE_FILE}` in this directory"),
            Some(Finding { message, place, .. }) => {
                let at = place.as_ref().map(|at| format!(" (line {})", at.line)).unwrap_or_default();
                format!("`{WORKSPACE_FILE}` of `{named}` cannot be used: {message}{at}")
            }
        };
        let providers = self.providers.keys().cloned().collect();
        self.untrusted =
            Untrusted { providers, revision: named.to_owned(), useless: Some(why), ..Untrusted::default() };
        self
    }

    /// A finding for each setting that the files have otherwise than the revision.
    fn differences(&self, then: &Config<P>, named: &str) -> Vec<Finding> {
        let mut paths = Vec::new();
        different(self.tree.root(), then.tree.root(), &mut Vec::new(), &mut paths);
        paths.retain(|path| path.first().and_then(Segment::as_key) != Some("shared"));
        let finding = |path: Vec<Segment>| {
            let mut place = self.tree.place_of(&path);
            let field = Field::from(path.as_slice());
            let line = |source: &str| format!("`{}`", source.trim());
            let there = then.tree.get(&path).map(|_| line(&then.tree.place_of_key(&path).source));
            let message = match (self.tree.get(&path), there) {
                (Some(_), Some(there)) => {
                    format!("`{field}` is not used as it is here: `{named}` has {there}")
                }
                (Some(_), None) => format!("`{field}` is not used: it is not there at `{named}`"),
                (None, there) => {
                    place = then.tree.place_of_key(&path);
                    let there = there.unwrap_or_default();
                    format!("`{field}` is used although it is gone here: `{named}` has {there}")
                }
            };
            Finding::warning(CODE, message)
                .help(format!(
                    "this plan uses `{WORKSPACE_FILE}` of `{named}`; once this is merged, apply uses the new one. To \
                     plan with it, somebody trusted runs with `--config worktree`"
                ))
                .at(place)
        };
        paths.into_iter().map(finding).collect()
    }
}

/// The paths at which two nodes differ, as deep as both are maps.
fn different(now: &Node, then: &Node, path: &mut Vec<Segment>, found: &mut Vec<Vec<Segment>>) {
    if let (Value::Map(some), Value::Map(others)) = (&now.value, &then.value) {
        let gone = others.iter().filter(|(key, _)| now.get(key.text()).is_none());
        for (key, _) in some.iter().chain(gone) {
            path.push(Segment::key(key.text()));
            match (now.get(key.text()), then.get(key.text())) {
                (Some(now), Some(then)) => different(now, then, path, found),
                _ => found.push(path.clone()),
            }
            path.pop();
        }
    } else if !now.says_as(then) {
        found.push(path.clone());
    }
}
