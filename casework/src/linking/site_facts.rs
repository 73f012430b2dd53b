//! What linking has to know of a site: its projects, and the fields that say how risky a change is. Asked for at most
//! every few minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jira::rest::RiskFields;
use record::ids::{ProjectKey, SiteId};

use crate::error::CaseError;
use crate::{ActiveSite, Casework};

const KEPT: Duration = Duration::from_secs(300);

/// What linking has to know of a site.
#[derive(Debug)]
pub(crate) struct SiteFacts {
    pub(crate) projects: Vec<ProjectKey>,
    pub(crate) risk_fields: RiskFields,
}

/// What is known of sites, and since when.
#[derive(Debug, Default)]
pub(crate) struct KnownSites(Mutex<HashMap<SiteId, (Instant, Arc<SiteFacts>)>>);

impl Casework {
    pub(crate) async fn site_facts(&self, site: &ActiveSite) -> Result<Arc<SiteFacts>, CaseError> {
        let known = || {
            self.known_sites
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some((since, facts)) = known().get(&site.site)
            && since.elapsed() < KEPT
        {
            return Ok(Arc::clone(facts));
        }
        let projects = self.calls(site).projects().await?;
        let facts = Arc::new(SiteFacts {
            projects: projects.into_iter().map(|project| project.key).collect(),
            risk_fields: self.calls(site).risk_fields().await?,
        });
        known().insert(site.site.clone(), (Instant::now(), Arc::clone(&facts)));
        Ok(facts)
    }
}
