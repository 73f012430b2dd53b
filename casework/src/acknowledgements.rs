//! Somebody who works on a ticket says to have read what it asks for: once for each person and requirement set. It
//! approves nothing and opens no gate. Where the set becomes another, what was said of it before is not said of it.

use record::entries::{EntryType, Payload, RequirementsAcknowledged};
use record::ids::{AccountId, EventId, IssueId, TenantId};
use record::scale::Severity;
use record::state::Ticket;
use serde::Serialize;
use store::{Db, EntriesWanted, NewEntry, StoreError, Tx};
use utoipa::ToSchema;

use crate::panel::recorded_assessment;
use crate::people::person_for;
use crate::statement::{DISPLAY_NAME, Seen, StatementRefused};
use crate::{ActiveSite, Casework, person, subject_of};

/// The most that are looked at, the latest, of whichever requirement set.
const MOST: i64 = 50;

/// Why nothing was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum AcknowledgementRefused {
    /// Nothing can be stated of the ticket.
    #[error(transparent)]
    Statement(#[from] StatementRefused),
    /// It asks for nothing.
    #[error("This issue asks for nothing that could be acknowledged. Nothing was recorded.")]
    NoRequirements,
}

impl From<StoreError> for AcknowledgementRefused {
    fn from(error: StoreError) -> Self {
        Self::Statement(error.into())
    }
}

/// Who said to have read what a ticket asks for now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcknowledgementView {
    /// The entry.
    #[schema(value_type = String, example = "evt_01K9ABCDEFGHJKMNPQRSTVWX00")]
    pub event: EventId,
    /// Who, where that was not erased.
    pub who: Option<String>,
    /// When.
    pub at: String,
}

impl Casework {
    /// Records that somebody has read what a ticket asks for, on what that person saw.
    ///
    /// # Errors
    /// Why it was not recorded. Then nothing of it was.
    pub async fn acknowledge(
        &self,
        site: &ActiveSite,
        account: &AccountId,
        issue: &IssueId,
        seen: EventId,
    ) -> Result<(), AcknowledgementRefused> {
        site.demand_licence().map_err(StatementRefused::from)?;
        let judged = self.assess_ticket(site, issue, None).await;
        let judged = judged.map_err(StatementRefused::from)?;
        let judged = judged.ok_or(StatementRefused::Gone)?;
        let user = self.person_on(site, &judged.snapshot, account).await;
        let user = user.map_err(StatementRefused::from)?;
        let user = user.map_err(StatementRefused::from)?;
        let seen = Seen {
            site: site.site.clone(),
            issue: issue.clone(),
            assessment: seen,
            content_hash: judged.content_hash,
        };
        let account = account.clone();
        self.store
            .write(&site.tenant, move |tx| {
                acknowledge(tx, seen, &account, &user.display_name)
            })
            .await
    }
}

fn acknowledge(
    tx: &mut Tx<'_>,
    seen: Seen,
    account: &AccountId,
    display_name: &str,
) -> Result<(), AcknowledgementRefused> {
    let tenant = tx.tenant().clone();
    let row = seen.ticket(tx)?;
    let assessment = recorded_assessment(tx.db(), &tenant, &row)?;
    if assessment.is_none_or(|it| it.requirements.requirements.is_empty()) {
        return Err(AcknowledgementRefused::NoRequirements);
    }
    let ticket = row.ticket;
    let by = person_for(tx, &seen.site, account)?;
    let set = ticket.requirement_set.clone();
    tx.append(NewEntry {
        subject: subject_of(&ticket.site, &ticket.issue),
        once: format!("acknowledged:{}:{}:{set}:{by}", ticket.site, ticket.issue),
        actor: person(&by),
        payload: RequirementsAcknowledged {
            ticket: ticket.named(),
            by,
            requirement_set: set,
            seen: seen.assessment,
        }
        .into(),
        beside: vec![(DISPLAY_NAME, display_name.into())],
        severity: Severity::Info,
        source: "JIRA",
    })?;
    Ok(())
}

/// Who said to have read what a ticket asks for now, the latest first, among the latest [`MOST`] that said so of any set.
pub(crate) fn acknowledgements_of(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &Ticket,
) -> Result<Vec<AcknowledgementView>, StoreError> {
    let wanted = EntriesWanted {
        kind: Some(EntryType::RequirementsAcknowledged.as_str()),
        subject: Some(subject_of(&ticket.site, &ticket.issue)),
        ..EntriesWanted::default()
    };
    let mut views = Vec::new();
    for seq in db.positions_wanted(tenant, &wanted, MOST)? {
        let Some(row) = db.entry(tenant, seq)? else {
            continue;
        };
        let said = Payload::parse(&row.entry.kind, &row.entry.payload)?;
        let Payload::RequirementsAcknowledged(said) = said else {
            continue;
        };
        if said.requirement_set != ticket.requirement_set {
            continue;
        }
        let who = db.beside(tenant, &row.entry, DISPLAY_NAME)?;
        let event = row.entry.id.parse();
        views.push(AcknowledgementView {
            event: event.map_err(|_| StoreError::Row("entries"))?,
            who: who.and_then(|who| who.as_str().map(str::to_owned)),
            at: row.entry.at,
        });
    }
    Ok(views)
}
