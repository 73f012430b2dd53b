//! The comment by which whoever works on a ticket learns that other requirements apply: one for each ticket, edited in
//! place. Catalog's words only.

use jira::adf::{Inline, document};
use record::ids::{IssueId, SiteId};
use serde_json::Value;
use store::Tx;

use crate::effects::comment;
use crate::error::CaseError;

/// The mark by which the comment is found, and the effect that writes it.
const MARK: &str = "countersign-catalog";

/// The most requirements that are named; the rest is counted.
const MOST_NAMED: usize = 20;

/// What a ticket is told.
pub(super) struct Told {
    /// Titles of the requirements that apply now.
    pub(super) gained: Vec<String>,
    /// Titles of those that no longer do.
    pub(super) lost: Vec<String>,
    /// Whether an approval no longer counts.
    pub(super) stale: bool,
}

/// Decides that the ticket is to be told.
pub(super) fn tell_of_change(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
    told: &Told,
) -> Result<(), CaseError> {
    Ok(comment(tx, site, issue, MARK, &told.in_words())?)
}

impl Told {
    fn in_words(&self) -> Value {
        let mut paragraphs = vec![vec![
            Inline::Strong("Countersign: other requirements apply to this issue.".to_owned()),
            Inline::Text(" The catalog of requirements was updated.".to_owned()),
        ]];
        for (said, titles) in [("New", &self.gained), ("No longer", &self.lost)] {
            if let Some(named) = named(titles) {
                paragraphs.push(vec![
                    Inline::Strong(format!("{said}: ")),
                    Inline::Text(named),
                ]);
            }
        }
        if self.gained.is_empty() && self.lost.is_empty() {
            let words = "Values of its requirements changed.".to_owned();
            paragraphs.push(vec![Inline::Text(words)]);
        }
        if self.stale {
            let words = "It was approved as it was before: it has to be approved again.".to_owned();
            paragraphs.push(vec![Inline::Text(words)]);
        }
        document(&paragraphs)
    }
}

fn named(titles: &[String]) -> Option<String> {
    let first: Vec<&str> = titles.iter().take(MOST_NAMED).map(String::as_str).collect();
    let rest = titles.len().saturating_sub(MOST_NAMED);
    match (first.is_empty(), rest) {
        (true, _) => None,
        (false, 0) => Some(format!("{}.", first.join("; "))),
        (false, rest) => Some(format!("{}; and {rest} more.", first.join("; "))),
    }
}
