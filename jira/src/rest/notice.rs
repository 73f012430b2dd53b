//! Mails about a ticket, which Jira itself sends to the members of a group: we learn no address.

use record::ids::IssueId;
use serde_json::json;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::NOTIFY;

/// What a group is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice<'a> {
    /// The group, by its name.
    pub group: &'a str,
    /// The subject, behind which Jira puts nothing of the ticket.
    pub subject: &'a str,
    /// The text, plain.
    pub text: &'a str,
}

impl SiteClient<'_> {
    /// Has Jira mail the members of a group; those who may not see the ticket are left out.
    ///
    /// # Errors
    /// See [`RestError`]; [`RestError::Rejected`] if there is no such group, or nobody in it to mail,
    /// [`RestError::Forbidden`] if the site mails nobody.
    pub async fn notify(&self, ticket: &IssueId, notice: &Notice<'_>) -> Result<(), RestError> {
        let body = json!({
            "subject": notice.subject,
            "textBody": notice.text,
            "to": { "groups": [{ "name": notice.group }] },
            "restrict": { "permissions": [{ "key": "BROWSE" }] },
        });
        let call = Call {
            operation: &NOTIFY,
            values: &[ticket.as_str()],
            query: &[],
            body: Some(&body),
        };
        self.written(call).await.map(drop)
    }
}
