//! A workspace of a certain shape, in any size.

use std::{fs, path::Path};

/// The bytes of a file of usual size.
pub const SMALL: usize = 32 << 10;

/// One way in which a workspace can be large.
pub struct Shape {
    /// What is many or long in it.
    pub kind: &'static str,
    pub name: &'static str,
    pub make: Make,
    /// What `check` says of it, in all sizes.
    pub said: &'static str,
}

pub enum Make {
    /// The text of one tenant's file of so many bytes; the first number tells files of one workspace apart.
    File(fn(usize, usize) -> String),
    /// Files of so many bytes together, into a directory.
    Files(fn(&Path, usize)),
    /// A workspace whose files are no measure of it.
    Place(fn(&Path)),
}

impl Shape {
    /// Writes a workspace of so many files of so many bytes each.
    pub fn write(&self, root: &Path, files: usize, bytes: usize) {
        fs::create_dir(root.join("tenants")).unwrap();
        settings(root, "tenants/*.yaml");
        match self.make {
            Make::File(text) => (0..files).for_each(|number| {
                fs::write(root.join(format!("tenants/{number}.yaml")), text(number, bytes)).unwrap()
            }),
            Make::Files(make) => make(root, files * bytes),
            Make::Place(make) => make(root),
        }
    }
}

/// `dialform.yaml`, whose tenants are where this pattern says.
pub fn settings(root: &Path, pattern: &str) {
    let text = format!(
        "version: 1\nproviders:\n  pbx: {{ kind: stratus, url: \"https://pbx.example/ns-api/v2\", token: {{ env: T }}, carrier: manual }}\n  \
         ctm: {{ kind: ctm, access_key: {{ env: T }}, secret_key: {{ env: T }} }}\ntenants: [{pattern:?}]\n"
    );
    fs::write(root.join("dialform.yaml"), text).unwrap();
}

/// How a tenant's file begins.
pub fn head(number: usize) -> String {
    format!("tenant: t{number}\nprovider: pbx\naccount: t{number}.1.service\ntime_zone: America/Chicago\n")
}

/// A number that no other row of any file has.
pub fn number(file: usize, row: usize) -> String {
    format!("+1214{:07}", 2_000_000 + file * 100_000 + row)
}

/// As many rows as fit into so many bytes, between a beginning and an end.
pub fn filled(start: &str, end: &str, bytes: usize, row: impl Fn(usize) -> String) -> String {
    let mut text = start.to_owned();
    for index in 0.. {
        let row = row(index);
        if text.len() + row.len() + end.len() > bytes {
            break;
        }
        text += &row;
    }
    text + end
}

/// A tenant with these rows in one section.
pub fn section(file: usize, name: &str, bytes: usize, row: impl Fn(usize) -> String) -> String {
    filled(&format!("{}{name}:\n", head(file)), "", bytes, row)
}
