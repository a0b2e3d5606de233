//! Tables of inputs and the exact findings they give, rendered as `line:col code: message | help`.

mod agreement;
mod decoding;
mod hostile;
mod syntax;
mod templates;

use crate::finding::Finding;

fn render(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            let place =
                finding.place.as_ref().map_or("-".to_owned(), |at| format!("{}:{}", at.line, at.column));
            let help = finding.help.as_ref().map_or(String::new(), |help| format!(" | {help}"));
            format!("{place} {}: {}{help}", finding.code, finding.message)
        })
        .collect()
}
