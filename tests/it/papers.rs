//! What stands in the README and in the guide: blocks of code by language, links, and a shell that runs what a reader types.

use crate::workspace::Workspace;
use comrak::{
    Arena, Options,
    nodes::{AstNode, NodeValue},
    parse_document,
};
use dialform::cli::run_at;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A file that people read, below the root of the repository.
pub struct Paper {
    /// Its path.
    pub name: String,
    pub text: String,
}

/// A block of code.
#[derive(Debug, Clone)]
pub struct Block {
    pub language: String,
    pub text: String,
}

impl Paper {
    pub fn read(name: &str) -> Self {
        let text = fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), text }
    }

    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        self.each(&mut |node| {
            if let NodeValue::CodeBlock(block) = node {
                // An indented block is a line to look at, and has no language.
                let language = if block.fenced { block.info.clone() } else { "indented".to_owned() };
                blocks.push(Block { language, text: block.literal.clone() });
            }
        });
        blocks
    }

    /// Where the links lead.
    pub fn links(&self) -> Vec<String> {
        let mut links = Vec::new();
        self.each(&mut |node| match node {
            NodeValue::Link(link) | NodeValue::Image(link) => links.push(link.url.clone()),
            _ => {}
        });
        links
    }

    /// What a link may name behind `#`: the headings, as GitHub writes them.
    pub fn anchors(&self) -> Vec<String> {
        let arena = Arena::new();
        let mut anchors = comrak::Anchorizer::new();
        let headings = parse_document(&arena, &self.text, &options());
        let headings =
            headings.descendants().filter(|it| matches!(it.data.borrow().value, NodeValue::Heading(_)));
        headings.map(|it| anchors.anchorize(&words(it))).collect()
    }

    fn each(&self, look: &mut dyn FnMut(&NodeValue)) {
        let arena = Arena::new();
        let document = parse_document(&arena, &self.text, &options());
        document.descendants().for_each(|node| look(&node.data.borrow().value));
    }

    /// Whether outputs are written anew; what was written is in the file, and the difference is for a reviewer.
    pub fn bless(&self, replaced: &[(Block, String)]) {
        let mut text = self.text.clone();
        for (block, output) in replaced {
            let (before, after) = (fence(block, &block.text), fence(block, output));
            text = text.replacen(&before, &after, 1);
        }
        if text != self.text {
            fs::write(root().join(&self.name), text).unwrap();
        }
    }
}

/// A block as it stands in its file.
fn fence(block: &Block, text: &str) -> String {
    format!("```{}\n{text}```\n", block.language)
}

fn words<'a>(node: &'a AstNode<'a>) -> String {
    let texts = node.descendants().filter_map(|it| match &it.data.borrow().value {
        NodeValue::Text(text) => Some(text.to_string()),
        NodeValue::Code(code) => Some(code.literal.clone()),
        _ => None,
    });
    texts.collect()
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// When everything here is run: what is over and what is to come depends on the time, and what is shown is compared to the letter.
pub const NOW: &str = "2026-11-30T16:00:00Z";

/// A shell that no configuration of this machine reaches. Its `dialform` is the one that is tested.
pub struct Shell {
    pub directory: PathBuf,
    home: PathBuf,
}

impl Shell {
    /// In a directory, with a home of its own.
    pub fn new(directory: &Path, home: &Path) -> Self {
        Self { directory: directory.canonicalize().unwrap(), home: home.to_owned() }
    }

    /// Runs a line that ends with this code, and returns what it printed, data before messages.
    pub fn run(&mut self, line: &str, code: i32) -> String {
        if let Some(directory) = line.strip_prefix("cd ") {
            self.directory = self.directory.join(directory).canonicalize().unwrap();
            return String::new();
        }
        let (found, printed) = match line.strip_prefix("dialform ") {
            Some(arguments) => self.dialform(arguments),
            None => self.sh(line),
        };
        assert_eq!(found, code, "{line}\n{printed}");
        // Where the test runs is nobody's business.
        printed.replace(self.directory.to_str().unwrap(), ".")
    }

    fn sh(&self, line: &str) -> (i32, String) {
        let output = Command::new("sh")
            .args(["-ec", line])
            .current_dir(&self.directory)
            .env("HOME", &self.home)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].map(|name| (name, "Ana")))
            .envs(["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"].map(|name| (name, "ana@example.invalid")))
            .output()
            .unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
        (output.status.code().unwrap(), out + &err)
    }

    /// In this process, at [`NOW`]: so files are named from the root, as if this were its directory.
    fn dialform(&self, arguments: &str) -> (i32, String) {
        let (arguments, into) =
            arguments.split_once(" > ").map_or((arguments, None), |(it, to)| (it, Some(to)));
        // Quotes and patterns are the shell's.
        let (code, words) = self.sh(&format!("printf '%s\\n' {arguments}"));
        assert_eq!(code, 0, "{arguments}");
        let mut all = vec!["dialform".to_owned()];
        let mut is_new_file = false;
        for word in words.lines() {
            // What stands in the workspace is named from there.
            let is_path = word.contains(['/', '.']) && !word.starts_with("tests/");
            let is_file = is_new_file || (is_path && self.directory.join(word).exists());
            let path = self.directory.join(word).to_str().unwrap().to_owned();
            all.push(if is_file { path } else { word.to_owned() });
            is_new_file = word == "--out";
        }
        if !all.iter().any(|it| it == "-C") {
            all.extend(["-C".to_owned(), self.directory.to_str().unwrap().to_owned()]);
        }
        let words: Vec<&str> = all.iter().map(String::as_str).collect();
        let done = run_at(&words, Some(NOW.parse().unwrap()));
        let out = match into {
            Some(file) => {
                fs::write(self.directory.join(file), done.out).unwrap();
                String::new()
            }
            None => done.out,
        };
        (done.ending as i32, out + &done.err)
    }
}

/// The lines of a block that shows a shell: each command, with `$ ` before it in a `console`, and what is shown of its output.
pub fn commands(block: &Block) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in block.text.lines() {
        match (block.language.as_str(), line.strip_prefix("$ ")) {
            ("console", None) => {
                let (_, shown) = commands.last_mut().expect("a console begins with a command");
                shown.push_str(&format!("{line}\n"));
            }
            ("console", Some(command)) => commands.push((command.to_owned(), String::new())),
            _ => commands.push((line.to_owned(), String::new())),
        }
    }
    commands
}

/// A block of YAML as a file of a workspace.
pub fn write_yaml(workspace: &Workspace, stem: &str, text: &str) {
    let has = |key: &str| text.lines().any(|line| line.starts_with(&format!("{key}:")));
    let named = text.lines().next().and_then(|line| line.strip_prefix("# "));
    let named = named.filter(|it| it.ends_with(".yaml") && !it.contains(' '));
    let name = match named {
        Some(name) => name.to_owned(),
        None if has("version") => "dialform.yaml".to_owned(),
        None => format!("tenants/{stem}.yaml"),
    };
    let mut text = text.to_owned();
    if named.is_none() && !has("tenant") && !has("version") {
        let account = format!("provider: stratus-dallas\naccount: {stem}.1.service");
        text.push_str(&format!("tenant: {stem}\n{account}\ntime_zone: America/Chicago\n"));
    }
    workspace.write(&name, text);
}
