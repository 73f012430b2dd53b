//! What the app is to tell tickets in the verifier's name: on sites that are reached through Forge alone nobody but the
//! app has a way in. It stands in the signed report, and the app delivers it as it is when it takes the report.
//! The ticket that is told of the ledger as a whole is none of these.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use record::ids::{IssueId, SiteId, TenantId};
use serde::Serialize;
use serde_json::Value;
use store::{LedgerRows, StoreError};

use crate::config::Config;
use crate::judge::Judgement;
use crate::memory::{self, Memory};
use crate::report::deliver::{MOST_COMMENTS, by_ticket, place_of, property_of, summary};
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

/// The notices of one report, and what their tickets will have been told with them.
pub(crate) struct Notices {
    pub(crate) list: Vec<Notice>,
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
            false => through_forge_alone(config, &judgement.tenant).unwrap_or_default(),
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
        Ok(Self { list, told, file })
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

fn through_forge_alone(config: &Config, tenant: &TenantId) -> Result<BTreeSet<SiteId>, StoreError> {
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
        Ok(forge
            .filter(|installation| installation.state != "UNINSTALLED")
            .map(|installation| installation.site)
            .filter(|site| !connect.contains(site))
            .collect())
    })
}
