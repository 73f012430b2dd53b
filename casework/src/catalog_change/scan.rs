//! V:401-425: what a catalog makes of a project's own issues, those from before the app and those that are done among
//! them, before it goes live. Page by page; nothing is recorded, and nothing that people set right is looked at.

use std::sync::Arc;

use compliance::{Assessment, Assessor, Certainty};
use jira::rest::{RestError, TicketPage};
use record::facts::TicketSnapshot;
use record::ids::{ProjectKey, SiteId, TenantId};
use serde::Serialize;
use utoipa::ToSchema;

use super::page_at;
use super::place::Place;
use super::{Casework, CatalogRefused};
use crate::developing::FrameworkGiven;
use crate::error::CaseError;
use crate::panel::{Words, words};

/// Which issues are looked at, and with what.
#[derive(Debug, Clone)]
pub struct ScanRequest {
    /// The project.
    pub project: ProjectKey,
    /// The site that it is on, where the tenant has several.
    pub site: Option<SiteId>,
    /// An organisation's `compliance-config.yml`; else what this server assesses with.
    pub config: Option<String>,
    /// Where the page before ended.
    pub from: Option<String>,
}

/// A page of a project's issues, and what follows from them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanPage {
    /// The version of the catalog that they were assessed with.
    pub catalog: String,
    /// How many issues the page has.
    pub read: usize,
    /// How many of them could not be read as a whole.
    pub unreadable: usize,
    /// Those from which anything follows.
    pub flagged: Vec<ScannedTicket>,
    /// Where the next page begins, to be sent as `from`; nothing after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An issue from which something follows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScannedTicket {
    /// Its key.
    #[schema(example = "PAY-142")]
    pub ticket: String,
    /// How much it matters: LOW, MEDIUM, HIGH or CRITICAL.
    pub severity: &'static str,
    /// The risk score, 0 to 10.
    pub risk: f32,
    /// What it is about.
    pub findings: Vec<ScannedFinding>,
    /// Frameworks that apply or may apply.
    pub frameworks: Vec<FrameworkGiven>,
    /// How many requirements it asks for.
    pub requirements: usize,
}

/// Something that an issue is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScannedFinding {
    /// The indicator, by id.
    #[schema(example = "payment")]
    pub indicator: String,
    /// Its title.
    pub title: String,
    /// The words that say so. None where a security level hides the issue.
    pub words: Vec<Words>,
}

impl Casework {
    /// What follows from a page of a project's issues. Records nothing.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub async fn scan_project(
        &self,
        tenant: &TenantId,
        request: ScanRequest,
    ) -> Result<ScanPage, CatalogRefused> {
        let ScanRequest {
            project,
            site,
            config,
            from,
        } = request;
        let assessor = self.assessor_with(config).await?;
        let whose = tenant.clone();
        let sites = self.store.read(move |db| db.sites_in_use(&whose)).await?;
        let at = match (from, site) {
            (Some(text), site) => {
                let place = Place::parse(&text).ok_or(CatalogRefused::Place)?;
                let same = site.is_none_or(|site| site == place.site);
                same.then_some(place).ok_or(CatalogRefused::Place)?
            }
            (None, Some(site)) => Place::beginning(site),
            (None, None) => match sites.as_slice() {
                [] => return Err(CatalogRefused::NoSite),
                [site] => Place::beginning(site.clone()),
                several => {
                    let sites: Vec<&str> = several.iter().map(SiteId::as_str).collect();
                    return Err(CatalogRefused::SeveralSites(sites.join(", ")));
                }
            },
        };
        if !sites.contains(&at.site) {
            return Err(CatalogRefused::NoSite);
        }
        let site = self.site(tenant, &at.site).await?;
        if let Some((projects, _)) = self.jira_narrowed(&site).await?
            && !projects.contains(&project)
        {
            let chosen: Vec<&str> = projects.iter().map(ProjectKey::as_str).collect();
            return Err(CatalogRefused::NotChosen(project, chosen.join(", ")));
        }
        let calls = self.calls(&site);
        match calls.project(&project).await {
            Err(RestError::NotFound { .. }) => return Err(CatalogRefused::NoProject),
            known => drop(known.map_err(CaseError::from)?),
        }
        let jql = format!("project = \"{project}\" ORDER BY created ASC");
        let TicketPage {
            tickets,
            unreadable,
            next,
        } = page_at(&calls, &jql, &at).await?;
        let read = tickets.len() + unreadable;
        let (catalog, with) = (
            assessor.catalog().version().to_owned(),
            Arc::clone(&assessor),
        );
        let assessing = tokio::task::spawn_blocking(move || flagged(&with, &tickets));
        let flagged = assessing.await;
        Ok(ScanPage {
            catalog,
            read,
            unreadable,
            flagged: flagged
                .map_err(|_| CaseError::Unreadable("a ticket that cannot be assessed"))?,
            next: next.map(|page| Place::on_page(at.site, page).to_string()),
        })
    }
}

fn flagged(assessor: &Assessor, tickets: &[TicketSnapshot]) -> Vec<ScannedTicket> {
    let assessed = tickets
        .iter()
        .map(|ticket| (ticket, assessor.assess(ticket)));
    let scanned = assessed.map(|(ticket, assessment)| ScannedTicket::of(ticket, &assessment));
    scanned
        .filter(|ticket| !ticket.findings.is_empty())
        .collect()
}

impl ScannedTicket {
    fn of(ticket: &TicketSnapshot, assessment: &Assessment) -> Self {
        let findings = assessment.findings.iter();
        let findings = findings.filter(|it| it.certainty == Certainty::Suggested);
        Self {
            ticket: ticket.key.to_string(),
            severity: assessment.security_level.as_str(),
            risk: f32::from(assessment.risk.score.tenths()) / 10.0,
            findings: findings
                .map(|finding| ScannedFinding {
                    indicator: finding.indicator.as_str().to_owned(),
                    title: finding.title.clone(),
                    words: match ticket.restricted {
                        true => Vec::new(),
                        false => words(&finding.evidence),
                    },
                })
                .collect(),
            frameworks: assessment
                .frameworks
                .iter()
                .map(FrameworkGiven::of)
                .collect(),
            requirements: assessment.requirements.requirements.len(),
        }
    }
}
