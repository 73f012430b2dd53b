//! What only PostgreSQL understands: how a session is set up, and rows in bulk.
//!
//! Several servers of ours may work on one database. What keeps a ledger from forking is the lock on its head's
//! row (see `head`); sessions that hold a lock and say nothing are ended by the database.

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, ConnectionError, PgConnection, RunQueryDsl, define_sql_function};
use url::Url;

use crate::error::StoreError;

/// A table that grows fast outruns the planner's statistics, and a plan that was kept from when it was small reads all
/// of it: so every statement is planned for the table as it is, and never by reading a table from end to end. Where a
/// table has to be read so all the same, the planner's estimate is beyond all bounds, and it would compile a statement of
/// a millisecond for a hundred: so none is compiled.
const PLANS: &str =
    "SET plan_cache_mode = force_custom_plan; SET enable_seqscan = off; SET jit = off;";

/// For a session that looks up by unique keys alone: there is one plan for that, whatever the tables hold.
const KEPT_PLANS: &str = "SET plan_cache_mode = force_generic_plan;";

/// A commit is answered only when it is durable here, whatever the database's own default; what standbys have to do
/// before is left as it is set.
const SESSION: &str = "SET application_name = 'countersign'; SET lock_timeout = '10s'; \
     SET idle_in_transaction_session_timeout = '60s'; \
     SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') IN ('off', 'local');";

const READ_ONLY: &str = "SET application_name = 'countersign-reader'; SET lock_timeout = '10s'; \
     SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = on;";

pub(crate) fn open(url: &Url) -> Result<PgConnection, StoreError> {
    let mut connection = establish(url)?;
    connection.batch_execute(SESSION)?;
    connection.batch_execute(PLANS)?;
    Ok(connection)
}

/// A session whose transactions see one moment of the database and cannot write. What it may read at all is for
/// its role to say.
pub(crate) fn open_read_only(url: &Url) -> Result<PgConnection, StoreError> {
    let mut connection = establish(url)?;
    connection.batch_execute(READ_ONLY)?;
    connection.batch_execute(PLANS)?;
    Ok(connection)
}

/// Has a session make each of its plans once.
pub(crate) fn keep_plans(connection: &mut PgConnection) -> Result<(), StoreError> {
    Ok(connection.batch_execute(KEPT_PLANS)?)
}

/// A peer that says nothing any more is given up after half a minute, whatever the system's own patience, unless the
/// address says otherwise: everybody who calls waits behind it.
const PATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "10"),
    ("keepalives_idle", "30"),
    ("keepalives_interval", "10"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "30000"),
];

fn with_patience(url: &Url) -> Url {
    let mut patient = url.clone();
    for (name, value) in PATIENCE {
        if !url.query_pairs().any(|(said, _)| said == name) {
            patient.query_pairs_mut().append_pair(name, value);
        }
    }
    patient
}

/// Whether this is a copy that follows another server, and may be behind it.
pub(crate) fn is_standby(connection: &mut PgConnection) -> Result<bool, StoreError> {
    define_sql_function! { fn pg_is_in_recovery() -> Bool; }
    Ok(diesel::select(pg_is_in_recovery()).get_result(connection)?)
}

/// The reason says what libpq says, which names host, port and role, and never the password.
fn establish(url: &Url) -> Result<PgConnection, StoreError> {
    PgConnection::establish(with_patience(url).as_str()).map_err(|error| {
        StoreError::Unreachable(match error {
            ConnectionError::BadConnection(reason) => reason.replace('\n', " ").trim().to_owned(),
            _ => "the connection was refused".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_peer_is_given_up_unless_the_address_says_otherwise() {
        let url: Url =
            "postgres://app@db.example.com/countersign?connect_timeout=3&sslmode=verify-full"
                .parse()
                .unwrap();
        let patient = with_patience(&url);
        let said: Vec<_> = patient
            .query_pairs()
            .filter(|(name, _)| name == "connect_timeout")
            .collect();
        assert_eq!(said, [("connect_timeout".into(), "3".into())]);
        assert!(patient.as_str().contains("tcp_user_timeout=30000"));
    }
}
