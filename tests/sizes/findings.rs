//! Files that are wrong all over.

use super::shape::{Make, Shape, filled, head, number, section};

const fn shape(name: &'static str, text: fn(usize, usize) -> String, said: &'static str) -> Shape {
    Shape { kind: "many findings", name, make: Make::File(text), said }
}

pub static SHAPES: [Shape; 7] = [
    shape(
        "no phone numbers",
        |file, bytes| section(file, "numbers", bytes, |row| format!("  \"{row}\": {{ label: x }}\n")),
        "error[bad-value]: `0` is not a phone number",
    ),
    shape(
        "unknown keys of a file",
        |file, bytes| filled(&head(file), "", bytes, |row| format!("k{row}: 1\n")),
        "error[unknown-key]: unknown key `k0`",
    ),
    shape(
        "unknown keys far down",
        |file, bytes| {
            let faults: String = (0..60)
                .map(|row| format!("  \"{}\": {{ lable: x }}\n", number(file, 90_000 + row)))
                .collect();
            let good = section(file, "numbers", bytes - faults.len(), |row| {
                format!("  \"{}\": {{ label: Line {row} }}\n", number(file, row))
            });
            good + &faults
        },
        "error[unknown-key]: unknown key `lable`",
    ),
    shape(
        "keys without a value far down",
        |file, bytes| {
            let faults: String = (0..180)
                .map(|row| format!("  \"{}\": {{ failover: {{ queue: }} }}\n", 90_000 + row))
                .collect();
            let good = section(file, "queues", bytes - faults.len(), |row| {
                format!("  \"{}\": {{ name: Q{row} }}\n", 1000 + row)
            });
            good + &faults
        },
        "error[null-value]: `queue` has no value",
    ),
    shape(
        "schedules that are not there",
        |file, bytes| {
            section(file, "rules", bytes, |row| {
                format!("  \"{}\": {{ order: [{{ when: s{row}, ring: extension }}] }}\n", 100 + row)
            })
        },
        "error[unknown-schedule]",
    ),
    shape(
        "one rule again and again",
        |file, bytes| {
            let start = format!(
                "{}schedules: {{ night: {{ dates: [\"2027-01-01\"] }} }}\nrules:\n  \"101\":\n    order:\n",
                head(file)
            );
            filled(&start, "", bytes, |_| "      - { when: night, ring: extension }\n".to_owned())
        },
        "error[duplicate-rule]",
    ),
    shape("tags", |file, bytes| section(file, "x", bytes, |_| "- !t 1\n".to_owned()), "error[tag]"),
];
