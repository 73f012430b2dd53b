//! What became of requirements, page by page.

use compliance::coverage::{Coverage, Lack};
use serde::{Deserialize, Serialize};

use crate::printable::Printable;

/// A page of issues.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoveragePage {
    /// How many issues were looked at for it.
    pub looked_at: u64,
    /// How many of them the server cannot read.
    pub unreadable: u64,
    /// Those that are reported.
    pub tickets: Vec<CoveredTicket>,
    /// How many entries the ledger had.
    pub ledger_size: u64,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// An issue, and what became of what it was asked for.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CoveredTicket {
    /// Its key.
    pub ticket: Printable,
    /// The site it is on.
    pub site: Printable,
    /// INFO to CRITICAL.
    pub severity: Option<Printable>,
    /// 0 to 10.
    pub risk: Option<f32>,
    /// Whether it was deleted in Jira since.
    pub deleted: bool,
    /// Whether what it was asked for cannot be read any more.
    pub unreadable: bool,
    /// Whether security or privacy should have looked at it.
    pub relevant: bool,
    /// Frameworks that applied or might apply.
    pub frameworks: Vec<CoveredFramework>,
    /// When it was assessed first.
    pub first_assessed: Printable,
    /// When it was approved first.
    pub first_approved: Option<Printable>,
    /// Where approval stood.
    pub approval: CoveredApproval,
    /// When it was deployed last.
    pub deployed: Option<CoveredDeployment>,
    /// When it was deployed in the period without an approval.
    pub unapproved_at: Option<Printable>,
    /// What it was asked for.
    pub requirements: Vec<CoveredRequirement>,
    /// Whether some of its earliest entries are missing.
    pub truncated: bool,
}

/// A framework.
#[derive(Debug, Deserialize, Serialize)]
pub struct CoveredFramework {
    /// Its name.
    pub title: Printable,
    /// Its edition.
    pub version: Printable,
    /// Whether the organisation said that it is bound.
    pub applies: bool,
}

/// Where approval stood.
#[derive(Debug, Deserialize, Serialize)]
pub struct CoveredApproval {
    /// NONE, APPROVED, REJECTED or STALE.
    pub state: Printable,
    /// Who decided last, by a random id.
    pub by: Option<Printable>,
    /// In what role.
    pub role: Option<Printable>,
    /// When.
    pub at: Option<Printable>,
}

/// A deployment.
#[derive(Debug, Deserialize, Serialize)]
pub struct CoveredDeployment {
    /// Its entry.
    pub event: Printable,
    /// When.
    pub at: Printable,
    /// Where to.
    pub environment: Option<Printable>,
    /// Whether an approval counted then.
    pub approved: bool,
}

/// A requirement.
#[derive(Debug, Deserialize, Serialize)]
pub struct CoveredRequirement {
    /// Its id.
    pub id: Printable,
    /// Its name.
    pub title: Printable,
    /// The controls it serves.
    pub controls: Vec<Printable>,
    /// What became of it.
    pub coverage: Coverage,
    /// What is missing.
    pub lacks: Vec<Lack>,
    /// Where the code is said to meet it.
    pub claims: Vec<CoveredClaim>,
    /// That it need not be met.
    pub waiver: Option<CoveredWaiver>,
}

/// That a requirement need not be met for a while.
#[derive(Debug, Deserialize, Serialize)]
pub struct CoveredWaiver {
    /// Its entry.
    pub event: Printable,
    /// From when on it holds no longer.
    pub until: Printable,
    /// Who gave it, by a random id.
    pub by: Printable,
    /// In what role.
    pub role: Printable,
    /// Why.
    pub reason: Option<Printable>,
}

impl CoveredWaiver {
    /// In words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let until = self.until.as_str();
        let day = until.get(..10).unwrap_or(until);
        let reason = self.reason.as_ref();
        let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
        format!("waived until {day} as {}{reason}", self.role)
    }
}

/// Where the code is said to meet a requirement.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CoveredClaim {
    /// The file.
    pub path: Option<Printable>,
    /// The first line.
    pub first_line: Option<u32>,
    /// The last line.
    pub last_line: Option<u32>,
    /// The commit.
    pub commit: Option<Printable>,
    /// What was found when it was looked for last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<CheckedClaim>,
}

/// What was found of a claim in a later commit.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckedClaim {
    /// PRESENT, MOVED, DRIFTED or GONE.
    pub found: Printable,
    /// The file, where it moved or drifted.
    pub path: Option<Printable>,
    /// The first line.
    pub first_line: Option<u32>,
    /// The last line.
    pub last_line: Option<u32>,
    /// The commit.
    pub commit: Option<Printable>,
}

impl CoveredClaim {
    /// The file and its lines, and what was found of them since.
    #[must_use]
    pub fn place(&self) -> String {
        self.found_since(place(self.path.as_ref(), self.first_line, self.last_line))
    }

    /// The same with the commit that the lines are of, where that was said.
    #[must_use]
    pub fn place_and_commit(&self) -> String {
        let was = place(self.path.as_ref(), self.first_line, self.last_line);
        let commit = self.commit.as_ref().map(Printable::as_str);
        self.found_since(match commit {
            Some(commit) => format!("{was} in {}", commit.get(..12).unwrap_or(commit)),
            None => was,
        })
    }

    fn found_since(&self, was: String) -> String {
        let Some(checked) = &self.checked else {
            return was;
        };
        let commit = checked.commit.as_ref().map_or("", Printable::as_str);
        let now = || place(checked.path.as_ref(), checked.first_line, checked.last_line);
        match checked.found.as_str() {
            "MOVED" => format!("{was}, moved to {} in {commit}", now()),
            "DRIFTED" => format!("{was}, changed in {commit}: {}", now()),
            "GONE" => format!("{was}, gone in {commit}"),
            _ => was,
        }
    }
}

fn place(path: Option<&Printable>, first: Option<u32>, last: Option<u32>) -> String {
    let path = path.map_or("(erased)", Printable::as_str);
    match (first, last) {
        (Some(first), Some(last)) if first != last => format!("{path}:{first}-{last}"),
        (Some(first), _) => format!("{path}:{first}"),
        (None, _) => path.to_owned(),
    }
}
