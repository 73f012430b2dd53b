//! Delivery: an issue property on tickets whose verdict changed, and a comment, edited in place, on tickets
//! with a damaged entry; the ledger as a whole goes to one configured ticket. What could not be delivered
//! is tried again with the next run.

use std::collections::BTreeMap;
use std::io;

use chrono::{DateTime, Duration, Utc};
use jira::rest::{
    Client, Comment, CommentDraft, Credential, HttpSettings, OutboxMark, PropertyKey,
    PropertyValue, RestError, Site, SiteClient, TicketName,
};
use ledger::{Finding, Place};
use record::ids::{IssueId, SiteId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{LedgerRows, MasterKey};

use crate::config::{Config, Delivery, ReportTicket};
use crate::judge::Judgement;
use crate::memory::{self, Memory};
use crate::report::notices::site_through_the_app;
use crate::report::{now, words};

/// The most comments of one run.
pub(super) const MOST_COMMENTS: usize = 50;
const PROPERTY: &str = "countersign.integrity";

/// Something that Jira was not told.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Undelivered {
    /// Which ticket of which tenant.
    pub what: String,
    /// Why.
    pub reason: String,
    /// Whether it waits for more than a day.
    pub for_a_day: bool,
}

/// What Jira was told last, by ticket, and since when something waits.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Told {
    tickets: BTreeMap<String, String>,
    whole: Option<String>,
    waiting: BTreeMap<String, String>,
}

/// Tells Jira what changed.
///
/// # Errors
/// If the verifier's own directory cannot be used.
pub async fn deliver(
    config: &Config,
    delivery: &Delivery,
    memory: &Memory,
    judgements: &[Judgement],
) -> io::Result<Vec<Undelivered>> {
    let mut undelivered = Vec::new();
    let client = Client::new(HttpSettings::default()).map_err(io::Error::other)?;
    for judgement in judgements {
        let file = memory
            .directory()
            .join("delivered")
            .join(format!("{}.json", judgement.tenant));
        let mut told: Told = match memory::read(&file)? {
            None => Told::default(),
            Some(text) => serde_json::from_str(&text).map_err(io::Error::other)?,
        };
        let failed = tell(config, delivery, &client, judgement, &mut told).await;
        let waiting = std::mem::take(&mut told.waiting);
        for (what, reason) in failed {
            let since = waiting.get(&what).cloned().unwrap_or_else(now);
            let for_a_day = DateTime::parse_from_rfc3339(&since)
                .is_ok_and(|since| Utc::now().signed_duration_since(since) > Duration::days(1));
            told.waiting.insert(what.clone(), since);
            undelivered.push(Undelivered {
                what: format!("{} {what}", judgement.tenant),
                reason,
                for_a_day,
            });
        }
        memory.keep(
            &file,
            &serde_json::to_string(&told).map_err(io::Error::other)?,
        )?;
    }
    Ok(undelivered)
}

/// Tells Jira about one tenant; gives what it could not be told, and why.
async fn tell(
    config: &Config,
    delivery: &Delivery,
    client: &Client,
    judgement: &Judgement,
    told: &mut Told,
) -> Vec<(String, String)> {
    let damaged = by_ticket(judgement);
    let verdict = judgement.verdict().to_string();
    let mut failed = Vec::new();
    let sites = match sites(config, delivery, &judgement.tenant) {
        Ok(sites) => sites,
        Err(reason) => return vec![("sites".to_owned(), reason)],
    };
    let mut changed: Vec<String> = damaged.keys().cloned().collect();
    changed.extend(
        told.tickets
            .keys()
            .filter(|ticket| !damaged.contains_key(*ticket))
            .cloned(),
    );
    let mut comments = 0;
    for ticket in changed {
        let findings = damaged.get(&ticket).map(Vec::as_slice).unwrap_or_default();
        let state = summary(findings);
        if told.tickets.get(&ticket) == Some(&state)
            || (findings.is_empty() && !told.tickets.contains_key(&ticket))
        {
            continue;
        }
        let Some((site, issue)) = place_of(&ticket) else {
            continue;
        };
        let Some(site) = sites.get(&site) else {
            continue;
        };
        comments += 1;
        let sent = tell_ticket(client.at(site), &issue, findings, comments <= MOST_COMMENTS).await;
        match sent {
            Ok(()) if findings.is_empty() => drop(told.tickets.remove(&ticket)),
            Ok(()) => drop(told.tickets.insert(ticket, state)),
            Err(error) => failed.push((ticket, error.to_string())),
        }
    }
    if is_news(told.whole.as_ref(), judgement)
        && let Some(ReportTicket { key, site: wanted }) = &config.report_ticket
    {
        let wanted = wanted.as_ref();
        let site = sites
            .values()
            .find(|site| wanted.is_none_or(|wanted| *wanted == site.base_url));
        match site {
            // Then the app tells it.
            None if site_through_the_app(config, &judgement.tenant).is_some() => {}
            None => failed.push((key.to_string(), "no site to tell".to_owned())),
            Some(site) => {
                match tell_whole(client.at(site), key, &verdict, &judgement.findings).await {
                    Ok(()) => told.whole = Some(verdict),
                    Err(error) => failed.push((key.to_string(), error.to_string())),
                }
            }
        }
    }
    failed
}

/// Whether whoever was told this last of the ledger as a whole is to be told anew.
pub(super) fn is_news(before: Option<&String>, judgement: &Judgement) -> bool {
    match before {
        None => !judgement.findings.is_empty(),
        Some(before) => *before != judgement.verdict().to_string(),
    }
}

async fn tell_ticket(
    site: SiteClient<'_>,
    issue: &IssueId,
    findings: &[&Finding],
    may_comment: bool,
) -> Result<(), RestError> {
    let value = PropertyValue::new(property_of(findings));
    if let (Ok(key), Ok(value)) = (PROPERTY.parse::<PropertyKey>(), value) {
        site.put_property(issue, &key, &value).await?;
    }
    let Ok(mark) = "countersign-integrity".parse::<OutboxMark>() else {
        return Ok(());
    };
    let known = site.marked_comment(issue, &mark).await?;
    let body = if findings.is_empty() {
        words::mended()
    } else {
        words::damaged(findings)
    };
    match known {
        Some(comment) => comment_on(site, issue, Some(&comment), body, mark).await,
        None if findings.is_empty() || !may_comment => Ok(()),
        None => comment_on(site, issue, None, body, mark).await,
    }
}

/// The value of the issue property.
pub(super) fn property_of(findings: &[&Finding]) -> Value {
    let verdict = if findings.is_empty() {
        "VERIFIED"
    } else {
        "ALTERED"
    };
    let places: Vec<String> = findings
        .iter()
        .take(50)
        .map(|finding| finding.place.to_string())
        .collect();
    json!({ "version": 1, "verdict": verdict, "places": places, "at": now() })
}

async fn tell_whole(
    site: SiteClient<'_>,
    key: &record::ids::TicketKey,
    verdict: &str,
    findings: &[Finding],
) -> Result<(), RestError> {
    let ticket = site.ticket(TicketName::Key(key), &[]).await?;
    let Ok(mark) = "countersign-ledger".parse::<OutboxMark>() else {
        return Ok(());
    };
    let known = site.marked_comment(&ticket.id, &mark).await?;
    comment_on(
        site,
        &ticket.id,
        known.as_ref(),
        words::whole(verdict, findings),
        mark,
    )
    .await
}

async fn comment_on(
    site: SiteClient<'_>,
    issue: &IssueId,
    known: Option<&Comment>,
    body: Value,
    mark: OutboxMark,
) -> Result<(), RestError> {
    let draft = CommentDraft {
        body,
        mark,
        internal: true,
    };
    match known {
        Some(comment) => site.update_comment(issue, comment, &draft).await.map(drop),
        None => site.add_comment(issue, &draft).await.map(drop),
    }
}

/// The findings that concern a ticket, by what entries call it.
pub(super) fn by_ticket(judgement: &Judgement) -> BTreeMap<String, Vec<&Finding>> {
    let mut tickets: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    for finding in &judgement.findings {
        let ticket = match &finding.place {
            Place::Entry { seq } => judgement
                .subjects
                .get(seq)
                .filter(|s| s.starts_with("ticket/"))
                .cloned(),
            Place::Row { table, row } if table == "tickets" => Some(format!("ticket/{row}")),
            _ => None,
        };
        if let Some(ticket) = ticket {
            tickets.entry(ticket).or_default().push(finding);
        }
    }
    tickets
}

pub(super) fn summary(findings: &[&Finding]) -> String {
    let places: Vec<String> = findings
        .iter()
        .map(|finding| finding.place.to_string())
        .collect();
    places.join("; ")
}

pub(super) fn place_of(ticket: &str) -> Option<(SiteId, IssueId)> {
    let (site, issue) = ticket.strip_prefix("ticket/")?.split_once('/')?;
    Some((site.parse().ok()?, issue.parse().ok()?))
}

/// The tenant's sites with what is needed to call them.
fn sites(
    config: &Config,
    delivery: &Delivery,
    tenant: &TenantId,
) -> Result<BTreeMap<SiteId, Site>, String> {
    let master = MasterKey::load(&delivery.master_key_file).map_err(|error| error.to_string())?;
    let mut rows = LedgerRows::open(&config.database).map_err(|error| error.to_string())?;
    let found = rows.snapshot(|db| {
        let mut found = BTreeMap::new();
        for site in db
            .sites(tenant)?
            .into_iter()
            .flatten()
            .filter(|site| site.state != "UNINSTALLED")
        {
            if let Some(credential) = db.site_credential(tenant, &site.site, &master)? {
                found.insert(site.site, credential);
            }
        }
        Ok::<_, store::StoreError>(found)
    });
    let sites = found
        .map_err(|error| error.to_string())?
        .into_iter()
        .filter_map(|(id, credential)| {
            let connect = Credential::Connect {
                app_key: delivery.app_key.clone(),
                client_key: credential.site.client_key.parse().ok()?,
                shared_secret: credential.shared_secret.parse().ok()?,
            };
            Some((
                id,
                Site {
                    base_url: credential.site.base_url.parse().ok()?,
                    credential: connect,
                },
            ))
        });
    Ok(sites.collect())
}
