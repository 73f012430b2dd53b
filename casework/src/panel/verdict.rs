//! What security a ticket needs, and why: risk, frameworks, and the words that led there.

use compliance::assessment::{Because, FrameworkMatch, Standing};
use compliance::{Assessment, Certainty, Evidence, Field, Finding};
use serde::Serialize;
use utoipa::ToSchema;

/// The most words shown for one finding.
const MOST_EVIDENCE: usize = 6;

/// What an assessment says, in words.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The severity's word.
    pub severity: &'static str,
    /// The score, such as `8.5`.
    pub risk: String,
    /// The score in tenths, for a bar.
    pub risk_tenths: u8,
    /// What adds to it.
    pub factors: Vec<String>,
    /// Classes of data.
    pub data_classes: Vec<String>,
    /// Frameworks that may apply.
    pub frameworks: Vec<FrameworkLine>,
    /// The words behind it.
    pub evidence: Vec<EvidenceLine>,
    /// What is mentioned and said not to be involved.
    pub denied: Vec<EvidenceLine>,
    /// Whether anything follows at all.
    pub relevant: bool,
}

/// A framework that may apply.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameworkLine {
    /// Its name.
    pub title: String,
    /// Its edition.
    pub version: String,
    /// Whether the organisation said that it is bound.
    pub applies: bool,
    /// What has to be answered to know.
    pub question: String,
    /// Why it is listed.
    pub because: String,
}

/// A finding and its words.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceLine {
    /// The indicator's title.
    pub title: String,
    /// Whether requirements follow from it.
    pub suggested: bool,
    /// Whether somebody said that it is not involved.
    pub dismissed: bool,
    /// Words, field and rule.
    pub words: Vec<Words>,
    /// What would clear it.
    pub clears: String,
}

/// Words in the ticket, and the rule they match.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Words {
    /// As written.
    pub text: String,
    /// The field.
    pub field: String,
    /// The rule.
    pub rule: String,
}

pub(super) fn of(assessment: &Assessment) -> Verdict {
    let risk = &assessment.risk;
    Verdict {
        severity: assessment.security_level.as_str(),
        risk: risk.score.to_string(),
        risk_tenths: risk.score.tenths(),
        factors: risk
            .factors
            .iter()
            .map(|factor| {
                format!(
                    "{} (+{}.{})",
                    factor.reason,
                    factor.tenths / 10,
                    factor.tenths % 10
                )
            })
            .collect(),
        data_classes: assessment.data_classes.clone(),
        frameworks: assessment
            .frameworks
            .iter()
            .map(|f| framework(f, assessment))
            .collect(),
        evidence: assessment.findings.iter().map(evidence).collect(),
        denied: assessment
            .denied
            .iter()
            .map(|denied| EvidenceLine {
                title: denied.title.clone(),
                suggested: false,
                dismissed: false,
                words: words(&denied.evidence),
                clears: String::new(),
            })
            .collect(),
        relevant: assessment
            .findings
            .iter()
            .any(|f| f.certainty == Certainty::Suggested),
    }
}

fn framework(found: &FrameworkMatch, assessment: &Assessment) -> FrameworkLine {
    let because: Vec<String> = found
        .because
        .iter()
        .map(|because| match because {
            Because::Baseline => "baseline for changes of this kind".to_owned(),
            Because::Indicator { indicator } => assessment
                .findings
                .iter()
                .find(|finding| finding.indicator == *indicator)
                .map_or_else(
                    || indicator.as_str().to_owned(),
                    |finding| finding.title.clone(),
                ),
            Because::Term { evidence } => format!("“{}”", evidence.words),
        })
        .collect();
    FrameworkLine {
        title: found.title.clone(),
        version: found.version.clone(),
        applies: found.standing == Standing::Applies,
        question: found.question.clone(),
        because: because.join(", "),
    }
}

fn evidence(finding: &Finding) -> EvidenceLine {
    EvidenceLine {
        title: finding.title.clone(),
        suggested: finding.certainty == Certainty::Suggested,
        dismissed: finding.certainty == Certainty::Dismissed,
        words: words(&finding.evidence),
        clears: finding.clears.clone(),
    }
}

pub(crate) fn words(evidence: &[Evidence]) -> Vec<Words> {
    evidence
        .iter()
        .take(MOST_EVIDENCE)
        .map(|evidence| Words {
            text: match evidence.field {
                Field::Parent => "what it is a part of".to_owned(),
                _ => evidence.words.clone(),
            },
            field: evidence.field.to_string(),
            rule: evidence.rule.clone(),
        })
        .collect()
}
