//! What a ticket can be about.

use record::scale::Severity;
use serde::Deserialize;

use crate::ids::IndicatorId;
use crate::term::TermId;

/// Something security-relevant that a ticket can be about.
#[derive(Debug)]
pub struct Indicator {
    /// Its id.
    pub id: IndicatorId,
    /// The name and the version of its pack, such as `indicator/authn 2026.11.1`.
    pub pack: String,
    /// What people read.
    pub title: String,
    /// Whether a denial cancels it.
    pub kind: IndicatorKind,
    /// The class of data it stands for, where it stands for data.
    pub data_class: Option<String>,
    /// The security level a ticket has at least.
    pub level: Severity,
    /// What it adds to the risk score, in tenths.
    pub risk_tenths: u32,
    /// Why it adds that, in words.
    pub risk_reason: String,
    /// Indicators beside which it adds nothing, because they weigh the same data already.
    pub absorbed_by: Vec<IndicatorId>,
    /// A sentence that says what would clear it.
    pub clears: String,
}

/// Whether an indicator or a concept is about data or about technology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IndicatorKind {
    /// A denial ("no card data involved") cancels it.
    Data,
    /// Nothing said in the ticket cancels it.
    #[default]
    Technical,
}

/// How much a term says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Weight {
    Weak,
    Medium,
    Strong,
}

/// Terms that count only away from certain words.
#[derive(Debug)]
pub(crate) struct NearRule {
    pub(crate) terms: Vec<TermId>,
    pub(crate) words: Vec<String>,
}
