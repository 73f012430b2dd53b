//! How it was at the moment of a move: which rules a project had, and whether the ticket's gate was open by them. From the
//! entries, since rows say how it is now.

use record::entries::{Enforcement, Payload, ReviewRules};
use record::ids::{IssueId, ProjectKey, SiteId, TenantId};
use record::state::{Approving, TicketApproval};
use store::{Db, StoreError};

use crate::subject_of;

/// The most entries about a ticket or a site that are looked through, the latest ones.
const MOST_ABOUT: i64 = 10_000;

/// The rules that the projects of a site had, and from when on.
pub(crate) struct RulesThen(Vec<Set>);

struct Set {
    at: String,
    project: Option<ProjectKey>,
    rules: ReviewRules,
}

impl RulesThen {
    pub(crate) fn of(
        db: &mut Db<'_>,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Self, StoreError> {
        let mut about = db.positions_about(tenant, &format!("site/{site}"), MOST_ABOUT)?;
        about.sort_unstable();
        let mut sets = Vec::new();
        for seq in about {
            let row = db.entry(tenant, seq)?;
            let Some(entry) = row.map(|row| row.entry) else {
                continue;
            };
            if entry.kind == "SETTINGS_CHANGED"
                && let Payload::SettingsChanged(settings) =
                    Payload::parse(&entry.kind, &entry.payload)?
            {
                sets.push(Set {
                    at: entry.at,
                    project: settings.project,
                    rules: settings.rules,
                });
            }
        }
        Ok(Self(sets))
    }

    /// Since when a project's statuses and commands are named as they are now.
    pub(crate) fn named_since(&self, project: &ProjectKey) -> Option<&str> {
        let own = self
            .0
            .iter()
            .any(|set| set.project.as_ref() == Some(project));
        let project = own.then_some(project);
        let mut latest_first = self
            .0
            .iter()
            .rev()
            .filter(|set| set.project.as_ref() == project);
        let latest = latest_first.next()?;
        let before = latest_first.take_while(|set| set.rules.names() == latest.rules.names());
        Some(before.last().unwrap_or(latest).at.as_str())
    }

    /// Whether any of them ever asked for an approval somewhere.
    pub(super) fn ever_gated(&self) -> bool {
        self.0
            .iter()
            .any(|set| !set.rules.gated_statuses.is_empty())
    }

    pub(super) fn name_categories(&self) -> bool {
        self.0.iter().any(|set| set.rules.name_categories())
    }

    /// Those of a project at a time, if they asked for anything: its own, or else those of the whole site.
    pub(super) fn at(&self, project: &ProjectKey, at: &str) -> Option<&ReviewRules> {
        let of = |project: Option<&ProjectKey>| {
            let mut latest_first = self.0.iter().rev();
            latest_first.find(|set| set.project.as_ref() == project && set.at.as_str() <= at)
        };
        let set = of(Some(project)).or_else(|| of(None))?;
        (set.rules.enforcement != Enforcement::Off).then_some(&set.rules)
    }
}

/// Whether the ticket's gate stood open at that time: by an approval that counted, or by a release in an emergency, both of
/// the project that it was in then. Where more is recorded than can be looked through, nobody is accused.
pub(super) fn was_open(
    db: &mut Db<'_>,
    tenant: &TenantId,
    (site, issue): (&SiteId, &IssueId),
    project: &ProjectKey,
    at: &str,
) -> Result<bool, StoreError> {
    let mut about = db.positions_about(tenant, &subject_of(site, issue), MOST_ABOUT)?;
    if about.len() as i64 == MOST_ABOUT {
        return Ok(true);
    }
    about.sort_unstable();
    let (mut approving, mut approval) = (Approving::default(), TicketApproval::None);
    let mut released_until = None;
    for seq in about {
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let (entry, received) = (&row.entry, row.entry.at.as_str());
        if !CONCERN.contains(&entry.kind.as_str()) {
            continue;
        }
        match Payload::parse(&entry.kind, &entry.payload)? {
            Payload::HumanReview(review)
                if review.reviewed_at.as_str() <= at && review.ticket.key.project() == *project =>
            {
                let event = entry.id.parse().map_err(|_| StoreError::Row("entries"))?;
                approval = approving.decide(&event, &review, approval);
                if matches!(
                    approval,
                    TicketApproval::Approved | TicketApproval::Rejected
                ) {
                    released_until = None;
                }
            }
            Payload::ApprovalStale(stale)
                if received <= at && approving.make_stale(&stale.approval) =>
            {
                approval = TicketApproval::Stale;
            }
            Payload::EmergencyReleased(released)
                if received <= at && released.ticket.key.project() == *project =>
            {
                released_until = Some(released.until);
            }
            _ => {}
        }
    }
    let released = released_until.is_some_and(|until| until.as_str() > at);
    Ok(released || approval == TicketApproval::Approved)
}

/// The types of the entries that a gate stands by.
const CONCERN: [&str; 3] = ["HUMAN_REVIEW", "APPROVAL_STALE", "EMERGENCY_RELEASED"];

#[cfg(test)]
mod tests {
    use super::*;

    fn set(at: &str, project: Option<&str>, approved: &str) -> Set {
        Set {
            at: at.to_owned(),
            project: project.map(|key| key.parse().unwrap()),
            rules: ReviewRules {
                approved_statuses: vec![approved.to_owned()],
                ..ReviewRules::default()
            },
        }
    }

    #[test]
    fn names_hold_since_they_are_as_they_are_whatever_else_was_set() {
        let then = RulesThen(vec![
            set("1", None, "Go"),
            set("2", None, "Ready"),
            set("3", None, "Go"),
            set("4", Some("PAY"), "Ready"),
            set("5", None, "Go"),
            set("6", Some("PAY"), "Ready"),
        ]);
        assert_eq!(then.named_since(&"CARE".parse().unwrap()), Some("3"));
        assert_eq!(then.named_since(&"PAY".parse().unwrap()), Some("4"));
    }
}
