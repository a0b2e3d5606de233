//! Lines of millions of characters.

use super::shape::{Make, Shape, filled, head, number};

const fn shape(name: &'static str, text: fn(usize, usize) -> String, said: &'static str) -> Shape {
    Shape { kind: "long lines", name, make: Make::File(text), said }
}

fn label(file: usize, bytes: usize, letter: &str) -> String {
    let (start, end) =
        (format!("{}numbers: {{ \"{}\": {{ label: \"", head(file), number(file, 0)), "\" } }\n");
    let room = bytes - start.len() - end.len();
    start + &letter.repeat(room / letter.len()) + end
}

pub static SHAPES: [Shape; 5] = [
    shape("a label", |file, bytes| label(file, bytes, "a"), "no errors"),
    shape("a label of marks", |file, bytes| label(file, bytes, "☎"), "no errors"),
    shape(
        "a list",
        |file, bytes| {
            filled(&format!("{}absent: {{ queues: [", head(file)), "] }\n", bytes, |row| {
                format!("\"{}\", ", 1000 + row)
            })
        },
        "no errors",
    ),
    shape(
        "a map with a fault in each entry",
        |file, bytes| {
            filled(&format!("{}numbers: {{ ", head(file)), "}\n", bytes, |row| {
                format!("\"{}\": {{ lable: x }}, ", number(file, row))
            })
        },
        "error[unknown-key]: unknown key `lable`",
    ),
    shape(
        "tabs",
        |file, bytes| {
            let start = format!("{}x:", head(file));
            let tabs = "\t".repeat(bytes - start.len() - 2);
            format!("{start}{tabs}1\n")
        },
        "error[unknown-key]: unknown key `x`",
    ),
];
