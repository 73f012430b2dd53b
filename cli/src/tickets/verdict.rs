//! What is answered about one ticket: one JSON object on one line.

use compliance::{Certainty, Classification, Evidence};
use record::scale::Severity;
use serde::Serialize;

/// The answer. Quotes the ticket's words: it is for whoever gave the ticket.
#[derive(Debug, Serialize)]
pub struct Verdict<'a> {
    id: &'a str,
    security_relevant: bool,
    privacy_relevant: bool,
    /// 0 to 1: how sure the more certain of the two is; 0.5 where it is decided.
    confidence: f64,
    indicators: Vec<Indicator<'a>>,
    frameworks: Vec<&'a str>,
    /// 0 to 10.
    risk: f64,
    risk_band: Severity,
    /// What speaks for each, the heaviest first.
    because: Because<'a>,
}

#[derive(Debug, Serialize)]
struct Indicator<'a> {
    id: &'a str,
    score: f64,
    pack: &'a str,
    evidence: &'a [Evidence],
}

#[derive(Debug, Serialize)]
struct Because<'a> {
    security: Vec<Reason<'a>>,
    privacy: Vec<Reason<'a>>,
}

#[derive(Debug, Serialize)]
struct Reason<'a> {
    name: &'a str,
    points: f64,
    evidence: &'a Evidence,
}

impl<'a> Verdict<'a> {
    /// The answer about the ticket of this id.
    #[must_use]
    pub fn of(id: &'a str, found: &'a Classification) -> Self {
        let relevance = &found.relevance;
        let confidence = relevance
            .security
            .confidence
            .max(relevance.privacy.confidence);
        let suggested = found
            .findings
            .iter()
            .filter(|finding| finding.certainty == Certainty::Suggested);
        Self {
            id,
            security_relevant: relevance.security.relevant,
            privacy_relevant: relevance.privacy.relevant,
            confidence: f64::from(confidence) / 100.0,
            indicators: suggested
                .map(|finding| Indicator {
                    id: finding.indicator.as_str(),
                    score: f64::from(finding.score) / 100.0,
                    pack: &finding.pack,
                    evidence: &finding.evidence,
                })
                .collect(),
            frameworks: found.frameworks.iter().map(|it| it.id.as_str()).collect(),
            risk: f64::from(found.risk.score.tenths()) / 10.0,
            risk_band: found.risk.band,
            because: Because {
                security: reasons(&relevance.security.because),
                privacy: reasons(&relevance.privacy.because),
            },
        }
    }
}

fn reasons(because: &[compliance::assessment::Reason]) -> Vec<Reason<'_>> {
    because
        .iter()
        .map(|reason| Reason {
            name: &reason.name,
            points: f64::from(reason.points) / 100.0,
            evidence: &reason.evidence,
        })
        .collect()
}
