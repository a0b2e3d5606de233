//! Facts are cited by id, and every citation leads to a row of the `FACTS.md` of its provider.
//!
//! A citation is `FACTS PROVIDER/ID` for a row, `FACTS PROVIDER/GROUP` for the whole table of a heading. Without this
//! test a renamed row would leave comments, and the table `dialform providers` prints, that point nowhere.

use dialform::provider::PROVIDERS;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The columns of a table of facts, and of one of help articles.
const FACTS: &[&str] = &["Id", "Fact", "How sure", "Source", "Checked"];
const ARTICLES: &[&str] = &["Id", "Title", "Address", "What dialform takes from it", "Checked"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// What one `FACTS.md` holds.
#[derive(Default)]
struct Book {
    /// What can be cited: ids of rows and names of groups.
    ids: BTreeSet<String>,
    wrong: Vec<String>,
}

/// Reads a `FACTS.md`: its tables under their headings, each row held against what the file says of itself.
fn read(text: &str) -> Book {
    let mut book = Book::default();
    let tables = tables(text);
    let names = |first: &str| -> BTreeSet<String> {
        let rows = tables.iter().filter(|(_, head, _)| head.first().is_some_and(|it| it == first));
        rows.flat_map(|(_, _, rows)| rows.iter().filter_map(|row| row.first().cloned())).collect()
    };
    let (marks, sources) = (names("Mark"), names("Name"));
    let facts: BTreeSet<String> = names("Id");
    let is = |head: &[String], columns: &[&str]| head.iter().map(String::as_str).eq(columns.iter().copied());
    for (heading, head, rows) in &tables {
        let group = heading.to_lowercase();
        for row in rows {
            let first = row.first().cloned().unwrap_or_default();
            let mut wrong = |why: &str| book.wrong.push(format!("{heading}, {first}: {why}"));
            if row.len() != head.len() {
                wrong("another number of cells than the head has");
                continue;
            }
            if row.iter().any(String::is_empty) {
                wrong("an empty cell");
            }
            if head.first().is_none_or(|it| it != "Id") {
                continue;
            }
            let stem = if is(head, ARTICLES) { "article" } else { group.as_str() };
            let count = first.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-'));
            if count.is_none_or(|count| count.parse::<u16>().is_err()) {
                wrong("an id that is not its group and a number");
            }
            let (sure, source, checked) = match row.as_slice() {
                [_, _, sure, source, checked] if is(head, FACTS) => (Some(sure), Some(source), checked),
                [.., checked] if is(head, ARTICLES) => (None, None, checked),
                _ => {
                    wrong("a table with other columns");
                    continue;
                }
            };
            if sure.is_some_and(|sure| !marks.contains(sure)) {
                wrong("a mark that the file does not explain");
            }
            for name in source.into_iter().flat_map(|it| it.split("; ")) {
                if !sources.contains(name) && !facts.contains(name) {
                    wrong("a source that the file does not name");
                }
            }
            if checked != "-" && checked.parse::<jiff::civil::Date>().is_err() {
                wrong("a day that is none");
            }
            book.ids.insert(group.clone());
            if !book.ids.insert(first.clone()) {
                book.wrong.push(format!("{heading}, {first}: an id that stands there twice"));
            }
        }
    }
    book
}

/// A heading, the head of the table below it, and its rows.
type Table = (String, Vec<String>, Vec<Vec<String>>);

fn tables(text: &str) -> Vec<Table> {
    let mut found: Vec<Table> = Vec::new();
    let (mut heading, mut inside) = (String::new(), false);
    for line in text.lines() {
        if let Some(title) = line.strip_prefix('#') {
            heading = title.trim_start_matches('#').trim().to_owned();
        }
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else {
            inside = false;
            continue;
        };
        let cells: Vec<String> = cells.split(" | ").map(|cell| cell.trim().to_owned()).collect();
        match found.last_mut().filter(|_| inside) {
            None => found.push((heading.clone(), cells, Vec::new())),
            Some((_, _, rows)) if !cells.iter().all(|cell| cell == "---") => rows.push(cells),
            Some(_) => {}
        }
        inside = true;
    }
    found
}

/// Every citation of a text, as provider and id, and everything that looks like one and is none.
fn citations(text: &str) -> (BTreeSet<(String, String)>, Vec<String>) {
    let (mut found, mut wrong) = (BTreeSet::new(), Vec::new());
    for (at, word) in text.match_indices("FACTS") {
        let (before, behind) = (&text[..at], &text[at + word.len()..]);
        let joined = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if before.ends_with(joined) || behind.starts_with(joined) || behind.starts_with(".md") {
            continue;
        }
        let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let cited = behind.strip_prefix(' ').and_then(|it| it.split_once('/')).map(|(provider, rest)| {
            let id = rest.split(|c| !name(c)).next().unwrap_or_default();
            (provider.to_owned(), id.trim_end_matches('-').to_owned())
        });
        match cited.filter(|(provider, id)| PROVIDERS.iter().any(|it| it.kind == *provider) && !id.is_empty())
        {
            Some(cited) => _ = found.insert(cited),
            None => wrong.push(behind.lines().next().unwrap_or_default().chars().take(40).collect()),
        }
    }
    (found, wrong)
}

fn books() -> BTreeMap<&'static str, Book> {
    let path = |provider: &str| root().join("src/provider").join(provider).join("FACTS.md");
    PROVIDERS.iter().map(|it| (it.kind, read(&fs::read_to_string(path(it.kind)).unwrap()))).collect()
}

/// Every text that a clone has, with its name. What is built, and what git keeps for itself, is no part of it.
fn texts() -> Vec<(String, String)> {
    fn walk(path: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            if path.is_dir() && name != "target" && name != ".git" {
                walk(&path, found);
            } else if path.is_file() && name != ".git" {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), &mut found);
    found.sort();
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().filter_map(|path| Some((name(path), fs::read_to_string(path).ok()?))).collect()
}

/// What points to papers that no clone has: where it stands, in words.
fn dead_ends(text: &str) -> Vec<&str> {
    let points_nowhere = |line: &&str| {
        let line = line.to_lowercase();
        let number = |rest: &str| rest.trim_start_matches(['s', ' ', '-', '#']).starts_with('0');
        line.contains("fact sheet") || line.split("article").skip(1).any(number)
    };
    text.lines().filter(points_nowhere).map(str::trim).collect()
}

/// A table that does not say how sure a row is, or where it is from, is a rumour.
#[test]
fn the_tables_are_well_formed() {
    for (provider, book) in books() {
        assert_eq!(book.wrong, [""; 0], "{provider}");
        assert!(book.ids.len() > 20, "{provider}: {:?}", book.ids);
        let text = fs::read_to_string(root().join("src/provider").join(provider).join("mod.rs")).unwrap();
        assert!(
            text.contains("#![doc = include_str!(\"FACTS.md\")]"),
            "{provider}: not in its documentation"
        );
    }
}

/// Whoever reads a citation in a clone has to find what it says.
#[test]
fn every_citation_resolves() {
    let books = books();
    let (mut lost, mut seen) = (Vec::new(), 0);
    let cites = |name: &str| !name.ends_with("FACTS.md") && name != "tests/it/facts.rs";
    for (name, text) in texts().iter().filter(|(name, _)| cites(name)) {
        let (found, wrong) = citations(text);
        lost.extend(wrong.iter().map(|it| format!("{name}: FACTS{it}")));
        for (provider, id) in found {
            seen += 1;
            if !books[provider.as_str()].ids.contains(&id) {
                lost.push(format!("{name}: no {id} in the facts of {provider}"));
            }
        }
    }
    assert_eq!(lost, [""; 0]);
    assert!(seen > 100, "the citations are not where they are looked for");
}

/// A source that only its author has is none: what is cited is a row of a `FACTS.md`, or a help article by its title.
#[test]
fn nothing_points_to_papers_that_are_not_here() {
    let texts = texts();
    assert!(texts.iter().any(|(name, _)| name == ".github/CONTRIBUTING.md"), "not every text is looked at");
    let own = |name: &str| name == "tests/it/facts.rs";
    let lost = texts.iter().filter(|(name, _)| !own(name));
    let lost: Vec<String> = lost
        .flat_map(|(name, text)| dead_ends(text).into_iter().map(move |line| format!("{name}: {line}")))
        .collect();
    assert_eq!(lost, [""; 0]);
}

/// What the tests above see: a blind one would pass for ever.
#[test]
fn rows_and_citations_are_seen() {
    let text = "see FACTS ctm/lists-2, FACTS stratus/rules. (FACTS deskphone/\n) FACTS.md MY_FACTS FACTS: x FACTS ctm/-";
    let (found, wrong) = citations(text);
    let found: Vec<String> = found.iter().map(|(provider, id)| format!("{provider}/{id}")).collect();
    assert_eq!(found, ["ctm/lists-2", "stratus/rules"]);
    assert_eq!(wrong, [" deskphone/", ": x FACTS ctm/-", " ctm/-"]);

    let text =
        "the Fact Sheet, 3\nhelp articles 004\nArticle-01\n(article #0)\narticle-1\nFACTS ctm/article-10";
    assert_eq!(dead_ends(text), ["the Fact Sheet, 3", "help articles 004", "Article-01", "(article #0)"]);

    let book = read(
        "| Mark | Meaning |\n| --- | --- |\n| client | seen |\n\n## Sources\n| Name | What |\n| --- | --- |\n| a | b |\n\n\
         ## Lists\n| Id | Fact | How sure | Source | Checked |\n| --- | --- | --- | --- | --- |\n\
         | lists-1 | good | client | a; lists-1 | 2026-11-27 |\n| lists-1 | twice | client | a | - |\n\
         | rules-2 | x | client | a | - |\n| lists-3 | x | guess | b | 2026-13-01 |\n| lists-4 | x | client |\n\
         | lists-5 |  | client | a | - |\n\n## Articles\n| Id | Title |\n| --- | --- |\n| article-1 | x |\n",
    );
    assert_eq!(
        book.wrong,
        [
            "Lists, lists-1: an id that stands there twice",
            "Lists, rules-2: an id that is not its group and a number",
            "Lists, lists-3: a mark that the file does not explain",
            "Lists, lists-3: a source that the file does not name",
            "Lists, lists-3: a day that is none",
            "Lists, lists-4: another number of cells than the head has",
            "Lists, lists-5: an empty cell",
            "Articles, article-1: an id that is not its group and a number",
            "Articles, article-1: a table with other columns",
        ]
    );
}
