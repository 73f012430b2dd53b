//! Properties of tickets: JSON under a key of ours, which anybody who may edit the ticket can edit.

use std::str::FromStr;

use record::ids::IssueId;
use serde::Deserialize;
use serde_json::Value;

use super::client::{Call, SiteClient, Written};
use super::error::RestError;
use super::operations::{DELETE_PROPERTY, GET_PROPERTY, PUT_PROPERTY};

/// The longest value Jira keeps, in characters of its JSON.
const LONGEST: usize = 32_768;

/// The key of a property: 1 to 255 letters, digits, `.`, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PropertyKey(String);

/// A value that fits into a property.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyValue(Value);

/// The key or value is none of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAProperty {
    /// The key does not have its form.
    #[error("not a property key")]
    Key,
    /// The value is longer than Jira keeps.
    #[error("a property's value may have 32768 characters of JSON")]
    TooLong,
}

#[derive(Deserialize)]
struct Body {
    value: Value,
}

impl PropertyValue {
    /// A value, if it fits.
    ///
    /// # Errors
    /// It is longer than 32 768 characters as JSON.
    pub fn new(value: Value) -> Result<Self, NotAProperty> {
        if value.to_string().chars().count() > LONGEST {
            return Err(NotAProperty::TooLong);
        }
        Ok(Self(value))
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.0
    }
}

impl FromStr for PropertyKey {
    type Err = NotAProperty;

    fn from_str(text: &str) -> Result<Self, NotAProperty> {
        let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        if (1..=255).contains(&text.len()) && text.bytes().all(fit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAProperty::Key)
        }
    }
}

impl SiteClient<'_> {
    /// The value of a property, or nothing if the ticket has none. A ticket that cannot be seen has
    /// none either: Jira tells no difference.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn property(
        &self,
        ticket: &IssueId,
        key: &PropertyKey,
    ) -> Result<Option<Value>, RestError> {
        let values = [ticket.as_str(), key.0.as_str()];
        let call = Call {
            operation: &GET_PROPERTY,
            values: &values,
            query: &[],
            body: None,
        };
        match self.json::<Body>(call).await {
            Ok(body) => Ok(Some(body.value)),
            Err(RestError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets a property. Needs the right to edit the ticket.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn put_property(
        &self,
        ticket: &IssueId,
        key: &PropertyKey,
        value: &PropertyValue,
    ) -> Result<Written, RestError> {
        let values = [ticket.as_str(), key.0.as_str()];
        let body = Some(&value.0);
        self.written(Call {
            operation: &PUT_PROPERTY,
            values: &values,
            query: &[],
            body,
        })
        .await
    }

    /// Removes a property; it is no error if there was none.
    ///
    /// # Errors
    /// See [`RestError`]; a Connect credential without the scope DELETE is [`RestError::Forbidden`].
    pub async fn delete_property(
        &self,
        ticket: &IssueId,
        key: &PropertyKey,
    ) -> Result<(), RestError> {
        let values = [ticket.as_str(), key.0.as_str()];
        let call = Call {
            operation: &DELETE_PROPERTY,
            values: &values,
            query: &[],
            body: None,
        };
        match self.written(call).await {
            Ok(_) | Err(RestError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
