//! A workspace: `dialform.yaml` and the tenant files it names, from a directory or from a git revision.

use super::{
    Kinds, Node, Tree,
    batches::{InBatches, batches},
    decode, decode_with,
    entry::{expected, read_all},
    files::{AHEAD, Files},
    head::{Unread, head_in_part},
    hints::{Hints, InCountry},
    library::{Library, Proposed, parsed},
    near::near_misses,
    part::{About, Part},
    pieces::{Joined, adds_to, joined},
    shared::SHARED,
    showable::PROVIDERS,
    source::{BASELINE_FILE, Source, WORKSPACE_FILE},
    template::Extent,
    tenant::LoadedTenant,
    until::Untils,
};
use crate::{
    cores, file,
    finding::{Finding, Level, Place},
    model::{Baseline, Country, Tenant, WorkspaceFile, numbering::country_of_zone},
    path::Segment,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A workspace as far as it could be read, and everything that is wrong with it. `P` is what an entry of `providers` is
/// read as.
pub struct Workspace<P> {
    pub file: WorkspaceFile,
    /// The entries of `providers` that could be read.
    pub providers: BTreeMap<String, P>,
    pub(super) tree: Tree,
    pub tenants: Vec<LoadedTenant>,
    /// What could be read of files with errors, so that one run finds what else is wrong in them.
    pub parts: Vec<LoadedTenant>,
    /// What an import has found wrong in what was live already.
    pub baseline: Baseline,
    pub findings: Vec<Finding>,
    pub(super) untrusted: Untrusted,
    pub(super) library: Library,
    /// What is known of the tenants that are not loaded; `None`: all are.
    pub part: Option<Part>,
    /// The instant that the files are read for: what has an `until` says what it does then.
    pub at: Timestamp,
    /// The files of a fleet that are loaded batch by batch, each with the pattern that names it. Empty: they are loaded.
    pub(super) batches: Vec<Vec<(String, u32)>>,
}

/// Which tenants of a workspace are loaded.
pub enum Which<'a> {
    All,
    /// Those that a run is about, and those that have something in common with one of them (see [`Part`]).
    About(&'a About<'a>),
    /// None yet where they are many: batch by batch, with [`Workspace::load_batch`].
    InBatches(&'a InBatches<'a>),
}

/// What of a workspace stands only in the `dialform.yaml` of the files: it is checked, and nothing of it is read.
#[derive(Debug, Default)]
pub(super) struct Untrusted {
    pub providers: BTreeSet<String>,
    /// Files of tenants.
    pub files: BTreeSet<String>,
    /// The revision, as it was named.
    pub revision: String,
    /// Why its `dialform.yaml` is of no use.
    pub useless: Option<String>,
}

/// A `dialform.yaml`.
pub(super) struct Config<P> {
    pub file: WorkspaceFile,
    providers: BTreeMap<String, P>,
    pub tree: Tree,
    pub findings: Vec<Finding>,
    /// Where something in it is wrong: what could not be read.
    unread: Option<Unread>,
}

impl<P> Workspace<P> {
    /// Where the value at a path of `dialform.yaml` stands.
    pub fn place(&self, path: &[Segment]) -> Place {
        self.tree.place_of(path)
    }

    /// `dialform.yaml` as it is written, with its name.
    pub fn text(&self) -> (&str, &str) {
        (self.tree.file(), self.tree.text())
    }

    /// Whether something in the files could not be read.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Error)
    }

    /// Whether there is an entry for a provider, be it one that cannot be read.
    pub fn has_provider(&self, name: &str) -> bool {
        self.written(name).is_some()
    }

    /// The settings of a provider as they are written, for comparison with those of another workspace.
    pub(super) fn written(&self, provider: &str) -> Option<&Node> {
        self.tree.get(&[Segment::key(PROVIDERS), Segment::key(provider)])
    }

    /// Where the key at a path of `dialform.yaml` stands.
    pub fn place_of_key(&self, path: &[Segment]) -> Place {
        self.tree.place_of_key(path)
    }

    /// The names of the tenants' files that can be read, those with errors in them too.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tenants.iter().chain(&self.parts).flat_map(LoadedTenant::written).map(|(name, _)| name)
    }

    /// A tenant whose files, by name, are about to be written, as it will be read.
    pub fn read_tenant<'a, K: Kinds<Entry = P>>(
        &self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        kinds: &K,
    ) -> Result<LoadedTenant, Vec<Finding>> {
        self.read_with(None, files, kinds)
    }

    /// The same where it may extend a template that is about to be written as well.
    pub fn read_with<'a, K: Kinds<Entry = P>>(
        &self,
        proposed: Option<&Proposed>,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        kinds: &K,
    ) -> Result<LoadedTenant, Vec<Finding>> {
        let mut findings = Vec::new();
        let trees = files.into_iter().map(|(name, text)| parsed(name, text.as_bytes(), &mut findings));
        let trees: Vec<Option<Tree>> = trees.collect();
        let all = trees.iter().all(Option::is_some);
        let Joined { mut tenants, .. } =
            joined(trees.into_iter().flatten().collect(), all, &[], &mut findings);
        let tree = tenants.pop().filter(|_| all);
        let tree = tree.map(|tree| self.library.known(tree, proposed, &mut findings));
        match tree.and_then(|tree| tenant(tree, &self.file, kinds, self.at, &mut findings)) {
            Some((tenant, true)) => Ok(tenant),
            _ => Err(findings),
        }
    }

    /// Reads `dialform.yaml` and every tenant file, as it is at an instant. `Err` if there is not even that to work with.
    pub fn load<K: Kinds<Entry = P>>(files: &Files, kinds: &K, at: Timestamp) -> Result<Self, Vec<Finding>> {
        Ok(Self::with_tenants(Config::read(files, kinds)?.whole()?, files, kinds, at, &Which::All))
    }

    /// The same with the tenants also where something is wrong in `dialform.yaml`, as far as they can be told from it.
    pub fn load_to_check<K: Kinds<Entry = P>>(
        files: &Files,
        kinds: &K,
        at: Timestamp,
        which: &Which<'_>,
    ) -> Result<Self, Vec<Finding>> {
        Ok(Self::with_tenants(Config::read(files, kinds)?, files, kinds, at, which))
    }

    /// The same with no tenants yet where they are many: for whoever asks for the phone systems alone.
    pub fn load_systems<K: Kinds<Entry = P>>(
        files: &Files,
        kinds: &K,
        at: Timestamp,
    ) -> Result<Self, Vec<Finding>> {
        let how = InBatches { bytes: 0, of_each: 0, single_account: &[] };
        let config = Config::read(files, kinds)?.whole()?;
        Ok(Self::with_tenants(config, files, kinds, at, &Which::InBatches(&how)))
    }

    /// How many batches there are to be loaded, one at a time; 0: all that is loaded is there.
    pub fn batches(&self) -> usize {
        self.batches.len()
    }

    /// Loads the tenants of a batch in place of those that are loaded, and says what is wrong with their files.
    pub fn load_batch<K: Kinds<Entry = P>>(
        &mut self,
        files: &Files,
        kinds: &K,
        batch: usize,
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        let places = places_of_patterns(&self.file, &self.tree);
        let wanted = self.batches.get(batch).into_iter().flatten();
        let wanted = wanted.map(|(name, pattern)| (name.as_str(), &places[*pattern as usize]));
        let (file, library, at) = (&self.file, &mut self.library, self.at);
        let mut whole = |tree, found: &mut Vec<Finding>| library.tenant(files, tree, found);
        let decode = |tree, found: &mut Vec<Finding>| tenant(tree, file, kinds, at, found);
        // Those of the batch before go first: memory is for one.
        (self.tenants, self.parts) = (Vec::new(), Vec::new());
        let wanted: Vec<(&str, &Place)> = wanted.collect();
        (self.tenants, self.parts) =
            read_tenants(files, &wanted, largest(file), &[], &mut found, &mut whole, &decode);
        found
    }

    /// The files of all batches, in order.
    pub fn files_in_batches(&self) -> Vec<String> {
        let mut files: Vec<String> = self.batches.iter().flatten().map(|(name, _)| name.clone()).collect();
        files.sort();
        files
    }

    /// Forgets the tenants of the batch that is loaded.
    pub fn unload(&mut self) {
        (self.tenants, self.parts) = (Vec::new(), Vec::new());
    }

    /// The same with a `dialform.yaml` that is about to be written.
    pub fn load_as<K: Kinds<Entry = P>>(
        text: &str,
        files: &Files,
        kinds: &K,
        at: Timestamp,
    ) -> Result<Self, Vec<Finding>> {
        Ok(Self::with_tenants(Config::parse(text.as_bytes(), kinds)?.whole()?, files, kinds, at, &Which::All))
    }

    /// Reads the tenant files that a `dialform.yaml` names: all of them, or what a run is about.
    pub(super) fn with_tenants<K: Kinds<Entry = P>>(
        config: Config<P>,
        files: &Files,
        kinds: &K,
        at: Timestamp,
        which: &Which<'_>,
    ) -> Self {
        let about = match which {
            Which::About(about) => Some(*about),
            Which::All | Which::InBatches(_) => None,
        };
        let Config { file, providers, tree, mut findings, unread } = config;
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let places = places_of_patterns(&file, &tree);
        if file.tenants.is_empty() {
            let message = "`tenants` is empty: there is nothing to check, and nothing to plan";
            let help = "name the files of the tenants: `tenants: [\"tenants/*.yaml\"]`";
            let place = tree.place_of(&[Segment::key("tenants")]);
            findings.push(Finding::warning("no-tenants", message).help(help).at(place));
        }
        for (index, pattern) in file.tenants.iter().enumerate() {
            let place = || places[index].clone();
            match files.matching(pattern) {
                Ok(found) if found.is_empty() => {
                    let finding = Finding::error("no-tenant-files", format!("no file matches `{pattern}`"));
                    findings.push(finding.help("patterns are relative to dialform.yaml").at(place()));
                }
                Ok(found) => names.extend(found.into_iter().map(|name| (name, index))),
                Err(cause) => findings.push(Finding::explained("bad-value", cause).at(place())),
            }
        }
        findings.extend(near_misses(files, &tree, &file, &names));
        let mut library = Library::read(files, &file.shared, &tree, &mut findings);
        let largest = largest(&file);
        let named: BTreeSet<&str> = names.keys().map(String::as_str).collect();
        let mut part = about.and_then(|about| Part::of(files, &file, &named, largest, about));
        let baseline = baseline(files, &mut findings);
        // What is known of an object is looked for in all of them, and what is misspelt may say where they are.
        let in_batches = match which {
            Which::InBatches(how) if unread.is_none() && baseline.known.is_empty() => {
                let mut library = Library::read(files, &file.shared, &tree, &mut Vec::new());
                let mut whole = |name: &str, bytes: &[u8]| {
                    let tree =
                        parsed(name, bytes, &mut Vec::new()).filter(|tree| adds_to(tree.root()).is_none())?;
                    let tree = library.tenant(files, (tree, true), &mut Vec::new());
                    let (tenant, whole) = tenant(tree, &file, kinds, at, &mut Vec::new())?;
                    whole.then_some(tenant.tenant)
                };
                let named: Vec<&str> = named.iter().copied().collect();
                batches(files, &file, &named, largest, how, &mut whole)
            }
            _ => None,
        };
        let named = |name: String| {
            // There are not as many patterns as that.
            let pattern = u32::try_from(names[&name]).unwrap_or_default();
            (name, pattern)
        };
        let in_batches = in_batches.unwrap_or_default().into_iter();
        let batches: Vec<Vec<_>> = in_batches.map(|names| names.into_iter().map(named).collect()).collect();
        let (mut tenants, mut parts) = loop {
            if !batches.is_empty() {
                break (Vec::new(), Vec::new());
            }
            let wanted: Vec<(&str, &Place)> = names
                .iter()
                .map(|(name, index)| (name.as_str(), &places[*index]))
                .filter(|(name, _)| part.as_ref().is_none_or(|part| !part.others.contains_key(*name)))
                .collect();
            let mut found = Vec::new();
            let mut whole = |tree, found: &mut Vec<Finding>| library.tenant(files, tree, found);
            let decode = |tree, found: &mut Vec<Finding>| tenant(tree, &file, kinds, at, found);
            let others = part.as_ref().map(Part::names).unwrap_or_default();
            let read = read_tenants(files, &wanted, largest, &others, &mut found, &mut whole, &decode);
            // What a template says is known only now.
            let loaded: Vec<&Tenant> = read.0.iter().chain(&read.1).map(|it| &it.tenant).collect();
            if !part
                .as_mut()
                .zip(about)
                .is_some_and(|(part, about)| part.take_related_to(&file, &loaded, about))
            {
                findings.append(&mut found);
                break read;
            }
        };
        if let Some(Unread { providers, shared }) = unread {
            // What is misspelt may say where they are.
            findings.retain(|finding| !shared || finding.code != "unknown-shared");
            let takes = |it: &LoadedTenant| shared && it.texts().any(|(_, text)| text.contains(SHARED));
            tenants.iter_mut().for_each(|it| it.lacks |= takes(it));
            let is_unsure = |it: &LoadedTenant| it.lacks || providers.contains(&it.tenant.provider);
            let (unsure, sure): (Vec<_>, _) = tenants.into_iter().partition(is_unsure);
            (tenants, parts) = (sure, parts.into_iter().chain(unsure).collect());
        }
        let untrusted = Untrusted::default();
        Self {
            file,
            providers,
            tree,
            tenants,
            parts,
            baseline,
            findings,
            untrusted,
            library,
            part,
            at,
            batches,
        }
    }
}

/// Where the patterns stand that name the files of tenants.
fn places_of_patterns(file: &WorkspaceFile, tree: &Tree) -> Vec<Place> {
    let place = |index: usize| tree.place_of(&[Segment::key("tenants"), Segment::Index(index)]);
    (0..file.tenants.len()).map(place).collect()
}

/// The largest file of a tenant, in bytes.
fn largest(file: &WorkspaceFile) -> u64 {
    file.max_file_mib.map_or(file::LARGEST, |mib| u64::from(mib) << 20)
}

/// Adds to a tenant's own files what they take from others.
type MakeWhole<'a> = dyn FnMut((Tree, bool), &mut Vec<Finding>) -> (Tree, Extent) + 'a;
/// Makes a tenant of its files, if that can be; says whether it is the whole of it.
type Decode<'a> = dyn Fn((Tree, Extent), &mut Vec<Finding>) -> Option<(LoadedTenant, bool)> + Sync + 'a;

/// Reads files of tenants, each with what names it: the tenants, and what there is of those with errors.
fn read_tenants(
    files: &Files,
    names: &[(&str, &Place)],
    largest: u64,
    others: &[&str],
    findings: &mut Vec<Finding>,
    make_whole: &mut MakeWhole<'_>,
    decode: &Decode<'_>,
) -> (Vec<LoadedTenant>, Vec<LoadedTenant>) {
    let (mut tenants, mut parts) = (Vec::new(), Vec::new());
    let (mut trees, mut all) = (Vec::new(), true);
    for some in names.chunks(AHEAD) {
        files.read_ahead(some.iter().map(|(name, _)| *name));
        for (tree, mut found) in cores::each(some.iter(), |(name, place)| tree(files, name, place, largest)) {
            all &= tree.is_some();
            trees.extend(tree);
            findings.append(&mut found);
        }
    }
    let whole = joined(trees, all, others, findings).tenants.into_iter().map(|tree| {
        let mut found = Vec::new();
        (make_whole(tree, &mut found), found)
    });
    let whole: Vec<_> = whole.collect();
    let decoded = cores::each(whole.into_iter(), |(tree, mut found)| (decode(tree, &mut found), found));
    for (tenant, mut found) in decoded {
        findings.append(&mut found);
        match tenant {
            Some((tenant, true)) => tenants.push(tenant),
            Some((tenant, false)) => parts.push(tenant),
            None => {}
        }
    }
    (tenants, parts)
}

/// A file of a tenant, parsed, and what is wrong with it.
fn tree(files: &Files, name: &str, place: &Place, largest: u64) -> (Option<Tree>, Vec<Finding>) {
    let mut found = Vec::new();
    let tree = match files.read(name, largest) {
        Ok(bytes) => parsed(name, &bytes, &mut found),
        Err(why) => {
            let finding = Finding::error("unreadable-file", format!("cannot read `{name}`: {why}"));
            let help = match why.starts_with("it is larger than") {
                true => "split it into several files, or allow more with `max_file_mib`",
                false => "every file a pattern matches has to be a tenant: make it readable, or move it away",
            };
            found.push(finding.help(help).at(place.clone()));
            None
        }
    };
    (tree, found)
}

/// The findings that a baseline of this text knows; none where it cannot be read.
pub fn baseline_of(text: &str) -> Baseline {
    let tree = Tree::parse_bytes(BASELINE_FILE, text.as_bytes());
    tree.ok().and_then(|tree| decode(&tree, tree.root(), &mut Vec::new())).unwrap_or_default()
}

/// The findings that are known; none where there is no such file.
fn baseline(files: &Files, findings: &mut Vec<Finding>) -> Baseline {
    let Ok(names) = files.matching(BASELINE_FILE) else { return Baseline::default() };
    if names.is_empty() {
        return Baseline::default();
    }
    let bytes = match files.read(BASELINE_FILE, file::LARGEST_OF_ALL) {
        Ok(bytes) => bytes,
        Err(why) => {
            let message = format!("cannot read `{BASELINE_FILE}`: {why}");
            let help = "make it readable, or take it away: what it knows is then found again";
            findings.push(Finding::error("unreadable-file", message).help(help));
            return Baseline::default();
        }
    };
    match Tree::parse_bytes(BASELINE_FILE, &bytes) {
        Ok(tree) => decode(&tree, tree.root(), findings).unwrap_or_default(),
        Err(found) => {
            findings.extend(found);
            Baseline::default()
        }
    }
}

/// One tenant's tree decoded, and whether that is the whole of it.
fn tenant<K: Kinds>(
    (written, extent): (Tree, Extent),
    file: &WorkspaceFile,
    kinds: &K,
    at: Timestamp,
    findings: &mut Vec<Finding>,
) -> Option<(LoadedTenant, bool)> {
    let kind = kind(&written, file);
    let (hints, means) = (kinds.hints(kind), kinds.means(kind));
    let hints = InCountry { hints, country: country(&written, hints) };
    let mut found = Vec::new();
    let untils = Untils::find(&written, &mut found);
    let fine = found.is_empty();
    let (mut tree, written) = untils.split(written, at);
    let decoded = decode_with::<Tenant>(&mut tree, &hints, &mut found);
    let mut others = true;
    // What was before an `until` and what comes after it are both as they must be, whichever of them is now.
    for (written, at) in written.iter().flat_map(|it| untils.others(at).into_iter().map(move |at| (it, at))) {
        let mut news = Vec::new();
        let other = decode_with::<Tenant>(&mut untils.at(written, at), &hints, &mut news);
        others &= other.is_some_and(|(_, whole)| whole);
        news.retain(|it| !found.contains(it));
        found.append(&mut news);
    }
    // Of what its template has it says nothing, and that is no fault.
    if extent > Extent::Alone {
        findings.append(&mut found);
    }
    let (tenant, whole) = decoded?;
    let lacks = !(fine && others && extent == Extent::Whole);
    let loaded = LoadedTenant::new(tenant, tree, untils, written).lacking(lacks).meaning(means);
    Some((loaded, whole && !lacks))
}

impl<P> Config<P> {
    /// Reads it. `Err` if there is nothing to work with.
    pub fn read<K: Kinds<Entry = P>>(files: &Files, kinds: &K) -> Result<Self, Vec<Finding>> {
        let bytes = files.read(WORKSPACE_FILE, file::LARGEST).map_err(|why| {
            let finding = Finding::error("unreadable-file", format!("cannot read `{WORKSPACE_FILE}`: {why}"));
            vec![finding.help("run in a workspace, or name one: `-C DIR`")]
        })?;
        Self::parse(&bytes, kinds)
    }

    fn parse<K: Kinds<Entry = P>>(bytes: &[u8], kinds: &K) -> Result<Self, Vec<Finding>> {
        let expected = expected(kinds);
        let mut tree = Tree::parse_bytes(WORKSPACE_FILE, bytes).map_err(|found| {
            let mut source = Source::new(WORKSPACE_FILE, &String::from_utf8_lossy(bytes));
            source.reveal(expected.names());
            found.into_iter().map(|finding| source.review(finding)).collect::<Vec<_>>()
        })?;
        let visible = expected.visible(tree.root());
        tree.source_mut().reveal(visible);
        let mut findings = Vec::new();
        let head = head_in_part(&tree, &mut findings);
        let providers = read_all(kinds, &tree, &mut findings);
        findings = findings.into_iter().map(|finding| tree.source().review(finding)).collect();
        findings.sort();
        match head {
            Some((file, unread)) => Ok(Self { file, providers, tree, findings, unread }),
            None => Err(findings),
        }
    }

    /// The same if nothing of it could not be read.
    fn whole(self) -> Result<Self, Vec<Finding>> {
        if self.unread.is_none() { Ok(self) } else { Err(self.findings) }
    }

    /// The same under another name: nobody is to look in the files for what is wrong in it.
    pub fn called(mut self, name: String) -> Self {
        for place in self.findings.iter_mut().filter_map(|finding| finding.place.as_mut()) {
            place.file.clone_from(&name);
        }
        self.tree.source_mut().rename(&name);
        self
    }
}

/// The kind of system that a tenant's file is for; empty where that is not known.
fn kind<'a>(tenant: &Tree, file: &'a WorkspaceFile) -> &'a str {
    let provider = tenant.root().get("provider").map(Node::text).unwrap_or_default();
    file.providers.get(provider).map_or("", |config| &config.kind)
}

/// The country of a tenant: its own, its phone system's, or else its time zone's.
fn country(tenant: &Tree, hints: &dyn Hints) -> Option<Country> {
    let text = |key: &str| tenant.root().get(key).map(Node::text);
    let own = text("country").and_then(|country| country.parse().ok());
    own.or_else(|| hints.country()).or_else(|| text("time_zone").and_then(country_of_zone))
}
