//! Findings, file by file.

use super::{documents::Documents, position::Counted};
use crate::{
    finding::{Finding, Level, Place},
    load::WORKSPACE_FILE,
    text::grouped,
};
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Range,
};
use std::collections::BTreeMap;

/// The diagnostics of each file that has any. What is about no file in particular stands in `dialform.yaml`.
pub fn by_file(
    findings: &[Finding],
    documents: &Documents,
    counted: Counted,
) -> BTreeMap<String, Vec<Diagnostic>> {
    let range = |place: &Place| counted.range(documents.text(&place.file), place);
    let mut files: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for Finding { place, level, code, message, help } in findings {
        let also = place.as_ref().and_then(|it| it.also.as_deref());
        let related = also.and_then(|also| {
            let location = Location { uri: documents.uri(&also.file)?, range: range(also) };
            let message = "brought in here".to_owned();
            Some(vec![DiagnosticRelatedInformation { location, message }])
        });
        let diagnostic = Diagnostic {
            range: place.as_ref().map_or_else(Range::default, range),
            severity: Some(match level {
                Level::Error => DiagnosticSeverity::ERROR,
                Level::Warning => DiagnosticSeverity::WARNING,
            }),
            code: Some(NumberOrString::String((*code).to_owned())),
            source: Some("dialform".to_owned()),
            message: match help {
                Some(help) => format!("{}\nhelp: {}", grouped(message), grouped(help)),
                None => grouped(message).into_owned(),
            },
            related_information: related,
            ..Diagnostic::default()
        };
        let file = place.as_ref().map_or(WORKSPACE_FILE, |it| it.file.as_str());
        files.entry(file.to_owned()).or_default().push(diagnostic);
    }
    files
}
