//! What an approver states of a ticket in its panel, besides a decision: on what that person saw, with a reason in that
//! person's words. Waivers and corrections of findings are made of it.

use std::str::FromStr;

use ledger::Entry;
use record::entries::Reviewer;
use record::ids::{AccountId, EventId, IssueId, SiteId, TenantId};
use serde_json::Value;
use store::{Db, StoreError, TicketRow, Tx};

use crate::assess::Judged;
use crate::error::CaseError;
use crate::licence::NoLicence;
use crate::people::person_for;
use crate::reviewers::{Entitled, NotAReviewer};
use crate::{ActiveSite, Casework};

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 4_000;
/// The name under which the reason stands beside the entry.
pub(crate) const REASON: &str = "reason";
/// The same, where a security level hides the ticket: shown in the ticket's own panel, and nowhere else.
const REASON_IN_PANEL: &str = "reasonInPanel";
/// The name under which the person's name stands there.
pub(crate) const DISPLAY_NAME: &str = "displayName";

/// Why somebody states something, in that person's words, so it is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason(String);

impl std::fmt::Debug for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reason")
    }
}

impl FromStr for Reason {
    type Err = StatementRefused;

    fn from_str(text: &str) -> Result<Self, StatementRefused> {
        match text.trim() {
            "" => Err(StatementRefused::NoReason),
            text if text.chars().count() > LONGEST_REASON => Err(StatementRefused::TooLong),
            text => Ok(Self(text.to_owned())),
        }
    }
}

/// Who states something of which ticket, and what that person saw.
#[derive(Debug, Clone)]
pub struct Stating {
    /// Who, as the platform signed it.
    pub account: AccountId,
    /// Of which ticket, as the platform signed it.
    pub issue: IssueId,
    /// The assessment that the person saw.
    pub seen: EventId,
    /// Why.
    pub reason: Reason,
}

/// Why nothing was stated.
#[derive(Debug, thiserror::Error)]
pub enum StatementRefused {
    /// The person may not.
    #[error("{0} Nothing was recorded.")]
    NotAReviewer(#[from] NotAReviewer),
    /// The site has no licence.
    #[error(transparent)]
    NoLicence(#[from] NoLicence),
    /// It says no reason.
    #[error("Say why: the reason is empty. Nothing was recorded.")]
    NoReason,
    /// The reason is too long.
    #[error("The reason is longer than {LONGEST_REASON} characters. Nothing was recorded.")]
    TooLong,
    /// What the person saw is not what is there.
    #[error(
        "The issue changed since you opened it. Nothing was recorded: read it again, then decide."
    )]
    Changed,
    /// The ticket is gone or cannot be seen.
    #[error("Jira does not show this issue any more. Nothing was recorded.")]
    Gone,
    /// The source or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for StatementRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// The ticket as it is now, and by what right this account states something of it.
    pub(crate) async fn entitled_on(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        account: &AccountId,
    ) -> Result<(Judged, Entitled), StatementRefused> {
        site.demand_licence()?;
        let judged = self.assess_ticket(site, issue, None).await?;
        let judged = judged.ok_or(StatementRefused::Gone)?;
        let settings = self.settings_of(site, &judged.snapshot.project).await?;
        let entitled = self
            .entitlement(
                site,
                &judged.snapshot,
                (account, &store::now()),
                settings.as_ref(),
            )
            .await??;
        Ok((judged, entitled))
    }
}

/// What somebody saw of a ticket.
pub(crate) struct Seen {
    pub(crate) site: SiteId,
    pub(crate) issue: IssueId,
    pub(crate) assessment: EventId,
    pub(crate) content_hash: String,
}

impl Seen {
    /// The ticket's row, if it is still that.
    pub(crate) fn ticket(&self, tx: &mut Tx<'_>) -> Result<TicketRow, StatementRefused> {
        let tenant = tx.tenant().clone();
        let row = tx.db().ticket(&tenant, &self.site, &self.issue)?;
        let row = row.ok_or(StatementRefused::Gone)?;
        let ticket = &row.ticket;
        match ticket.assessed_by == self.assessment && ticket.content_hash == self.content_hash {
            true => Ok(row),
            false => Err(StatementRefused::Changed),
        }
    }
}

/// A statement of an entitled person's, about to be recorded.
pub(crate) struct Statement {
    pub(crate) of: Stating,
    pub(crate) site: SiteId,
    pub(crate) entitled: Entitled,
    /// The content that the statement is about.
    pub(crate) content_hash: String,
    /// Whether a security level hides the ticket.
    pub(crate) restricted: bool,
}

impl Statement {
    /// The ticket's row, if it is still what the person saw.
    pub(crate) fn ticket(&self, tx: &mut Tx<'_>) -> Result<TicketRow, StatementRefused> {
        let seen = Seen {
            site: self.site.clone(),
            issue: self.of.issue.clone(),
            assessment: self.of.seen.clone(),
            content_hash: self.content_hash.clone(),
        };
        seen.ticket(tx)
    }

    /// Who states it, in what role.
    pub(crate) fn reviewer(&self, tx: &mut Tx<'_>) -> Result<Reviewer, StatementRefused> {
        Ok(Reviewer {
            person: person_for(tx, &self.site, &self.of.account)?,
            role: self.entitled.right.role.clone(),
            role_source: self.entitled.right.role_source,
            speaks_for: None,
            in_place_of: self.entitled.in_place_of.clone(),
        })
    }

    /// What stands beside the entry.
    pub(crate) fn beside(&self) -> Vec<(&'static str, Value)> {
        let reason = match self.restricted {
            true => REASON_IN_PANEL,
            false => REASON,
        };
        let Reason(why) = &self.of.reason;
        vec![
            (DISPLAY_NAME, self.entitled.display_name.as_str().into()),
            (reason, why.as_str().into()),
        ]
    }

    /// Whether this reason stands beside an entry already.
    pub(crate) fn says(&self, stated: &Stated) -> bool {
        stated.reason.as_ref() == Some(&self.of.reason.0)
    }
}

/// Who stated something, and why, as far as it was not erased.
pub(crate) struct Stated {
    pub(crate) who: Option<String>,
    pub(crate) reason: Option<String>,
}

impl Stated {
    /// Beside this entry. `in_panel` says that whoever looks may see the ticket.
    pub(crate) fn beside(
        db: &mut Db<'_>,
        tenant: &TenantId,
        entry: &Entry,
        in_panel: bool,
    ) -> Result<Self, StoreError> {
        let mut text = |name| -> Result<Option<String>, StoreError> {
            let value = db.beside(tenant, entry, name)?;
            Ok(value.and_then(|value| value.as_str().map(str::to_owned)))
        };
        Ok(Self {
            who: text(DISPLAY_NAME)?,
            reason: match text(REASON)? {
                None if in_panel => text(REASON_IN_PANEL)?,
                reason => reason,
            },
        })
    }
}
