//! What a ticket needs to count as approved, in words, where that is more than one approval of anybody's.

use record::entries::{Needs, ReviewScope};
use record::ids::TenantId;
use record::scale::RiskTenths;
use record::state::{ApprovalState, Ticket};
use store::{Db, StoreError};

pub(super) fn of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
) -> Result<Option<String>, StoreError> {
    let settings = db.settings_for(tenant, &ticket.site, &ticket.key.project())?;
    let rules = settings.map(|settings| settings.rules).unwrap_or_default();
    let Some(rule) = rules.at(RiskTenths::capped(ticket.risk_tenths.into())) else {
        return Ok(None);
    };
    let approvals = db
        .approvals(tenant, &ticket.site, &ticket.issue)?
        .into_iter();
    let counting = approvals.filter(|approval| {
        approval.state == ApprovalState::Counting && approval.decision == "APPROVED"
    });
    Ok(in_words(&Needs::from(rule), rule.scope, counting.count()))
}

fn in_words(needs: &Needs, scope: ReviewScope, counting: usize) -> Option<String> {
    let code = match scope {
        ReviewScope::Plan => "",
        ReviewScope::Code => " Another commit makes an approval stale.",
    };
    let group = needs.group.as_ref();
    let group = group.map_or_else(String::new, |group| {
        format!(", one of them by a member of “{group}”")
    });
    match needs.approvals {
        1 if group.is_empty() => (!code.is_empty()).then(|| code.trim().to_owned()),
        1 => Some(format!(
            "It needs an approval by a member of “{}”.{code}",
            needs.group.as_ref()?
        )),
        wanted => Some(format!(
            "It needs {wanted} approvals{group}; {counting} count now.{code}"
        )),
    }
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
        let say = |approvals, group, scope| in_words(&needs(approvals, group), scope, 1);
        assert_eq!(say(1, None, ReviewScope::Plan), None);
        assert_eq!(
            say(2, Some("Security"), ReviewScope::Plan).unwrap(),
            "It needs 2 approvals, one of them by a member of “Security”; 1 count now."
        );
        assert_eq!(
            say(1, Some("Security"), ReviewScope::Code).unwrap(),
            "It needs an approval by a member of “Security”. Another commit makes an approval stale."
        );
        assert_eq!(
            say(1, None, ReviewScope::Code).unwrap(),
            "Another commit makes an approval stale."
        );
    }
}
