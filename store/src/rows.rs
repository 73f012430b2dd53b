//! Rows of a ledger as they are inserted, one or many. PostgreSQL takes many as arrays, in one statement whose text
//! is always the same, so that it is parsed once; SQLite takes them one by one through one prepared statement.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, SingleValue, Text};
use diesel::sqlite::Sqlite;
use ledger::disclosure::Hidden;
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
    digest: &'d str,
    disclosure: &'d str,
}

impl<'d> DisclosureRow<'d> {
    pub(crate) fn of(tenant: &'d TenantId, seq: u64, hidden: &'d Hidden) -> Self {
        Self {
            tenant: tenant.as_str(),
            seq: seq as i64,
            digest: hidden.digest(),
            disclosure: hidden.as_str(),
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
                Inserted(row).execute(sqlite)?;
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
                column!(rows, row => row.digest),
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

/// The statement that inserts a row. What the query builder makes of the same costs a tenth more of an append.
struct Inserted<'r>(&'r EntryRow<'r>);

impl QueryFragment<Sqlite> for Inserted<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let Self(row) = self;
        out.push_sql(
            "INSERT INTO entries (tenant, seq, bytes, leaf, id, idem, at, type, severity, subject) VALUES (",
        );
        out.push_bind_param::<Text, str>(row.tenant)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, i64>(&row.seq)?;
        for bytes in [row.bytes.as_slice(), row.leaf.as_bytes()] {
            out.push_sql(", ");
            out.push_bind_param::<Binary, [u8]>(bytes)?;
        }
        out.push_sql(", ");
        out.push_bind_param::<Text, str>(&row.draft.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, [u8]>(row.draft.idem.as_bytes())?;
        let Draft {
            at,
            kind,
            severity,
            subject,
            ..
        } = row.draft;
        for text in [at, kind, severity, subject] {
            out.push_sql(", ");
            out.push_bind_param::<Text, str>(text)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for Inserted<'_> {
    type QueryId = Inserted<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Conn> RunQueryDsl<Conn> for Inserted<'_> {}
