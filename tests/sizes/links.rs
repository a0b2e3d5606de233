//! Links to where nothing is, or everything.

use super::shape::{Make, Shape};
use std::{fs, os::unix::fs::symlink, path::Path};

const fn shape(name: &'static str, make: fn(&Path), said: &'static str) -> Shape {
    Shape { kind: "links", name, make: Make::Place(make), said }
}

fn to(root: &Path, target: &str) {
    symlink(target, root.join("tenants/t.yaml")).unwrap();
}

const OUT: &str = "it is a link that leads out of the workspace";

pub static SHAPES: [Shape; 6] = [
    shape("to zeros without end", |root| to(root, "/dev/zero"), OUT),
    shape("to the memory of the run", |root| to(root, "/proc/self/mem"), OUT),
    shape("to themselves", |root| to(root, "t.yaml"), "error[unreadable-file]"),
    shape(
        "to each other, ever so many",
        |root| {
            (0..2000)
                .for_each(|it| symlink(format!("l{}", it + 1), root.join(format!("tenants/l{it}"))).unwrap());
            to(root, "l0");
        },
        "error[unreadable-file]",
    ),
    shape("to a directory", |root| to(root, "."), "error[unreadable-file]"),
    shape(
        "to zeros in place of the settings",
        |root| {
            fs::remove_file(root.join("dialform.yaml")).unwrap();
            symlink("/dev/zero", root.join("dialform.yaml")).unwrap();
        },
        OUT,
    ),
];
