//! An import with a template: all files are settled, and proven to say what they would say without it, before the first one is
//! written.

use super::{
    import::{Done, Work, slug},
    import_files::{TenantFiles, main_file, publish},
    import_one::{Prepared, Ready},
};
use crate::{
    error::Failure,
    file,
    import::{
        self, Extending, ImportedTemplate,
        template::{Office, Part},
    },
    load::{LoadedTenant, Proposed, WORKSPACE_FILE},
    model::Tenant,
    plan::Observed,
    provider::Kinds,
};
use std::collections::{BTreeMap, BTreeSet};

/// Where a template stands whose name is not said.
const DIRECTORY: &str = "templates";
const ENDING: &str = ".yaml";

/// A file that is settled, and what was read of its account.
struct Settled {
    prepared: Prepared,
    observed: Observed,
    /// The same file beside the template, or why it has to do without.
    extending: Result<LoadedTenant, String>,
}

impl Work<'_> {
    /// The file of the template: one that is none of a tenant.
    pub(super) fn template(&self, named: Option<&str>) -> Result<String, Failure> {
        let name = match named {
            Some(named) => named.trim_start_matches("./").to_owned(),
            None => main_file(DIRECTORY, &slug(self.name), false),
        };
        let refuse = |message: String, help: &str| Err(Failure::error(message).help(help));
        let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\\');
        if !name.split('/').all(is_plain) || !name.ends_with(ENDING) || name == WORKSPACE_FILE {
            return refuse(
                format!("`--template {name}` is no file for a template"),
                "name one below the workspace that ends in `.yaml`: `--template templates/small-office.yaml`",
            );
        }
        let workspace = &self.checked.workspace.file;
        for (word, patterns) in [("tenants", &workspace.tenants), ("shared", &workspace.shared)] {
            let matches = |pattern: &&String| {
                glob::Pattern::new(pattern).is_ok_and(|it| it.matches_with(&name, file::OPTIONS))
            };
            if let Some(pattern) = patterns.iter().find(matches) {
                return refuse(
                    format!(
                        "`{name}` matches `{pattern}` in `{word}` of `{WORKSPACE_FILE}`, and a template does not"
                    ),
                    "name another file, e.g. `--template templates/small-office.yaml`, or a narrower pattern",
                );
            }
        }
        if !self.force && self.checked.root.join(&name).exists() {
            return refuse(
                format!("`{name}` is there already"),
                "name another file, or write it and the files of these accounts anew with `--force`",
            );
        }
        Ok(name)
    }

    /// Writes a template and the files that extend it; what cannot extend it is written as it would be without.
    pub(super) fn share(
        &self,
        template: String,
        ready: Vec<(Ready, Observed)>,
        done: &mut Done,
    ) -> Result<(), Failure> {
        let mut settled = Vec::new();
        for (ready, observed) in ready {
            match ready {
                Ready::Report(report) => done.add(report, None),
                Ready::File(prepared) => {
                    let why = match prepared.is_whole {
                        true => "there is none",
                        false => "its file was there already, and `--force` writes it anew",
                    };
                    let extending = Err(why.to_owned());
                    settled.push(Settled { prepared: *prepared, observed, extending });
                }
            }
        }
        self.ensure_nobody_else_extends(&template, &settled)?;
        let (text, objects, not_written) = match self.shared(&template, &mut settled) {
            Ok((text, objects)) => (text, objects, None),
            Err(why) => (String::new(), 0, Some(why)),
        };
        let tenants = settled.iter().filter(|it| it.extending.is_ok()).count();
        let root = &self.checked.root;
        if not_written.is_none() {
            // No file must come to something else in between: those that extend what is there now, and will say
            // something else, stand alone first.
            for Settled { prepared, extending, .. } in &settled {
                let before = self.existing(&prepared.account.id).map(TenantFiles::of);
                let after = extending.as_ref().map(TenantFiles::of).ok();
                if before != after && self.extends(&prepared.account.id, &template) {
                    TenantFiles::of(&prepared.loaded).publish(root, before.as_ref())?;
                }
            }
            publish(root, &template, &text)?;
        }
        done.template = Some(ImportedTemplate { file: template, objects, tenants, not_written });
        for Settled { mut prepared, extending, observed: _ } in settled {
            let not_extending = match extending {
                Ok(loaded) => {
                    prepared.loaded = loaded;
                    None
                }
                Err(why) => Some(why),
            };
            let lines = prepared.loaded.written().map(|(_, text)| text.lines().count()).sum();
            let (mut report, new) = self.put(prepared)?;
            report.extending = Some(Extending { lines, not_extending });
            done.add(report, new);
        }
        Ok(())
    }

    /// Whether the file of an account extends a template as it is now.
    fn extends(&self, account: &str, template: &str) -> bool {
        self.existing(account).is_some_and(|it| it.files().skip(1).any(|file| file == template))
    }

    /// A template that is written anew is a change of every tenant that extends it, and only of these is it known what they
    /// come to.
    fn ensure_nobody_else_extends(&self, template: &str, settled: &[Settled]) -> Result<(), Failure> {
        let anew: BTreeSet<&str> =
            settled.iter().filter(|it| it.prepared.is_whole).map(|it| it.prepared.file.as_str()).collect();
        let mut others = self.checked.workspace.tenants.iter().filter(|it| !anew.contains(it.file()));
        match others.find(|it| it.files().skip(1).any(|file| file == template)) {
            None => Ok(()),
            Some(other) => {
                let message = format!(
                    "`{}` extends `{template}`, and this import does not write it anew",
                    other.file()
                );
                Err(Failure::error(message).help("name another file for the template"))
            }
        }
    }

    /// The template and how many objects are in it, and for each tenant its file beside it. Or why there is none.
    fn shared(&self, template: &str, settled: &mut [Settled]) -> Result<(String, usize), String> {
        let among: Vec<usize> = (0..settled.len()).filter(|at| settled[*at].prepared.is_whole).collect();
        if among.len() < 2 {
            return Err("a template is for two new files or more".to_owned());
        }
        let office = |at: &usize| {
            let Prepared { account, head, import, .. } = &settled[*at].prepared;
            Office {
                account: &account.id,
                name: head.name.as_deref(),
                time_zone: head.time_zone.as_deref(),
                objects: &import.declared,
            }
        };
        let offices: Vec<Office<'_>> = among.iter().map(office).collect();
        let proposal =
            import::template::propose(&offices).ok_or("these tenants have nothing in common".to_owned())?;
        let objects = proposal.objects.len();
        let (text, parts) = import::text::template(self.name, proposal);
        let proposed = Proposed::read(template, &text)
            .map_err(|found| found.into_iter().map(|it| it.message).collect::<Vec<_>>().join("; "))?;
        for (at, part) in among.into_iter().zip(parts) {
            let it = &settled[at];
            let extending = match part {
                None => Err("it has no value for a variable".to_owned()),
                Some(part) => self.beside(template, &proposed, &it.prepared, &part, &it.observed),
            };
            settled[at].extending = extending;
        }
        if settled.iter().filter(|it| it.extending.is_ok()).count() > 1 {
            return Ok((text, objects));
        }
        for it in settled.iter_mut().filter(|it| it.extending.is_ok()) {
            it.extending = Err("there is none".to_owned());
        }
        Err("no two files would be shorter with it".to_owned())
    }

    /// The file of a tenant that extends the template, proven to say what it says without.
    fn beside(
        &self,
        template: &str,
        proposed: &Proposed,
        prepared: &Prepared,
        part: &Part,
        observed: &Observed,
    ) -> Result<LoadedTenant, String> {
        let Prepared { file, head, import, loaded: alone, .. } = prepared;
        let way = way(file, template);
        let most = alone.tree().text().lines().count();
        let mut fault = String::new();
        for own in [&part.brief, &part.whole] {
            let text = import::text::extending(head, &way, part, own, import);
            if text.lines().count() >= most {
                fault = "its file would be no shorter".to_owned();
                continue;
            }
            let files = TenantFiles::one(file, text);
            let loaded = self.checked.workspace.read_with(Some(proposed), files.each(), &Kinds);
            let (loaded, wrong) = self.judge(loaded, &files, import, observed);
            fault = match loaded {
                Ok(loaded) if wrong.is_empty() && same(&alone.tenant, &loaded.tenant) => return Ok(loaded),
                Ok(_) => "it would say something else with it".to_owned(),
                Err(found) => found.first().map(|it| it.message.clone()).unwrap_or_default(),
            };
        }
        Err(fault)
    }
}

/// Whether two files come to one tenant, however they say it.
fn same(alone: &Tenant, extending: &Tenant) -> bool {
    let bare = |tenant: &Tenant| Tenant {
        extends: None,
        vars: BTreeMap::new(),
        without: Vec::new(),
        ..tenant.clone()
    };
    bare(alone) == bare(extending)
}

/// A file as another one names it.
fn way(from: &str, to: &str) -> String {
    let directory: Vec<&str> =
        from.rsplit_once('/').map(|(it, _)| it.split('/').collect()).unwrap_or_default();
    let parts: Vec<&str> = to.split('/').collect();
    let common = directory.iter().zip(&parts[..parts.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = directory[common..].iter().map(|_| "..");
    up.chain(parts[common..].iter().copied()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::way;

    /// Tenants may lie anywhere beside their template.
    #[test]
    fn a_file_finds_its_template() {
        let table = [
            ("tenants/a.yaml", "templates/t.yaml", "../templates/t.yaml"),
            ("a.yaml", "templates/t.yaml", "templates/t.yaml"),
            ("offices/south/a.yaml", "templates/t.yaml", "../../templates/t.yaml"),
            ("offices/south/a.yaml", "offices/t.yaml", "../t.yaml"),
            ("tenants/a.yaml", "t.yaml", "../t.yaml"),
            ("tenants/a.yaml", "tenants/base/t.yaml", "base/t.yaml"),
        ];
        for (from, to, expected) in table {
            assert_eq!(way(from, to), expected, "{from} {to}");
        }
    }
}
