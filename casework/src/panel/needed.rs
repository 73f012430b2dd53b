//! What a ticket needs to count as approved, in words, where that is more than one approval of anybody's; what a decision
//! on its code would cover; and the way around it in an emergency.

use record::entries::{EmergencyRule, Needs, ReviewScope};
use record::ids::TenantId;
use record::scale::RiskTenths;
use record::state::{ApprovalState, Ticket};
use store::{Db, StoreError};

use crate::emergency::{ReleaseView, offered, release_of};
use crate::linking::linked_commits;

/// What is asked for, beside the form.
#[derive(Default)]
pub(super) struct Needed {
    /// In words.
    pub(super) words: Option<String>,
    /// The latest link of a commit, where a decision covers the code.
    pub(super) covers: Option<String>,
    /// Its release in an emergency, if it was released.
    pub(super) release: Option<ReleaseView>,
    /// Who may release it, if somebody may.
    pub(super) emergency: Option<EmergencyRule>,
}

pub(super) fn of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
) -> Result<Needed, StoreError> {
    let settings = db.settings_for(tenant, &ticket.site, &ticket.key.project())?;
    let rules = settings.map(|settings| settings.rules).unwrap_or_default();
    let (needs, scope) = rules.needs_at(RiskTenths::capped(ticket.risk_tenths.into()));
    let (site, issue) = (&ticket.site, &ticket.issue);
    let approvals = db.approvals(tenant, site, issue)?.into_iter();
    let counting = approvals.filter(|approval| {
        approval.state == ApprovalState::Counting && approval.decision == "APPROVED"
    });
    let words = in_words(needs.as_ref(), scope, counting.count());
    let latest = match scope {
        ReviewScope::Plan => None,
        ReviewScope::Code => linked_commits(db, tenant, site, issue)?.into_iter().next(),
    };
    Ok(Needed {
        words,
        covers: latest.map(|commit| commit.link.to_string()),
        release: release_of(db, tenant, ticket)?,
        emergency: offered(&rules, ticket),
    })
}

fn in_words(needs: Option<&Needs>, scope: ReviewScope, counting: usize) -> Option<String> {
    let code = match scope {
        ReviewScope::Plan => None,
        ReviewScope::Code => Some("Another commit makes an approval stale.".to_owned()),
    };
    let needs = needs.map(|needs| match (needs.approvals, &needs.group) {
        (1, Some(group)) => format!("It needs an approval by a member of “{group}”."),
        (wanted, None) => format!("It needs {wanted} approvals; {counting} count now."),
        (wanted, Some(group)) => format!(
            "It needs {wanted} approvals, one of them by a member of “{group}”; {counting} count now."
        ),
    });
    let words: Vec<String> = needs.into_iter().chain(code).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(approvals: u8, group: Option<&str>) -> Needs {
        Needs {
            approvals,
            group: group.map(str::to_owned),
        }
    }

    #[test]
    fn only_what_is_more_than_usual_is_said() {
        let say = |approvals, group, scope| in_words(Some(&needs(approvals, group)), scope, 1);
        assert_eq!(in_words(None, ReviewScope::Plan, 1), None);
        assert_eq!(
            say(2, Some("Security"), ReviewScope::Plan).unwrap(),
            "It needs 2 approvals, one of them by a member of “Security”; 1 count now."
        );
        assert_eq!(
            say(1, Some("Security"), ReviewScope::Code).unwrap(),
            "It needs an approval by a member of “Security”. Another commit makes an approval stale."
        );
        assert_eq!(
            in_words(None, ReviewScope::Code, 1).unwrap(),
            "Another commit makes an approval stale."
        );
    }
}
