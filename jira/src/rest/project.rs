//! Projects, as far as it matters what kind they are.

use record::ids::{IssueId, ProjectKey};
use serde::Deserialize;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::{GET_PROJECT, LIST_PROJECTS, Operation};
use crate::wire::Id;

const PAGE: u64 = 50;

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its lasting id, digits like those of tickets.
    pub id: IssueId,
    /// Its key.
    pub key: ProjectKey,
    /// Its name.
    pub name: String,
    /// Whether customers see its tickets, so that our comments must be internal.
    pub service_desk: bool,
    /// Whether a team configures it alone, so that site-wide workflows do not apply.
    pub team_managed: bool,
}

/// Some of the projects the credential sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectsPage {
    /// The projects, by key.
    pub projects: Vec<Project>,
    /// Where the next page starts, if there is one.
    pub next: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    id: Id,
    key: ProjectKey,
    name: String,
    project_type_key: Option<String>,
    simplified: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    values: Vec<Body>,
    start_at: u64,
    is_last: bool,
}

impl SiteClient<'_> {
    /// One project.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn project(&self, key: &ProjectKey) -> Result<Project, RestError> {
        let values = [key.as_str()];
        let call = Call {
            operation: &GET_PROJECT,
            values: &values,
            query: &[],
            body: None,
        };
        self.json::<Body>(call).await?.project(&GET_PROJECT)
    }

    /// A page of the projects the credential sees, from this position on.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn projects(&self, start: u64) -> Result<ProjectsPage, RestError> {
        let (start, size) = (start.to_string(), PAGE.to_string());
        let query = [
            ("startAt", start.as_str()),
            ("maxResults", size.as_str()),
            ("orderBy", "key"),
        ];
        let call = Call {
            operation: &LIST_PROJECTS,
            values: &[],
            query: &query,
            body: None,
        };
        let page: Page = self.json(call).await?;
        let seen = page.values.len() as u64;
        let projects = page
            .values
            .into_iter()
            .map(|body| body.project(&LIST_PROJECTS));
        Ok(ProjectsPage {
            projects: projects.collect::<Result<_, _>>()?,
            next: (!page.is_last && seen > 0).then_some(page.start_at + seen),
        })
    }
}

impl Body {
    fn project(self, call: &'static Operation) -> Result<Project, RestError> {
        Ok(Project {
            id: self.id.parse().ok_or(RestError::Nonsense { call })?,
            key: self.key,
            name: self.name,
            service_desk: self.project_type_key.as_deref() == Some("service_desk"),
            team_managed: self.simplified.unwrap_or(false),
        })
    }
}
