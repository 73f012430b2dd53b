//! How far each feed was sent, and what became of the last try. No evidence rests on it.

use diesel::prelude::*;
use record::ids::{FeedId, TenantId};

use crate::connection::on_either;
use crate::db::{Db, counted};
use crate::error::StoreError;
use crate::schema::feed_positions;
use crate::tx::Tx;

/// How far a feed was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedPosition {
    /// The entry that is sent next.
    pub next: u64,
    /// How often it was tried in vain.
    pub failed: u32,
    /// When it is tried again: milliseconds since 1970.
    pub again_at_ms: i64,
    /// When one was last taken.
    pub sent_at: Option<String>,
    /// Why the last try was in vain.
    pub last_error: Option<String>,
}

impl Db<'_> {
    /// How far a feed was sent.
    ///
    /// # Errors
    /// If the database fails.
    pub fn feed_position(
        &mut self,
        tenant: &TenantId,
        feed: &FeedId,
    ) -> Result<Option<FeedPosition>, StoreError> {
        type Row = (i64, i32, i64, Option<String>, Option<String>);
        let row: Option<Row> = feed_positions::table
            .find((tenant.as_str(), feed.as_str()))
            .select((
                feed_positions::next,
                feed_positions::failed,
                feed_positions::again_at_ms,
                feed_positions::sent_at,
                feed_positions::last_error,
            ))
            .first(self.conn)
            .optional()?;
        Ok(row.map(
            |(next, failed, again_at_ms, sent_at, last_error)| FeedPosition {
                next: u64::try_from(next).unwrap_or_default(),
                failed: u32::try_from(failed).unwrap_or_default(),
                again_at_ms,
                sent_at,
                last_error,
            },
        ))
    }
}

impl Tx<'_> {
    /// Keeps how far a feed was sent; nothing if it was sent farther already: another server may have gone on meanwhile.
    ///
    /// # Errors
    /// If the database fails.
    pub fn keep_feed_position(
        &mut self,
        feed: &FeedId,
        position: &FeedPosition,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant.clone();
        let kept = self.db.feed_position(&tenant, feed)?;
        if kept.is_some_and(|kept| kept.next > position.next) {
            return Ok(());
        }
        let values = (
            feed_positions::next.eq(counted(position.next)),
            feed_positions::failed.eq(i32::try_from(position.failed).unwrap_or(i32::MAX)),
            feed_positions::again_at_ms.eq(position.again_at_ms),
            feed_positions::sent_at.eq(&position.sent_at),
            feed_positions::last_error.eq(&position.last_error),
        );
        on_either!(self.db.conn, conn => diesel::insert_into(feed_positions::table)
            .values((
                feed_positions::tenant.eq(self.tenant.as_str()),
                feed_positions::feed.eq(feed.as_str()),
                values,
            ))
            .on_conflict((feed_positions::tenant, feed_positions::feed))
            .do_update()
            .set(values)
            .execute(conn)?);
        Ok(())
    }
}
