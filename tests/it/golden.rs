//! Long texts that are reviewed word by word, in files beside the tests.
//!
//! After an intended change: `DIALFORM_BLESS=1 cargo test` writes them anew; review the difference.

use std::{fs, path::Path};

/// Compares with `tests/it/NAME`.
pub fn assert(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(name);
    if std::env::var_os("DIALFORM_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let reviewed = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(text == reviewed, "{name}:\n{}", similar::TextDiff::from_lines(&reviewed, text).unified_diff());
}
