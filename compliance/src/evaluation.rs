//! How well a catalog does on tickets that people have labelled: what it finds, what it misses, and which rules cost
//! most. Counts only; reads no file and judges no label.

mod counts;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::assess::Classification;
use crate::assessment::Aspect;
use crate::finding::Certainty;

pub use counts::Counts;

/// What people say of a ticket. What is left out is not judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Whether somebody in security should look at it.
    #[serde(default)]
    pub security_relevant: Option<bool>,
    /// Whether somebody in privacy should.
    #[serde(default)]
    pub privacy_relevant: Option<bool>,
    /// The ids of its indicators.
    #[serde(default)]
    pub indicators: Option<BTreeSet<String>>,
    /// The ids of its frameworks, or of their families: `hipaa` stands for `hipaa_privacy` and `hipaa_security`.
    #[serde(default)]
    pub frameworks: Option<BTreeSet<String>>,
}

/// One question and the answers to it, over all tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// How many of each kind.
    pub counts: Counts,
    /// Tickets that are taken for it and are not.
    pub false_alarms: Vec<String>,
    /// Tickets that are not taken for it and are.
    pub missed: Vec<String>,
}

/// The outcome over all tickets so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// How many tickets.
    pub tickets: u64,
    /// Whether security should look.
    pub security: Answers,
    /// Whether privacy should look.
    pub privacy: Answers,
    /// By indicator.
    pub indicators: BTreeMap<String, Answers>,
    /// By framework, as the labels name them.
    pub frameworks: BTreeMap<String, Answers>,
    /// Tickets that nobody needs to look at.
    pub ordinary: u64,
    /// Those of them that are taken for relevant to either.
    pub flagged: Vec<String>,
    /// How often a rule was the heaviest reason of a false alarm, by concept or indicator and term.
    pub costs: BTreeMap<(String, String), u64>,
}

/// Adds tickets to an evaluation.
#[derive(Debug)]
pub struct Evaluator {
    /// Frameworks that the labels know: of others nothing can be said.
    frameworks: BTreeSet<String>,
    /// Indicators that the catalog knows.
    indicators: BTreeSet<String>,
    evaluation: Evaluation,
}

impl Evaluator {
    /// For labels that name these frameworks, and these indicators.
    #[must_use]
    pub fn new(frameworks: BTreeSet<String>, indicators: BTreeSet<String>) -> Self {
        Self {
            frameworks,
            indicators,
            evaluation: Evaluation::default(),
        }
    }

    /// Adds a ticket.
    pub fn add(&mut self, id: &str, found: &Classification, expected: &Expectation) {
        let all = &mut self.evaluation;
        all.tickets += 1;
        let security = found.relevance.security.relevant;
        let privacy = found.relevance.privacy.relevant;
        if let Some(expected) = expected.security_relevant {
            all.security.add(id, security, expected);
            all.cost(&found.relevance.security, expected);
        }
        if let Some(expected) = expected.privacy_relevant {
            all.privacy.add(id, privacy, expected);
            all.cost(&found.relevance.privacy, expected);
        }
        if expected.security_relevant == Some(false) && expected.privacy_relevant != Some(true) {
            all.ordinary += 1;
            if security || privacy {
                all.flagged.push(id.to_owned());
            }
        }
        if let Some(expected) = &expected.indicators {
            let suggested: BTreeSet<&str> = found
                .findings
                .iter()
                .filter(|finding| finding.certainty == Certainty::Suggested)
                .map(|finding| finding.indicator.as_str())
                .collect();
            for name in &self.indicators {
                let answers = all.indicators.entry(name.clone()).or_default();
                answers.add(
                    id,
                    suggested.contains(name.as_str()),
                    expected.contains(name),
                );
            }
        }
        if let Some(expected) = &expected.frameworks {
            for name in &self.frameworks {
                let listed = found
                    .frameworks
                    .iter()
                    .any(|it| is_of(it.id.as_str(), name));
                let answers = all.frameworks.entry(name.clone()).or_default();
                answers.add(id, listed, expected.contains(name));
            }
        }
    }

    /// The outcome.
    #[must_use]
    pub fn finish(self) -> Evaluation {
        self.evaluation
    }
}

/// Whether a framework is the one that is named, or one of its family.
fn is_of(framework: &str, name: &str) -> bool {
    framework
        .strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

impl Evaluation {
    fn cost(&mut self, aspect: &Aspect, expected: bool) {
        if let (true, false, Some(heaviest)) = (aspect.relevant, expected, aspect.because.first()) {
            let rule = (heaviest.name.clone(), heaviest.evidence.rule.clone());
            *self.costs.entry(rule).or_default() += 1;
        }
    }
}

impl Answers {
    fn add(&mut self, id: &str, found: bool, expected: bool) {
        self.counts.add(found, expected);
        match (found, expected) {
            (true, false) => self.false_alarms.push(id.to_owned()),
            (false, true) => self.missed.push(id.to_owned()),
            _ => {}
        }
    }
}
