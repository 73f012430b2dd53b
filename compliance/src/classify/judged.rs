//! What is made of a ticket: who should look at it, what it is about, and what it says is not involved.

use super::Classified;
use super::relevance::relevance;
use super::score::findings;
use super::sums::Sums;
use crate::assessment::Relevance;
use crate::catalog::Catalog;
use crate::finding::{Denied, Finding};

/// What is made of a ticket.
pub(crate) struct Judged {
    pub(crate) relevance: Relevance,
    /// Ordered by indicator.
    pub(crate) findings: Vec<Finding>,
    pub(crate) denied: Vec<Denied>,
}

impl Judged {
    /// Weighs what was found.
    pub(crate) fn of(catalog: &Catalog, classified: &Classified<'_>) -> Self {
        let sums = Sums::of(catalog, classified);
        let (findings, denied) = findings(catalog, classified, &sums);
        Self {
            relevance: relevance(catalog, classified, &sums),
            findings,
            denied,
        }
    }
}
