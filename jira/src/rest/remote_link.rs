//! Links from a ticket to something elsewhere, one per global id however often they are written.

use record::ids::IssueId;
use serde_json::{Value, json};
use url::Url;

use super::client::{Call, SiteClient, Written};
use super::error::RestError;
use super::operations::PUT_REMOTE_LINK;

/// A link to write. Jira forgets whatever an update leaves out, so every write says all.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoteLink {
    global_id: String,
    title: String,
    url: Url,
    summary: Option<String>,
    relationship: Option<String>,
    icon: Option<Url>,
    resolved: Option<bool>,
}

/// The parts make no link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotALink {
    /// The global id is empty or longer than 255 bytes.
    #[error("a global id has 1 to 255 bytes")]
    GlobalId,
    /// The address is neither `http` nor `https`.
    #[error("a link must lead to an http or https address")]
    Scheme,
    /// The title is empty.
    #[error("a link needs a title")]
    Title,
}

impl RemoteLink {
    /// A link from a ticket to this address.
    ///
    /// # Errors
    /// A part does not have its form.
    pub fn new(
        global_id: impl Into<String>,
        title: impl Into<String>,
        url: Url,
    ) -> Result<Self, NotALink> {
        let (global_id, title) = (global_id.into(), title.into());
        if !(1..=255).contains(&global_id.len()) {
            return Err(NotALink::GlobalId);
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotALink::Scheme);
        }
        if title.is_empty() {
            return Err(NotALink::Title);
        }
        Ok(Self {
            global_id,
            title,
            url,
            summary: None,
            relationship: None,
            icon: None,
            resolved: None,
        })
    }

    /// With a line below the title.
    #[must_use]
    pub fn summary(self, summary: impl Into<String>) -> Self {
        Self {
            summary: Some(summary.into()),
            ..self
        }
    }

    /// Under this heading, such as `implemented by`.
    #[must_use]
    pub fn relationship(self, relationship: impl Into<String>) -> Self {
        Self {
            relationship: Some(relationship.into()),
            ..self
        }
    }

    /// With a picture of 16 by 16 pixels.
    #[must_use]
    pub fn icon(self, icon: Url) -> Self {
        Self {
            icon: Some(icon),
            ..self
        }
    }

    /// Struck through if resolved.
    #[must_use]
    pub fn resolved(self, resolved: bool) -> Self {
        Self {
            resolved: Some(resolved),
            ..self
        }
    }

    fn json(&self) -> Value {
        let mut object = json!({"url": self.url.as_str(), "title": self.title});
        if let Some(summary) = &self.summary {
            object["summary"] = json!(summary);
        }
        if let Some(icon) = &self.icon {
            object["icon"] = json!({"url16x16": icon.as_str(), "title": "Countersign"});
        }
        if let Some(resolved) = self.resolved {
            object["status"] = json!({"resolved": resolved, "icon": {}});
        }
        let mut link = json!({
            "globalId": self.global_id,
            "application": {"type": "dev.countersign", "name": "Countersign"},
            "object": object,
        });
        if let Some(relationship) = &self.relationship {
            link["relationship"] = json!(relationship);
        }
        link
    }
}

impl SiteClient<'_> {
    /// Writes a link, or changes the one with the same global id.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn put_remote_link(
        &self,
        ticket: &IssueId,
        link: &RemoteLink,
    ) -> Result<Written, RestError> {
        let (values, body) = ([ticket.as_str()], link.json());
        let call = Call {
            operation: &PUT_REMOTE_LINK,
            values: &values,
            query: &[],
            body: Some(&body),
        };
        self.written(call).await
    }
}
