//! Leases: a job that one server at a time should do. Whoever holds the lease does it; a holder that is gone is
//! followed when its time is up. A lease saves work; what must not be done twice is guarded where it is done.

use diesel::prelude::*;

use crate::connection::on_either;
use crate::error::StoreError;
use crate::schema::leases;
use crate::time::now_ms;
use crate::tx::Tx;

/// A name for one running server among several.
#[must_use]
pub fn instance_name() -> String {
    ulid::Ulid::generate().to_string()
}

impl Tx<'_> {
    /// Takes or renews a lease; whether `holder` has it now, for so many milliseconds.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) fn lease(
        &mut self,
        name: &str,
        holder: &str,
        lasts_ms: i64,
    ) -> Result<bool, StoreError> {
        let (now, until) = (now_ms(), now_ms().saturating_add(lasts_ms));
        let ours_or_free = leases::holder.eq(holder).or(leases::until_ms.le(now));
        let renewed = diesel::update(leases::table.find(name).filter(ours_or_free))
            .set((leases::holder.eq(holder), leases::until_ms.eq(until)))
            .execute(self.db.conn)?;
        if renewed == 1 {
            return Ok(true);
        }
        let first = (
            leases::name.eq(name),
            leases::holder.eq(holder),
            leases::until_ms.eq(until),
        );
        let made = on_either!(self.db.conn, conn => diesel::insert_into(leases::table)
            .values(first)
            .on_conflict_do_nothing()
            .execute(conn)?);
        Ok(made == 1)
    }

    /// Gives a lease back, if `holder` has it.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) fn end_lease(&mut self, name: &str, holder: &str) -> Result<(), StoreError> {
        diesel::update(leases::table.find(name).filter(leases::holder.eq(holder)))
            .set(leases::until_ms.eq(0))
            .execute(self.db.conn)?;
        Ok(())
    }
}
