//! What the app is to tell tickets in the verifier's name: on sites that are reached through Forge alone nobody but the
//! app has a way in. It stands in the signed report, and the app delivers it as it is when it takes the report.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use record::ids::{IssueId, SiteId, TenantId, TicketKey};
use serde::Serialize;
use serde_json::Value;
use store::{LedgerRows, StoreError};

use crate::config::Config;
use crate::judge::Judgement;
use crate::memory::{self, Memory};
use crate::report::deliver::{MOST_COMMENTS, by_ticket, is_news, place_of, property_of, summary};
use crate::report::words;

/// What one ticket is to be told.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Notice {
    site: SiteId,
    issue: IssueId,
    /// The value of the issue property.
    property: Value,
    /// The comment's body.
    comment: Value,
    /// Whether there may be a comment where there was none before.
    may_begin: bool,
}

/// What the ticket is to be told that is told of the ledger as a whole.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Whole {
    site: SiteId,
    ticket: TicketKey,
    /// The comment's body.
    comment: Value,
}

/// In what was told, beside the tickets' names.
const WHOLE: &str = "ledger";

/// The notices of one report, and what their tickets will have been told with them.
pub(crate) struct Notices {
    pub(crate) list: Vec<Notice>,
    pub(crate) whole: Option<Whole>,
    told: BTreeMap<String, String>,
    file: PathBuf,
}

impl Notices {
    /// What is to be told anew.
    ///
    /// # Errors
    /// If the verifier's own directory cannot be read.
    pub(crate) fn due(config: &Config, memory: &Memory, judgement: &Judgement) -> io::Result<Self> {
        let name = format!("{}.through-the-app.json", judgement.tenant);
        let file = memory.directory().join("delivered").join(name);
        let before: BTreeMap<String, String> = match memory::read(&file)? {
            None => BTreeMap::new(),
            Some(text) => serde_json::from_str(&text).unwrap_or_default(),
        };
        let damaged = by_ticket(judgement);
        let sites = match damaged.is_empty() && before.is_empty() {
            true => BTreeSet::new(),
            // Who damaged the ledger may have damaged this: then nobody is told, and the verdict stands all the same.
            false => through_forge_alone(config, &judgement.tenant)
                .map(|sites| sites.alone.into_keys().collect())
                .unwrap_or_default(),
        };
        let (mut list, mut told) = (Vec::new(), BTreeMap::new());
        let tickets: BTreeSet<&String> = damaged.keys().chain(before.keys()).collect();
        for ticket in tickets {
            let findings = damaged.get(ticket).map(Vec::as_slice).unwrap_or_default();
            let Some((site, issue)) = place_of(ticket).filter(|(site, _)| sites.contains(site))
            else {
                continue;
            };
            let state = summary(findings);
            if before.get(ticket) != Some(&state) {
                list.push(Notice {
                    site,
                    issue,
                    property: property_of(findings),
                    comment: match findings.is_empty() {
                        true => words::mended(),
                        false => words::damaged(findings),
                    },
                    may_begin: !findings.is_empty() && list.len() < MOST_COMMENTS,
                });
            }
            if !findings.is_empty() {
                told.insert(ticket.clone(), state);
            }
        }
        let whole = whole(config, judgement, before.get(WHOLE));
        if let Some(verdict) = match whole {
            Some(_) => Some(judgement.verdict().to_string()),
            None => before.get(WHOLE).cloned(),
        } {
            told.insert(WHOLE.to_owned(), verdict);
        }
        Ok(Self {
            list,
            whole,
            told,
            file,
        })
    }

    /// The report was left: its tickets count as told. If the program ends before this, they are told again.
    ///
    /// # Errors
    /// If the verifier's own directory cannot be written.
    pub(crate) fn handed_over(self, memory: &Memory) -> io::Result<()> {
        let told = serde_json::to_string(&self.told).map_err(io::Error::other)?;
        memory.keep(&self.file, &told)
    }
}

fn whole(config: &Config, judgement: &Judgement, before: Option<&String>) -> Option<Whole> {
    let ticket = config.report_ticket.as_ref()?;
    if !is_news(before, judgement) {
        return None;
    }
    Some(Whole {
        site: site_through_the_app(config, &judgement.tenant)?,
        ticket: ticket.key.clone(),
        comment: words::whole(&judgement.verdict().to_string(), &judgement.findings),
    })
}

/// The site of the ticket that is told of the ledger as a whole, if the app alone has a way in there.
pub(super) fn site_through_the_app(config: &Config, tenant: &TenantId) -> Option<SiteId> {
    let wanted = config.report_ticket.as_ref()?.site.as_ref();
    let sites = through_forge_alone(config, tenant).ok()?;
    // Where no site is named, one that the verifier reaches itself comes first.
    let fits = |address: &str| match wanted {
        Some(wanted) => wanted.as_str() == address,
        None => sites.none_through_connect,
    };
    let mut sites = sites.alone.iter();
    sites
        .find(|(_, address)| fits(address))
        .map(|(site, _)| site.clone())
}

/// A tenant's sites, as far as the app alone has a way in.
struct Sites {
    /// Those, with their addresses.
    alone: BTreeMap<SiteId, String>,
    none_through_connect: bool,
}

fn through_forge_alone(config: &Config, tenant: &TenantId) -> Result<Sites, StoreError> {
    let mut rows = LedgerRows::open(&config.database)?;
    rows.snapshot(|db| {
        let connect: BTreeSet<SiteId> = db
            .sites(tenant)?
            .into_iter()
            .flatten()
            .filter(|site| site.state != "UNINSTALLED")
            .map(|site| site.site)
            .collect();
        let forge = db.forge_installations(tenant)?.into_iter().flatten();
        let alone = forge
            .filter(|installation| installation.state != "UNINSTALLED")
            .filter(|installation| !connect.contains(&installation.site))
            .map(|installation| (installation.site, installation.base_url))
            .collect();
        Ok(Sites {
            alone,
            none_through_connect: connect.is_empty(),
        })
    })
}
