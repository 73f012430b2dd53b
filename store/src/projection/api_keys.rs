//! Keys to the API. A key itself is not here: only its hash, by which it is looked up.

use diesel::prelude::*;
use record::ids::{ApiKeyId, TenantId};
use record::state::ApiKey;

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::{api_key_uses, api_keys};
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = api_keys, treat_none_as_null = true)]
struct Row {
    tenant: String,
    id: String,
    name: String,
    environment: String,
    scopes: String,
    secret_digest: String,
    expires_at: Option<String>,
    revoked: bool,
    seq: i64,
}

impl TryFrom<Row> for ApiKey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |_| StoreError::Row("api_keys");
        let scopes = row.scopes.split_ascii_whitespace();
        Ok(Self {
            key: row.id.parse().map_err(broken)?,
            name: row.name,
            environment: row.environment.parse().map_err(broken)?,
            scopes: scopes
                .map(|scope| scope.parse().map_err(broken))
                .collect::<Result<_, _>>()?,
            secret_digest: row.secret_digest,
            expires_at: row.expires_at,
            revoked: row.revoked,
            seq: u64::try_from(row.seq).map_err(|_| StoreError::Row("api_keys"))?,
        })
    }
}

impl Db<'_> {
    /// The key of this hash, and whose it is.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn api_key_of(
        &mut self,
        secret_digest: &str,
    ) -> Result<Option<(TenantId, ApiKey)>, StoreError> {
        let row: Option<Row> = api_keys::table
            .filter(api_keys::secret_digest.eq(secret_digest))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        row.map(|row| {
            let tenant = row.tenant.parse();
            Ok((
                tenant.map_err(|_| StoreError::Row("api_keys"))?,
                row.try_into()?,
            ))
        })
        .transpose()
    }

    /// The tenant's keys. A row that cannot be read is given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn api_keys(&mut self, tenant: &TenantId) -> Result<Vec<Readable<ApiKey>>, StoreError> {
        let rows: Vec<Row> = api_keys::table
            .filter(api_keys::tenant.eq(tenant.as_str()))
            .order(api_keys::id)
            .select(Row::as_select())
            .load(self.conn)?;
        let readable = rows.into_iter().map(|row| {
            let place = row.id.clone();
            ApiKey::try_from(row).map_err(|_| place)
        });
        Ok(readable.collect())
    }

    /// When a key was last used, to the minute.
    ///
    /// # Errors
    /// If the database fails.
    pub fn api_key_used_at(
        &mut self,
        tenant: &TenantId,
        key: &ApiKeyId,
    ) -> Result<Option<String>, StoreError> {
        Ok(api_key_uses::table
            .find((tenant.as_str(), key.as_str()))
            .select(api_key_uses::used_at)
            .first(self.conn)
            .optional()?)
    }
}

impl Tx<'_> {
    /// Notes that a key was used.
    ///
    /// # Errors
    /// If the database fails.
    pub fn api_key_used(&mut self, key: &ApiKeyId, at: &str) -> Result<(), StoreError> {
        let used_at = api_key_uses::used_at.eq(at);
        on_either!(self.db.conn, conn => diesel::insert_into(api_key_uses::table)
            .values((
                api_key_uses::tenant.eq(self.tenant.as_str()),
                api_key_uses::id.eq(key.as_str()),
                used_at,
            ))
            .on_conflict((api_key_uses::tenant, api_key_uses::id))
            .do_update()
            .set(used_at)
            .execute(conn)?);
        Ok(())
    }

    pub(super) fn keep_api_key(&mut self, key: ApiKey) -> Result<(), StoreError> {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let row = Row {
            tenant: self.tenant.as_str().to_owned(),
            id: key.key.into(),
            name: key.name,
            environment: key.environment.as_str().to_owned(),
            scopes: scopes.join(" "),
            secret_digest: key.secret_digest,
            expires_at: key.expires_at,
            revoked: key.revoked,
            seq: key.seq as i64,
        };
        on_either!(self.db.conn, conn => diesel::insert_into(api_keys::table)
            .values(&row)
            .on_conflict((api_keys::tenant, api_keys::id))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
