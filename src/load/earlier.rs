//! What the tenants declared at a git revision, as far as it can be read. What cannot is a finding and no obstacle: the
//! change that mends a broken workspace is made on one.

use super::{
    Tree,
    decode::decode_partly,
    files::{AHEAD, Files},
    head::head,
    hints::Anything,
    library::{Library, parsed},
    pieces::joined,
    revision::Revision,
    scan::scan,
    showable::PROVIDERS,
    source::Source,
    source::WORKSPACE_FILE,
    template::Extent,
    tenant::LoadedTenant,
    until::Untils,
    workspace::Workspace,
};
use crate::{
    file,
    finding::{Finding, Level},
    model::{Tenant, WorkspaceFile},
    path::Segment,
};
use jiff::Timestamp;
use std::{collections::BTreeSet, path::Path, sync::Arc};

const CODE: &str = "base";
const UNKNOWN: &str = "of its tenant this plan does not say whether the files or the live system changed, nor what was protected";

/// The tenants of an earlier revision.
pub struct Earlier {
    pub tenants: Vec<LoadedTenant>,
    /// The files of which nothing could be read.
    unread: BTreeSet<String>,
    /// What could not be read.
    pub findings: Vec<Finding>,
    named: String,
    revision: Arc<Revision>,
    /// The instant that they are read for.
    at: Timestamp,
    /// `dialform.yaml`.
    tree: Tree,
}

impl Earlier {
    /// Reads the tenants of a revision. `now` says where they lie if the workspace file of then does not. Fails only if git
    /// knows no such revision.
    pub fn load(root: &Path, named: &str, now: &WorkspaceFile, at: Timestamp) -> Result<Self, String> {
        Self::load_some(root, named, now, at, &|_| true)
    }

    /// The text that a file had.
    pub fn then(&self, file: &str) -> Option<String> {
        String::from_utf8(self.revision.read(file, file::LARGEST_OF_ALL).ok()?).ok()
    }

    /// The same of what the tenants of a part of a workspace may have been. Of the others nothing has to be known where their
    /// files are now what they were then.
    pub fn load_part<P>(
        root: &Path,
        named: &str,
        workspace: &mut Workspace<P>,
        files: &Files,
    ) -> Result<Self, String> {
        let Workspace { file, part, at, .. } = workspace;
        let Some(part) = part else { return Self::load(root, named, file, *at) };
        let known = part.left.as_ref().filter(|left| left.is_all_of(named));
        let revision =
            known.map_or_else(|| Revision::find(root, named).map(Arc::new), |it| Ok(it.clone()))?;
        part.find_objects(files, &revision);
        let others: BTreeSet<&str> = part.files().filter(|name| part.is_as_at(name, &revision)).collect();
        let mut wanted: &dyn Fn(&str) -> bool = &|name| !others.contains(name);
        let then = Files::Revision(Arc::clone(&revision));
        let adds = |name: &String| {
            let bytes = then.read(name, file::LARGEST_OF_ALL).unwrap_or_default();
            !scan(&bytes).is_plain
        };
        let named_then = file.tenants.iter().flat_map(|it| then.matching(it).unwrap_or_default());
        let gone = named_then.filter(|name| wanted(name) && !part.is_as_at(name, &revision));
        // A file that is not plain may be of a tenant whose others are as they were.
        if !part.is_as_at(WORKSPACE_FILE, &revision) || gone.collect::<Vec<_>>().iter().any(adds) {
            wanted = &|_| true;
        }
        Self::load_of(revision, named, file, *at, wanted)
    }

    /// The same of some of the tenants' files.
    pub fn load_some(
        root: &Path,
        named: &str,
        now: &WorkspaceFile,
        at: Timestamp,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Self, String> {
        Self::load_of(Arc::new(Revision::find(root, named)?), named, now, at, wanted)
    }

    /// The same of a revision that is known.
    pub(super) fn load_of(
        revision: Arc<Revision>,
        named: &str,
        now: &WorkspaceFile,
        at: Timestamp,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Self, String> {
        let mut earlier = Self {
            revision: Arc::clone(&revision),
            tenants: Vec::new(),
            unread: BTreeSet::new(),
            findings: Vec::new(),
            named: named.to_owned(),
            at,
            tree: Tree::empty(WORKSPACE_FILE),
        };
        if !revision.has(WORKSPACE_FILE) {
            earlier.findings.push(missing(&revision));
            return Ok(earlier);
        }
        let files = Files::Revision(revision);
        let (patterns, shared, tree) = earlier.patterns(&files, now);
        let names = patterns.iter().flat_map(|it| files.matching(it).unwrap_or_default());
        let names: BTreeSet<String> = names.filter(|name| wanted(name)).collect();
        let mut found = Vec::new();
        let mut library = Library::read(&files, &shared, &tree, &mut found);
        earlier.report(found, "what used those schedules counts as not declared then");
        let before = earlier.unread.len();
        let names: Vec<String> = names.into_iter().collect();
        let mut trees: Vec<Tree> = Vec::new();
        for some in names.chunks(AHEAD) {
            files.read_ahead(some.iter().map(String::as_str));
            trees.extend(some.iter().filter_map(|name| earlier.parse(&files, name)));
        }
        let mut found = Vec::new();
        let all = earlier.unread.len() == before;
        let joined = joined(trees, all, &[], &mut found);
        earlier.report(found, "what only one of the two files could mean counts as not declared then");
        earlier.unread.extend(joined.alone);
        for tree in joined.tenants {
            earlier.read(&files, &mut library, tree);
        }
        earlier.tree = tree;
        Ok(earlier)
    }

    /// What a provider of then is called now: the same, or as another entry is that says the same but for its limits.
    pub fn provider_now<'n, P>(&'n self, name: &'n str, now: &'n Workspace<P>) -> &'n str {
        let entry = self.tree.get(&[Segment::key(PROVIDERS), Segment::key(name)]);
        let Some(entry) = entry.filter(|_| !now.providers.contains_key(name)) else { return name };
        let same = |other: &&String| now.written(other).is_some_and(|it| it.says_as_but(entry, "limits"));
        now.providers.keys().find(same).map_or(name, String::as_str)
    }

    /// The files of a revision, if it is named as this one was.
    pub(super) fn files_of(&self, named: &str) -> Option<Arc<Revision>> {
        (self.named == named).then(|| Arc::clone(&self.revision))
    }

    /// Whether nothing can be known of a tenant that is not among them. `now` are the files of the tenants of now.
    pub fn may_have_had(&self, tenant: &LoadedTenant, now: &BTreeSet<&str>) -> bool {
        self.unread.iter().any(|unread| tenant.is_in(unread) || !now.contains(unread.as_str()))
    }

    /// Something that is wrong with a file of then.
    pub fn finding(&self, finding: Finding) -> Finding {
        let message = format!("at `{}`: {}", self.named, finding.message);
        let place = finding.place.map(|mut place| {
            // As git names it: nobody is to look for it in the file of now.
            place.file = format!("{}:{}", self.named, place.file);
            if let Some(also) = &mut place.also {
                also.file = format!("{}:{}", self.named, also.file);
            }
            place
        });
        Finding::warning(CODE, message).at(place)
    }

    /// The patterns of the workspace file of then, for tenants and for shared schedules, and its tree; those of `now` where it
    /// cannot be read.
    fn patterns(&mut self, files: &Files, now: &WorkspaceFile) -> (Vec<String>, Vec<String>, Tree) {
        let mut found = Vec::new();
        let bytes = files.read(WORKSPACE_FILE, file::LARGEST);
        let tree = match &bytes {
            Ok(bytes) => Tree::parse_bytes(WORKSPACE_FILE, bytes).map_err(|why| found = why).ok(),
            Err(why) => {
                found.push(unreadable(WORKSPACE_FILE, why));
                None
            }
        };
        let file = tree.as_ref().and_then(|tree| head(tree, &mut found));
        // It names credentials, and may hold one.
        let source = Source::new(WORKSPACE_FILE, &String::from_utf8_lossy(&bytes.unwrap_or_default()));
        let found = found.into_iter().map(|finding| source.review(finding)).collect();
        self.report(found, "the tenants of then are looked for where they lie now");
        let (tenants, shared) = file
            .map_or_else(|| (now.tenants.clone(), now.shared.clone()), |file| (file.tenants, file.shared));
        (tenants, shared, tree.unwrap_or_else(|| Tree::empty(WORKSPACE_FILE)))
    }

    fn parse(&mut self, files: &Files, name: &str) -> Option<Tree> {
        let mut found = Vec::new();
        let bytes = files.read(name, file::LARGEST_OF_ALL);
        let bytes = bytes.map_err(|why| found.push(unreadable(name, &why))).ok();
        let tree = bytes.and_then(|bytes| parsed(name, &bytes, &mut found));
        if tree.is_none() {
            self.unread.insert(name.to_owned());
            self.report(found, UNKNOWN);
        }
        tree
    }

    fn read(&mut self, files: &Files, library: &mut Library, tree: (Tree, bool)) {
        let mut found = Vec::new();
        let names: Vec<String> = tree.0.written_in().map(|source| source.file().to_owned()).collect();
        let (tree, extent) = library.tenant(files, tree, &mut found);
        // Without its template it is known that there was a tenant, and not what it declared.
        let read = Some(tree).filter(|_| extent > Extent::Alone).and_then(|tree| {
            let untils = Untils::find(&tree, &mut found);
            let (tree, written) = untils.split(tree, self.at);
            let tenant = decode_partly::<Tenant>(&tree, tree.root(), &Anything, &mut found)?;
            Some(LoadedTenant::new(tenant, tree, untils, written))
        });
        let help = match read {
            Some(tenant) => {
                self.tenants.push(tenant);
                "what could be read of that file is compared with, the rest counts as not declared then"
            }
            None => {
                self.unread.extend(names);
                UNKNOWN
            }
        };
        self.report(found, help);
    }

    /// Takes note of the first thing that is wrong with a file: nobody mends the files of then.
    fn report(&mut self, mut found: Vec<Finding>, help: &str) {
        found.retain(|finding| finding.level == Level::Error);
        let Some(first) = found.first() else { return };
        let mut finding = self.finding(first.clone());
        if found.len() > 1 {
            finding.message.push_str(&format!(" (and {} more in this file)", found.len() - 1));
        }
        self.findings.push(finding.help(help));
    }
}

fn unreadable(name: &str, why: &str) -> Finding {
    Finding::error("unreadable-file", format!("cannot read `{name}`: {why}"))
}

/// There was no workspace in this directory.
fn missing(revision: &Revision) -> Finding {
    let message = format!(
        "at `{}` there was no `{WORKSPACE_FILE}` in this directory: everything counts as new",
        revision.named()
    );
    let finding = Finding::warning(CODE, message);
    match revision.elsewhere(WORKSPACE_FILE).as_slice() {
        [] => finding,
        there => {
            let there: Vec<String> = there.iter().map(|it| format!("`{it}`")).collect();
            finding.help(format!(
                "there was one in {}; if this one was moved, what was protected there is not known here",
                there.join(", ")
            ))
        }
    }
}
