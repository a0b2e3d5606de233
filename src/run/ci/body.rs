//! The texts of comments and issues. Whatever came from a program stands between fences that it cannot close.

/// What one comment may have, less what stands around it here.
const MOST: usize = 60_000;

/// What divides the words about an older plan from the plan.
const OLDER: &str = "<!-- dialform:older -->";

/// How a plan is approved, as the first line of a comment.
pub const APPROVE: &str = "/dialform approve";

/// Our mark as a whole line. `kind` is what the comment is about.
pub fn mark(kind: &str, of: &str) -> String {
    format!("<!-- dialform:{kind}:{of} -->")
}

/// Whether a text begins with a line, alone.
pub fn begins(text: &str, line: &str) -> bool {
    text.lines().next().is_some_and(|it| it.trim_end() == line)
}

/// A text without its first line.
pub fn rest(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, rest)| rest)
}

/// Whether a comment shows the plan with a digest as that of now.
pub fn shows(comment: &str, digest: &str) -> bool {
    !comment.contains(OLDER) && comment.contains(&format!("<sub>digest <code>{digest}</code></sub>"))
}

/// Whether a comment shows a plan, be it of an older commit.
pub fn shows_any(comment: &str) -> bool {
    comment.contains("<sub>digest <code>")
}

/// The second line of what is said of a commit that is live in part.
const IN_PART: &str = "<!-- dialform:in-part -->";

/// Whether a text says that a commit is live in part.
pub fn is_in_part(text: &str) -> bool {
    begins(rest(text), IN_PART)
}

/// What is said of an apply, below a mark. What is live in part stays so until the whole is: `before` is what was said of it.
pub fn told(mark: &str, said: &str, code: u8, before: Option<&str>) -> String {
    let earlier = code != 0 && before.is_some_and(is_in_part);
    match (code, earlier) {
        (4, _) => format!("{mark}\n{IN_PART}\n{said}"),
        (_, true) => format!("{mark}\n{IN_PART}\nAn earlier run has applied it in part.\n\n{said}"),
        (_, false) => format!("{mark}\n{said}"),
    }
}

/// A comment whose plan is of a commit that is no longer the head, or that could not be planned anew.
pub fn outdated(comment: &str, mark: &str, why: &str) -> String {
    let older = match rest(comment).split_once(OLDER) {
        // It was outdated before.
        Some((_, older)) => {
            older.trim_start_matches('\n').trim_end().trim_end_matches("</details>").trim_end()
        }
        None => rest(comment).trim_end(),
    };
    let older = if older.len() > MOST { "It is too long to be kept here." } else { older };
    format!(
        "{mark}\n**Outdated.** {why}\n\n<details><summary>The older plan</summary>\n{OLDER}\n\n{older}\n\n</details>\n"
    )
}

/// A plan with the line by which its critical changes are approved.
pub fn to_approve(plan: &str, approvers: &str, digest: &str) -> String {
    format!(
        "{}\n\n{approvers} approves what is critical with a comment that begins:\n\n    {APPROVE} {digest}\n",
        plan.trim_end()
    )
}

/// What a program printed, between fences; cut in front where it is long, for its end says most.
pub fn fenced(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() {
        return String::new();
    }
    let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let mut start = text.len().saturating_sub(4_000);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let text = &text[start..];
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n{fence}text\n{text}\n{fence}\n")
}

/// A text that fits into a comment, cut between two lines.
pub fn fitting(text: &str) -> String {
    if text.len() <= MOST {
        return text.to_owned();
    }
    let mut fits = String::new();
    for line in text.split_inclusive('\n') {
        if fits.len() + line.len() > MOST {
            break;
        }
        fits.push_str(line);
    }
    fits + "\n… the rest is in the log of the run.\n"
}

/// A link to the run, where there is one.
pub fn run(link: Option<&str>) -> String {
    link.map_or_else(String::new, |link| format!(" See [the run]({link})."))
}
