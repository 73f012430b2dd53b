//! Feeds: addresses to which entries are sent as they come, each with the secret that it is signed with.

use diesel::prelude::*;
use record::entries::EntryType;
use record::ids::{FeedId, TenantId};
use record::state::Feed;
use zeroize::Zeroizing;

use crate::connection::on_either;
use crate::db::{Db, Readable};
use crate::error::StoreError;
use crate::schema::feeds;
use crate::seal::MasterKey;
use crate::tx::Tx;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = feeds)]
struct Row {
    tenant: String,
    id: String,
    host: String,
    form: String,
    least: String,
    types: String,
    state: String,
    secrets: Vec<u8>,
    seq: i64,
}

impl TryFrom<Row> for (Feed, Vec<u8>) {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = || StoreError::Row("feeds");
        let kind = |word: &str| EntryType::ALL.iter().find(|kind| kind.as_str() == word);
        let types = row.types.split_whitespace();
        let types: Option<Vec<EntryType>> = types.map(|word| kind(word).copied()).collect();
        let feed = Feed {
            feed: row.id.parse().map_err(|_| broken())?,
            host: row.host,
            form: row.form.parse().map_err(|_| broken())?,
            least: row.least.parse().map_err(|_| broken())?,
            types: types.ok_or_else(broken)?,
            state: row.state.parse().map_err(|_| broken())?,
            secret_digest: ledger::Hash::of(&row.secrets).to_string(),
            seq: u64::try_from(row.seq).map_err(|_| broken())?,
        };
        Ok((feed, row.secrets))
    }
}

pub(crate) fn feed_purpose(tenant: &TenantId, feed: &FeedId) -> String {
    format!("{tenant}/{feed}/feed")
}

impl Db<'_> {
    /// The tenant's feeds. A row that cannot be read is given as the place it stands in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn feeds(&mut self, tenant: &TenantId) -> Result<Vec<Readable<Feed>>, StoreError> {
        let rows: Vec<Row> = feeds::table
            .filter(feeds::tenant.eq(tenant.as_str()))
            .order(feeds::id)
            .select(Row::as_select())
            .load(self.conn)?;
        let readable = rows.into_iter().map(|row| {
            let place = row.id.clone();
            let read = <(Feed, Vec<u8>)>::try_from(row);
            read.map(|(feed, _)| feed).map_err(|_| place)
        });
        Ok(readable.collect())
    }

    /// The feeds in use, whosever. Rows that cannot be read are passed over: they are the verifier's finding.
    ///
    /// # Errors
    /// If the database fails.
    pub fn feeds_in_use(&mut self) -> Result<Vec<(TenantId, Feed)>, StoreError> {
        let rows: Vec<Row> = feeds::table
            .filter(feeds::state.eq("ENABLED"))
            .order((feeds::tenant, feeds::id))
            .select(Row::as_select())
            .load(self.conn)?;
        let read = |row: Row| {
            let tenant = row.tenant.parse().ok()?;
            Some((tenant, <(Feed, Vec<u8>)>::try_from(row).ok()?.0))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// A feed of the tenant's.
    ///
    /// # Errors
    /// If the database fails or the row is not what was written.
    pub fn feed(&mut self, tenant: &TenantId, feed: &FeedId) -> Result<Option<Feed>, StoreError> {
        Ok(self.feed_with_secrets(tenant, feed)?.map(|(feed, _)| feed))
    }

    /// What a feed's address and secret were sealed from.
    ///
    /// # Errors
    /// If the master key does not open them, or the database fails.
    pub fn feed_secrets(
        &mut self,
        tenant: &TenantId,
        feed: &FeedId,
        master: &MasterKey,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some((_, sealed)) = self.feed_with_secrets(tenant, feed)? else {
            return Ok(None);
        };
        master.open(&feed_purpose(tenant, feed), &sealed).map(Some)
    }

    fn feed_with_secrets(
        &mut self,
        tenant: &TenantId,
        feed: &FeedId,
    ) -> Result<Option<(Feed, Vec<u8>)>, StoreError> {
        let row: Option<Row> = feeds::table
            .find((tenant.as_str(), feed.as_str()))
            .select(Row::as_select())
            .first(self.conn)
            .optional()?;
        row.map(TryInto::try_into).transpose()
    }

    pub(crate) fn sealed_feeds(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<(FeedId, Vec<u8>)>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = feeds::table
            .filter(feeds::tenant.eq(tenant.as_str()))
            .order(feeds::id)
            .select((feeds::id, feeds::secrets))
            .load(self.conn)?;
        let broken = |_| StoreError::Row("feeds");
        rows.into_iter()
            .map(|(feed, sealed)| Ok((feed.parse().map_err(broken)?, sealed)))
            .collect()
    }
}

impl Tx<'_> {
    /// Seals a feed's address and secret and holds them for the entry that names their digest.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn hold_feed_secrets(
        &mut self,
        feed: &FeedId,
        secrets: &[u8],
    ) -> Result<String, StoreError> {
        let purpose = feed_purpose(&self.tenant, feed);
        let sealed = self.master.seal(&purpose, secrets)?;
        Ok(self.hold(sealed))
    }

    pub(super) fn keep_feed(&mut self, feed: Feed) -> Result<(), StoreError> {
        let tenant = self.tenant.clone();
        let before = self.db.feed_with_secrets(&tenant, &feed.feed)?;
        let secrets = self.held(&feed.secret_digest, before.map(|(_, sealed)| sealed))?;
        let types: Vec<&str> = feed.types.iter().map(|kind| kind.as_str()).collect();
        let row = Row {
            tenant: tenant.into(),
            id: feed.feed.into(),
            host: feed.host,
            form: feed.form.as_str().to_owned(),
            least: feed.least.as_str().to_owned(),
            types: types.join(" "),
            state: feed.state.as_str().to_owned(),
            secrets,
            seq: feed.seq as i64,
        };
        on_either!(self.db.conn, conn => diesel::insert_into(feeds::table)
            .values(&row)
            .on_conflict((feeds::tenant, feeds::id))
            .do_update()
            .set(&row)
            .execute(conn)?);
        Ok(())
    }
}
