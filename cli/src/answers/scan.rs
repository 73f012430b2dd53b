//! A project's issues under a catalog, a page.

use serde::{Deserialize, Serialize};

use crate::printable::Printable;

/// A page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanPage {
    /// How many issues it has.
    pub read: u64,
    /// How many of them could not be read as a whole.
    pub unreadable: u64,
    /// Those from which anything follows.
    pub flagged: Vec<ScannedTicket>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// An issue from which something follows.
#[derive(Debug, Deserialize, Serialize)]
pub struct ScannedTicket {
    /// Its key.
    pub ticket: Printable,
    /// How much it matters.
    pub severity: Printable,
    /// The risk score.
    pub risk: f32,
    /// What it is about.
    pub findings: Vec<ScannedFinding>,
    /// Frameworks that apply or may apply.
    pub frameworks: Vec<ScannedFramework>,
    /// How many requirements it asks for.
    pub requirements: u64,
}

/// Something that an issue is about.
#[derive(Debug, Deserialize, Serialize)]
pub struct ScannedFinding {
    /// The indicator, by id.
    pub indicator: Printable,
    /// Its title.
    pub title: Printable,
    /// The words that say so.
    pub words: Vec<ScannedWords>,
}

/// Words of an issue.
#[derive(Debug, Deserialize, Serialize)]
pub struct ScannedWords {
    /// As they stand there.
    pub text: Printable,
    /// Where.
    pub field: Printable,
    /// The rule that they match.
    pub rule: Printable,
}

/// A framework that applies or may apply.
#[derive(Debug, Deserialize, Serialize)]
pub struct ScannedFramework {
    /// Its name.
    pub title: Printable,
    /// Whether the organisation is bound.
    pub applies: bool,
}
