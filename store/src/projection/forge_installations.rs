//! Sites with the Forge app. There is no secret in them: Forge hands a token with each call.

use diesel::prelude::*;
use record::ids::{SiteId, TenantId};
use record::state::{ForgeInstallation, Site};

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::{forge_installations, sites};
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = forge_installations)]
struct ForgeInstallationRow {
    tenant: String,
    site: String,
    cloud_id: String,
    installation_id: String,
    base_url: String,
    state: String,
    seq: i64,
}

impl TryFrom<ForgeInstallationRow> for ForgeInstallation {
    type Error = StoreError;

    fn try_from(row: ForgeInstallationRow) -> Result<Self, StoreError> {
        let broken = StoreError::Row("forge_installations");
        let (Ok(site), Ok(seq)) = (row.site.parse(), u64::try_from(row.seq)) else {
            return Err(broken);
        };
        Ok(Self {
            site,
            cloud_id: row.cloud_id,
            installation_id: row.installation_id,
            base_url: row.base_url,
            state: row.state,
            seq,
        })
    }
}

impl Db<'_> {
    /// The installation on the site of this cloud id, of whichever tenant.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn forge_installation_of_cloud(
        &mut self,
        cloud_id: &str,
    ) -> Result<Option<(TenantId, ForgeInstallation)>, StoreError> {
        let row: Option<ForgeInstallationRow> = forge_installations::table
            .filter(forge_installations::cloud_id.eq(cloud_id))
            .select(ForgeInstallationRow::as_select())
            .first(self.conn)
            .optional()?;
        row.map(|row| {
            let tenant = row.tenant.parse();
            let tenant = tenant.map_err(|_| StoreError::Row("forge_installations"))?;
            Ok((tenant, row.try_into()?))
        })
        .transpose()
    }

    /// The installation on the site at this address, of whichever tenant, if it is the only one there.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn forge_installation_at(
        &mut self,
        base_url: &str,
    ) -> Result<Option<(TenantId, ForgeInstallation)>, StoreError> {
        let clouds: Vec<String> = forge_installations::table
            .filter(forge_installations::base_url.eq(base_url))
            .select(forge_installations::cloud_id)
            .load(self.conn)?;
        match clouds.as_slice() {
            [cloud] => self.forge_installation_of_cloud(cloud),
            _ => Ok(None),
        }
    }

    /// The Forge installation on a site of the tenant's.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn forge_installation(
        &mut self,
        tenant: &TenantId,
        site: &SiteId,
    ) -> Result<Option<ForgeInstallation>, StoreError> {
        let row: Option<ForgeInstallationRow> = forge_installations::table
            .find((tenant.as_str(), site.as_str()))
            .select(ForgeInstallationRow::as_select())
            .first(self.conn)
            .optional()?;
        row.map(TryInto::try_into).transpose()
    }

    /// The tenant's Forge installations. A row that cannot be read is given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn forge_installations(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<Readable<ForgeInstallation>>, StoreError> {
        let rows: Vec<ForgeInstallationRow> = forge_installations::table
            .filter(forge_installations::tenant.eq(tenant.as_str()))
            .order(forge_installations::site)
            .select(ForgeInstallationRow::as_select())
            .load(self.conn)?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let place = row.site.clone();
                row.try_into().map_err(|_: StoreError| place)
            })
            .collect())
    }

    /// The Connect sites, of whichever tenants, that say they have this cloud id, or that live at this address and say
    /// nothing of one.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn connect_sites_like(
        &mut self,
        cloud_id: &str,
        base_url: &str,
    ) -> Result<Vec<(TenantId, Site)>, StoreError> {
        let same_address = sites::cloud_id.is_null().and(sites::base_url.eq(base_url));
        let found: Vec<(String, String)> = sites::table
            .filter(
                sites::cloud_id
                    .eq(cloud_id)
                    .assume_not_null()
                    .or(same_address),
            )
            .order((sites::tenant, sites::id))
            .select((sites::tenant, sites::id))
            .load(self.conn)?;
        let broken = |_| StoreError::Row("sites");
        let mut alike = Vec::new();
        for (tenant, site) in found {
            let tenant: TenantId = tenant.parse().map_err(broken)?;
            let site: SiteId = site.parse().map_err(broken)?;
            if let Some((site, _)) = self.site_with_secret(&tenant, &site)? {
                alike.push((tenant, site));
            }
        }
        Ok(alike)
    }
}

impl Tx<'_> {
    pub(super) fn keep_forge_installation(
        &mut self,
        row: ForgeInstallation,
    ) -> Result<(), StoreError> {
        let row = ForgeInstallationRow {
            tenant: self.tenant.as_str().to_owned(),
            site: row.site.into(),
            cloud_id: row.cloud_id,
            installation_id: row.installation_id,
            base_url: row.base_url,
            state: row.state,
            seq: row.seq as i64,
        };
        on_either!(self.db.conn, conn => diesel::insert_into(forge_installations::table)
            .values(&row)
            .on_conflict((forge_installations::tenant, forge_installations::site))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
