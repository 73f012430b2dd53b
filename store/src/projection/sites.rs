//! Sites with the app, and settings of their projects.

use diesel::prelude::*;
use record::entries::ReviewRules;
use record::ids::{ProjectKey, SiteId, TenantId};
use record::state::{Settings, Site};

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::{settings, sites};
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sites, treat_none_as_null = true)]
struct SiteRow {
    tenant: String,
    id: String,
    client_key: String,
    base_url: String,
    cloud_id: Option<String>,
    state: String,
    shared_secret: Vec<u8>,
    seq: i64,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = settings, treat_none_as_null = true)]
struct SettingsRow {
    tenant: String,
    site: String,
    project: String,
    approver_role: Option<String>,
    approver_group: Option<String>,
    own_ticket: bool,
    seq: i64,
    rules: String,
}

impl TryFrom<SiteRow> for (Site, Vec<u8>) {
    type Error = StoreError;

    fn try_from(row: SiteRow) -> Result<Self, StoreError> {
        let site = Site {
            site: row.id.parse().map_err(|_| StoreError::Row("sites"))?,
            client_key: row.client_key,
            base_url: row.base_url,
            cloud_id: row.cloud_id,
            state: row.state,
            secret_digest: ledger::Hash::of(&row.shared_secret).to_string(),
            seq: u64::try_from(row.seq).map_err(|_| StoreError::Row("sites"))?,
        };
        Ok((site, row.shared_secret))
    }
}

/// What stands for a project in the settings of a whole site.
const WHOLE_SITE: &str = "";

/// The rules, if they are written as they always are.
fn rules_of(text: &str) -> Option<ReviewRules> {
    let rules: ReviewRules = serde_json::from_str(text).ok()?;
    (serde_json::to_string(&rules).ok()? == text).then_some(rules)
}

impl TryFrom<SettingsRow> for Settings {
    type Error = StoreError;

    fn try_from(row: SettingsRow) -> Result<Self, StoreError> {
        let broken = |_| StoreError::Row("settings");
        let project = Some(row.project).filter(|project| !project.is_empty());
        Ok(Self {
            site: row.site.parse().map_err(broken)?,
            project: project
                .map(|project| project.parse().map_err(broken))
                .transpose()?,
            approver_role: row.approver_role,
            approver_group: row.approver_group,
            own_ticket: row.own_ticket,
            rules: rules_of(&row.rules).ok_or(StoreError::Row("settings"))?,
            seq: u64::try_from(row.seq).map_err(|_| StoreError::Row("settings"))?,
        })
    }
}

impl Db<'_> {
    pub(crate) fn site_with_secret(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<(Site, Vec<u8>)>, StoreError> {
        let row: Option<SiteRow> = sites::table
            .find((tenant.as_str(), site.as_str()))
            .select(SiteRow::as_select())
            .first(self.conn)
            .optional()?;
        row.map(TryInto::try_into).transpose()
    }

    /// The tenant's sites. A row that cannot be read is given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn sites(&mut self, tenant: &TenantId) -> Result<Vec<Readable<Site>>, StoreError> {
        let rows: Vec<SiteRow> = sites::table
            .filter(sites::tenant.eq(tenant.as_str()))
            .order(sites::id)
            .select(SiteRow::as_select())
            .load(self.conn)?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let place = row.id.clone();
                <(Site, Vec<u8>)>::try_from(row)
                    .map(|(site, _)| site)
                    .map_err(|_| place)
            })
            .collect())
    }

    /// The tenant's settings. A row that cannot be read is given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn all_settings(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<Readable<Settings>>, StoreError> {
        let rows: Vec<SettingsRow> = settings::table
            .filter(settings::tenant.eq(tenant.as_str()))
            .order((settings::site, settings::project))
            .select(SettingsRow::as_select())
            .load(self.conn)?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let place = format!("{}/{}", row.site, row.project);
                Settings::try_from(row).map_err(|_| place)
            })
            .collect())
    }

    /// The settings that hold for a project: its own, or those of the site.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn settings_for(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        project: &ProjectKey,
    ) -> Result<Option<Settings>, StoreError> {
        self.first_settings_of(tenant, site, &[project.as_str(), WHOLE_SITE])
    }

    /// The settings of a whole site.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn settings_of_site(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<Settings>, StoreError> {
        self.first_settings_of(tenant, site, &[WHOLE_SITE])
    }

    fn first_settings_of(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
        projects: &[&str],
    ) -> Result<Option<Settings>, StoreError> {
        let rows: Vec<SettingsRow> = settings::table
            .filter(settings::tenant.eq(tenant.as_str()))
            .filter(settings::site.eq(site.as_str()))
            .filter(settings::project.eq_any(projects))
            .order(settings::project.desc())
            .select(SettingsRow::as_select())
            .load(self.conn)?;
        rows.into_iter().next().map(Settings::try_from).transpose()
    }
}

impl Tx<'_> {
    pub(super) fn keep_site(&mut self, site: Site) -> Result<(), StoreError> {
        let tenant = self.tenant.clone();
        let before = self.db.site_with_secret(&tenant, &site.site)?;
        let shared_secret = self.held(&site.secret_digest, before.map(|(_, sealed)| sealed))?;
        let row = SiteRow {
            tenant: self.tenant.as_str().to_owned(),
            id: site.site.into(),
            client_key: site.client_key,
            base_url: site.base_url,
            cloud_id: site.cloud_id,
            state: site.state,
            shared_secret,
            seq: site.seq as i64,
        };
        on_either!(self.db.conn, conn => diesel::insert_into(sites::table)
            .values(&row)
            .on_conflict((sites::tenant, sites::id))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }

    pub(super) fn keep_settings(&mut self, row: Settings) -> Result<(), StoreError> {
        let row = SettingsRow {
            tenant: self.tenant.as_str().to_owned(),
            site: row.site.into(),
            project: row.project.map(String::from).unwrap_or_default(),
            approver_role: row.approver_role,
            approver_group: row.approver_group,
            own_ticket: row.own_ticket,
            seq: row.seq as i64,
            rules: serde_json::to_string(&row.rules).map_err(|_| StoreError::Row("settings"))?,
        };
        on_either!(self.db.conn, conn => diesel::insert_into(settings::table)
            .values(&row)
            .on_conflict((settings::tenant, settings::site, settings::project))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
