//! Rows of a ledger as they are inserted, one or many. PostgreSQL takes many as arrays, in one statement whose text
//! is always the same, so that it is parsed once; SQLite takes them one by one through one prepared statement.

use diesel::prelude::*;
use diesel::sql_types::{Array, SingleValue, Text};
use ledger::disclosure::Disclosure;
use ledger::{Draft, Hash};
use record::ids::TenantId;

use crate::connection::Connection;
use crate::schema::{disclosures, entries};

/// An entry with its look-up columns.
pub(crate) struct EntryRow<'d> {
    tenant: &'d str,
    seq: i64,
    bytes: Vec<u8>,
    pub(crate) leaf: Hash,
    draft: &'d Draft,
}

impl<'d> EntryRow<'d> {
    pub(crate) fn of(tenant: &'d TenantId, draft: &'d Draft, seq: u64, bytes: Vec<u8>) -> Self {
        Self {
            tenant: tenant.as_str(),
            seq: seq as i64,
            leaf: Hash::leaf(&bytes),
            bytes,
            draft,
        }
    }
}

/// A value beside an entry.
#[derive(Insertable)]
#[diesel(table_name = disclosures)]
pub(crate) struct DisclosureRow<'d> {
    tenant: &'d str,
    seq: i64,
    digest: String,
    disclosure: &'d str,
}

impl<'d> DisclosureRow<'d> {
    pub(crate) fn of(tenant: &'d TenantId, seq: u64, disclosure: &'d Disclosure) -> Self {
        Self {
            tenant: tenant.as_str(),
            seq: seq as i64,
            digest: disclosure.digest(),
            disclosure: disclosure.as_str(),
        }
    }
}

diesel::define_sql_function! {
    /// The members of an array, a row each. Several beside each other go in step.
    fn unnest<T: SingleValue>(members: Array<T>) -> T;
}

/// The values of one column of many rows.
macro_rules! column {
    ($rows:expr, $row:ident => $value:expr) => {
        unnest($rows.iter().map(|$row| $value).collect::<Vec<_>>())
    };
}

/// Inserts entries of one ledger.
pub(crate) fn insert_entries(
    connection: &mut Connection,
    rows: &[EntryRow<'_>],
) -> QueryResult<()> {
    let Some(first) = rows.first() else {
        return Ok(());
    };
    match connection {
        Connection::Postgres(pg) => {
            diesel::select((
                first.tenant.into_sql::<Text>(),
                column!(rows, row => row.seq),
                column!(rows, row => row.bytes.as_slice()),
                column!(rows, row => row.leaf.as_bytes().as_slice()),
                column!(rows, row => row.draft.id.as_str()),
                column!(rows, row => row.draft.idem.as_bytes().as_slice()),
                column!(rows, row => row.draft.at.as_str()),
                column!(rows, row => row.draft.kind.as_str()),
                column!(rows, row => row.draft.severity.as_str()),
                column!(rows, row => row.draft.subject.as_str()),
            ))
            .insert_into(entries::table)
            .into_columns(entries::all_columns)
            .execute(pg)?;
        }
        Connection::Sqlite(sqlite) => {
            for row in rows {
                diesel::insert_into(entries::table)
                    .values((
                        entries::tenant.eq(row.tenant),
                        entries::seq.eq(row.seq),
                        entries::bytes.eq(row.bytes.as_slice()),
                        entries::leaf.eq(row.leaf.as_bytes().as_slice()),
                        entries::id.eq(row.draft.id.as_str()),
                        entries::idem.eq(row.draft.idem.as_bytes().as_slice()),
                        entries::at.eq(row.draft.at.as_str()),
                        entries::kind.eq(row.draft.kind.as_str()),
                        entries::severity.eq(row.draft.severity.as_str()),
                        entries::subject.eq(row.draft.subject.as_str()),
                    ))
                    .execute(sqlite)?;
            }
        }
    }
    Ok(())
}

/// Inserts values beside entries of one ledger.
pub(crate) fn insert_disclosures(
    connection: &mut Connection,
    rows: &[DisclosureRow<'_>],
) -> QueryResult<()> {
    let Some(first) = rows.first() else {
        return Ok(());
    };
    match connection {
        Connection::Postgres(pg) => {
            diesel::select((
                first.tenant.into_sql::<Text>(),
                column!(rows, row => row.seq),
                column!(rows, row => row.digest.as_str()),
                column!(rows, row => row.disclosure),
            ))
            .insert_into(disclosures::table)
            .into_columns(disclosures::all_columns)
            .execute(pg)?;
        }
        Connection::Sqlite(sqlite) => {
            for row in rows {
                diesel::insert_into(disclosures::table)
                    .values(row)
                    .execute(sqlite)?;
            }
        }
    }
    Ok(())
}
