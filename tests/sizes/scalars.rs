//! As many values as bytes can hold.

use super::shape::{Make, Shape, filled, head, section};

const fn shape(name: &'static str, text: fn(usize, usize) -> String, said: &'static str) -> Shape {
    Shape { kind: "many scalars", name, make: Make::File(text), said }
}

fn list(file: usize, bytes: usize, item: &str) -> String {
    filled(&format!("{}x: [", head(file)), "]\n", bytes, |_| item.to_owned())
}

const UNKNOWN: &str = "error[unknown-key]: unknown key `x`";

pub static SHAPES: [Shape; 9] = [
    shape("digits", |file, bytes| list(file, bytes, "1,"), UNKNOWN),
    shape("words", |file, bytes| section(file, "x", bytes, |_| "- word\n".to_owned()), UNKNOWN),
    shape("empty maps", |file, bytes| list(file, bytes, "{},"), UNKNOWN),
    shape(
        "lists in lists",
        |file, bytes| list(file, bytes, &format!("{}{},", "[".repeat(60), "]".repeat(60))),
        UNKNOWN,
    ),
    shape("maps of one key", |file, bytes| list(file, bytes, "{a: 1},"), UNKNOWN),
    shape(
        "keys without a value",
        |file, bytes| list(file, bytes, "{a},"),
        "error[null-value]: `a` has no value",
    ),
    shape(
        "items without a value",
        |file, bytes| section(file, "x", bytes, |_| "-\n".to_owned()),
        "error[null-value]",
    ),
    shape(
        "days",
        |file, bytes| {
            let start = format!("{}schedules:\n  a:\n    dates:\n", head(file));
            filled(&start, "", bytes, |row| {
                format!("    - \"{}-{:02}-{:02}\"\n", 2000 + row / 336, 1 + row / 28 % 12, 1 + row % 28)
            })
        },
        "no errors",
    ),
    shape(
        "names of queues",
        |file, bytes| {
            filled(&format!("{}absent:\n  queues:\n", head(file)), "", bytes, |row| {
                format!("  - \"{}\"\n", 1000 + row)
            })
        },
        "no errors",
    ),
];
