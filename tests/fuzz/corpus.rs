//! Inputs that are kept, one file each in `corpus/TARGET/`.

use sha2::{Digest, Sha256};
use std::{fs, path::PathBuf};

fn directory(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target)
}

/// What is kept of a target, by the names of the files.
pub fn kept(target: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(directory(target)).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Keeps an input; returns its file.
pub fn keep(target: &str, input: &[u8]) -> PathBuf {
    let sum = Sha256::digest(input);
    let name: String = sum.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let directory = directory(target);
    fs::create_dir_all(&directory).unwrap();
    let file = directory.join(name);
    fs::write(&file, input).unwrap();
    file
}
