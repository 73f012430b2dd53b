//! Coverage: what was asked for of tickets in a period, and what became of it, as far as the ledger says. Page by page,
//! so that no call takes long; whoever asks adds the pages up. Looking appends nothing.

mod deployed;
mod told;
mod view;

use std::str::FromStr;

use chrono::{DateTime, Duration, SecondsFormat};
use compliance::ids::FrameworkId;
use record::ids::{IssueId, SiteId, TenantId};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use told::Told;
pub use view::{
    CoveredApproval, CoveredDeployment, CoveredRequirement, CoveredTicket, CoveredWaiver,
};

use crate::Casework;
use crate::error::CaseError;

/// How many tickets are looked at for one page.
const PAGE: i64 = 50;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct CoverageWanted {
    /// Something was received about the ticket at this time or later, …
    pub from: String,
    /// … and before this time, up to which everything is told.
    pub to: String,
    /// Requirements that serve this framework, or one of the family it names, such as `hipaa`; else all.
    pub framework: Option<FrameworkId>,
    /// Where the page before ended.
    pub after: Option<AfterTicket>,
}

impl CoverageWanted {
    /// The last moment that is told of: a millisecond before the end; now, where that is to come.
    fn end(&self) -> String {
        let before =
            DateTime::parse_from_rfc3339(&self.to).map(|to| to - Duration::milliseconds(1));
        let end = before.map_or_else(
            |_| self.to.clone(),
            |end| end.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true),
        );
        end.min(store::now())
    }
}

/// Where a page ended: the ticket that was looked at last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterTicket(SiteId, IssueId);

/// Not where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not where a page ended")]
pub struct NotAPlace;

impl FromStr for AfterTicket {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (site, issue) = text.split_once('/').ok_or(NotAPlace)?;
        let site = site.parse().map_err(|_| NotAPlace)?;
        Ok(Self(site, issue.parse().map_err(|_| NotAPlace)?))
    }
}

/// A page of what became of requirements.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CoveragePage {
    /// Since when something was received about the tickets.
    pub from: String,
    /// Up to when everything is told.
    pub to: String,
    /// How many tickets were looked at for the page, those that are not shown among them.
    pub looked_at: usize,
    /// How many of them cannot be read, which the verifier finds; they are counted nowhere else.
    pub unreadable: usize,
    /// Those that something was received about in the period, and that are asked for what is wanted.
    pub tickets: Vec<CoveredTicket>,
    /// How many entries the ledger has now: what is told follows from these.
    pub ledger_size: u64,
    /// What to ask the next page with, as `after`; none on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Casework {
    /// A page of what became of what was asked for.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn coverage(
        &self,
        tenant: &TenantId,
        wanted: CoverageWanted,
    ) -> Result<CoveragePage, CaseError> {
        let tenant = tenant.clone();
        let read = self.store.read(move |db| -> Result<_, StoreError> {
            let after = wanted
                .after
                .as_ref()
                .map(|AfterTicket(site, issue)| (site.clone(), issue.clone()));
            let rows = db.tickets_after(&tenant, after.as_ref(), PAGE)?;
            let looked_at = rows.len();
            let last = rows.last().filter(|_| rows.len() as i64 == PAGE);
            let next = last.map(|row| match row {
                Ok(ticket) => format!("{}/{}", ticket.site, ticket.issue),
                Err(place) => place.clone(),
            });
            let (mut tickets, mut unreadable) = (Vec::new(), 0);
            for row in rows {
                let Ok(ticket) = row else {
                    unreadable += 1;
                    continue;
                };
                if let Some(told) = Told::of(db, &tenant, &ticket, &wanted)? {
                    tickets.extend(told.shown(&ticket, wanted.framework.as_ref()));
                }
            }
            Ok(CoveragePage {
                ledger_size: db.frontier(&tenant)?.size(),
                from: wanted.from,
                to: wanted.to,
                looked_at,
                unreadable,
                tickets,
                next,
            })
        });
        Ok(read.await?)
    }
}
