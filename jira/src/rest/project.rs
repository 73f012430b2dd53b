//! Projects, as far as it matters what kind they are.

use record::ids::{IssueId, ProjectKey};
use serde::Deserialize;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::{GET_PROJECT, LIST_PROJECTS, Operation, data_center};
use super::paging::{Page, Positions};
use super::site::Interface;
use crate::wire::Id;

const PAGE: u64 = 50;
const MOST_PAGES: u32 = 400;

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
struct Projects {
    values: Vec<Body>,
    #[serde(flatten)]
    page: Page,
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

    /// The projects the credential sees, by key.
    ///
    /// # Errors
    /// See [`RestError`]; more than 20 000 are [`RestError::Nonsense`].
    pub async fn projects(&self) -> Result<Vec<Project>, RestError> {
        if self.interface() == Interface::DataCenter {
            return self.all_projects_at_once().await;
        }
        let (size, mut positions) = (PAGE.to_string(), Positions::of(&LIST_PROJECTS, MOST_PAGES));
        let mut projects = Vec::new();
        loop {
            let start = positions.start();
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
            let Projects { values, page } = self.json(call).await?;
            let goes_on = positions.go_on(page, values.len())?;
            for body in values {
                projects.push(body.project(&LIST_PROJECTS)?);
            }
            if !goes_on {
                return Ok(projects);
            }
        }
    }

    async fn all_projects_at_once(&self) -> Result<Vec<Project>, RestError> {
        let call = Call {
            operation: &data_center::LIST_PROJECTS,
            values: &[],
            query: &[],
            body: None,
        };
        let listed: Vec<Body> = self.json(call).await?;
        let projects = listed.into_iter().map(|body| body.project(call.operation));
        let mut projects = projects.collect::<Result<Vec<Project>, RestError>>()?;
        projects.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
        Ok(projects)
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
