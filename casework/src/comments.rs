//! A comment was written, edited or deleted. What it says stands beside its entry, as it was when it was
//! read again; a deleted one is recorded as observed.

use jira::rest::RestError;
use record::entries::{CommentRecorded, Observed, TicketId};
use record::facts::{Change, CommentChanged, Tracker};
use record::ids::AccountId;
use record::scale::Severity;
use store::{InboxItem, NewEntry};

use crate::error::CaseError;
use crate::people::person_for;
use crate::{ActiveSite, Casework, person, server, subject_of};

/// A comment as it stands at its source.
struct Seen {
    author: Option<AccountId>,
    text: Option<String>,
    updated: Option<String>,
    observed: Observed,
}

impl Casework {
    /// Records what happened to a comment; comments of our own are passed over.
    pub(crate) async fn comment_changed(
        &self,
        site: &ActiveSite,
        fact: &CommentChanged,
        item: InboxItem,
    ) -> Result<(), CaseError> {
        let Some((issue, key)) = fact.ticket.clone() else {
            return self.lay_down(site, Some(item)).await;
        };
        let seen = match self.calls(site).comment(&issue, &fact.comment).await {
            Ok(comment) => Seen {
                author: comment.author,
                text: Some(comment.text),
                updated: Some(comment.updated),
                observed: Observed::Read,
            },
            Err(RestError::NotFound { .. }) => Seen {
                author: fact.author.clone(),
                text: None,
                updated: fact.updated.clone(),
                observed: Observed::Webhook,
            },
            Err(error) => return Err(error.into()),
        };
        if let Some(author) = &seen.author
            && self.is_ourselves(site, author).await?
        {
            return self.lay_down(site, Some(item)).await;
        }
        let gone = seen.text.is_none();
        let change = match fact.change {
            Change::Deleted if !gone => return self.lay_down(site, Some(item)).await,
            other => other,
        };
        let ticket = TicketId {
            tracker: Tracker::Jira,
            site: site.site.clone(),
            id: issue,
            key,
        };
        let comment = fact.comment.clone();
        self.store
            .write(&site.tenant, move |tx| {
                let author = match &seen.author {
                    Some(account) => Some(person_for(tx, &ticket.site, account)?),
                    None => None,
                };
                let which = format!("comment:{}:{comment}:{}", ticket.site, change.as_str());
                let once = match (change, &seen.updated) {
                    (Change::Updated, Some(version)) => format!("{which}:{version}"),
                    _ => which,
                };
                tx.append(NewEntry {
                    subject: subject_of(&ticket.site, &ticket.id),
                    severity: Severity::Info,
                    actor: author.as_ref().map_or_else(server, person),
                    source: "JIRA",
                    once,
                    beside: seen
                        .text
                        .map(|text| ("body", text.into()))
                        .into_iter()
                        .collect(),
                    payload: CommentRecorded {
                        ticket,
                        comment,
                        change,
                        observed: seen.observed,
                        author,
                        claimed_at: seen.updated,
                    }
                    .into(),
                })?;
                Ok(tx.done_with(&item)?)
            })
            .await
    }
}
