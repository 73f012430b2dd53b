//! The one comment on tickets of sites without the app, edited in place: how the ticket stands, what it has to keep to,
//! and how to decide. Written where there is no panel to say so.

use compliance::requirement_set::RequirementSet;
use jira::adf::{Inline, document};
use record::entries::{IntegrationState, StaleReason};
use record::ids::{IssueId, SiteId};
use record::state::{Ticket, TicketApproval};
use serde_json::Value;
use store::{StoreError, Tx};

use crate::effects::comment;
use crate::lately::{Lately, stale_in_words};
use crate::published::published_set;

/// The mark by which the comment is found.
const MARK: &str = "countersign-standing";

/// The most requirements that are named; the rest is counted.
const MOST_NAMED: usize = 25;

/// Decides that the ticket's comment is to say how the ticket stands, where it is the only place that does; with what
/// was decided just now and does not count, until the ticket stands otherwise.
pub(crate) fn tell_standing(
    tx: &mut Tx<'_>,
    site: &SiteId,
    issue: &IssueId,
    ticket: &Ticket,
    not_counted: Option<&str>,
) -> Result<(), StoreError> {
    let tenant = tx.tenant().clone();
    let known = tx.db().jira_integration(&tenant, site)?;
    if known.is_none_or(|known| known.state != IntegrationState::Enabled) || ticket.deleted {
        return Ok(());
    }
    let set = published_set(tx.db(), &tenant, &ticket.requirement_set)?;
    let stale = match ticket.approval {
        TicketApproval::Stale => Lately::of(tx.db(), &tenant, ticket)?.stale,
        _ => None,
    };
    let words = standing((ticket, stale), set.as_ref(), not_counted);
    comment(tx, site, issue, MARK, &words)
}

fn standing(
    (ticket, stale): (&Ticket, Option<StaleReason>),
    set: Option<&RequirementSet>,
    not_counted: Option<&str>,
) -> Value {
    let risk = format!("{}.{}", ticket.risk_tenths / 10, ticket.risk_tenths % 10);
    let approval = match ticket.approval {
        TicketApproval::None => "Nobody has decided on this issue yet.".to_owned(),
        TicketApproval::Approved => "This issue is approved as it is.".to_owned(),
        TicketApproval::Partly => "This issue has an approval and needs another one.".to_owned(),
        TicketApproval::Rejected => "This issue was rejected.".to_owned(),
        TicketApproval::Stale => {
            let why = stale_in_words(stale, "This issue");
            format!("{why}: it has to be approved again.")
        }
    };
    let mut paragraphs = vec![vec![
        Inline::Strong(format!(
            "Countersign: {}, risk {risk} of 10.",
            ticket.severity
        )),
        Inline::Text(format!(" {approval}")),
    ]];
    paragraphs.extend(not_counted.map(|why| vec![Inline::Text(format!("{why}."))]));
    let requirements = set.map_or(&[][..], |set| &set.requirements);
    if requirements.is_empty() {
        paragraphs.push(vec![Inline::Text(
            "No requirement applies to it.".to_owned(),
        )]);
    }
    for requirement in requirements.iter().take(MOST_NAMED) {
        paragraphs.push(vec![
            Inline::Strong(format!("{}: ", requirement.title)),
            Inline::Text(requirement.statement.clone()),
        ]);
    }
    if requirements.len() > MOST_NAMED {
        let more = requirements.len() - MOST_NAMED;
        paragraphs.push(vec![Inline::Text(format!("And {more} more."))]);
    }
    paragraphs.push(vec![
        Inline::Text("To decide, comment with a line that begins with ".to_owned()),
        Inline::Code("/approve".to_owned()),
        Inline::Text(" or ".to_owned()),
        Inline::Code("/reject".to_owned()),
        Inline::Text(" and the reason; ".to_owned()),
        Inline::Code("/withdraw".to_owned()),
        Inline::Text(
            " takes your own decision back. It counts for approvers who have no part in the issue."
                .to_owned(),
        ),
    ]);
    document(&paragraphs)
}
