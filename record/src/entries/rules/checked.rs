//! Which rules can be: names of their form, numbers within bounds, and nothing that would both approve and reject.

use super::moves::is_known;
use super::{MOST_APPROVALS, ReviewRules};
use crate::scale::Severity;

/// The most names in one list.
const MOST_NAMES: usize = 20;
/// The longest name, in characters.
const LONGEST_NAME: usize = 255;
/// The longest that an emergency release stands, in hours.
const MOST_HOURS: u8 = 168;
/// The longest command, in bytes, with its stroke.
const LONGEST_COMMAND: usize = 32;

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
    /// A category is none of a tracker's.
    #[error("the categories are category:to-do, category:in-progress and category:done")]
    Category,
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

impl ReviewRules {
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
            if !statuses.iter().all(|entry| is_known(entry)) {
                return Err(RulesError::Category);
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
    use crate::entries::{ApprovalRule, EmergencyRule, ReviewScope};

    fn rule(from: Severity, approvals: u8) -> ApprovalRule {
        ApprovalRule {
            from,
            approvals,
            group: None,
            scope: ReviewScope::Plan,
        }
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
                    approved_statuses: names(&["category:finished"]),
                    ..usual()
                },
                RulesError::Category,
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
