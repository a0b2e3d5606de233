//! A workspace: `dialform.yaml` and the tenant files it names, from a directory or from a git revision.

use super::{
    Kinds, Node, Tree, decode, decode_with,
    entry::{expected, read_all},
    expected::PROVIDERS,
    files::{AHEAD, Files},
    head::{Unread, head_in_part},
    hints::{Hints, InCountry},
    library::{Library, Proposed, parsed},
    near::near_misses,
    part::{About, Part},
    pieces::{Joined, joined},
    shared::SHARED,
    source::{BASELINE_FILE, Source, WORKSPACE_FILE},
    span::Span,
    template::Extent,
    until::Untils,
};
use crate::{
    file,
    finding::{Finding, Level, Place},
    model::{
        Address, Baseline, Country, Kind, Tenant, Until, Weekly, WorkspaceFile, numbering::country_of_zone,
    },
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

/// One tenant file, as it is at an instant.
pub struct LoadedTenant {
    pub tenant: Tenant,
    tree: Tree,
    untils: Untils,
    /// The tree as it is written, where something in it has an `until`.
    written: Option<Box<Tree>>,
    /// Whether it lacks something that other files have, or that an `until` says.
    lacks: bool,
}

impl LoadedTenant {
    pub(super) fn new(tenant: Tenant, tree: Tree, untils: Untils, written: Option<Box<Tree>>) -> Self {
        Self { tenant, tree, untils, written, lacks: false }
    }

    /// What of it changes by itself, each with its place.
    pub fn untils(&self) -> impl Iterator<Item = (&Until, &Place)> {
        self.untils.all.iter().map(|(until, place)| (until, place))
    }

    /// The same at another instant. `None` where nothing of it changes by itself, or what it is then cannot be read.
    pub fn at(&self, at: Timestamp) -> Option<Self> {
        let written = self.written.as_ref()?;
        let tree = self.untils.at(written, at);
        let tenant = decode(&tree, tree.root(), &mut Vec::new())?;
        let (untils, written) = (self.untils.clone(), Some(written.clone()));
        Some(Self { tenant, tree, untils, written, lacks: self.lacks })
    }

    /// The file with what it takes from others, and every `until` in it.
    pub fn as_written_tree(&self) -> &Tree {
        self.written.as_deref().unwrap_or(&self.tree)
    }

    /// Whether it lacks something that it takes from elsewhere. Without that it is another tenant than the one that is meant.
    pub fn lacks(&self) -> bool {
        self.lacks
    }

    /// Whether nothing of an object was taken out for being wrong.
    pub fn has_all_of(&self, address: &Address) -> bool {
        let path = [Segment::key(address.kind.section()), Segment::key(&address.key)];
        self.tree.get(&path).is_some_and(Node::is_complete)
    }

    /// Whether it is known of every object of a kind that it is declared.
    pub fn has_every(&self, kind: Kind) -> bool {
        let root = self.tree.root();
        match root.get(kind.section()) {
            // A key that is not known may be a slip in the name of this section, if it is nowhere else.
            Some(section) => !section.incomplete && (self.files().count() == 1 || !root.incomplete),
            None => !root.incomplete,
        }
    }

    /// Its file, relative to the workspace; of several its main one.
    pub fn file(&self) -> &str {
        self.tree.source().file()
    }

    /// The files in which it is written, by name, with their texts: its main one, then those that add to it.
    pub fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tree.written_in().map(|source| (source.file(), source.text()))
    }

    /// The files that it is made of, by name, with their texts: its own, then its templates and shared schedules.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tree.sources().each().map(|source| (source.file(), source.text()))
    }

    /// Whether it is written in a file.
    pub fn is_in(&self, file: &str) -> bool {
        self.written().any(|(name, _)| name == file)
    }

    /// The files that it is made of: its own, then its templates and what it uses of shared schedules.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.tree.sources().each().map(Source::file)
    }

    /// Where the value at a path stands.
    pub fn place(&self, path: &[Segment]) -> Place {
        self.tree.place_of(&self.as_written(path))
    }

    /// Where the key at a path stands.
    pub fn place_of_key(&self, path: &[Segment]) -> Place {
        self.tree.place_of_key(&self.as_written(path))
    }

    /// Where the value at a path is given, if that is the value of a variable.
    pub fn given(&self, path: &[Segment]) -> Option<Place> {
        self.tree.given(self.tree.get(path)?.span)
    }

    /// The file with what it takes from others.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The object in which a place is, of this file or of one that it takes from.
    pub fn object_at(&self, place: &Place) -> Option<Address> {
        let file = self.files().position(|file| file == place.file)?;
        object_in(&self.tree, u16::try_from(file).ok()?, place.line)
    }

    /// A path with the days of a week as the file has them: `tue` may stand in `mon-fri`.
    fn as_written(&self, path: &[Segment]) -> Vec<Segment> {
        let mut path = path.to_vec();
        if let [.., Segment::Key(weekly), Segment::Key(day)] = path.as_slice()
            && weekly == "weekly"
        {
            let week = self.tree.get(&path[..path.len() - 1]);
            let mut keys = week.into_iter().flat_map(|week| week.entries()).map(|(key, _)| key.text());
            if let Some(key) = keys.find(|key| Weekly::key_names(key, day)) {
                let last = path.len() - 1;
                path[last] = Segment::key(key);
            }
        }
        path
    }
}

/// The object of a tenant's file in which a line stands.
pub fn object_at(tree: &Tree, line: usize) -> Option<Address> {
    object_in(tree, 0, line)
}

/// The same for one of the files that a tree is made of.
fn object_in(tree: &Tree, file: u16, line: usize) -> Option<Address> {
    let source = tree.sources().of(Span::default().of_file(file));
    let holds = |key: &Node, value: &Node| {
        let first = source.line_number(key.span.start());
        // A block ends where the next thing begins.
        let text = source.slice(Span::new(0, value.span.end().max(key.span.end()))).trim_end();
        (first..=source.line_number(text.len().saturating_sub(1)).max(first)).contains(&line)
    };
    Kind::ALL.into_iter().find_map(|kind| {
        let section = tree.root().get(kind.section())?;
        let (key, _) = section.entries().iter().find(|(key, value)| part_of(key, value, file, &holds))?;
        Some(Address::new(kind, key.text()))
    })
}

/// Whether an entry holds a line of a file, or what of it comes from that file does.
fn part_of(key: &Node, value: &Node, file: u16, holds: &dyn Fn(&Node, &Node) -> bool) -> bool {
    if key.span.file() == file && value.span.file() == file {
        return holds(key, value);
    }
    value.entries().iter().any(|(key, value)| part_of(key, value, file, holds))
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
        Ok(Self::with_tenants(Config::read(files, kinds)?.whole()?, files, kinds, at, None))
    }

    /// The same with the tenants also where something is wrong in `dialform.yaml`, as far as they can be told from it. `about`:
    /// of the tenants that a run is about, and of those that have something in common with one of them (see [`Part`]).
    pub fn load_to_check<K: Kinds<Entry = P>>(
        files: &Files,
        kinds: &K,
        at: Timestamp,
        about: Option<&About<'_>>,
    ) -> Result<Self, Vec<Finding>> {
        Ok(Self::with_tenants(Config::read(files, kinds)?, files, kinds, at, about))
    }

    /// The same with a `dialform.yaml` that is about to be written.
    pub fn load_as<K: Kinds<Entry = P>>(
        text: &str,
        files: &Files,
        kinds: &K,
        at: Timestamp,
    ) -> Result<Self, Vec<Finding>> {
        Ok(Self::with_tenants(Config::parse(text.as_bytes(), kinds)?.whole()?, files, kinds, at, None))
    }

    /// Reads the tenant files that a `dialform.yaml` names: all of them, or what a run is about.
    pub(super) fn with_tenants<K: Kinds<Entry = P>>(
        config: Config<P>,
        files: &Files,
        kinds: &K,
        at: Timestamp,
        about: Option<&About<'_>>,
    ) -> Self {
        let Config { file, providers, tree, mut findings, unread } = config;
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let pattern = |index: usize| tree.place_of(&[Segment::key("tenants"), Segment::Index(index)]);
        let places: Vec<Place> = (0..file.tenants.len()).map(pattern).collect();
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
        let largest = file.max_file_mib.map_or(file::LARGEST, |mib| u64::from(mib) << 20);
        let named: BTreeSet<&str> = names.keys().map(String::as_str).collect();
        let mut part = about.and_then(|about| Part::of(files, &file, &named, largest, about));
        let (mut tenants, mut parts) = loop {
            let wanted: Vec<(&str, &Place)> = names
                .iter()
                .map(|(name, index)| (name.as_str(), &places[*index]))
                .filter(|(name, _)| part.as_ref().is_none_or(|part| !part.others.contains_key(*name)))
                .collect();
            let mut found = Vec::new();
            let mut tree_of = |tree, found: &mut Vec<Finding>| library.tenant(files, tree, found);
            let others = part.as_ref();
            let read = read_tenants(files, &wanted, largest, others, &mut found, &mut |tree, found| {
                tenant(tree_of(tree, found), &file, kinds, at, found)
            });
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
        let baseline = baseline(files, &mut findings);
        let untrusted = Untrusted::default();
        Self { file, providers, tree, tenants, parts, baseline, findings, untrusted, library, part, at }
    }
}

/// Makes a tenant of its own files, if that can be; says whether it is the whole of it.
type Decode<'a> = dyn FnMut((Tree, bool), &mut Vec<Finding>) -> Option<(LoadedTenant, bool)> + 'a;

/// Reads files of tenants, each with what names it: the tenants, and what there is of those with errors.
fn read_tenants(
    files: &Files,
    names: &[(&str, &Place)],
    largest: u64,
    others: Option<&Part>,
    findings: &mut Vec<Finding>,
    tenant: &mut Decode<'_>,
) -> (Vec<LoadedTenant>, Vec<LoadedTenant>) {
    let (mut tenants, mut parts) = (Vec::new(), Vec::new());
    let (mut trees, mut all) = (Vec::new(), true);
    for some in names.chunks(AHEAD) {
        files.read_ahead(some.iter().map(|(name, _)| *name));
        for (name, place) in some.iter().copied() {
            let bytes = match files.read(name, largest) {
                Ok(bytes) => bytes,
                Err(why) => {
                    let finding = Finding::error("unreadable-file", format!("cannot read `{name}`: {why}"));
                    let help = match why.starts_with("it is larger than") {
                        true => "split it into several files, or allow more with `max_file_mib`",
                        false => {
                            "every file a pattern matches has to be a tenant: make it readable, or move it away"
                        }
                    };
                    findings.push(finding.help(help).at(place.clone()));
                    all = false;
                    continue;
                }
            };
            match parsed(name, &bytes, findings) {
                Some(tree) => trees.push(tree),
                None => all = false,
            }
        }
    }
    let known = others.map(Part::names).unwrap_or_default();
    for tree in joined(trees, all, &known, findings).tenants {
        match tenant(tree, findings) {
            Some((tenant, true)) => tenants.push(tenant),
            Some((tenant, false)) => parts.push(tenant),
            None => {}
        }
    }
    (tenants, parts)
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
    let hints = kinds.hints(kind(&written, file));
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
    let loaded = LoadedTenant { lacks, ..LoadedTenant::new(tenant, tree, untils, written) };
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
