//! What is looked at before code is written for a ticket: whether its requirement set says all that it has to. Nothing
//! about the code itself.

use serde::{Deserialize, Serialize};

use crate::assessment::Assessment;
use crate::finding::Certainty;
use crate::ids::RequirementId;
use crate::requirement_set::RequirementSet;

/// One thing that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CheckName {
    /// Something is asked for because of everything that the ticket is about.
    ControlsSpecified,
    /// Every framework that applies or may apply is served by a requirement.
    FrameworksAddressed,
    /// No two requirements pull in different directions without a rule that says how to serve both.
    NoConflicts,
    /// What the catalog asks for now is asked for here too: the recorded set is of no earlier one.
    PracticesIncluded,
}

/// A check and what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which.
    pub name: CheckName,
    /// What is missing, in words. It passes if nothing is.
    pub missing: Vec<String>,
}

/// All checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// In the order of [`CheckName`].
    pub checks: Vec<Check>,
}

impl Validation {
    /// Looks at an assessment. `now` is what the catalog asks for in the same ticket now.
    pub(crate) fn of(assessment: &Assessment, now: &RequirementSet) -> Self {
        let check = |name, missing| Check { name, missing };
        Self {
            checks: vec![
                check(CheckName::ControlsSpecified, unanswered(assessment)),
                check(CheckName::FrameworksAddressed, unserved(assessment)),
                check(CheckName::NoConflicts, open(assessment)),
                check(
                    CheckName::PracticesIncluded,
                    left_out(&assessment.requirements, now),
                ),
            ],
        }
    }

    /// Whether nothing is missing.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.checks.iter().all(|check| check.missing.is_empty())
    }
}

/// What the ticket is about and nothing is asked for.
fn unanswered(assessment: &Assessment) -> Vec<String> {
    let suggested = assessment
        .findings
        .iter()
        .filter(|finding| finding.certainty == Certainty::Suggested);
    let asked_for = |finding: &&crate::Finding| {
        let mut all = assessment.requirements.requirements.iter();
        all.any(|it| it.indicators.contains(&finding.indicator))
    };
    suggested
        .filter(|finding| !asked_for(finding))
        .map(|finding| format!("No requirement follows from: {}", finding.title))
        .collect()
}

fn unserved(assessment: &Assessment) -> Vec<String> {
    let served = |framework: &&crate::assessment::FrameworkMatch| {
        let mut sources = assessment
            .requirements
            .requirements
            .iter()
            .flat_map(|it| &it.frameworks);
        sources.any(|source| source.framework == framework.id && !source.controls.is_empty())
    };
    assessment
        .frameworks
        .iter()
        .filter(|framework| !served(framework))
        .map(|framework| {
            format!(
                "No requirement serves {} ({})",
                framework.title, framework.version
            )
        })
        .collect()
}

fn open(assessment: &Assessment) -> Vec<String> {
    let conflicts = assessment.requirements.conflicts.iter();
    conflicts
        .filter(|conflict| conflict.note.trim().is_empty())
        .map(|conflict| {
            let ids: Vec<&str> = conflict.between.iter().map(RequirementId::as_str).collect();
            format!("Nothing says how to serve both {}", ids.join(" and "))
        })
        .collect()
}

fn left_out(set: &RequirementSet, now: &RequirementSet) -> Vec<String> {
    let now = now.requirements.iter();
    now.filter(|it| set.get(it.id.as_str()).is_none())
        .map(|it| format!("The catalog asks for it now: {} [{}]", it.title, it.id))
        .collect()
}
