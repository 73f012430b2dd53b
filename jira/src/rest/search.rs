//! Tickets by query, page by page. The index behind it lags: what was written a moment ago may be
//! missing, so an absence here proves nothing.

use std::collections::HashSet;
use std::fmt;

use record::facts::TicketSnapshot;
use record::ids::{IssueId, TicketKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::issue::{self, FIELDS};
use super::operations::{SEARCH, data_center};
use super::search_by_position::Found;
use super::site::Interface;

const PAGE: u64 = 100;
const MOST_PAGES: usize = 1000;

/// A ticket that was found: just enough to decide whether to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTicket {
    /// Its id.
    pub id: IssueId,
    /// Its key.
    pub key: TicketKey,
    /// When it last changed, as the source writes times.
    pub updated: String,
}

/// Some tickets that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPage {
    /// The tickets, in the query's order.
    pub tickets: Vec<FoundTicket>,
    /// What the next page is asked for with, if there is one.
    pub next: Option<PageToken>,
}

/// Some tickets that were read.
#[derive(Debug)]
pub struct TicketPage {
    /// The tickets, in the query's order.
    pub tickets: Vec<TicketSnapshot>,
    /// How many of the page could not be read as a whole.
    pub unreadable: usize,
    /// What the next page is asked for with, if there is one.
    pub next: Option<PageToken>,
}

/// Jira's name for the next page; good for days. Opaque, and not for logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PageToken(String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<T> {
    issues: Vec<T>,
    next_page_token: Option<String>,
    is_last: Option<bool>,
}

#[derive(Deserialize)]
struct Issue {
    id: IssueId,
    key: TicketKey,
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    updated: String,
}

impl Found for Issue {
    fn id(&self) -> &IssueId {
        &self.id
    }

    fn updated(&self) -> &str {
        &self.fields.updated
    }
}

impl SiteClient<'_> {
    /// All tickets that match a bounded query, in its order, each once.
    ///
    /// # Errors
    /// As [`Self::search`]; pages that never end, or more than 100 000 tickets, are [`RestError::Nonsense`].
    pub async fn search_all(&self, jql: &str) -> Result<Vec<FoundTicket>, RestError> {
        let (mut tickets, mut known) = (Vec::new(), HashSet::new());
        let mut seen = HashSet::new();
        let mut from = None;
        for _ in 0..MOST_PAGES {
            let page = self.search(jql, from.as_ref()).await?;
            let new = |ticket: &FoundTicket| known.insert(ticket.id.clone());
            tickets.extend(page.tickets.into_iter().filter(new));
            let Some(next) = page.next else {
                return Ok(tickets);
            };
            if !seen.insert(next.clone()) {
                break;
            }
            from = Some(next);
        }
        Err(RestError::Nonsense { call: &SEARCH })
    }

    /// A page of the tickets that match a bounded query, from the start or from where a page ended: for
    /// those who remember how far they came. A page without tickets is the last.
    ///
    /// # Errors
    /// See [`RestError`]; a query Jira does not understand is [`RestError::Rejected`].
    pub async fn search(
        &self,
        jql: &str,
        from: Option<&PageToken>,
    ) -> Result<SearchPage, RestError> {
        let (issues, next) = self.page(jql, &["updated"], from).await?;
        let found = |issue: Issue| FoundTicket {
            id: issue.id,
            key: issue.key,
            updated: issue.fields.updated,
        };
        Ok(SearchPage {
            tickets: issues.into_iter().map(found).collect(),
            next,
        })
    }

    /// As [`Self::search`], with all that an assessment needs of each ticket.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub async fn read_tickets(
        &self,
        jql: &str,
        from: Option<&PageToken>,
    ) -> Result<TicketPage, RestError> {
        let fields: Vec<&str> = FIELDS.split(',').collect();
        let (issues, next) = self.page::<issue::Issue>(jql, &fields, from).await?;
        let all = issues.len();
        let read = issues.into_iter().filter_map(|issue| issue.snapshot(&[]));
        let tickets: Vec<TicketSnapshot> = read.collect();
        Ok(TicketPage {
            unreadable: all - tickets.len(),
            tickets,
            next,
        })
    }

    async fn page<T: DeserializeOwned + Found>(
        &self,
        jql: &str,
        fields: &[&str],
        from: Option<&PageToken>,
    ) -> Result<(Vec<T>, Option<PageToken>), RestError> {
        if self.interface() == Interface::DataCenter {
            let at = from.map(PageToken::as_str);
            let (found, next) = self.page_by_position(jql, fields, at).await?;
            return match from.is_some() && at == next.as_deref() {
                true => Err(RestError::Nonsense {
                    call: &data_center::SEARCH,
                }),
                false => Ok((found, next.map(PageToken))),
            };
        }
        let mut body = json!({"jql": jql, "fields": fields, "maxResults": PAGE});
        if let Some(PageToken(token)) = from {
            body["nextPageToken"] = json!(token);
        }
        let call = Call {
            operation: &SEARCH,
            values: &[],
            query: &[],
            body: Some(&body),
        };
        let page: Body<T> = self.json(call).await?;
        let next = page
            .next_page_token
            .filter(|_| page.is_last != Some(true))
            .map(PageToken);
        if from.is_some() && next.as_ref() == from {
            return Err(RestError::Nonsense { call: &SEARCH });
        }
        let next = next.filter(|_| !page.issues.is_empty());
        Ok((page.issues, next))
    }
}

impl PageToken {
    /// A token that was kept for later.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The token, to be kept for later.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageToken(hidden)")
    }
}
