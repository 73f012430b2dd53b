//! A comment was written, edited or deleted. What it says stands beside its entry, as it was when it was read again; a
//! deleted one is recorded as observed. What it decides is heard, and an approval by a comment that was edited or deleted
//! since is stale.

use jira::rest::{Comment, RestError};
use record::entries::{CommentRecorded, Observed, ReviewVia, StaleReason, TicketId};
use record::facts::{Change, CommentChanged, Tracker};
use record::ids::{AccountId, IssueId};
use record::scale::Severity;
use store::{Appended, InboxItem, NewEntry, StoreError, Tx};

use crate::error::CaseError;
use crate::people::person_for;
use crate::sites::demand_same_token;
use crate::stale::make_stale_by;
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
        let named = match (&fact.ticket, &fact.issue) {
            (None, Some(issue)) => {
                let ticket = self.looked_at(site, issue).await?;
                ticket.map(|ticket| (ticket.id, ticket.key))
            }
            (named, _) => named.clone(),
        };
        let Some((issue, key)) = named else {
            return self.lay_down(site, Some(item)).await;
        };
        let read = match self.calls(site).comment(&issue, &fact.comment).await {
            Ok(comment) => Some(comment),
            Err(RestError::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let seen = Seen::of(read.as_ref(), fact);
        if let Some(author) = &seen.author
            && self.is_ourselves(site, author).await?
        {
            return self.lay_down(site, Some(item)).await;
        }
        if fact.change == Change::Deleted && read.is_some() {
            return self.lay_down(site, Some(item)).await;
        }
        let ticket = TicketId {
            tracker: Tracker::Jira,
            site: site.site.clone(),
            id: issue.clone(),
            key,
        };
        let (no_more, key) = (no_more_as_it_was(read.as_ref()), ticket.key.clone());
        let (comment, change) = (fact.comment.clone(), fact.change);
        let opened_by = site.opened_by;
        self.store
            .write(&site.tenant, move |tx| -> Result<(), CaseError> {
                demand_same_token(tx, &ticket.site, opened_by)?;
                let recorded = record(tx, &ticket, &comment, change, seen)?;
                match no_more {
                    Some(reason) => {
                        let by = ReviewVia::Comment(comment);
                        make_stale_by(tx, &ticket, &by, reason, &recorded.id)
                    }
                    None => Ok(()),
                }
            })
            .await?;
        if let Some(comment) = &read {
            self.hear_comment(site, (&issue, &key), comment).await?;
        }
        self.lay_down(site, Some(item)).await
    }
}

impl Seen {
    fn of(read: Option<&Comment>, fact: &CommentChanged) -> Self {
        match read {
            Some(comment) => Self {
                author: comment.author.clone(),
                text: Some(comment.text.clone()),
                updated: Some(comment.updated.clone()),
                observed: Observed::Read,
            },
            None => Self {
                author: fact.author.clone(),
                text: None,
                updated: fact.updated.clone(),
                observed: Observed::Webhook,
            },
        }
    }
}

/// Why a decision that was made by this comment would not stand any more.
fn no_more_as_it_was(read: Option<&Comment>) -> Option<StaleReason> {
    match read {
        None => Some(StaleReason::CommentDeleted),
        Some(comment) if comment.created != comment.updated => Some(StaleReason::CommentEdited),
        Some(_) => None,
    }
}

fn record(
    tx: &mut Tx<'_>,
    ticket: &TicketId,
    comment: &IssueId,
    change: Change,
    seen: Seen,
) -> Result<Appended, StoreError> {
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
            ticket: ticket.clone(),
            comment: comment.clone(),
            change,
            observed: seen.observed,
            author,
            claimed_at: seen.updated,
        }
        .into(),
    })
}
