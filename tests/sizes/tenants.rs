//! Many small files.

use super::shape::{Make, SMALL, Shape, head, number, section};
use std::{fs, path::Path};

const fn shape(name: &'static str, make: fn(&Path, usize), said: &'static str) -> Shape {
    Shape { kind: "many tenants", name, make: Make::Files(make), said }
}

/// As many files as come to so many bytes.
fn files(root: &Path, bytes: usize, text: impl Fn(usize) -> String) {
    let mut left = bytes;
    for file in 0.. {
        let text = text(file);
        let Some(rest) = left.checked_sub(text.len()) else { break };
        left = rest;
        fs::write(root.join(format!("tenants/{file:05}.yaml")), text).unwrap();
    }
}

fn labelled(file: usize) -> String {
    let row = |row| {
        format!(
            "  \"{}\": {{ label: Line {row}, route: {{ extension: \"101\" }} }}\n",
            number(0, file * 10 + row)
        )
    };
    (0..10).map(row).fold(format!("{}numbers:\n", head(file)), |all, row| all + &row)
}

pub static SHAPES: [Shape; 5] = [
    shape("with a few numbers", |root, bytes| files(root, bytes, labelled), "no errors"),
    shape(
        "with nothing else",
        |root, bytes| files(root, bytes, |file| format!("{}# {}\n", head(file), "x".repeat(400))),
        "no errors",
    ),
    shape(
        "of one name",
        |root, bytes| files(root, bytes, |file| labelled(file).replacen(&format!("t{file}\n"), "t\n", 1)),
        "error[duplicate-tenant]",
    ),
    shape(
        "with a fault each",
        |root, bytes| files(root, bytes, |file| labelled(file) + "queues: { \"400\": { nmae: x } }\n"),
        "error[unknown-key]: unknown key `nmae`",
    ),
    shape(
        "of usual size",
        |root, bytes| {
            files(root, bytes, |file| {
                section(file, "queues", SMALL / 2, |row| {
                    format!("  \"{}\": {{ name: Q{row} }}\n", 1000 + row)
                })
            });
        },
        "no errors",
    ),
];
