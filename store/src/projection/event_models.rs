//! Models that events are about besides their subject.

use diesel::prelude::*;
use record::ids::{ModelId, TenantId};
use record::state::EventModel;

use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::event_models;
use crate::tx::Tx;

impl Db<'_> {
    /// The positions of the tenant's events that are about this model and have a commit as their subject, the latest
    /// first; `limit` at most.
    ///
    /// # Errors
    /// If the database fails.
    pub fn positions_of_model(
        &mut self,
        tenant: &TenantId,
        model: &ModelId,
        limit: i64,
    ) -> Result<Vec<u64>, StoreError> {
        let rows: Vec<i64> = event_models::table
            .filter(event_models::tenant.eq(tenant.as_str()))
            .filter(event_models::model.eq(model.as_str()))
            .order(event_models::seq.desc())
            .limit(limit)
            .select(event_models::seq)
            .load(self.conn)?;
        Ok(rows.into_iter().map(|seq| seq as u64).collect())
    }

    /// All of the tenant's. A row that cannot be read is given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn event_models(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<Readable<EventModel>>, StoreError> {
        let rows: Vec<(String, i64)> = event_models::table
            .filter(event_models::tenant.eq(tenant.as_str()))
            .order((event_models::model, event_models::seq))
            .select((event_models::model, event_models::seq))
            .load(self.conn)?;
        let readable = rows.into_iter().map(|(model, seq)| {
            let read = (model.parse(), u64::try_from(seq));
            match read {
                (Ok(model), Ok(seq)) => Ok(EventModel { model, seq }),
                _ => Err(format!("{model}/{seq}")),
            }
        });
        Ok(readable.collect())
    }
}

impl Tx<'_> {
    pub(super) fn keep_event_model(&mut self, row: &EventModel) -> Result<(), StoreError> {
        diesel::insert_into(event_models::table)
            .values((
                event_models::tenant.eq(self.tenant.as_str()),
                event_models::model.eq(row.model.as_str()),
                event_models::seq.eq(row.seq as i64),
            ))
            .execute(self.db.conn)?;
        Ok(())
    }
}
