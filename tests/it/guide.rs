//! The guide is true: each command and each block of a page runs, each output is what is printed, and no link is dead.

use crate::{
    golden,
    papers::{Block, NOW, Paper, Shell, commands, root, write_yaml},
    workspace::Workspace,
};
use dialform::{cli::run_with, error::Ending, guide::PAGES};
use std::{collections::BTreeSet, fs, path::Path};

/// What a page says of building and testing is run by nobody here: it would be this test again.
const NOT_RUN: &[&str] = &["cargo test"];

/// A test for each page, so that they run side by side.
macro_rules! pages {
    ($($module:ident)*) => {
        $(
            #[test]
            fn $module() {
                holds(concat!(stringify!($module), ".md"));
            }
        )*

        const TESTED: &[&str] = &[$(concat!(stringify!($module), ".md")),*];
    };
}

pages! {
    accounts adding_a_provider adopting applying assertions calls ci_jobs concepts development emergencies figures fleets
    ownership plans pull_requests queue_hours reports restore schedules systems trust yaml
}

/// Runs everything that stands on a page, from top to bottom, in the example that newcomers try first.
fn holds(file: &str) {
    let page = Paper::read(&format!("src/guide/{file}"));
    let stem = file.strip_suffix(".md").unwrap().replace('_', "-");
    let example = Workspace::quickstart();
    example.commit(&["."]);
    for name in ["main", "my-branch"] {
        example.git(&["update-ref", &format!("refs/remotes/origin/{name}"), "HEAD"]);
    }
    let home = tempfile::tempdir().unwrap();
    let mut shell = Shell::new(example.root(), home.path());
    let mut printed = Vec::new();
    let mut files: Vec<Block> = Vec::new();
    for block in page.blocks() {
        match block.language.as_str() {
            "sh" => {
                for (command, _) in commands(&block).iter().filter(|it| !NOT_RUN.contains(&it.0.as_str())) {
                    shell.run(command, 0);
                }
            }
            "console" => {
                let commands = commands(&block).into_iter();
                let now = commands.map(|(line, _)| format!("$ {line}\n{}", shell.run(&line, 0))).collect();
                printed.push((block, now));
            }
            "yaml" if block.text.starts_with("- run: dialform ") => steps(&example, &mut shell, &block),
            // Assertions are about the example, where they hold.
            "yaml" if block.text.starts_with("tests:\n") => {
                example.write("tests/page.yaml", &block.text);
                shell.run("dialform test tests/page.yaml", 0);
            }
            "yaml" if block.text.starts_with("env:\n") => permitted(&block),
            "yaml" if block.text.contains("\nexpect_change: ") => {
                example.write("expected.yaml", &block.text);
                let refused = example.run(&["plan", "--sandbox", "--expect-change", "expected.yaml"]);
                assert!(
                    (refused.out.clone() + &refused.err).contains("error[unexpected-change]"),
                    "{refused:?}"
                );
            }
            "yaml" if block.text.starts_with("lock: ") => {
                example.write("dialform.yaml", example.read("dialform.yaml") + &block.text);
                let check = example.run(&["check"]);
                let is_known =
                    check.ending == Ending::Fine || check.err.starts_with("error[missing-feature]");
                assert!(
                    is_known && cfg!(feature = "shared-lock") == (check.ending == Ending::Fine),
                    "{check:?}"
                );
            }
            "yaml" => files.push(block),
            // A line of the portal, or of a rule that is told about.
            "indented" => {}
            other => panic!("{file}: a block of `{other}` is not run by a test:\n{}", block.text),
        }
    }
    check(file, &stem, &files);
    settle(&page, printed);
}

/// What a page shows is what is printed.
pub fn settle(page: &Paper, printed: Vec<(Block, String)>) {
    if std::env::var_os("DIALFORM_BLESS").is_some() {
        return page.bless(&printed);
    }
    for (block, now) in &printed {
        let difference = similar::TextDiff::from_lines(&block.text, now);
        assert!(block.text == *now, "{}:\n{}", page.name, difference.unified_diff());
    }
}

/// Lines of a job, in a clone of the example; what asks a phone system asks the emulated one.
fn steps(example: &Workspace, shell: &mut Shell, block: &Block) {
    for line in block.text.lines() {
        let command = line.strip_prefix("- run: ").unwrap();
        let (arguments, file) = command.split_once(" > ").unwrap_or((command, ""));
        let asks = !arguments.contains("--against") && !arguments.contains(" merge ");
        let emulated = if asks { " --sandbox" } else { "" };
        let into = if file.is_empty() { String::new() } else { format!(" > {file}") };
        shell.run(&format!("{arguments}{emulated}{into}"), 0);
        if !file.is_empty() {
            let begins = if file.ends_with(".md") { "<!-- dialform:plan:" } else { "{\"event\":\"planned\"" };
            assert!(example.read(file).starts_with(begins), "{line}");
        }
    }
}

/// The sources of credentials that a job permits: no others are used, and one that is misspelt is said.
fn permitted(block: &Block) {
    let value: serde_json::Value = serde_yaml::from_str(&block.text).unwrap();
    let sources = value["env"]["DIALFORM_SECRETS"].as_str().unwrap();
    let example = Workspace::quickstart();
    let run = example
        .process(&["plan", "--tenant", "harbour-legal"])
        .env("DIALFORM_SECRETS", sources)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(said.contains("DESKPHONE_TOKEN") && said.contains("DIALFORM_SECRETS"), "{said}");
}

/// The files that a page shows are one workspace, and nothing is found in it.
fn check(file: &str, stem: &str, blocks: &[Block]) {
    if blocks.is_empty() {
        return;
    }
    let (workspace, example) = (Workspace::default(), Workspace::quickstart());
    let patterns = "tenants: [\"tenants/**/*.yaml\"]\nshared: [\"shared/*.yaml\"]";
    let settings = example.read("dialform.yaml").replace("tenants: [\"tenants/*.yaml\"]", patterns);
    workspace.write("dialform.yaml", settings);
    workspace.write("shared/unused.yaml", "schedules: { unused: { yearly: [\"12-25\"] } }\n");
    for (at, block) in blocks.iter().enumerate() {
        write_yaml(&workspace, &format!("{stem}-{at}"), &block.text);
        // A part of a tenant needs the rest of it.
        let tenant = block.text.lines().find_map(|line| line.strip_prefix("tenant: "));
        let is_whole = ["account:", "extends:"].iter().any(|key| block.text.contains(key));
        if let (Some(tenant), false) = (tenant, is_whole) {
            let name = format!("tenants/{tenant}.yaml");
            workspace.write(&name, example.read(&name));
        }
    }
    let done = workspace.run_at(NOW, &["check"]);
    let is_clean = done.ending == Ending::Fine && done.out.ends_with("no errors, 0 warnings.\n");
    assert!(is_clean, "{file}: {}{}", done.out, done.err);
}

/// A page that is in no table is not found; one that no test reads says what it likes.
#[test]
fn every_page_is_listed_linked_and_tested() {
    let files = fs::read_dir(root().join("src/guide")).unwrap().map(|it| it.unwrap().file_name());
    let files: BTreeSet<String> =
        files.map(|it| it.into_string().unwrap()).filter(|it| it.ends_with(".md")).collect();
    let table = Paper::read("src/guide/mod.rs").text;
    let links = Paper::read("src/guide/links.md").text;
    let mut listed = BTreeSet::from(["links.md".to_owned()]);
    for page in PAGES {
        let module = page.name.replace('-', "_");
        listed.insert(format!("{module}.md"));
        assert!(
            table.contains(&format!("    {module} \"{}\" \"{module}.md\": \"", page.name)),
            "{}",
            page.name
        );
        assert!(links.contains(&format!("[{}]: crate::guide::{module}\n", page.name)), "{}", page.name);
    }
    assert_eq!(listed, files);
    assert_eq!(links.lines().count(), PAGES.len());
    // `codes::` holds the reference of findings to the program.
    let tested = TESTED.iter().map(|it| (*it).to_owned());
    let tested: BTreeSet<String> = tested.chain(["findings.md".to_owned(), "links.md".to_owned()]).collect();
    assert_eq!(tested, files);
}

/// A dead link is a reader lost. From page to page a link is the topic's name, which is right in the repository, in the
/// documentation and on a terminal; all others are the README's.
#[test]
fn no_link_is_dead() {
    let pages = PAGES.iter().map(|it| format!("src/guide/{}.md", it.name.replace('-', "_")));
    let mut dead = Vec::new();
    let mut looked = 0;
    for name in pages.chain(["README.md".to_owned(), ".github/CONTRIBUTING.md".to_owned()]) {
        let paper = Paper::read(&name);
        let directory = Path::new(&name).parent().unwrap().to_owned();
        for link in paper.links() {
            looked += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            if file.starts_with("https://") || (name.starts_with("src/guide/") && file.contains('/')) {
                dead.push(format!("{name}: {link} leads out of what is kept here"));
                continue;
            }
            let path = if file.is_empty() { Path::new(&name).to_owned() } else { directory.join(file) };
            if !root().join(&path).exists() {
                dead.push(format!("{name}: {link}"));
            } else if !anchor.is_empty()
                && !Paper::read(path.to_str().unwrap()).anchors().iter().any(|it| it == anchor)
            {
                dead.push(format!("{name}: {link} names no heading"));
            }
        }
        // A topic in brackets without its file behind it is no link.
        let known: BTreeSet<&str> = PAGES.iter().map(|it| it.name).collect();
        for topic in known {
            let named = paper.text.contains(&format!("[{topic}]"));
            let has = paper.text.contains(&format!("\n[{topic}]: {}.md\n", topic.replace('-', "_")));
            if name.starts_with("src/guide/") && named != has {
                dead.push(format!("{name}: [{topic}] and its file"));
            }
        }
    }
    assert_eq!(dead, Vec::<String>::new());
    assert!(looked > 40, "{looked}");
}

/// `dialform help`: topics and commands in one place, a page whole, a slip with what is near.
#[test]
fn help_knows_topics_and_commands() {
    let all = run_with(&["dialform", "help"]);
    assert_eq!((all.ending, &all.out), (Ending::Fine, &run_with(&["dialform", "--help"]).out));
    let (_, topics) = all.out.split_once("\nTopics, for `dialform help TOPIC`:\n").unwrap();
    golden::assert("guide/topics.txt", topics);
    for page in PAGES {
        let shown = run_with(&["dialform", "help", page.name]);
        assert_eq!((shown.ending, shown.err.as_str()), (Ending::Fine, ""));
        // What a CI system would take for a command is told as what it is.
        let expected = ["[", "vso[", "teamcity["].iter().fold(page.shown(), |text, word| {
            text.replace(&format!("##{word}"), &format!("#\\u{{23}}{word}"))
        });
        assert!(shown.out == expected, "{}: what is shown differs from the page", page.name);
        assert!(
            !shown.out.lines().any(|line| line.starts_with('[') && line.ends_with(".md")),
            "{}",
            page.name
        );
        // A command of that name would hide the page.
        let command = run_with(&["dialform", page.name, "--help"]);
        assert_eq!(command.ending, Ending::Error, "{} is a command", page.name);
    }
    // A command leads to the page that has more.
    let sources = fs::read_to_string(root().join("src/cli/args.rs")).unwrap();
    let led: Vec<&str> =
        sources.split("More: `dialform help ").skip(1).map(|it| it.split('`').next().unwrap()).collect();
    assert!(led.len() > 10 && led.iter().all(|it| PAGES.iter().any(|page| page.name == *it)), "{led:?}");
    let same: [&[&str]; 2] = [&["plan"], &["emergency", "on"]];
    for words in same {
        let [help, asked] =
            [[&["dialform", "help"], words].concat(), [&["dialform"], words, &["--help"]].concat()];
        assert_eq!(run_with(&help).out, run_with(&asked).out);
    }
    for (words, help) in [
        ("emergencie", "did you mean `dialform help emergencies`?"),
        ("plam", "did you mean `dialform help plan`?"),
        ("zzz", "`dialform help` lists all commands and topics"),
    ] {
        let wrong = run_with(&["dialform", "help", words]);
        let said = format!("error[failed]: there is no command and no topic `{words}`\n |\nhelp: {help}\n\n");
        assert_eq!((wrong.ending, wrong.err), (Ending::Error, said));
    }
}
