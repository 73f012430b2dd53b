//! What an assessment says. Strings, booleans and integers only, nothing absent is written as null: parts of it go
//! into a ledger that allows nothing else. Evidence quotes ticket text, so it never goes there.

use record::scale::{RiskTenths, Severity};
use serde::{Deserialize, Serialize};

use crate::finding::{Denied, Evidence, Finding};
use crate::ids::{FrameworkId, IndicatorId};
use crate::requirement_set::RequirementSet;

/// What follows from a ticket's text under one catalog and one organisation's switches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assessment {
    /// The version of the catalog it was made with.
    pub catalog: String,
    /// Whether somebody in security or privacy should look at it. Assessments of earlier versions do not say.
    #[serde(default)]
    pub relevance: Relevance,
    /// What the ticket is about, ordered by indicator.
    pub findings: Vec<Finding>,
    /// What the ticket mentions and says is not involved.
    pub denied: Vec<Denied>,
    /// Frameworks that apply or may apply, ordered by id.
    pub frameworks: Vec<FrameworkMatch>,
    /// Classes of data, in the order of the findings.
    pub data_classes: Vec<String>,
    /// How carefully the ticket is to be treated: the highest of its indicators' levels and its risk band; INFO
    /// without a suggested finding.
    pub security_level: Severity,
    /// Whether encryption is among the requirements.
    pub encryption: Encryption,
    /// Whether an audit log is among the requirements.
    pub audit_logging: bool,
    /// The risk score and what it is made of.
    pub risk: Risk,
    /// What the band of the score asks for.
    pub actions: Vec<Action>,
    /// What has to be built.
    pub requirements: RequirementSet,
}

/// Whether somebody in security or privacy should look at a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Relevance {
    /// For security.
    pub security: Aspect,
    /// For privacy.
    pub privacy: Aspect,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Aspect {
    /// Whether the score reaches the catalog's threshold.
    pub relevant: bool,
    /// The sum of what speaks for and against it, in hundredths; never below 0.
    pub score: u32,
    /// Percent: how sure it is that it is relevant. 50 at the threshold.
    pub confidence: u32,
    /// What speaks for it, the heaviest first.
    pub because: Vec<Reason>,
    /// What speaks against it, the heaviest first.
    pub against: Vec<Reason>,
}

/// One part of a score of relevance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// The concept or the indicator; `words` for a word of the lexicon.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Hundredths.
    pub points: u32,
    /// The words.
    pub evidence: Evidence,
}

/// A framework in an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameworkMatch {
    /// Which.
    pub id: FrameworkId,
    /// The name people use.
    pub title: String,
    /// Its edition; control ids belong to it.
    pub version: String,
    /// Whether the organisation said that it is bound.
    pub standing: Standing,
    /// Why it is listed.
    pub because: Vec<Because>,
    /// What the organisation has to ask itself.
    pub question: String,
}

/// Whether a listed framework binds the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// The organisation switched it on.
    Applies,
    /// Nobody has answered its question yet.
    MayApply,
}

/// Why a framework is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Because {
    /// It is listed with any finding.
    Baseline,
    /// A suggested finding.
    Indicator {
        /// Whose.
        indicator: IndicatorId,
    },
    /// The ticket names it, or what only it deals with.
    Term {
        /// The words.
        evidence: Evidence,
    },
}

/// Where data has to be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Encryption {
    /// On its way.
    pub in_transit: bool,
    /// Where it is stored.
    pub at_rest: bool,
}

/// The risk score of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Risk {
    /// The sum of the factors, at most 10.0.
    pub score: RiskTenths,
    /// Its band.
    pub band: Severity,
    /// What adds to it.
    pub factors: Vec<RiskFactor>,
    /// What adds nothing, because a factor weighs the same data already.
    pub absorbed: Vec<Absorbed>,
}

/// One part of a risk score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RiskFactor {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Tenths of a point.
    pub tenths: u32,
    /// Why.
    pub reason: String,
}

/// An indicator whose weight is contained in another's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Absorbed {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The one that contains it.
    pub by: IndicatorId,
}

/// What a risk band asks for. A fact: whoever runs the tracker decides how it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// A security review before merging.
    SecurityReview,
    /// Closer watching after deployment.
    EnhancedMonitoring,
    /// The security team is told.
    NotifySecurityTeam,
}
