//! The projection tables: every row must be the one that the fold of the entries leads to.

use std::collections::BTreeMap;
use std::fmt::Debug;

use ledger::{Code, Finding, Place};
use record::ids::{ProjectKey, TenantId};
use record::state::{CorrectedFinding, EventModel, State};
use serde::Serialize;
use serde_json::Value;
use store::{Db, Readable, StoreError};

use crate::judge::settled::Settled;

pub(super) fn compare(
    db: &mut Db<'_>,
    tenant: &TenantId,
    state: &State,
    mut settled: Settled,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut tenants = Table::new(
        "tenants",
        state.tenant.iter().map(|row| (tenant.to_string(), row)),
    );
    if let Some(row) = db.tenant(tenant)? {
        tenants.stored(&tenant.to_string(), &row, findings);
    }
    tenants.missing(findings);

    let mut sites = Table::new(
        "sites",
        state.sites.iter().map(|(id, row)| (id.to_string(), row)),
    );
    for row in db.sites(tenant)? {
        sites.readable(row, |row| row.site.to_string(), findings);
    }
    sites.missing(findings);

    let mut forge_installations = Table::new(
        "forge_installations",
        state
            .forge_installations
            .iter()
            .map(|(site, row)| (site.to_string(), row)),
    );
    for row in db.forge_installations(tenant)? {
        forge_installations.readable(row, |row| row.site.to_string(), findings);
    }
    forge_installations.missing(findings);

    let key = |site: &str, project: Option<&str>| format!("{site}/{}", project.unwrap_or_default());
    let mut settings = Table::new(
        "settings",
        state.settings.values().map(|row| {
            (
                key(
                    row.site.as_str(),
                    row.project.as_ref().map(ProjectKey::as_str),
                ),
                row,
            )
        }),
    );
    for row in db.all_settings(tenant)? {
        settings.readable(
            row,
            |row| {
                key(
                    row.site.as_str(),
                    row.project.as_ref().map(ProjectKey::as_str),
                )
            },
            findings,
        );
    }
    settings.missing(findings);

    let mut tickets = Table::new(
        "tickets",
        state
            .tickets
            .values()
            .map(|row| (format!("{}/{}", row.site, row.issue), row)),
    );
    db.each_ticket(tenant, &mut |row| {
        let row = row.map(|row| row.ticket);
        tickets.readable(row, |row| format!("{}/{}", row.site, row.issue), findings);
    })?;
    tickets.missing(findings);

    let mut approvals = Table::new(
        "approvals",
        state
            .approvals
            .iter()
            .map(|(id, row)| (id.to_string(), row)),
    );
    db.each_approval(tenant, &mut |row| {
        match &row {
            Ok(row) if settled.stored(row, findings) => return,
            Ok(_) => {}
            Err(place) => drop(settled.take(place)),
        }
        approvals.readable(row, |row| row.event.to_string(), findings);
    })?;
    approvals.missing(findings);
    settled.missing(findings);

    let mut sets = Table::new(
        "requirement_sets",
        state
            .requirement_sets
            .iter()
            .map(|(version, row)| (version.clone(), row)),
    );
    for row in db.requirement_sets(tenant)? {
        sets.readable(row, |row| row.set.clone(), findings);
    }
    sets.missing(findings);

    access(db, tenant, state, findings)?;

    let mut links = Table::new(
        "links",
        state.links.iter().map(|(id, row)| (id.to_string(), row)),
    );
    db.each_link(tenant, &mut |row| {
        links.readable(row, |row| row.link.to_string(), findings);
    })?;
    links.missing(findings);

    let place = |row: &CorrectedFinding| format!("{}/{}/{}", row.site, row.issue, row.indicator);
    let rows = state.corrections.values().map(|row| (place(row), row));
    let mut corrections = Table::new("corrections", rows);
    db.each_correction(tenant, &mut |row| {
        corrections.readable(row, place, findings);
    })?;
    corrections.missing(findings);

    let rows = state.feeds.iter().map(|(id, row)| (id.to_string(), row));
    let mut feeds = Table::new("feeds", rows);
    for row in db.feeds(tenant)? {
        feeds.readable(row, |row| row.feed.to_string(), findings);
    }
    feeds.missing(findings);

    let rows = state.waivers.iter().map(|(id, row)| (id.to_string(), row));
    let mut waivers = Table::new("waivers", rows);
    db.each_waiver(tenant, &mut |row| {
        waivers.readable(row, |row| row.waiver.to_string(), findings);
    })?;
    waivers.missing(findings);

    let rows = state.claims.iter().map(|(id, row)| (id.to_string(), row));
    let mut claims = Table::new("claims", rows);
    db.each_claim(tenant, &mut |row| {
        claims.readable(row, |row| row.claim.to_string(), findings);
    })?;
    claims.missing(findings);

    let place = |row: &EventModel| format!("{}/{}", row.model, row.seq);
    let rows = state.event_models.iter().map(|row| (place(row), row));
    let mut event_models = Table::new("event_models", rows);
    for row in db.event_models(tenant)? {
        event_models.readable(row, place, findings);
    }
    event_models.missing(findings);

    let mut verifications = Table::new(
        "verifications",
        state
            .verification
            .iter()
            .map(|row| (tenant.to_string(), row)),
    );
    match db.last_verification(tenant) {
        Ok(Some(row)) => verifications.stored(&tenant.to_string(), &row, findings),
        Ok(None) => {}
        Err(StoreError::Row(_)) => {
            verifications.readable::<_>(Err(tenant.to_string()), |_| tenant.to_string(), findings);
        }
        Err(error) => return Err(error),
    }
    verifications.missing(findings);
    Ok(())
}

/// Who may report.
fn access(
    db: &mut Db<'_>,
    tenant: &TenantId,
    state: &State,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let rows = state.api_keys.iter().map(|(id, row)| (id.to_string(), row));
    let mut api_keys = Table::new("api_keys", rows);
    for row in db.api_keys(tenant)? {
        api_keys.readable(row, |row| row.key.to_string(), findings);
    }
    api_keys.missing(findings);

    let rows = state.code_hosts.iter();
    let mut code_hosts = Table::new("code_hosts", rows.map(|(id, row)| (id.to_string(), row)));
    for row in db.code_hosts(tenant)? {
        code_hosts.readable(row, |row| row.host.to_string(), findings);
    }
    code_hosts.missing(findings);

    let rows = state.jira_integrations.iter();
    let rows = rows.map(|(site, row)| (site.to_string(), row));
    let mut jira_integrations = Table::new("jira_integrations", rows);
    for row in db.jira_integrations(tenant)? {
        jira_integrations.readable(row, |row| row.site.to_string(), findings);
    }
    jira_integrations.missing(findings);
    Ok(())
}

/// The rows that one table should have, by key; those that were seen are taken out.
struct Table<'s, R> {
    name: &'static str,
    expected: BTreeMap<String, &'s R>,
}

impl<'s, R: PartialEq + Serialize + Debug> Table<'s, R> {
    fn new(name: &'static str, rows: impl Iterator<Item = (String, &'s R)>) -> Self {
        Self {
            name,
            expected: rows.collect(),
        }
    }

    fn readable<F: Fn(&R) -> String>(
        &mut self,
        row: Readable<R>,
        key: F,
        findings: &mut Vec<Finding>,
    ) {
        match row {
            Ok(row) => self.stored(&key(&row), &row, findings),
            Err(place) => {
                self.expected.remove(&place);
                findings.push(self.finding(
                    Code::ProjectionAltered,
                    &place,
                    "a value without its form",
                ));
            }
        }
    }

    fn stored(&mut self, key: &str, row: &R, findings: &mut Vec<Finding>) {
        match self.expected.remove(key) {
            Some(expected) if expected == row => {}
            Some(expected) => {
                let columns = differing(expected, row).join(", ");
                findings.push(self.finding(
                    Code::ProjectionAltered,
                    key,
                    &format!("column {columns}"),
                ));
            }
            None => findings.push(self.finding(Code::ProjectionExtra, key, "no entry leads to it")),
        }
    }

    fn missing(self, findings: &mut Vec<Finding>) {
        let keys: Vec<String> = self.expected.keys().cloned().collect();
        findings.extend(
            keys.iter()
                .map(|key| self.finding(Code::ProjectionMissing, key, "an entry leads to it")),
        );
    }

    fn finding(&self, code: Code, row: &str, detail: &str) -> Finding {
        Finding::new(
            code,
            Place::Row {
                table: self.name.to_owned(),
                row: row.to_owned(),
            },
            detail,
        )
    }
}

/// The names of the columns in which two rows differ.
fn differing<R: Serialize>(expected: &R, stored: &R) -> Vec<String> {
    match (serde_json::to_value(expected), serde_json::to_value(stored)) {
        (Ok(Value::Object(expected)), Ok(Value::Object(stored))) => expected
            .into_iter()
            .filter(|(name, value)| stored.get(name) != Some(value))
            .map(|(name, _)| name)
            .collect(),
        _ => Vec::new(),
    }
}
