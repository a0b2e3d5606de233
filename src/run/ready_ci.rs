//! The ready CI of a new workspace: the files of `examples/ci`, with the credentials that its `dialform.yaml` names.

use crate::file;
use std::path::Path;

/// Where a file goes, and what stands in it.
type File = (&'static str, &'static str);

macro_rules! examples {
    ($($to:literal: $from:literal,)*) => {
        [$(($to, include_str!(concat!("../../examples/ci/", $from)))),*]
    };
}

const GITHUB: [File; 9] = examples! {
    ".github/actions/dialform/apply/action.yml": "github/actions/dialform/apply/action.yml",
    ".github/actions/dialform/comment/action.yml": "github/actions/dialform/comment/action.yml",
    ".github/actions/dialform/drift/action.yml": "github/actions/dialform/drift/action.yml",
    ".github/actions/dialform/plan/action.yml": "github/actions/dialform/plan/action.yml",
    ".github/actions/dialform/setup/action.yml": "github/actions/dialform/setup/action.yml",
    ".github/workflows/dialform-apply.yml": "github/workflows/dialform-apply.yml",
    ".github/workflows/dialform-approve.yml": "github/workflows/dialform-approve.yml",
    ".github/workflows/dialform-check.yml": "github/workflows/dialform-check.yml",
    ".github/workflows/dialform-plan.yml": "github/workflows/dialform-plan.yml",
};

const GITLAB: [File; 2] = examples! {
    ".gitlab-ci.yml": "gitlab/.gitlab-ci.yml",
    "ci/dialform.yml": "gitlab/dialform.yml",
};

/// The CI of the host that the repository of a workspace has as its remote; `variables` hold credentials. Nothing where the
/// workspace is not the whole repository: no host looks for these files anywhere else.
pub(super) fn files(root: &Path, variables: &[String]) -> Vec<(&'static str, String)> {
    let config = file::read_named(&root.join(".git/config")).unwrap_or_default();
    let files: &[File] = match (config.contains("github"), config.contains("gitlab")) {
        (true, _) => &GITHUB,
        (false, true) => &GITLAB,
        (false, false) => &[],
    };
    files.iter().map(|(name, text)| (*name, with_credentials(text, variables))).collect()
}

/// The lines that hand a credential of the example to a job, for those of the workspace.
fn with_credentials(text: &str, variables: &[String]) -> String {
    let mut written = String::new();
    let mut before = "";
    for line in text.split_inclusive('\n') {
        let name = line.trim_start().split_once(": ${{ secrets.").map(|(name, _)| name);
        let follows = before.contains(": ${{ secrets.");
        before = line;
        match name {
            Some(name) if !follows => {
                let indent = &line[..line.len() - line.trim_start().len()];
                let each = variables.iter().map(|it| line.trim_start().replace(name, it));
                written.extend(each.map(|line| format!("{indent}{line}")));
            }
            Some(_) => {}
            None => written.push_str(line),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::{GITHUB, with_credentials};

    /// The names of the example's credentials stand in no file of a workspace that has others.
    #[test]
    fn the_credentials_are_those_of_the_workspace() {
        let variables = ["PHONES_A".to_owned(), "PHONES_B".to_owned()];
        for (name, text) in GITHUB {
            let written = with_credentials(text, &variables);
            let handed = |text: &str| text.matches(": ${{ secrets.").count();
            let expected = match name.rsplit('/').next() {
                Some("dialform-plan.yml" | "dialform-apply.yml") => 2,
                _ => 0,
            };
            assert_eq!((handed(&written), written.contains("STRATUS_")), (expected, false), "{name}");
        }
        let text = "env:\n  A: ${{ secrets.A }}\n  B: ${{ secrets.B }}\nsteps:\n";
        let written = "env:\n  X: ${{ secrets.X }}\nsteps:\n";
        assert_eq!(with_credentials(text, &["X".to_owned()]), written);
    }
}
