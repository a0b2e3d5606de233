//! JSON, which is YAML, on one line and without a space.

use super::shape::{Make, Shape, filled, number};

fn json(file: usize, section: &str, bytes: usize, row: impl Fn(usize) -> String) -> String {
    let start = format!(
        "{{\"tenant\":\"t{file}\",\"provider\":\"pbx\",\"account\":\"t{file}.1.service\",\"time_zone\":\"America/Chicago\",\"{section}\":{{"
    );
    // No comma behind the last row.
    filled(&start, "}}", bytes, |index| format!("{}{}", if index == 0 { "" } else { "," }, row(index)))
}

const fn shape(name: &'static str, text: fn(usize, usize) -> String, said: &'static str) -> Shape {
    Shape { kind: "minified JSON", name, make: Make::File(text), said }
}

pub static SHAPES: [Shape; 5] = [
    shape(
        "numbers",
        |file, bytes| {
            json(file, "numbers", bytes, |row| {
                format!(r#""{}":{{"label":"L{row}","route":{{"extension":"101"}}}}"#, number(file, row))
            })
        },
        "no errors",
    ),
    shape(
        "queues",
        |file, bytes| {
            json(file, "queues", bytes, |row| {
                format!(r#""{}":{{"name":"Q","agents":["101","102"]}}"#, 1000 + row)
            })
        },
        "no errors",
    ),
    shape(
        "keys nobody knows",
        |file, bytes| json(file, "more", bytes, |row| format!(r#""k{row}":{{"a":[1,2,3]}}"#)),
        "error[unknown-key]: unknown key `more`",
    ),
    shape(
        "one key again and again",
        |file, bytes| json(file, "numbers", bytes, |_| r#""+12145550100":{"label":"x"}"#.to_owned()),
        "error[duplicate-key]",
    ),
    shape(
        "queues that are not there",
        |file, bytes| {
            json(file, "numbers", bytes, |row| {
                format!(r#""{}":{{"route":{{"queue":"{row}"}}}}"#, number(file, row))
            })
        },
        "error[unknown-queue]",
    ),
];
