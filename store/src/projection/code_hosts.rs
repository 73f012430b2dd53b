//! Code hosts, and what is encrypted of them: the secret that deliveries are signed with, what opens their interface.

use diesel::prelude::*;
use record::ids::{CodeHostId, TenantId};
use record::state::CodeHost;
use zeroize::Zeroizing;

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::code_hosts;
use crate::seal::MasterKey;
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = code_hosts, treat_none_as_null = true)]
struct Row {
    tenant: String,
    id: String,
    kind: String,
    base_url: String,
    state: String,
    push_as: String,
    access: Option<String>,
    webhook_secret: Vec<u8>,
    seq: i64,
}

impl TryFrom<Row> for (CodeHost, Vec<u8>) {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |_| StoreError::Row("code_hosts");
        let host = CodeHost {
            host: row.id.parse().map_err(broken)?,
            kind: row.kind.parse().map_err(broken)?,
            base_url: row.base_url,
            state: row.state.parse().map_err(broken)?,
            push_as: row.push_as.parse().map_err(broken)?,
            access: row
                .access
                .map(|word| word.parse().map_err(broken))
                .transpose()?,
            secret_digest: ledger::Hash::of(&row.webhook_secret).to_string(),
            seq: u64::try_from(row.seq).map_err(|_| StoreError::Row("code_hosts"))?,
        };
        Ok((host, row.webhook_secret))
    }
}

pub(crate) fn code_host_secrets_purpose(tenant: &TenantId, host: &CodeHostId) -> String {
    format!("{tenant}/{host}/webhook-secret")
}

/// A code host with what is encrypted of it.
#[derive(Clone)]
pub struct CodeHostCredential {
    /// Whose it is.
    pub tenant: TenantId,
    /// The code host as it stands.
    pub host: CodeHost,
    /// What was encrypted.
    pub secrets: Zeroizing<String>,
}

impl std::fmt::Debug for CodeHostCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeHostCredential")
            .field("host", &self.host.host)
            .finish_non_exhaustive()
    }
}

impl Db<'_> {
    /// The tenant's code hosts. A row that cannot be read is given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn code_hosts(&mut self, tenant: &TenantId) -> Result<Vec<Readable<CodeHost>>, StoreError> {
        let rows: Vec<Row> = code_hosts::table
            .filter(code_hosts::tenant.eq(tenant.as_str()))
            .order(code_hosts::id)
            .select(Row::as_select())
            .load(self.conn)?;
        let readable = rows.into_iter().map(|row| {
            let place = row.id.clone();
            let read = <(CodeHost, Vec<u8>)>::try_from(row);
            read.map(|(host, _)| host).map_err(|_| place)
        });
        Ok(readable.collect())
    }

    /// A code host of whichever tenant, with its secret.
    ///
    /// # Errors
    /// If the master key does not open the secret, or the database fails.
    pub fn code_host_credential(
        &mut self,
        host: &CodeHostId,
        master: &MasterKey,
    ) -> Result<Option<CodeHostCredential>, StoreError> {
        let row: Option<Row> = code_hosts::table
            .filter(code_hosts::id.eq(host.as_str()))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        let Some(row) = row else { return Ok(None) };
        let tenant = row.tenant.parse();
        let tenant = tenant.map_err(|_| StoreError::Row("code_hosts"))?;
        let (host, sealed) = row.try_into()?;
        let secret = master.open(&code_host_secrets_purpose(&tenant, &host.host), &sealed)?;
        let text = std::str::from_utf8(&secret).map_err(|_| StoreError::Sealed)?;
        Ok(Some(CodeHostCredential {
            secrets: Zeroizing::new(text.to_owned()),
            tenant,
            host,
        }))
    }

    /// The only code host there is, of whichever tenant; none if there are several whose deliveries are taken.
    ///
    /// # Errors
    /// If the database fails or a row is not what was written.
    pub fn only_code_host(&mut self) -> Result<Option<CodeHostId>, StoreError> {
        let ids: Vec<String> = code_hosts::table
            .filter(code_hosts::state.eq("ENABLED"))
            .limit(2)
            .select(code_hosts::id)
            .load(self.conn)?;
        match ids.as_slice() {
            [only] => Ok(Some(
                only.parse().map_err(|_| StoreError::Row("code_hosts"))?,
            )),
            _ => Ok(None),
        }
    }

    fn code_host_with_secret(
        &mut self,
        tenant: &TenantId,
        host: &CodeHostId,
    ) -> Result<Option<(CodeHost, Vec<u8>)>, StoreError> {
        let row: Option<Row> = code_hosts::table
            .find((tenant.as_str(), host.as_str()))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        row.map(TryInto::try_into).transpose()
    }

    pub(crate) fn sealed_code_host_secrets(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<(CodeHostId, Vec<u8>)>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = code_hosts::table
            .filter(code_hosts::tenant.eq(tenant.as_str()))
            .order(code_hosts::id)
            .select((code_hosts::id, code_hosts::webhook_secret))
            .load(self.conn)?;
        let broken = |_| StoreError::Row("code_hosts");
        rows.into_iter()
            .map(|(host, sealed)| Ok((host.parse().map_err(broken)?, sealed)))
            .collect()
    }

    /// A code host of the tenant's.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn code_host(
        &mut self,
        tenant: &TenantId,
        host: &CodeHostId,
    ) -> Result<Option<CodeHost>, StoreError> {
        let found = self.code_host_with_secret(tenant, host)?;
        Ok(found.map(|(host, _)| host))
    }
}

impl Tx<'_> {
    /// Seals a code host's secrets and holds them for the entry that names their digest.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn hold_code_host_secrets(
        &mut self,
        host: &CodeHostId,
        secret: &str,
    ) -> Result<String, StoreError> {
        let purpose = code_host_secrets_purpose(&self.tenant, host);
        let sealed = self.master.seal(&purpose, secret.as_bytes())?;
        Ok(self.hold(sealed))
    }

    pub(super) fn keep_code_host(&mut self, host: CodeHost) -> Result<(), StoreError> {
        let tenant = self.tenant.clone();
        let before = self.db.code_host_with_secret(&tenant, &host.host)?;
        let webhook_secret = self.held(&host.secret_digest, before.map(|(_, sealed)| sealed))?;
        let row = Row {
            tenant: tenant.into(),
            id: host.host.into(),
            kind: host.kind.as_str().to_owned(),
            base_url: host.base_url,
            state: host.state.as_str().to_owned(),
            push_as: host.push_as.as_str().to_owned(),
            access: host.access.map(|access| access.as_str().to_owned()),
            webhook_secret,
            seq: host.seq as i64,
        };
        on_either!(self.db.conn, conn => diesel::insert_into(code_hosts::table)
            .values(&row)
            .on_conflict((code_hosts::tenant, code_hosts::id))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
