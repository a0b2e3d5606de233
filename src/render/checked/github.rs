//! Workflow commands of GitHub Actions: a job that prints them has the findings beside the lines of the pull request.

use super::{at, word};
use crate::{
    finding::{Finding, Place},
    text::printable,
};

/// One command a finding.
pub(super) fn commands(findings: &[Finding], within: &str) -> String {
    findings.iter().map(|finding| command(finding, within)).collect()
}

fn command(finding: &Finding, within: &str) -> String {
    let (file, line) = at(finding, within);
    let columns = match &finding.place {
        Some(Place { column, length, .. }) => format!(",col={column},endColumn={}", column + length),
        None => String::new(),
    };
    let mut said = printable(finding.message.clone());
    if let Some(help) = &finding.help {
        said.push_str(&format!("\nhelp: {}", printable(help.clone())));
    }
    format!(
        "::{} file={},line={line}{columns},title={}::{}\n",
        word(finding.level),
        property(&file),
        property(&format!("dialform {}", finding.code)),
        data(&said),
    )
}

/// What stands behind the command, as GitHub's toolkit escapes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands in it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever a file says, it is one command and no other: a tenant's file may be anybody's.
    #[test]
    fn nothing_ends_a_command() {
        let place = Place {
            file: "tenants/a,b::c%0A.yaml".to_owned(),
            line: 2,
            column: 3,
            length: 4,
            source: String::new(),
            skipped: 0,
            also: None,
        };
        let finding = Finding::error("bad-value", "100 %\r\n::set-env name=X::y").at(place).help("a, b: c");
        let said = commands(&[finding], "");
        let (head, rest) = said.split_at(said.find("title=").unwrap());
        assert_eq!(head, "::error file=tenants/a%2Cb%3A%3Ac%250A.yaml,line=2,col=3,endColumn=7,");
        assert!(rest.starts_with("title=dialform bad-value::100 %25"), "{rest}");
        assert!(rest.ends_with("::set-env name=X::y%0Ahelp: a, b: c\n"), "{rest}");
        assert_eq!(said.matches(['\n', '\r']).count(), 1, "{said}");
    }
}
