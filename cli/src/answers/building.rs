//! What whoever builds an issue is given.

use record::ids::{CommitSha, TicketKey};
use serde::Deserialize;

use crate::printable::Printable;

/// A prompt. Its text is for an assistant, and is made harmless where it is shown.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prompt {
    /// The issue.
    pub ticket: Printable,
    /// Whether the issue is as it was when it was assessed.
    pub state: String,
    /// The text.
    pub prompt: String,
    /// The requirements by group.
    pub groups: Vec<Group>,
}

/// Requirements under one heading.
#[derive(Deserialize)]
pub struct Group {
    /// The requirements.
    pub requirements: Vec<Requirement>,
}

/// A requirement.
#[derive(Deserialize)]
pub struct Requirement {
    /// Its id.
    pub id: Printable,
    /// Its name.
    pub title: Printable,
}

/// Whether what an issue asks for says all that it has to.
#[derive(Debug, Deserialize)]
pub struct Validation {
    /// The issue.
    pub ticket: Printable,
    /// Whether nothing is missing.
    pub passes: bool,
    /// What was looked at.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Deserialize)]
pub struct Check {
    /// What it asks.
    pub asks: Printable,
    /// Whether nothing is missing.
    pub passes: bool,
    /// What is missing.
    pub missing: Vec<Printable>,
}

/// What was claimed.
#[derive(Debug, Deserialize)]
pub struct Claimed {
    /// The claims.
    pub claims: Vec<serde_json::Value>,
}

/// A page of claims that are looked for.
#[derive(Debug, Deserialize)]
pub struct LookedForPage {
    /// The claims.
    pub claims: Vec<LookedFor>,
    /// Where the next page begins.
    pub next: Option<u64>,
}

/// A claim that is looked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LookedFor {
    /// The issue, as it was named then.
    pub ticket: TicketKey,
    /// Its entry.
    pub event: Printable,
    /// The requirement.
    pub requirement: Printable,
    /// The file; none where its name was erased.
    path: Option<String>,
    /// The first line.
    pub first_line: u64,
    /// The last line.
    pub last_line: u64,
    /// The commit.
    pub commit: CommitSha,
    checked: Option<FoundLast>,
}

/// Where it was found last.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FoundLast {
    path: Option<String>,
    first_line: Option<u64>,
}

impl LookedFor {
    /// The file; no file has the empty name. A name of two lines, or that leads out of the repository, is none.
    #[must_use]
    pub fn path(&self) -> &str {
        let path = self.path.as_deref().unwrap_or_default();
        let leads_out = path.split('/').any(|part| part == "..");
        if leads_out || path.contains('\n') {
            ""
        } else {
            path
        }
    }

    /// File and first line where it was found last.
    #[must_use]
    pub fn found_last(&self) -> (String, u64) {
        let last = self.checked.as_ref();
        let last = last.and_then(|last| Some((last.path.clone()?, last.first_line?)));
        last.unwrap_or_else(|| (self.path().to_owned(), self.first_line))
    }
}

impl Validation {
    /// What is missing, in the order it was looked at.
    pub fn missing(&self) -> impl Iterator<Item = &Printable> {
        self.checks.iter().flat_map(|check| &check.missing)
    }

    /// The whole in lines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for check in &self.checks {
            let mark = if check.passes { "ok     " } else { "MISSING" };
            lines.push(format!("{mark} {}", check.asks));
            lines.extend(check.missing.iter().map(|it| format!("        {it}")));
        }
        lines.push(match self.passes {
            true => format!("{} says all that it has to.", self.ticket),
            false => format!("{} is not ready to be built.", self.ticket),
        });
        lines
    }
}
