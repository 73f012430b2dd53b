//! What linking has to know of a site: its projects, and the custom fields that are read with a ticket. Asked for at
//! most every few minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jira::rest::{CustomFields, RiskFields};
use record::facts::CapturedTicket;
use record::ids::{ProjectKey, SiteId, TicketKey};

use crate::error::CaseError;
use crate::link_pattern::LinkPattern;
use crate::{ActiveSite, Casework};

const KEPT: Duration = Duration::from_secs(300);
const LATELY: Duration = Duration::from_secs(30);
const MOST_KEPT: usize = 1_000;

/// What linking has to know of a site.
pub(crate) struct SiteFacts {
    pub(crate) projects: Vec<ProjectKey>,
    /// What keys must have besides.
    pub(crate) pattern: Option<LinkPattern>,
    /// The fields that are kept beside a link; all, if none is named.
    pub(crate) fields: Vec<String>,
    pub(crate) custom: CustomFields,
    /// Tickets that were read a moment ago; none for those that the site does not show.
    lately: Mutex<HashMap<TicketKey, (Instant, Option<CapturedTicket>)>>,
}

impl SiteFacts {
    pub(super) fn lately(&self, key: &TicketKey) -> Option<Option<CapturedTicket>> {
        let lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, ticket) = lately.get(key)?;
        (since.elapsed() < LATELY).then(|| ticket.clone())
    }

    pub(super) fn seen(&self, key: &TicketKey, ticket: &Option<CapturedTicket>) {
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        if lately.len() >= MOST_KEPT {
            lately.clear();
        }
        lately.insert(key.clone(), (Instant::now(), ticket.clone()));
    }
}

/// What is known of sites, and since when.
#[derive(Default)]
pub(crate) struct KnownSites(Mutex<HashMap<SiteId, (Instant, Arc<SiteFacts>)>>);

impl std::fmt::Debug for KnownSites {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownSites").finish_non_exhaustive()
    }
}

impl Casework {
    /// A site was changed: what is known of it is asked for anew.
    pub(crate) fn forget_site_facts(&self, site: &SiteId) {
        let mut known = self
            .known_sites
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.remove(site);
    }

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
        let mut projects: Vec<ProjectKey> =
            projects.into_iter().map(|project| project.key).collect();
        let mut pattern = None;
        let mut fields = Vec::new();
        let mut risk = RiskFields::among(&self.calls(site).fields().await?);
        if let Some((narrowed, secrets)) = self.jira_narrowed(site).await? {
            projects.retain(|project| narrowed.contains(project));
            pattern = secrets.link_pattern.as_deref().map(LinkPattern::parse);
            risk = secrets.risk_fields(risk);
            fields = secrets.capture_fields;
        }
        let of_risk = [&risk.change_risk, &risk.risk_assessment];
        let other = |field: &&String| {
            field.starts_with("customfield_") && !of_risk.contains(&&Some(field.to_string()))
        };
        let others = fields.iter().filter(other).cloned().collect();
        let facts = Arc::new(SiteFacts {
            projects,
            pattern: pattern
                .transpose()
                .map_err(|_| CaseError::Unreadable("a link pattern"))?,
            fields,
            lately: Mutex::default(),
            custom: CustomFields { risk, others },
        });
        known().insert(site.site.clone(), (Instant::now(), Arc::clone(&facts)));
        Ok(facts)
    }
}
