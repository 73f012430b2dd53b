//! Which rules can be: names of their form, numbers within bounds, and nothing that would both approve and reject.

use super::moves::is_known;
use super::{Deputy, MOST_APPROVALS, ReviewRules};
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
    /// A deputy is no other person, stands twice, or has no last day.
    #[error(
        "a deputy is somebody else, stands once for each in whose place they decide, and until a day such as 2026-12-31"
    )]
    Deputy,
    /// There are too many deputies.
    #[error("there can be {MOST_NAMES} deputies at most")]
    Deputies,
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
        let groups = groups
            .chain(emergency.clone().map(|rule| &rule.group))
            .chain(&self.security_group);
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
        if self.deputies.len() > MOST_NAMES {
            return Err(RulesError::Deputies);
        }
        for (at, deputy) in self.deputies.iter().enumerate() {
            let same = |other: &Deputy| {
                other.person == deputy.person && other.in_place_of == deputy.in_place_of
            };
            if deputy.person == deputy.in_place_of
                || self.deputies[..at].iter().any(same)
                || !is_day(&deputy.until)
            {
                return Err(RulesError::Deputy);
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

/// Whether it has the form of a day: `2026-12-31`. The days of the months are not counted.
fn is_day(text: &str) -> bool {
    let part = |at: std::ops::Range<usize>, of: std::ops::RangeInclusive<u32>| {
        let digits = text
            .get(at)
            .filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
        digits.is_some_and(|digits| digits.parse().is_ok_and(|number| of.contains(&number)))
    };
    text.len() == 10
        && part(0..4, 2000..=9999)
        && part(5..7, 1..=12)
        && part(8..10, 1..=31)
        && (&text[4..5], &text[7..8]) == ("-", "-")
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
    use crate::ids::PersonId;

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

    #[test]
    fn a_deputy_is_another_person_named_once_until_a_day() {
        let person = |n: u128| PersonId::from_ulid(ulid::Ulid(n));
        let deputy = |of: u128, until: &str| Deputy {
            person: person(1),
            in_place_of: person(of),
            since: "2026-01-01T00:00:00.000Z".to_owned(),
            until: until.to_owned(),
        };
        let with = |deputies| {
            let rules = ReviewRules {
                deputies,
                ..ReviewRules::default()
            };
            rules.checked().map(drop)
        };
        assert_eq!(
            with(vec![deputy(2, "2026-12-31"), deputy(3, "2026-01-01")]),
            Ok(())
        );
        for wrong in [
            vec![deputy(1, "2026-12-31")],
            vec![deputy(2, "2026-12-31"), deputy(2, "2027-12-31")],
            vec![deputy(2, "2026-13-01")],
            vec![deputy(2, "2026-12-31T")],
            vec![deputy(2, "2026-1-311")],
            vec![deputy(2, "")],
        ] {
            assert_eq!(with(wrong.clone()), Err(RulesError::Deputy), "{wrong:?}");
        }
        let many = (2..23).map(|of| deputy(of, "2026-12-31")).collect();
        assert_eq!(with(many), Err(RulesError::Deputies));
    }

    #[test]
    fn a_deputy_decides_from_when_they_are_named_until_the_end_of_the_last_day() {
        let person = |n: u128| PersonId::from_ulid(ulid::Ulid(n));
        let rules = ReviewRules {
            deputies: vec![Deputy {
                person: person(1),
                in_place_of: person(2),
                since: "2026-11-29T10:00:00.000Z".to_owned(),
                until: "2026-12-31".to_owned(),
            }],
            ..ReviewRules::default()
        };
        let at = |who: u128, at: &str| rules.places_of(&person(who), at).count();
        assert_eq!(at(1, "2026-11-29T09:59:59.999Z"), 0);
        assert_eq!(at(1, "2026-11-29T10:00:00.000Z"), 1);
        assert_eq!(at(1, "2026-12-31T23:59:59.999Z"), 1);
        assert_eq!(at(1, "2027-01-01T00:00:00.000Z"), 0);
        assert_eq!(at(2, "2026-12-31T00:00:00.000Z"), 0);
    }
}
