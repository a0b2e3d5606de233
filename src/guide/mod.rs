//! The guide, page by page: in the documentation, in the repository and as `dialform help TOPIC`.
//!
//! A page is a Markdown file beside this one and a line in the table below. It names other pages as `[topic]`, with the
//! file at its end for who reads it in the repository; `links.md` leads to the same page here.

/// A page of the guide.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The word in `dialform help TOPIC`.
    pub name: &'static str,
    /// What it is about, for the list.
    pub about: &'static str,
    /// Markdown.
    pub text: &'static str,
}

impl Page {
    /// The page for a terminal: without the files that its links lead to.
    pub fn shown(&self) -> String {
        let is_target = |line: &&str| line.starts_with('[') && line.ends_with(".md");
        let lines: Vec<&str> = self.text.lines().filter(|line| !is_target(line)).collect();
        let mut text = lines.join("\n").trim_end().to_owned();
        if self.text.lines().any(|line| is_target(&line)) {
            text.push_str("\n\n---\nA word in [brackets] is another page: `dialform help WORD`.");
        }
        text + "\n"
    }
}

/// A module for each page, in which the documentation has it, and the list of all.
macro_rules! pages {
    ($($module:ident $name:literal $file:literal: $about:literal;)*) => {
        $(
            #[doc = $about]
            #[doc = ""]
            #[doc = include_str!("links.md")]
            #[doc = ""]
            #[doc = include_str!($file)]
            pub mod $module {}
        )*

        /// Every page, in reading order.
        pub static PAGES: &[Page] =
            &[$(Page { name: $name, about: $about, text: include_str!($file) }),*];
    };
}

pages! {
    concepts "concepts" "concepts.md": "The words, and how files, plan and apply fit together";
    ownership "ownership" "ownership.md": "What dialform manages, what it leaves alone, what it never does";
    accounts "accounts" "accounts.md": "Credentials and settings of each phone system";
    adopting "adopting" "adopting.md": "From a live account to files";
    yaml "yaml" "yaml.md": "The files, by example, and how they are read";
    schedules "schedules" "schedules.md": "Hours, holidays, days that come again, and what ends by itself";
    queue_hours "queue-hours" "queue_hours.md": "Holidays and hours of a call queue, which has none of its own";
    systems "systems" "systems.md": "What each phone system lets dialform do, and what only people can set";
    plans "plans" "plans.md": "Reading a plan: what callers notice, classes, notes, formats";
    applying "applying" "applying.md": "While an apply runs, how it ends, and when something goes wrong";
    calls "calls" "calls.md": "Following a call, drawing its way, calling it, and looking at every call";
    assertions "assertions" "assertions.md": "What has to stay true of calls, as tests";
    reports "reports" "reports.md": "What leads where, lists of all numbers, tenants compared";
    emergencies "emergencies" "emergencies.md": "The day of an outage, as a runbook";
    restore "restore" "restore.md": "Taking an apply back, and one apply at a time";
    pull_requests "pull-requests" "pull_requests.md": "A plan in review, and the same plan applied";
    ci_jobs "ci-jobs" "ci_jobs.md": "The ready jobs for GitHub Actions and GitLab CI";
    fleets "fleets" "fleets.md": "Many tenants: templates, shared schedules, several files, several jobs";
    trust "trust" "trust.md": "Who can do what, from contributors to a vendor's server";
    findings "findings" "findings.md": "Every code of a finding: what it says, why it matters, what to do";
    adding_a_provider "adding-a-provider" "adding_a_provider.md": "Adding a phone system";
    development "development" "development.md": "Building and testing dialform itself";
    figures "figures" "figures.md": "What was measured, with the commands";
}

/// The page of that name.
pub fn find(name: &str) -> Option<&'static Page> {
    PAGES.iter().find(|it| it.name == name)
}

/// All topics, for the end of `--help`.
pub fn contents() -> String {
    let width = PAGES.iter().map(|it| it.name.len()).max().unwrap_or_default();
    let lines = PAGES.iter().map(|it| format!("\n  {:width$}  {}", it.name, it.about));
    format!("Topics, for `dialform help TOPIC`:{}", lines.collect::<String>())
}
