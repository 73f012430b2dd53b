//! V:386-388: the security team is told of a ticket whose risk asks for it. Jira mails the group that the project's
//! settings name, so no address is known here; that it was asked to, and what it said, is an entry, one for each time
//! that a ticket comes to ask for it. A mail may come more than once: a notice is sent again where no answer said that it
//! was taken, since one too many is better than none. What stands in the ticket is not in it.

use compliance::assessment::Action;
use jira::rest::{Notice, RestError};
use record::entries::{NoticeOutcome, SecurityTeamNotified, TicketAssessed, TicketId};
use record::ids::EventId;
use record::scale::{RiskTenths, Severity};
use record::state::Ticket;
use serde::{Deserialize, Serialize};
use store::{Effect, NewEntry, OutboxItem, StoreError, Tx};

use crate::backoff::MOST_ATTEMPTS;
use crate::error::CaseError;
use crate::{ActiveSite, Casework, server, subject_of};

/// What the effects are called, the assessment aside.
pub(crate) const NOTICE_EFFECT: &str = "notice:";

/// A notice that waits to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Waiting {
    ticket: TicketId,
    assessment: EventId,
    severity: Severity,
    risk_tenths: RiskTenths,
    group: String,
}

/// Whether a ticket comes to ask that the security team be told: it does, and did not in the band or the project that it
/// was in before. What is done is no news.
pub(crate) fn comes_to_ask(
    actions: &[Action],
    before: Option<&Ticket>,
    now: &TicketAssessed,
) -> bool {
    let is_news = before.is_none_or(|before| {
        let band = RiskTenths::capped(before.risk_tenths.into()).band();
        band < now.risk_tenths.band() || before.key.project() != now.ticket.key.project()
    });
    is_news && actions.contains(&Action::NotifySecurityTeam)
}

/// Decides that the security team is to be told, where the settings name its group.
pub(crate) fn tell_security_team(
    tx: &mut Tx<'_>,
    assessed: &TicketAssessed,
    assessment: &EventId,
) -> Result<(), StoreError> {
    let (tenant, ticket) = (tx.tenant().clone(), &assessed.ticket);
    let settings = tx
        .db()
        .settings_for(&tenant, &ticket.site, &ticket.key.project())?;
    let Some(group) = settings.and_then(|settings| settings.rules.security_group) else {
        return Ok(());
    };
    let waiting = Waiting {
        ticket: ticket.clone(),
        assessment: assessment.clone(),
        severity: assessed.severity,
        risk_tenths: assessed.risk_tenths,
        group,
    };
    tx.send(&Effect {
        site: ticket.site.clone(),
        issue: ticket.id.clone(),
        name: format!("{NOTICE_EFFECT}{assessment}"),
        body: serde_json::to_value(waiting).map_err(|_| StoreError::Row("outbox"))?,
    })
}

impl Casework {
    /// Has Jira mail the group, and records what became of it.
    pub(crate) async fn have_notice(
        &self,
        site: &ActiveSite,
        item: &OutboxItem,
    ) -> Result<(), CaseError> {
        let waiting: Waiting = serde_json::from_value(item.effect.body.clone())
            .map_err(|_| CaseError::Unreadable("a notice"))?;
        let once = format!("notice:{}", waiting.assessment);
        let (tenant, key) = (item.tenant.clone(), once.clone());
        let told = self
            .store
            .read(move |db| db.position_under(&tenant, &key))
            .await?;
        if told.is_some() {
            return Ok(());
        }
        let (subject, text) = waiting.in_words();
        let notice = Notice {
            group: &waiting.group,
            subject: &subject,
            text: &text,
        };
        let told = self.calls(site).notify(&item.effect.issue, &notice).await;
        let is_last = item.attempts >= MOST_ATTEMPTS;
        let (outcome, status) = match told {
            Ok(()) => (NoticeOutcome::Taken, None),
            Err(RestError::Rejected { status, .. }) => (NoticeOutcome::Refused, Some(status)),
            Err(RestError::Forbidden { .. }) => (NoticeOutcome::Refused, Some(403)),
            Err(RestError::NotFound { .. }) => (NoticeOutcome::Refused, Some(404)),
            Err(RestError::Unauthorized { .. }) if is_last => (NoticeOutcome::Refused, Some(401)),
            Err(RestError::RateLimited { .. }) if is_last => (NoticeOutcome::Refused, Some(429)),
            Err(_) if is_last => (NoticeOutcome::Unknown, None),
            Err(error) => return Err(error.into()),
        };
        self.store
            .write(&item.tenant, move |tx| {
                Ok(record(tx, waiting, (outcome, status), once)?)
            })
            .await
    }
}

impl Waiting {
    /// The subject and the text.
    fn in_words(&self) -> (String, String) {
        let (key, severity, risk) = (&self.ticket.key, self.severity, self.risk_tenths);
        (
            format!("Countersign: {key} is {severity}, risk {risk} of 10"),
            format!(
                "{key} was assessed as {severity}, risk {risk} of 10. It needs a security review before it is merged. What \
                 it asks for stands in its Countersign panel in Jira.\n\nYou are told because Countersign's settings for \
                 this project name the group {}.",
                self.group
            ),
        )
    }
}

fn record(
    tx: &mut Tx<'_>,
    waiting: Waiting,
    (outcome, status): (NoticeOutcome, Option<u16>),
    once: String,
) -> Result<(), StoreError> {
    tx.append(NewEntry {
        subject: subject_of(&waiting.ticket.site, &waiting.ticket.id),
        payload: SecurityTeamNotified {
            ticket: waiting.ticket,
            assessment: waiting.assessment,
            risk_tenths: waiting.risk_tenths,
            group: waiting.group,
            outcome,
            status,
        }
        .into(),
        beside: Vec::new(),
        severity: waiting.severity,
        actor: server(),
        source: "COUNTERSIGN",
        once,
    })
    .map(drop)
}
