//! Entries as they stand in the database, lent out row by row: nothing is copied for who only looks.
//! Believes no column: a value of another type than the column's is given as what it reads as, one that is
//! missing as empty.

use diesel::backend::Backend;
use diesel::connection::{DefaultLoadingMode, LoadConnection};
use diesel::deserialize::FromSql;
use diesel::pg::PgValue;
use diesel::prelude::*;
use diesel::row::{Field, Row};
use diesel::sql_types::BigInt;
use diesel::sqlite::SqliteValue;
use record::ids::TenantId;

use crate::connection::Connection;
use crate::db::{Db, counted};
use crate::error::StoreError;
use crate::schema::entries;

/// How many entries are asked for at once: a result of PostgreSQL's is in memory as a whole.
const PIECE: i64 = 2048;

/// An entry's row, column by column.
#[derive(Debug, Clone, Copy)]
pub struct StoredEntry<'r> {
    /// The position.
    pub seq: i64,
    /// The entry's bytes.
    pub bytes: &'r [u8],
    /// The recorded leaf hash.
    pub leaf: &'r [u8],
    /// Look-up column.
    pub idem: &'r [u8],
    /// Look-up column.
    pub id: &'r str,
    /// Look-up column.
    pub at: &'r str,
    /// Look-up column.
    pub kind: &'r str,
    /// Look-up column.
    pub severity: &'r str,
    /// Look-up column.
    pub subject: &'r str,
}

impl Db<'_> {
    /// Hands every stored entry of the tenant's from `from` on to `visit`, in the order of `seq`.
    ///
    /// # Errors
    /// What `visit` fails with, or the database.
    pub fn each_entry<E: From<StoreError>>(
        &mut self,
        tenant: &TenantId,
        from: u64,
        mut visit: impl FnMut(StoredEntry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut next = Some(counted(from));
        while let Some(from) = next.take() {
            self.each_of_entries(tenant, from, PIECE, |row| {
                next = row.seq.checked_add(1);
                visit(row)
            })?;
        }
        Ok(())
    }

    /// Hands up to `limit` stored entries with `seq >= from` to `visit`, in the order of `seq`.
    ///
    /// # Errors
    /// What `visit` fails with, or the database.
    pub fn each_of_entries<E: From<StoreError>>(
        &mut self,
        tenant: &TenantId,
        from: i64,
        limit: i64,
        mut visit: impl FnMut(StoredEntry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let rows = entries::table
            .filter(entries::tenant.eq(tenant.as_str()))
            .filter(entries::seq.ge(from))
            .order(entries::seq)
            .limit(limit)
            .select((
                entries::seq,
                entries::bytes,
                entries::leaf,
                entries::idem,
                entries::id,
                entries::at,
                entries::kind,
                entries::severity,
                entries::subject,
            ));
        let failed = |error| E::from(StoreError::Query(error));
        match self.conn {
            Connection::Postgres(pg) => {
                let read = LoadConnection::<DefaultLoadingMode>::load(pg, rows).map_err(failed)?;
                for row in read {
                    lend(&row.map_err(failed)?, &mut visit)?;
                }
            }
            Connection::Sqlite(sqlite) => {
                let read =
                    LoadConnection::<DefaultLoadingMode>::load(sqlite, rows).map_err(failed)?;
                for row in read {
                    lend(&row.map_err(failed)?, &mut visit)?;
                }
            }
        }
        Ok(())
    }

    /// What `look` makes of the first stored entry of the tenant's with `seq >= from`; none if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub fn first_entry_from<T>(
        &mut self,
        tenant: &TenantId,
        from: i64,
        mut look: impl FnMut(StoredEntry<'_>) -> T,
    ) -> Result<Option<T>, StoreError> {
        let mut first = None;
        self.each_of_entries(tenant, from, 1, |row| -> Result<(), StoreError> {
            first = Some(look(row));
            Ok(())
        })?;
        Ok(first)
    }
}

/// Lends a row to `visit`.
fn lend<'a, DB, R, E>(
    row: &R,
    visit: &mut impl FnMut(StoredEntry<'_>) -> Result<(), E>,
) -> Result<(), E>
where
    DB: Backend,
    R: Row<'a, DB>,
    E: From<StoreError>,
    i64: FromSql<BigInt, DB>,
    for<'v> DB::RawValue<'v>: Lent,
{
    let seq = row
        .get_value::<BigInt, i64, usize>(0)
        .map_err(|_| StoreError::Row("entries"))?;
    let fields: [_; 8] = std::array::from_fn(|at| row.get(at + 1));
    let mut values = fields
        .each_ref()
        .map(|field| field.as_ref().and_then(|field| field.value()));
    let [blobs @ .., id, at, kind, severity, subject] = &mut values;
    let [bytes, leaf, idem] = blobs
        .each_mut()
        .map(|value| value.as_mut().map(Lent::blob).unwrap_or_default());
    let [id, at, kind, severity, subject] = [id, at, kind, severity, subject]
        .map(|value| value.as_mut().map(Lent::text).unwrap_or_default());
    visit(StoredEntry {
        seq,
        bytes,
        leaf,
        idem,
        id,
        at,
        kind,
        severity,
        subject,
    })
}

/// A value as a database's library holds it.
trait Lent {
    fn blob(&mut self) -> &[u8];
    /// Bytes that are no UTF-8 are no column that says what its entry says.
    fn text(&mut self) -> &str;
}

impl Lent for SqliteValue<'_, '_, '_> {
    fn blob(&mut self) -> &[u8] {
        self.read_blob()
    }

    fn text(&mut self) -> &str {
        self.read_text()
    }
}

impl Lent for PgValue<'_> {
    fn blob(&mut self) -> &[u8] {
        self.as_bytes()
    }

    fn text(&mut self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}
