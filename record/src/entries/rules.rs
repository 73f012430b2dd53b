//! How decisions on a project's tickets are made, and what follows from them: part of its settings.

mod checked;
mod moves;

use serde::{Deserialize, Serialize};

pub use checked::RulesError;
use moves::names_category;
pub use moves::{StatusCategory, StatusMove};

use crate::entries::review::ReviewScope;
use crate::ids::PersonId;
use crate::scale::{RiskTenths, Severity};

/// The most approvals that can be asked for.
pub const MOST_APPROVALS: u8 = 9;

/// What the gate does for a project's tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Enforcement {
    /// Nothing is asked for: it is open.
    Off,
    /// It is open, and says what would keep it shut.
    Observe,
    /// It is shut without an approval that counts.
    #[default]
    Enforce,
}

/// What is asked for from a band of risk upwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalRule {
    /// The band from which on it holds: LOW, MEDIUM, HIGH or CRITICAL.
    pub from: Severity,
    /// How many people have to approve.
    pub approvals: u8,
    /// A group of which one of them has to be a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What an approval covers.
    #[serde(default)]
    pub scope: ReviewScope,
}

/// What a ticket needs before it counts as approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Needs {
    /// How many people have to approve.
    pub approvals: u8,
    /// A group of which one of them has to be a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Who opens the gate in an emergency, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmergencyRule {
    /// The group whose members may.
    pub group: String,
    /// Within how many hours somebody has to decide.
    pub hours: u8,
}

/// Somebody who decides in somebody else's place for a time, by that one's right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deputy {
    /// Who decides.
    pub person: PersonId,
    /// In whose place.
    pub in_place_of: PersonId,
    /// Since when: an instant.
    pub since: String,
    /// The last day on which, in UTC: `2026-12-31`.
    pub until: String,
}

impl Deputy {
    /// Whether the last day was before an instant.
    #[must_use]
    pub fn is_over_at(&self, at: &str) -> bool {
        at.get(..self.until.len())
            .is_none_or(|day| day > self.until.as_str())
    }
}

/// How decisions are made. The usual rules are those of its default: one approval, of the plan, at any risk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewRules {
    /// What the gate does.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub enforcement: Enforcement,
    /// What is asked for by risk; the highest band that the ticket reaches holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<ApprovalRule>,
    /// Whether whoever wrote linked commits may approve.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub authors: bool,
    /// The statuses that approve, by name or by category; `Approved` if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved_statuses: Vec<String>,
    /// The statuses that reject, by name or by category; `Rejected` if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected_statuses: Vec<String>,
    /// The commands that approve in a comment, such as `/lgtm`. With one, no other command or word approves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approve_commands: Vec<String>,
    /// The commands that reject in a comment. With one, no other command or word rejects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reject_commands: Vec<String>,
    /// The statuses that a ticket is to come into with an approval only, by name or by category.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gated_statuses: Vec<String>,
    /// Who opens the gate in an emergency; nobody if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyRule>,
    /// The group that is told of an issue whose risk asks for it; none if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_group: Option<String>,
    /// Who decides in whose place, in every project: in the settings of a whole site alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deputies: Vec<Deputy>,
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl ReviewRules {
    /// Whether these are the usual rules.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        is_usual(self)
    }

    /// What a ticket of this risk needs, if that is more than one approval of anybody's, and what an approval covers.
    #[must_use]
    pub fn needs_at(&self, risk: RiskTenths) -> (Option<Needs>, ReviewScope) {
        let rule = self.at(risk);
        let needs = rule.map(Needs::from);
        let more = |needs: &Needs| needs.approvals > 1 || needs.group.is_some();
        (
            needs.filter(more),
            rule.map_or(ReviewScope::Plan, |rule| rule.scope),
        )
    }

    /// Whether statuses or commands of the project's own decide.
    #[must_use]
    pub fn names_its_own(&self) -> bool {
        self.names().iter().any(|names| !names.is_empty())
    }

    /// The statuses and commands that decide, as far as they are not the usual ones.
    #[must_use]
    pub fn names(&self) -> [&[String]; 4] {
        [
            &self.approved_statuses,
            &self.rejected_statuses,
            &self.approve_commands,
            &self.reject_commands,
        ]
    }

    /// Where a ticket comes into, as it is named here, if it is to come there with an approval only.
    #[must_use]
    pub fn gated(&self, moved: &StatusMove<'_>) -> Option<&str> {
        moved.named_in(self.gated_statuses.iter().map(String::as_str))
    }

    /// Whether any status is named by its category.
    #[must_use]
    pub fn name_categories(&self) -> bool {
        [
            &self.approved_statuses,
            &self.rejected_statuses,
            &self.gated_statuses,
        ]
        .into_iter()
        .flatten()
        .any(|entry| names_category(entry))
    }

    /// In whose place this person may decide at an instant.
    pub fn places_of<'a>(
        &'a self,
        person: &'a PersonId,
        at: &'a str,
    ) -> impl Iterator<Item = &'a PersonId> {
        let holds = move |deputy: &&Deputy| {
            deputy.person == *person && deputy.since.as_str() <= at && !deputy.is_over_at(at)
        };
        let theirs = self.deputies.iter().filter(holds);
        theirs.map(|deputy| &deputy.in_place_of)
    }

    /// The rule that holds at this risk; none where the usual one does.
    fn at(&self, risk: RiskTenths) -> Option<&ApprovalRule> {
        let band = risk.band();
        let reached = self.approvals.iter().filter(|rule| rule.from <= band);
        reached.max_by_key(|rule| rule.from)
    }
}

impl From<&ApprovalRule> for Needs {
    fn from(rule: &ApprovalRule) -> Self {
        Self {
            approvals: rule.approvals,
            group: rule.group.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(from: Severity, approvals: u8) -> ApprovalRule {
        ApprovalRule {
            from,
            approvals,
            group: None,
            scope: ReviewScope::Plan,
        }
    }

    #[test]
    fn the_highest_band_that_is_reached_holds() {
        let rules = ReviewRules {
            approvals: vec![rule(Severity::Critical, 3), rule(Severity::Medium, 2)],
            ..ReviewRules::default()
        };
        let at = |tenths| {
            rules
                .at(RiskTenths::capped(tenths))
                .map(|rule| rule.approvals)
        };
        assert_eq!(
            [at(20), at(40), at(84), at(85)],
            [None, Some(2), Some(2), Some(3)]
        );
    }

    #[test]
    fn the_usual_rules_are_nothing_to_write() {
        let written = serde_json::to_string(&ReviewRules::default()).unwrap();
        assert_eq!(written, "{}");
    }
}
