//! Reports that the verifier left in the database, where that is a server's: signed notes, not yet judged here.
//! With SQLite there are none; the verifier leaves its reports in its own directory.

use diesel::prelude::*;
use ulid::Ulid;

use crate::address::Address;
use crate::connection;
use crate::db::Db;
use crate::error::StoreError;
use crate::schema::verifier_reports;
use crate::time::now;
use crate::tx::Tx;

/// A report that waits to be taken into the ledger.
#[derive(Debug, Clone, Queryable)]
pub struct LeftReport {
    /// The row.
    pub id: String,
    /// The signed note.
    pub note: String,
}

/// Leaves a report, with the rights of whoever the address names: the verifier may insert here and nowhere else.
///
/// # Errors
/// If the database cannot be reached or refuses.
pub fn leave_report(address: &Address, note: &str) -> Result<(), StoreError> {
    let mut connection = connection::open(address)?;
    diesel::insert_into(verifier_reports::table)
        .values((
            verifier_reports::id.eq(Ulid::generate().to_string()),
            verifier_reports::note.eq(note),
            verifier_reports::left_at.eq(now()),
        ))
        .execute(&mut connection)?;
    Ok(())
}

impl Db<'_> {
    /// The reports that wait, the first left first.
    ///
    /// # Errors
    /// If the database fails.
    pub fn left_reports(&mut self) -> Result<Vec<LeftReport>, StoreError> {
        if !self.is_postgres() {
            return Ok(Vec::new());
        }
        Ok(verifier_reports::table
            .order(verifier_reports::id)
            .limit(100)
            .select((verifier_reports::id, verifier_reports::note))
            .load(self.conn)?)
    }
}

impl Tx<'_> {
    pub(crate) fn remove_report(&mut self, report: &LeftReport) -> Result<(), StoreError> {
        diesel::delete(verifier_reports::table.find(&report.id)).execute(self.db.conn)?;
        Ok(())
    }
}
