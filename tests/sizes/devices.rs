//! What has a name and is no file.

use super::shape::{Make, Shape};
use std::{fs, os::unix::net::UnixListener, path::Path, process::Command};

const fn shape(name: &'static str, make: fn(&Path), said: &'static str) -> Shape {
    Shape { kind: "devices", name, make: Make::Place(make), said }
}

fn pipe(root: &Path, name: &str) {
    assert!(Command::new("mkfifo").arg(root.join(name)).status().unwrap().success());
}

const NO_FILE: &str = "it is no plain file";

pub static SHAPES: [Shape; 6] = [
    shape("a pipe", |root| pipe(root, "tenants/t.yaml"), NO_FILE),
    shape(
        "a pipe in place of the settings",
        |root| {
            fs::remove_file(root.join("dialform.yaml")).unwrap();
            pipe(root, "dialform.yaml");
        },
        NO_FILE,
    ),
    shape("a socket", |root| drop(UnixListener::bind(root.join("tenants/t.yaml")).unwrap()), NO_FILE),
    shape(
        "zeros without end",
        |root| {
            let path = root.join("tenants/t.yaml");
            // Only root can make a device; a pipe stands in for it elsewhere.
            let made = Command::new("mknod").arg(&path).args(["c", "1", "5"]).status().unwrap();
            if !made.success() {
                pipe(root, "tenants/t.yaml");
            }
        },
        NO_FILE,
    ),
    shape("a directory", |root| fs::create_dir(root.join("tenants/t.yaml")).unwrap(), "it is a directory"),
    shape(
        "a terabyte of nothing",
        |root| fs::File::create(root.join("tenants/t.yaml")).unwrap().set_len(1 << 40).unwrap(),
        "it is larger than 2 MiB",
    ),
];
