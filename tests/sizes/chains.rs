//! One thing that leads to the next, as often as fits.

use super::shape::{Make, Shape, filled, head, number, section};

const fn shape(name: &'static str, text: fn(usize, usize) -> String, said: &'static str) -> Shape {
    Shape { kind: "long chains", name, make: Make::File(text), said }
}

pub static SHAPES: [Shape; 6] = [
    shape(
        "aliases",
        |file, bytes| {
            filled(&format!("{}x:\n- &a0 x\n", head(file)), "", bytes, |row| {
                format!("- &a{} [*a{row}]\n", row + 1)
            })
        },
        "error[too-deep]",
    ),
    shape(
        "merged maps",
        |file, bytes| {
            filled(&format!("{}x:\n- &a0 {{ y: 1 }}\n", head(file)), "", bytes, |row| {
                format!("- &a{} {{ <<: *a{row} }}\n", row + 1)
            })
        },
        "error[unknown-key]: unknown key `x`",
    ),
    shape(
        "queues that fail over",
        |file, bytes| {
            section(file, "queues", bytes, |row| {
                format!("  \"{}\": {{ failover: {{ queue: \"{}\" }} }}\n", 1000 + row, 1001 + row)
            })
        },
        "error[unknown-queue]",
    ),
    shape(
        "receivers that do not answer",
        |file, bytes| {
            let head =
                format!("tenant: t{file}\nprovider: ctm\naccount: \"{}\"\nreceivers:\n", 302_341 + file);
            filled(&head, "", bytes, |row| {
                let next = number(file, row + 1);
                format!(
                    "  \"{}\": {{ no_answer: {{ after: 20, to: {{ receiver: \"{next}\" }} }} }}\n",
                    number(file, row)
                )
            })
        },
        "no errors",
    ),
    shape(
        "extensions that divert",
        |file, bytes| {
            section(file, "diverts", bytes, |row| {
                format!("  \"{}\": {{ always: {{ extension: \"{}\" }} }}\n", 1000 + row, 1001 + row)
            })
        },
        "no errors",
    ),
    shape(
        "rules that forward",
        |file, bytes| {
            section(file, "rules", bytes, |row| {
                format!(
                    "  \"{}\": {{ order: [{{ when: default, forward: {{ always: {{ extension: \"{}\" }} }} }}] }}\n",
                    1000 + row,
                    1001 + row
                )
            })
        },
        "no errors",
    ),
];
