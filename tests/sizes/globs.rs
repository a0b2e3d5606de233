//! Patterns over directories that have no end.

use super::shape::{Make, Shape, head, settings};
use std::{fs, os::unix::fs::symlink, path::Path};

const fn shape(name: &'static str, make: fn(&Path), said: &'static str) -> Shape {
    Shape { kind: "deep globs", name, make: Make::Place(make), said }
}

fn deep(root: &Path, pattern: &str) {
    fs::create_dir_all(root.join("d/".repeat(150))).unwrap();
    fs::write(root.join("d/t.yaml"), head(0)).unwrap();
    settings(root, pattern);
}

fn circle(root: &Path, pattern: &str) {
    for name in ["a", "b", "tenants/c"] {
        symlink(root, root.join(name)).unwrap();
    }
    fs::write(root.join("tenants/t.yaml"), head(0)).unwrap();
    settings(root, pattern);
}

const TOO_MANY: &str = "looks at more than 100000 files and directories";

pub static SHAPES: [Shape; 6] = [
    shape("far down", |root| deep(root, "d/**/*.yaml"), "no errors"),
    shape("far down in all ways", |root| deep(root, "**/d/**/d/**/d/**/d/*.yaml"), TOO_MANY),
    shape("in a circle", |root| circle(root, "tenants/**/t.yaml"), "no errors"),
    shape("in a circle in all ways", |root| circle(root, "*/*/*/*/*/*/*/*/*/*/*/*/*.yaml"), TOO_MANY),
    shape(
        "over very many files",
        |root| {
            for index in 0..20_000 {
                fs::write(root.join(format!("tenants/{index}.txt")), "").unwrap();
            }
            settings(root, "**/*.yml");
        },
        "error[no-tenant-files]",
    ),
    shape(
        "very many of them",
        |root| {
            let patterns: Vec<String> = (0..60_000).map(|it| format!("tenants/{it}/*.yaml")).collect();
            settings(root, &patterns.join("\", \""));
            let text = fs::read_to_string(root.join("dialform.yaml")).unwrap();
            fs::write(root.join("dialform.yaml"), text.replace("\\\"", "\"")).unwrap();
        },
        "error[too-many-patterns]",
    ),
];
