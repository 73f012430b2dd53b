//! How decisions on a project's tickets are made, and what follows from them: part of its settings.

use serde::{Deserialize, Serialize};

use crate::entries::review::ReviewScope;
use crate::scale::{RiskTenths, Severity};

/// The most approvals that can be asked for.
pub const MOST_APPROVALS: u8 = 9;
/// The most names in one list.
const MOST_NAMES: usize = 20;
/// The longest name, in characters.
const LONGEST_NAME: usize = 255;
/// The longest that an emergency release stands, in hours.
const MOST_HOURS: u8 = 168;
/// The longest command, in bytes, with its stroke.
const LONGEST_COMMAND: usize = 32;

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
    /// The statuses that approve, by name; `Approved` if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved_statuses: Vec<String>,
    /// The statuses that reject, by name; `Rejected` if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected_statuses: Vec<String>,
    /// The commands that approve in a comment, such as `/lgtm`. With one, no other command or word approves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approve_commands: Vec<String>,
    /// The commands that reject in a comment. With one, no other command or word rejects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reject_commands: Vec<String>,
    /// The statuses that a ticket is to come into with an approval only, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gated_statuses: Vec<String>,
    /// Who opens the gate in an emergency; nobody if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyRule>,
}

/// Why rules cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// A number of approvals is out of bounds.
    #[error("between 1 and {MOST_APPROVALS} approvals can be asked for")]
    Approvals,
    /// A band stands twice, or is none.
    #[error("what is asked for begins at LOW, MEDIUM, HIGH or CRITICAL, each once")]
    Band,
    /// A name is empty or too long, or there are too many.
    #[error("a list has at most {MOST_NAMES} names of 1 to {LONGEST_NAME} characters")]
    Name,
    /// A command has not its form.
    #[error(
        "a command is a stroke and up to 31 lower-case letters, digits and hyphens, such as /lgtm, and not /withdraw"
    )]
    Command,
    /// The time for a decision after an emergency is out of bounds.
    #[error("between 1 and {MOST_HOURS} hours can pass until somebody decides after an emergency")]
    Hours,
    /// Something would both approve and reject.
    #[error("a status or a command cannot both approve and reject")]
    Both,
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

    /// These rules, if they can be.
    ///
    /// # Errors
    /// Why they cannot.
    pub fn checked(self) -> Result<Self, RulesError> {
        let mut bands: Vec<Severity> = self.approvals.iter().map(|rule| rule.from).collect();
        bands.sort_unstable();
        let twice = bands.windows(2).any(|two| two[0] == two[1]);
        if twice || bands.contains(&Severity::Info) {
            return Err(RulesError::Band);
        }
        let bound = 1..=MOST_APPROVALS;
        if !self
            .approvals
            .iter()
            .all(|rule| bound.contains(&rule.approvals))
        {
            return Err(RulesError::Approvals);
        }
        let is_name = |name: &String| {
            name.trim() == name && (1..=LONGEST_NAME).contains(&name.chars().count())
        };
        let groups = self.approvals.iter().filter_map(|rule| rule.group.as_ref());
        let emergency = self.emergency.iter();
        let groups = groups.chain(emergency.clone().map(|rule| &rule.group));
        if !groups.into_iter().all(is_name) {
            return Err(RulesError::Name);
        }
        if !emergency
            .into_iter()
            .all(|rule| (1..=MOST_HOURS).contains(&rule.hours))
        {
            return Err(RulesError::Hours);
        }
        for statuses in [
            &self.approved_statuses,
            &self.rejected_statuses,
            &self.gated_statuses,
        ] {
            if statuses.len() > MOST_NAMES || !statuses.iter().all(is_name) {
                return Err(RulesError::Name);
            }
        }
        for commands in [&self.approve_commands, &self.reject_commands] {
            if commands.len() > MOST_NAMES || !commands.iter().all(|command| is_command(command)) {
                return Err(RulesError::Command);
            }
        }
        let or_usual = |own: &[String], usual: &str| match own {
            [] => vec![usual.to_lowercase()],
            own => own.iter().map(|name| name.to_lowercase()).collect(),
        };
        for (approve, reject) in [
            (
                or_usual(&self.approved_statuses, "Approved"),
                or_usual(&self.rejected_statuses, "Rejected"),
            ),
            (
                or_usual(&self.approve_commands, "/approve"),
                or_usual(&self.reject_commands, "/reject"),
            ),
        ] {
            if approve.iter().any(|name| reject.contains(name)) {
                return Err(RulesError::Both);
            }
        }
        Ok(self)
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
        [
            &self.approved_statuses,
            &self.rejected_statuses,
            &self.approve_commands,
            &self.reject_commands,
        ]
        .iter()
        .any(|names| !names.is_empty())
    }

    /// The status, as it is named here, if a ticket is to come into it with an approval only.
    #[must_use]
    pub fn gated(&self, status: &str) -> Option<&str> {
        let status = status.trim().to_lowercase();
        let mut named = self.gated_statuses.iter().map(String::as_str);
        named.find(|name| name.to_lowercase() == status)
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

fn is_command(command: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let name = command.strip_prefix('/').unwrap_or_default();
    (2..=LONGEST_COMMAND).contains(&command.len())
        && name.bytes().all(fits)
        && !name.is_empty()
        && name != "withdraw"
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

    #[test]
    fn rules_that_cannot_be_are_refused() {
        let usual = ReviewRules::default;
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for (rules, error) in [
            (
                ReviewRules {
                    approvals: vec![rule(Severity::Low, 0)],
                    ..usual()
                },
                RulesError::Approvals,
            ),
            (
                ReviewRules {
                    approvals: vec![rule(Severity::Low, 10)],
                    ..usual()
                },
                RulesError::Approvals,
            ),
            (
                ReviewRules {
                    approvals: vec![rule(Severity::Info, 1)],
                    ..usual()
                },
                RulesError::Band,
            ),
            (
                ReviewRules {
                    approvals: vec![rule(Severity::Low, 1), rule(Severity::Low, 2)],
                    ..usual()
                },
                RulesError::Band,
            ),
            (
                ReviewRules {
                    emergency: Some(EmergencyRule {
                        group: "on-call".to_owned(),
                        hours: 0,
                    }),
                    ..usual()
                },
                RulesError::Hours,
            ),
            (
                ReviewRules {
                    gated_statuses: names(&[" Done"]),
                    ..usual()
                },
                RulesError::Name,
            ),
            (
                ReviewRules {
                    approved_statuses: names(&[""]),
                    ..usual()
                },
                RulesError::Name,
            ),
            (
                ReviewRules {
                    approve_commands: names(&["lgtm"]),
                    ..usual()
                },
                RulesError::Command,
            ),
            (
                ReviewRules {
                    approve_commands: names(&["/withdraw"]),
                    ..usual()
                },
                RulesError::Command,
            ),
            (
                ReviewRules {
                    approve_commands: names(&["/"]),
                    ..usual()
                },
                RulesError::Command,
            ),
            (
                ReviewRules {
                    approved_statuses: names(&["Ready"]),
                    rejected_statuses: names(&["ready"]),
                    ..usual()
                },
                RulesError::Both,
            ),
            (
                ReviewRules {
                    approve_commands: names(&["/reject"]),
                    ..usual()
                },
                RulesError::Both,
            ),
        ] {
            assert_eq!(rules.checked(), Err(error));
        }
    }
}
