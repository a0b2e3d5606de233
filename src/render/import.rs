//! What an import has written.

use super::{BOLD, DIM, RED, paint};
use crate::{
    import::{Count, Extending, Imported, ImportedAccount, ImportedTemplate, Refusal, Written},
    model::Address,
    page::{Page, say},
    text::count,
};
use std::io;

/// Writes what has become of each account.
pub fn import(out: &mut Page<'_>, imported: &Imported) -> io::Result<()> {
    let Imported { accounts, template, known } = imported;
    for account in accounts {
        one(out, account)?;
    }
    if let Some(ImportedTemplate { file, objects, tenants, not_written }) = template {
        let shared = format!("{} shared by {}", count(*objects, "object"), count(*tenants, "tenant"));
        match not_written {
            None => say!(out, "{}: {}", paint(BOLD, file), shared)?,
            Some(why) => say!(out, "{}: not written: {}", paint(BOLD, file), why)?,
        }
    }
    if !known.is_empty() {
        say!(out, "{} of what was live already: see .dialform-baseline.yaml", count(known.len(), "finding"))?;
    }
    Ok(())
}

fn edited(out: &mut Page<'_>, addresses: &[Address]) -> io::Result<()> {
    for address in addresses {
        say!(out, "  {}: as it is live", address.to_string())?;
    }
    Ok(())
}

fn refused(out: &mut Page<'_>, refusal: &Refusal) -> io::Result<()> {
    let Refusal { why, text, gone } = refusal;
    say!(out, "  {}: {}", paint(RED, "not written"), why)?;
    if *gone {
        say!(out, "  nothing of it is live: take it out by hand, or apply to make it again")?;
    } else if !text.is_empty() {
        say!(out, "  write this by hand:")?;
    }
    for line in text.lines() {
        say!(out, "    {}", line)?;
    }
    Ok(())
}

fn one(out: &mut Page<'_>, account: &ImportedAccount) -> io::Result<()> {
    let ImportedAccount { tenant, provider: _, account: id, file, written, extending, counts } = account;
    say!(out, "{} ({}): {}", paint(BOLD, tenant), id, file)?;
    match written {
        Written::New => say!(out, "  new")?,
        Written::Added { declared, commented } => {
            say!(out, "  added: {} and {}", count(*declared, "object"), count(*commented, "comment"))?;
        }
        Written::Unchanged => say!(out, "  unchanged: there is nothing to add")?,
        Written::AsLive => {
            say!(
                out,
                "  unchanged: of what is asked for, nothing that is declared differs from what is live"
            )?;
        }
        Written::Edited(addresses) => {
            edited(out, addresses)?;
        }
        Written::InPart { edited: addresses, refused: others } => {
            edited(out, addresses)?;
            for refusal in others {
                refused(out, refusal)?;
            }
        }
        Written::Refused(refusal) => refused(out, refusal)?,
        Written::Failed(found) => {
            say!(out, "  {}", paint(RED, "not imported"))?;
            super::findings(out, found)?;
        }
    }
    if let Some(Extending { lines, not_extending }) = extending {
        match not_extending {
            None => say!(out, "  {}", count(*lines, "line"))?,
            Some(why) => say!(out, "  {}, without the template: {}", count(*lines, "line"), why)?,
        }
    }
    for Count { kind, live, declared, commented, left_alone } in counts {
        let parts = [(declared, "declared"), (commented, "as comments"), (left_alone, "left alone")];
        let parts = parts.iter().filter(|(number, _)| **number > 0);
        let parts: Vec<String> = parts.map(|(number, word)| format!("{number} {word}")).collect();
        say!(out, "  {:10} {} live: {}", kind.section(), live, paint(DIM, parts.join(", ")))?;
    }
    Ok(())
}
