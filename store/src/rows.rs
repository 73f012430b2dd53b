//! Rows of the ledger as they are inserted, one or many. PostgreSQL takes many as arrays, in one statement whose
//! text is always the same; SQLite takes them one by one through one prepared statement, which is as fast.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Text};
use ledger::disclosure::Disclosure;
use ledger::{Entry, Hash};
use record::ids::TenantId;

use crate::connection::Connection;
use crate::schema::{disclosures, entries};

/// An entry with its look-up columns.
#[derive(Insertable)]
#[diesel(table_name = entries)]
pub(crate) struct EntryRow {
    tenant: String,
    pub(crate) seq: i64,
    bytes: Vec<u8>,
    leaf: Vec<u8>,
    id: String,
    idem: Vec<u8>,
    at: String,
    kind: String,
    severity: String,
    subject: String,
}

impl EntryRow {
    pub(crate) fn of(tenant: &TenantId, entry: &Entry, bytes: Vec<u8>, leaf: Hash) -> Self {
        Self {
            tenant: tenant.as_str().to_owned(),
            seq: entry.seq as i64,
            bytes,
            leaf: leaf.as_bytes().to_vec(),
            id: entry.id.clone(),
            idem: entry.idem.as_bytes().to_vec(),
            at: entry.at.clone(),
            kind: entry.kind.clone(),
            severity: entry.severity.clone(),
            subject: entry.subject.clone(),
        }
    }
}

/// A value beside an entry.
#[derive(Insertable)]
#[diesel(table_name = disclosures)]
pub(crate) struct DisclosureRow {
    tenant: String,
    seq: i64,
    digest: String,
    disclosure: String,
}

impl DisclosureRow {
    pub(crate) fn of(tenant: &TenantId, seq: i64, disclosure: &Disclosure) -> Self {
        Self {
            tenant: tenant.as_str().to_owned(),
            seq,
            digest: disclosure.digest().to_owned(),
            disclosure: disclosure.as_str().to_owned(),
        }
    }
}

/// The values of one column of many rows.
macro_rules! column {
    ($rows:expr, $name:ident) => {
        $rows.iter().map(|row| &row.$name).collect::<Vec<_>>()
    };
}

pub(crate) fn insert_entries(connection: &mut Connection, rows: &[EntryRow]) -> QueryResult<()> {
    match connection {
        Connection::Postgres(pg) => {
            diesel::sql_query(
                "INSERT INTO entries (tenant, seq, bytes, leaf, id, idem, at, type, severity, subject) \
                 SELECT * FROM UNNEST($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind::<Array<Text>, _>(column!(rows, tenant))
            .bind::<Array<BigInt>, _>(column!(rows, seq))
            .bind::<Array<Binary>, _>(column!(rows, bytes))
            .bind::<Array<Binary>, _>(column!(rows, leaf))
            .bind::<Array<Text>, _>(column!(rows, id))
            .bind::<Array<Binary>, _>(column!(rows, idem))
            .bind::<Array<Text>, _>(column!(rows, at))
            .bind::<Array<Text>, _>(column!(rows, kind))
            .bind::<Array<Text>, _>(column!(rows, severity))
            .bind::<Array<Text>, _>(column!(rows, subject))
            .execute(pg)?;
        }
        Connection::Sqlite(sqlite) => {
            for row in rows {
                diesel::insert_into(entries::table)
                    .values(row)
                    .execute(sqlite)?;
            }
        }
    }
    Ok(())
}

pub(crate) fn insert_disclosures(
    connection: &mut Connection,
    rows: &[DisclosureRow],
) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    match connection {
        Connection::Postgres(pg) => {
            diesel::sql_query(
                "INSERT INTO disclosures (tenant, seq, digest, disclosure) \
                 SELECT * FROM UNNEST($1, $2, $3, $4)",
            )
            .bind::<Array<Text>, _>(column!(rows, tenant))
            .bind::<Array<BigInt>, _>(column!(rows, seq))
            .bind::<Array<Text>, _>(column!(rows, digest))
            .bind::<Array<Text>, _>(column!(rows, disclosure))
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
