//! Jira sites that an API token opens, and what opens them, sealed as one.

use diesel::prelude::*;
use record::ids::{ProjectKey, SiteId, TenantId};
use record::state::JiraIntegration;
use zeroize::Zeroizing;

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::jira_integrations;
use crate::seal::MasterKey;
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = jira_integrations)]
struct Row {
    tenant: String,
    site: String,
    base_url: String,
    api_url: String,
    state: String,
    projects: String,
    secrets: Vec<u8>,
    seq: i64,
}

impl TryFrom<Row> for (JiraIntegration, Vec<u8>) {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |_| StoreError::Row("jira_integrations");
        let projects = row.projects.split_ascii_whitespace();
        let integration = JiraIntegration {
            site: row.site.parse().map_err(broken)?,
            base_url: row.base_url,
            api_url: row.api_url,
            state: row.state.parse().map_err(broken)?,
            projects: projects
                .map(|key| key.parse().map_err(broken))
                .collect::<Result<_, _>>()?,
            secret_digest: ledger::Hash::of(&row.secrets).to_string(),
            seq: u64::try_from(row.seq).map_err(|_| StoreError::Row("jira_integrations"))?,
        };
        Ok((integration, row.secrets))
    }
}

pub(crate) fn integration_purpose(tenant: &TenantId, site: &SiteId) -> String {
    format!("{tenant}/{site}/jira-integration")
}

/// A Jira site with what opens it.
pub struct JiraCredential {
    /// Whose it is.
    pub tenant: TenantId,
    /// The site as it stands.
    pub integration: JiraIntegration,
    /// What opens it, in the form of whoever sealed it.
    pub secrets: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for JiraCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JiraCredential")
            .field("site", &self.integration.site)
            .finish_non_exhaustive()
    }
}

impl Db<'_> {
    /// The tenant's Jira sites that an API token opens. A row that cannot be read is given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn jira_integrations(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<Readable<JiraIntegration>>, StoreError> {
        let rows: Vec<Row> = jira_integrations::table
            .filter(jira_integrations::tenant.eq(tenant.as_str()))
            .order(jira_integrations::site)
            .select(Row::as_select())
            .load(self.conn)?;
        let readable = rows.into_iter().map(|row| {
            let place = row.site.clone();
            let read = <(JiraIntegration, Vec<u8>)>::try_from(row);
            read.map(|(integration, _)| integration).map_err(|_| place)
        });
        Ok(readable.collect())
    }

    /// The entry that the token follows from by which the tenant's Jira site is open; none if none opens it.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn jira_opened_by(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<u64>, StoreError> {
        let seq: Option<i64> = jira_integrations::table
            .filter(jira_integrations::tenant.eq(tenant.as_str()))
            .filter(jira_integrations::site.eq(site.as_str()))
            .filter(jira_integrations::state.eq("ENABLED"))
            .select(jira_integrations::seq)
            .first(self.conn)
            .optional()?;
        let seq = seq.map(u64::try_from).transpose();
        seq.map_err(|_| StoreError::Row("jira_integrations"))
    }

    /// A Jira site of whichever tenant, with what opens it.
    ///
    /// # Errors
    /// If the master key does not open the secrets, or the database fails.
    pub fn jira_credential(
        &mut self,
        site: &SiteId,
        master: &MasterKey,
    ) -> Result<Option<JiraCredential>, StoreError> {
        let row: Option<Row> = jira_integrations::table
            .filter(jira_integrations::site.eq(site.as_str()))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        let Some(row) = row else { return Ok(None) };
        let tenant = row.tenant.parse();
        let tenant = tenant.map_err(|_| StoreError::Row("jira_integrations"))?;
        let (integration, sealed) = row.try_into()?;
        let purpose = integration_purpose(&tenant, &integration.site);
        Ok(Some(JiraCredential {
            secrets: Zeroizing::new(master.open(&purpose, &sealed)?.to_vec()),
            tenant,
            integration,
        }))
    }

    /// The only such site there is, of whichever tenant; none if there are several in use.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn only_jira_integration(&mut self) -> Result<Option<SiteId>, StoreError> {
        let sites: Vec<String> = jira_integrations::table
            .filter(jira_integrations::state.eq("ENABLED"))
            .limit(2)
            .select(jira_integrations::site)
            .load(self.conn)?;
        match sites.as_slice() {
            [only] => {
                let only = only.parse();
                Ok(Some(
                    only.map_err(|_| StoreError::Row("jira_integrations"))?,
                ))
            }
            _ => Ok(None),
        }
    }

    fn jira_integration_with_secrets(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<(JiraIntegration, Vec<u8>)>, StoreError> {
        let row: Option<Row> = jira_integrations::table
            .find((tenant.as_str(), site.as_str()))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        row.map(TryInto::try_into).transpose()
    }

    /// A Jira site of the tenant's that an API token opens.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn jira_integration(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<JiraIntegration>, StoreError> {
        let found = self.jira_integration_with_secrets(tenant, site)?;
        Ok(found.map(|(integration, _)| integration))
    }

    pub(crate) fn sealed_jira_integrations(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<(SiteId, Vec<u8>)>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = jira_integrations::table
            .filter(jira_integrations::tenant.eq(tenant.as_str()))
            .order(jira_integrations::site)
            .select((jira_integrations::site, jira_integrations::secrets))
            .load(self.conn)?;
        let broken = |_| StoreError::Row("jira_integrations");
        rows.into_iter()
            .map(|(site, sealed)| Ok((site.parse().map_err(broken)?, sealed)))
            .collect()
    }
}

impl Tx<'_> {
    /// Seals what opens a Jira site and holds it for the entry that names its digest.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn hold_jira_secrets(
        &mut self,
        site: &SiteId,
        secrets: &[u8],
    ) -> Result<String, StoreError> {
        let purpose = integration_purpose(&self.tenant, site);
        let sealed = self.master.seal(&purpose, secrets)?;
        Ok(self.hold(sealed))
    }

    pub(super) fn keep_jira_integration(&mut self, row: JiraIntegration) -> Result<(), StoreError> {
        let tenant = self.tenant.clone();
        let before = self.db.jira_integration_with_secrets(&tenant, &row.site)?;
        let secrets = self.held(&row.secret_digest, before.map(|(_, sealed)| sealed))?;
        let projects: Vec<&str> = row.projects.iter().map(ProjectKey::as_str).collect();
        let row = Row {
            tenant: tenant.into(),
            projects: projects.join(" "),
            site: row.site.into(),
            base_url: row.base_url,
            api_url: row.api_url,
            state: row.state.as_str().to_owned(),
            secrets,
            seq: row.seq as i64,
        };
        on_either!(self.db.conn, conn => diesel::insert_into(jira_integrations::table)
            .values(&row)
            .on_conflict((jira_integrations::tenant, jira_integrations::site))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
