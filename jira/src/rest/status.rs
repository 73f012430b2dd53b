//! The statuses of a site, and the categories they are of.

use record::entries::StatusCategory;
use serde::Deserialize;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::LIST_STATUSES;
use crate::wire::Id;

/// A status of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its id on the site.
    pub id: String,
    /// Its name, as people see it.
    pub name: String,
    /// Its category; none of those that have none.
    pub category: Option<StatusCategory>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusBody {
    id: Id,
    name: String,
    status_category: Option<CategoryBody>,
}

#[derive(Deserialize)]
struct CategoryBody {
    key: String,
}

impl CategoryBody {
    /// By its key, which sites cannot change.
    fn category(&self) -> Option<StatusCategory> {
        match self.key.as_str() {
            "new" => Some(StatusCategory::ToDo),
            "indeterminate" => Some(StatusCategory::InProgress),
            "done" => Some(StatusCategory::Done),
            _ => None,
        }
    }
}

impl SiteClient<'_> {
    /// The statuses of the site.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn statuses(&self) -> Result<Vec<Status>, RestError> {
        let call = Call {
            operation: &LIST_STATUSES,
            values: &[],
            query: &[],
            body: None,
        };
        let bodies: Vec<StatusBody> = self.json(call).await?;
        let statuses = bodies.into_iter().map(|body| Status {
            id: body.id.text(),
            name: body.name,
            category: body
                .status_category
                .and_then(|category| category.category()),
        });
        Ok(statuses.collect())
    }
}
