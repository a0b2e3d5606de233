//! JUnit: a test for each file, and a failure for each finding.

use super::{super::xml::escaped, at, word};
use crate::{finding::Finding, page::Page};
use std::{collections::BTreeMap, io};

pub(super) fn report(findings: &[Finding], within: &str, files: &[String]) -> io::Result<String> {
    let mut cases: BTreeMap<String, Vec<&Finding>> =
        files.iter().map(|file| (format!("{within}{file}"), Vec::new())).collect();
    findings.iter().for_each(|finding| cases.entry(at(finding, within).0).or_default().push(finding));
    let wrong = cases.values().filter(|found| !found.is_empty()).count();
    let counts =
        format!("name=\"dialform check\" tests=\"{}\" failures=\"{wrong}\" errors=\"0\"", cases.len());
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite {counts}>\n"
    );
    for (file, found) in cases {
        let name = escaped(&file);
        // It is called as its file is: the schema has no `file` here.
        let head = format!("    <testcase name=\"{name}\" classname=\"dialform check\"");
        match found.as_slice() {
            [] => xml += &format!("{head}/>\n"),
            found => {
                xml += &format!("{head}>\n");
                for finding in found {
                    xml += &failure(finding)?;
                }
                xml += "    </testcase>\n";
            }
        }
    }
    Ok(xml + "  </testsuite>\n</testsuites>\n")
}

fn failure(finding: &Finding) -> io::Result<String> {
    let mut told = Vec::new();
    super::super::findings(&mut Page::text(&mut told), std::slice::from_ref(finding))?;
    let told = anstream::adapter::strip_bytes(&told).into_vec();
    let told = escaped(&String::from_utf8_lossy(&told));
    let message = escaped(&finding.message);
    let sort = format!("{}[{}]", word(finding.level), finding.code);
    Ok(format!("      <failure message=\"{message}\" type=\"{sort}\">{told}</failure>\n"))
}
