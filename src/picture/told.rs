//! A drawing in sentences, for who hears it.

use super::{sketch::word, words::shown};
use crate::flow::{Drawing, Mark};

/// "queue 400: nobody answers, after 20 s: to extension 101", one for each arrow, and one for each box that stands alone.
pub(super) fn told(drawing: &Drawing) -> Vec<String> {
    let title = |at: usize| drawing.nodes.get(at).map(|it| shown(&it.title())).unwrap_or_default();
    let mut sentences = Vec::with_capacity(drawing.edges.len());
    for (at, node) in drawing.nodes.iter().enumerate() {
        let lines: Vec<String> = node.lines.iter().map(|it| with(it.mark, shown(&it.text))).collect();
        if !lines.is_empty() || node.mark != Mark::Kept {
            let lines = if lines.is_empty() { String::new() } else { format!(": {}", lines.join(", ")) };
            sentences.push(format!("{}{lines}", with(node.mark, title(at))));
        }
        for edge in drawing.edges.iter().filter(|it| it.from == at) {
            let when = if edge.text.is_empty() { String::new() } else { format!(": {}", shown(&edge.text)) };
            sentences.push(with(edge.mark, format!("{}{when}: to {}", title(at), title(edge.to))));
        }
    }
    sentences
}

fn with(mark: Mark, text: String) -> String {
    match mark {
        Mark::Kept => text,
        mark => format!("{} ({})", text, word(mark)),
    }
}
