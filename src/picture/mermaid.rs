//! A drawing as a flowchart of Mermaid, which GitHub and GitLab draw in Markdown.

use super::{
    sketch::{sign, word},
    svg::kind,
    words::shown,
};
use crate::flow::{Drawing, Edge, Kind, Mark, Sort};
use std::fmt::Write;

/// A text of Mermaid that cannot end its own node.
pub fn label(text: &str) -> String {
    let escape = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | ',' | ':' | '-' | '/' | '+' | '@' | '_' => {
            c.to_string()
        }
        c => format!("#{};", u32::from(c)),
    };
    shown(text).chars().map(escape).collect()
}

/// The marks that begin and end the shape of a box.
fn shape(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Number | Kind::End => ("([", "])"),
        Kind::Extension => ("(", ")"),
        Kind::Rule => ("{{", "}}"),
        Kind::Queue => ("[[", "]]"),
        Kind::Mailbox => ("[(", ")]"),
        Kind::Outside | Kind::Receiver => ("[/", "/]"),
        Kind::Menu => ("[\\", "\\]"),
        Kind::Phone | Kind::Unknown => ("[", "]"),
    }
}

/// The flowchart.
pub fn mermaid(drawing: &Drawing) -> String {
    let mut out = "flowchart LR\n".to_owned();
    for (at, node) in drawing.nodes.iter().enumerate() {
        let mut lines = vec![label(node.kind.word()), label(&node.name)];
        lines.extend(node.lines.iter().map(|it| label(&format!("{}{}", sign(it.mark), it.text))));
        if node.mark != Mark::Kept {
            lines[0] = label(&format!("{}{}, {}", sign(node.mark), node.kind.word(), word(node.mark)));
        }
        let (begin, end) = shape(node.kind);
        let class = match node.mark {
            Mark::Kept => kind(node.kind),
            mark => word(mark),
        };
        let _ = writeln!(out, "  n{at}{begin}\"{}\"{end}:::df-{class}", lines.join("<br>"));
    }
    for Edge { from, to, sort, text, mark } in &drawing.edges {
        let arrow = match (sort, mark) {
            (_, Mark::Gone) | (Sort::Off | Sort::Emergency, _) => "-.->",
            (Sort::Leads, _) => "==>",
            _ => "-->",
        };
        let text = match mark {
            Mark::Kept => text.clone(),
            mark if text.is_empty() => format!("{}{}", sign(*mark), word(*mark)),
            mark => format!("{}{text}", sign(*mark)),
        };
        let words = if text.is_empty() { String::new() } else { format!("|\"{}\"|", label(&text)) };
        let _ = writeln!(out, "  n{from} {arrow}{words} n{to}");
    }
    out.push_str("  classDef df-unknown stroke-dasharray:5 3\n");
    if drawing.nodes.iter().any(|it| it.mark != Mark::Kept) {
        out.push_str("  classDef df-new stroke:#116329,stroke-width:3px\n");
        out.push_str("  classDef df-gone stroke:#a40e26,stroke-dasharray:3 3\n");
    }
    out
}
