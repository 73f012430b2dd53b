//! Comments, read as plain text and written as ours: each of ours carries the id of the outbox row it
//! was written for, so that a repeated attempt finds it instead of writing it twice.

use std::fmt;
use std::str::FromStr;

use record::ids::{AccountId, IssueId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Call, SiteClient, Written};
use super::error::RestError;
use super::history::instant_ms;
use super::operations::{ADD_COMMENT, GET_COMMENT, LIST_COMMENTS, UPDATE_COMMENT};
use super::paging::{Page, Positions};
use super::site::Interface;
use crate::adf::{own_words, plain_text};
use crate::wiki;
use crate::wire::{Id, Person};

/// The comment property that carries the outbox row's id.
pub const MARK_PROPERTY: &str = "dev.countersign.outbox";

/// The service desk's own property that hides a comment from customers.
const INTERNAL_PROPERTY: &str = "sd.public.comment";

const PAGE: u64 = 100;
const MOST_PAGES: u32 = 50;

/// A comment as it is now. Holds what a person wrote, so it is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id on the site.
    pub id: IssueId,
    /// Who wrote it; nobody, if the author is anonymous.
    pub author: Option<AccountId>,
    /// Who changed it last.
    pub update_author: Option<AccountId>,
    /// What it says, as plain text.
    pub text: String,
    /// What its author says in their own words, line by line: without quotations and code.
    pub own_words: Vec<String>,
    /// When it was written, as the source writes times.
    pub created: String,
    /// When it was last changed, as the source writes times.
    pub updated: String,
    /// Whether customers of a service desk see it; true elsewhere.
    pub public: bool,
}

/// The id of an outbox row: 1 to 64 letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMark(String);

/// The text is no mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of an outbox row")]
pub struct NotAMark;

/// A comment to write.
#[derive(Debug, Clone, PartialEq)]
pub struct CommentDraft {
    /// What it says: a document of [`crate::adf::document`].
    pub body: Value,
    /// What it is found by.
    pub mark: OutboxMark,
    /// Whether customers of a service desk must not see it. Other projects ignore this.
    pub internal: bool,
}

#[derive(Deserialize)]
struct Comments {
    comments: Vec<Body>,
    #[serde(flatten)]
    page: Page,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    id: Id,
    author: Option<Person>,
    update_author: Option<Person>,
    #[serde(default)]
    body: Value,
    created: String,
    updated: String,
    jsd_public: Option<bool>,
    #[serde(default)]
    properties: Vec<Property>,
}

#[derive(Deserialize)]
struct Property {
    key: String,
    #[serde(default)]
    value: Value,
}

impl SiteClient<'_> {
    /// One comment of a ticket.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn comment(&self, ticket: &IssueId, comment: &IssueId) -> Result<Comment, RestError> {
        let values = [ticket.as_str(), comment.as_str()];
        let call = Call {
            operation: &GET_COMMENT,
            values: &values,
            query: &[],
            body: None,
        };
        let body: Body = self.json(call).await?;
        body.comment()
            .ok_or(RestError::Nonsense { call: &GET_COMMENT })
    }

    /// The comment with this mark, the newest if there are more. All comments are looked through: one that
    /// was overlooked would be written again.
    ///
    /// # Errors
    /// See [`RestError`]; more than 5000, which Jira does not keep, are [`RestError::Nonsense`].
    pub async fn marked_comment(
        &self,
        ticket: &IssueId,
        mark: &OutboxMark,
    ) -> Result<Option<Comment>, RestError> {
        let mut positions = Positions::of(&LIST_COMMENTS, MOST_PAGES);
        loop {
            let with_marks = [("expand", "properties")];
            let answer = self.comments_from(positions.start(), ticket, &with_marks);
            let Comments { comments, page } = answer.await?;
            if let Some(found) = comments.iter().find(|comment| comment.carries(mark)) {
                return found.comment().map(Some).ok_or(RestError::Nonsense {
                    call: &LIST_COMMENTS,
                });
            }
            if !positions.go_on(page, comments.len())? {
                return Ok(None);
            }
        }
    }

    /// The comments of a ticket that were written or changed at this time or later, milliseconds since 1970; newest first.
    ///
    /// # Errors
    /// See [`RestError`]; more than 5000, which Jira does not keep, are [`RestError::Nonsense`].
    pub async fn comments_since(
        &self,
        ticket: &IssueId,
        from_ms: i64,
    ) -> Result<Vec<Comment>, RestError> {
        let mut positions = Positions::of(&LIST_COMMENTS, MOST_PAGES);
        let mut found = Vec::new();
        loop {
            let answer = self.comments_from(positions.start(), ticket, &[]);
            let Comments { comments, page } = answer.await?;
            for body in &comments {
                let comment = body.comment().ok_or(RestError::Nonsense {
                    call: &LIST_COMMENTS,
                })?;
                if instant_ms(&comment.updated).is_none_or(|at| at >= from_ms) {
                    found.push(comment);
                }
            }
            if !positions.go_on(page, comments.len())? {
                return Ok(found);
            }
        }
    }

    /// One page of a ticket's comments, the newest first.
    async fn comments_from(
        &self,
        start: String,
        ticket: &IssueId,
        more: &[(&str, &str)],
    ) -> Result<Comments, RestError> {
        let size = PAGE.to_string();
        let mut query = vec![
            ("startAt", start.as_str()),
            ("maxResults", size.as_str()),
            ("orderBy", "-created"),
        ];
        query.extend_from_slice(more);
        self.json(Call {
            operation: &LIST_COMMENTS,
            values: &[ticket.as_str()],
            query: &query,
            body: None,
        })
        .await
    }

    /// Writes a comment and gives its id.
    ///
    /// # Errors
    /// See [`RestError`]; after [`RestError::Unavailable`] look for the mark before trying again.
    pub async fn add_comment(
        &self,
        ticket: &IssueId,
        draft: &CommentDraft,
    ) -> Result<IssueId, RestError> {
        let (values, body) = ([ticket.as_str()], draft.json(self.interface()));
        let call = Call {
            operation: &ADD_COMMENT,
            values: &values,
            query: &[],
            body: Some(&body),
        };
        let written: Body = self.json(call).await?;
        written
            .id
            .parse()
            .ok_or(RestError::Nonsense { call: &ADD_COMMENT })
    }

    /// Writes another text into a comment of ours. On Cloud watchers are not told; Data Center tells them, so there it is
    /// written only if it says something else. One of another account's that Jira does not let us change, as of the account
    /// that was ours before, is followed by a new one, which is found from then on.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn update_comment(
        &self,
        ticket: &IssueId,
        known: &Comment,
        draft: &CommentDraft,
    ) -> Result<Written, RestError> {
        if self.interface() == Interface::DataCenter && wiki::markup(&draft.body) == known.text {
            return Ok(Written::Updated);
        }
        let values = [ticket.as_str(), known.id.as_str()];
        let body = draft.json(self.interface());
        let query = [("notifyUsers", "false")];
        let call = Call {
            operation: &UPDATE_COMMENT,
            values: &values,
            query: &query,
            body: Some(&body),
        };
        match self.written(call).await {
            Err(
                refused @ (RestError::Forbidden { .. } | RestError::Rejected { status: 400, .. }),
            ) => {
                if known.author == Some(self.myself().await?.account) {
                    return Err(refused);
                }
                self.add_comment(ticket, draft).await?;
                Ok(Written::Created)
            }
            outcome => outcome,
        }
    }
}

impl CommentDraft {
    fn json(&self, interface: Interface) -> Value {
        let mut properties = vec![json!({"key": MARK_PROPERTY, "value": {"id": self.mark.0}})];
        if self.internal {
            properties.push(json!({"key": INTERNAL_PROPERTY, "value": {"internal": true}}));
        }
        let body = match interface {
            Interface::Cloud => self.body.clone(),
            Interface::DataCenter => wiki::markup(&self.body).into(),
        };
        json!({"body": body, "properties": properties})
    }
}

impl Body {
    fn carries(&self, mark: &OutboxMark) -> bool {
        self.properties.iter().any(|property| {
            property.key == MARK_PROPERTY
                && property.value.get("id") == Some(&mark.0.as_str().into())
        })
    }

    fn comment(&self) -> Option<Comment> {
        Some(Comment {
            id: self.id.parse()?,
            author: self.author.as_ref().and_then(Person::account),
            update_author: self.update_author.as_ref().and_then(Person::account),
            text: plain_text(&self.body).ok()?,
            own_words: own_words(&self.body).ok()?,
            created: self.created.clone(),
            updated: self.updated.clone(),
            public: self.jsd_public.unwrap_or(true),
        })
    }
}

impl FromStr for OutboxMark {
    type Err = NotAMark;

    fn from_str(text: &str) -> Result<Self, NotAMark> {
        let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if (1..=64).contains(&text.len()) && text.bytes().all(fit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAMark)
        }
    }
}

impl fmt::Debug for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comment")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
