//! What tickets are assessed with changes: what that would mean for those that are open, and having it carried into
//! them. Page by page: whoever asks comes back with where the last page ended, so that no call takes long and any of
//! several servers can answer it. Tickets that are done keep what they were approved under.

mod compared;
mod effect;
mod place;
mod scan;
mod told;

use std::sync::{Arc, Mutex, PoisonError};

use compliance::{Assessor, CatalogError};
use jira::rest::{RestError, SiteClient, TicketPage};
use ledger::Hash;
use record::entries::{CatalogChanged, EntryType, PackRef, Payload, Reporter};
use record::facts::TicketSnapshot;
use record::ids::{EventId, ProjectKey, TenantId};
use record::scale::Severity;
use store::{Db, EntriesWanted, NewEntry, StoreError};

pub use effect::{CatalogEffect, ConflictEffect, FrameworkEffect, RequirementEffect, TicketEffect};
use place::Place;
pub use scan::{ScanPage, ScanRequest, ScannedFinding, ScannedTicket};
use told::tell_of_change;

use crate::api_keys::ApiCaller;
use crate::assess::{Judged, Recording};
use crate::error::CaseError;
use crate::{ActiveSite, Casework};

/// Why a change of the catalog is not looked at.
#[derive(Debug, thiserror::Error)]
pub enum CatalogRefused {
    /// The organisation's configuration cannot be used.
    #[error("config: {0}. Nothing was changed.")]
    Config(CatalogError),
    /// The place to go on from is none.
    #[error(
        "from: this is not where an answer said that it ended, or that site is no longer in use. Begin anew."
    )]
    Place,
    /// There is no site, or not this one.
    #[error("site: no site of yours in use is called so. Nothing was read.")]
    NoSite,
    /// There are several.
    #[error("Several sites are in use: say which, as `site`: {0}. Nothing was read.")]
    SeveralSites(String),
    /// The site shows no such project, or is not read there.
    #[error("project: Jira shows Countersign no project with this key. Nothing was read.")]
    NoProject,
    /// The site is connected for other projects.
    #[error(
        "project: {0} is not among the projects that this site was connected for: {1}. Nothing was read."
    )]
    NotChosen(ProjectKey, String),
    /// Jira or the store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for CatalogRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

/// The last configuration that somebody looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct LookedAt(Arc<Mutex<Option<OwnConfig>>>);

/// A configuration as it was read, by the hash of its text.
#[derive(Debug)]
struct OwnConfig {
    text: Hash,
    assessor: Arc<Assessor>,
}

impl LookedAt {
    /// Read once, however many pages are looked at.
    fn assessor(&self, config: &str) -> Result<Arc<Assessor>, CatalogError> {
        let hash = Hash::of(config.as_bytes());
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.as_ref().filter(|known| known.text == hash) {
            return Ok(Arc::clone(&known.assessor));
        }
        let assessor = Assessor::for_organisation("compliance-config.yml", config)?;
        let assessor = Arc::new(assessor);
        *last = Some(OwnConfig {
            text: hash,
            assessor: Arc::clone(&assessor),
        });
        Ok(assessor)
    }
}

impl Casework {
    /// What a page of open tickets would gain and lose: under an organisation's `compliance-config.yml`, else under what
    /// this server assesses with. Changes nothing.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub async fn preview_catalog(
        &self,
        tenant: &TenantId,
        config: Option<String>,
        from: Option<&str>,
    ) -> Result<CatalogEffect, CatalogRefused> {
        let assessor = self.assessor_with(config).await?;
        let page = self.open_tickets(tenant, from).await?;
        let compared = self.compare(tenant, &page, &assessor).await?;
        Ok(compared.effect(&assessor, page.next))
    }

    /// Carries what this server assesses with into a page of open tickets. That it begins is an entry; each ticket whose
    /// verdict changes has its own, its approvals become stale where other requirements apply, and Jira is told: with
    /// `comments` on the ticket too.
    ///
    /// # Errors
    /// Why it was not done to the end of the page. What was recorded stays; the page can be asked for again.
    pub async fn apply_catalog(
        &self,
        caller: &ApiCaller,
        from: Option<&str>,
        comments: bool,
    ) -> Result<CatalogEffect, CatalogRefused> {
        let assessor = Arc::clone(&self.assessor);
        let page = self.open_tickets(&caller.tenant, from).await?;
        if from.is_none() {
            self.begin_change(caller, &assessor).await?;
        }
        let compared = self.compare(&caller.tenant, &page, &assessor).await?;
        let on = page.site.iter();
        for (site, ticket) in
            on.flat_map(|site| compared.changed().iter().map(move |it| (site, it)))
        {
            let record = Recording::of(&ticket.judged, site);
            let told = comments.then(|| ticket.told()).flatten();
            let (site, issue) = (site.site.clone(), ticket.judged.snapshot.id.clone());
            let written = self.store.write(&caller.tenant, move |tx| {
                record.into_ledger(tx)?;
                match &told {
                    Some(told) => tell_of_change(tx, &site, &issue, told),
                    None => Ok(()),
                }
            });
            match written.await {
                // Somebody edited it meanwhile: it is assessed with what is new by then.
                Err(CaseError::Overtaken) => {}
                other => other?,
            }
        }
        Ok(compared.effect(&assessor, page.next))
    }

    /// What an organisation's `compliance-config.yml` makes of the catalog; else what this server assesses with.
    async fn assessor_with(&self, config: Option<String>) -> Result<Arc<Assessor>, CatalogRefused> {
        let Some(text) = config else {
            return Ok(Arc::clone(&self.assessor));
        };
        let looked_at = self.looked_at.clone();
        let reading = tokio::task::spawn_blocking(move || looked_at.assessor(&text));
        let read = reading
            .await
            .map_err(|_| CaseError::Unreadable("a configuration"))?;
        read.map_err(CatalogRefused::Config)
    }

    async fn begin_change(
        &self,
        caller: &ApiCaller,
        assessor: &Assessor,
    ) -> Result<(), CatalogRefused> {
        let catalog = assessor.catalog();
        let version = catalog.version().to_owned();
        let packs = catalog.packs().iter().map(|pack| PackRef {
            name: pack.name.clone(),
            version: pack.version.clone(),
            sha256: pack.sha256.clone(),
        });
        let packs: Vec<PackRef> = packs.collect();
        let (key, actor) = (caller.key.key.clone(), caller.actor());
        self.store
            .write(&caller.tenant, move |tx| -> Result<(), CatalogRefused> {
                let tenant = tx.tenant().clone();
                let last = last_change(tx.db(), &tenant)?;
                if last.as_ref().is_some_and(|(_, last)| *last == version) {
                    return Ok(());
                }
                let previous = last.map(|(event, _)| event);
                let after = previous.as_ref().map_or("", |event| event.as_str());
                tx.append(NewEntry {
                    subject: "catalog".to_owned(),
                    once: format!("catalog:{version}:{after}"),
                    payload: CatalogChanged {
                        catalog: version,
                        packs,
                        by: Reporter::ApiKey(key.clone()),
                        previous,
                    }
                    .into(),
                    beside: Vec::new(),
                    severity: Severity::Medium,
                    actor,
                    source: "API",
                })?;
                Ok(())
            })
            .await
    }

    async fn open_tickets(
        &self,
        tenant: &TenantId,
        from: Option<&str>,
    ) -> Result<OpenTickets, CatalogRefused> {
        let whose = tenant.clone();
        let sites = self.store.read(move |db| db.sites_in_use(&whose)).await?;
        let at = match from {
            Some(text) => Some(Place::parse(text).ok_or(CatalogRefused::Place)?),
            None => sites.first().cloned().map(Place::beginning),
        };
        let Some(at) = at else {
            return Ok(OpenTickets::none());
        };
        let known = sites.iter().position(|site| *site == at.site);
        let known = known.ok_or(CatalogRefused::Place)?;
        let site = self.site(tenant, &at.site).await?;
        let narrowed = self.jira_narrowed(&site).await?;
        let projects = narrowed.map_or_else(String::new, |(projects, _)| {
            let keys: Vec<String> = projects.iter().map(|key| format!("\"{key}\"")).collect();
            format!(" AND project in ({})", keys.join(", "))
        });
        let jql = format!("statusCategory != Done{projects} ORDER BY created ASC");
        let TicketPage {
            tickets,
            unreadable,
            next,
        } = page_at(&self.calls(&site), &jql, &at).await?;
        let next = match next {
            Some(page) => Some(Place::on_page(at.site, page)),
            None => sites.get(known + 1).cloned().map(Place::beginning),
        };
        Ok(OpenTickets {
            site: Some(site),
            tickets,
            unreadable,
            next: next.map(|place| place.to_string()),
        })
    }
}

/// The page of a search that begins there. Jira refuses a page that it did not name itself.
async fn page_at(
    calls: &SiteClient<'_>,
    jql: &str,
    at: &Place,
) -> Result<TicketPage, CatalogRefused> {
    match calls.read_tickets(jql, at.page.as_ref()).await {
        Err(RestError::Rejected { .. } | RestError::Nonsense { .. }) if at.page.is_some() => {
            Err(CatalogRefused::Place)
        }
        read => Ok(read.map_err(CaseError::from)?),
    }
}

/// A page of tickets that are not done.
struct OpenTickets {
    site: Option<ActiveSite>,
    tickets: Vec<TicketSnapshot>,
    unreadable: usize,
    next: Option<String>,
}

impl OpenTickets {
    const fn none() -> Self {
        Self {
            site: None,
            tickets: Vec::new(),
            unreadable: 0,
            next: None,
        }
    }
}

/// The last change, and the version it brought.
fn last_change(
    db: &mut Db<'_>,
    tenant: &TenantId,
) -> Result<Option<(EventId, String)>, StoreError> {
    let wanted = EntriesWanted {
        kind: Some(EntryType::CatalogChanged.as_str()),
        ..EntriesWanted::default()
    };
    let Some(seq) = db.positions_wanted(tenant, &wanted, 1)?.first().copied() else {
        return Ok(None);
    };
    let row = db.entry(tenant, seq)?.ok_or(StoreError::Row("entries"))?;
    let id = row.entry.id.parse();
    match Payload::parse(&row.entry.kind, &row.entry.payload)? {
        Payload::CatalogChanged(last) => {
            let id = id.map_err(|_| StoreError::Row("entries"))?;
            Ok(Some((id, last.catalog)))
        }
        _ => Ok(None),
    }
}
