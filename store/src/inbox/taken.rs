//! How notifications are taken in: one by one on SQLite, many in one statement on PostgreSQL. Who delivers the same again
//! changes nothing.

use std::collections::HashSet;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Text};
use record::facts::Fact;
use record::ids::TenantId;
use ulid::Ulid;

use super::Delivery;
use crate::connection::Connection;
use crate::error::StoreError;
use crate::schema::inbox;
use crate::time::{now, now_ms};

#[derive(Insertable)]
#[diesel(table_name = inbox)]
struct NewRow {
    id: String,
    tenant: String,
    site: String,
    delivery: String,
    fact: String,
    received_at: String,
    attempts: i32,
    next_attempt_ms: i64,
    dead: bool,
    subject: String,
}

impl NewRow {
    fn of(tenant: &TenantId, delivery: &Delivery) -> Result<Self, StoreError> {
        let id = Ulid::generate().to_string();
        Ok(Self {
            tenant: tenant.as_str().to_owned(),
            site: delivery.site.as_str().to_owned(),
            delivery: delivery.key.clone(),
            fact: serde_json::to_string(&delivery.fact).map_err(|_| StoreError::Row("inbox"))?,
            received_at: now(),
            attempts: 0,
            next_attempt_ms: now_ms(),
            dead: false,
            subject: match &delivery.fact {
                // A change of status may be a decision, and is worked on by itself.
                Fact::TicketChanged(changed) if changed.edited.iter().any(|f| f == "status") => {
                    format!("status/{}", changed.id)
                }
                Fact::TicketChanged(changed) => format!("ticket/{}", changed.id),
                Fact::TicketDeleted(deleted) => format!("deleted/{}", deleted.id),
                Fact::EventRecorded(recorded) => format!("event/{}", recorded.event),
                Fact::CommentChanged(_) | Fact::WorklogChanged(_) | Fact::PropertyChanged(_) => {
                    id.clone()
                }
            },
            id,
        })
    }
}

/// Takes notifications in, inside the open transaction; whether each is fresh, in their order.
pub(crate) fn receive_all(
    connection: &mut Connection,
    deliveries: &[(TenantId, Delivery)],
) -> Result<Vec<bool>, StoreError> {
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    let rows = deliveries
        .iter()
        .map(|(tenant, delivery)| NewRow::of(tenant, delivery))
        .collect::<Result<Vec<_>, _>>()?;
    match connection {
        Connection::Postgres(pg) => {
            let fresh = insert_many(pg, &rows)?;
            Ok(rows.iter().map(|row| fresh.contains(&row.id)).collect())
        }
        Connection::Sqlite(sqlite) => rows
            .iter()
            .map(|row| {
                let inserted = diesel::insert_into(inbox::table)
                    .values(row)
                    .on_conflict_do_nothing()
                    .execute(sqlite)?;
                Ok(inserted == 1)
            })
            .collect(),
    }
}

/// The ids of those that were inserted. Rows go in in one order everywhere, so that two servers that are sent
/// the same deliveries never wait for each other.
fn insert_many(pg: &mut PgConnection, rows: &[NewRow]) -> QueryResult<HashSet<String>> {
    let mut rows: Vec<&NewRow> = rows.iter().collect();
    rows.sort_unstable_by_key(|row| (&row.tenant, &row.site, &row.delivery));
    let column = |of: fn(&NewRow) -> &String| rows.iter().map(|row| of(row).as_str()).collect();
    let many = Many {
        columns: [
            column(|row| &row.id),
            column(|row| &row.tenant),
            column(|row| &row.site),
            column(|row| &row.delivery),
            column(|row| &row.fact),
            column(|row| &row.received_at),
            column(|row| &row.subject),
        ],
        next_attempt_ms: now_ms(),
    };
    let fresh: Vec<String> = many.load(pg)?;
    Ok(fresh.into_iter().collect())
}

/// Rows by their columns: a statement of one text for any number of them, which the connection prepares once.
struct Many<'r> {
    columns: [Vec<&'r str>; 7],
    next_attempt_ms: i64,
}

impl QueryFragment<Pg> for Many<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO inbox (attempts, dead, next_attempt_ms, \
             id, tenant, site, delivery, fact, received_at, subject) SELECT 0, FALSE, ",
        );
        out.push_bind_param::<BigInt, i64>(&self.next_attempt_ms)?;
        out.push_sql(", * FROM UNNEST(");
        for (at, column) in self.columns.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { ", " });
            out.push_bind_param::<Array<Text>, Vec<&str>>(column)?;
        }
        out.push_sql(") ON CONFLICT DO NOTHING RETURNING id");
        Ok(())
    }
}

impl Query for Many<'_> {
    type SqlType = Text;
}

impl QueryId for Many<'_> {
    type QueryId = Many<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<PgConnection> for Many<'_> {}
