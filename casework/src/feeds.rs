//! Feeds: an address of the organisation's own, a SIEM's or a chat's, to which entries are sent as they come, signed as
//! Standard Webhooks has it; or a mailbox that is told in words. Set up by an entry, so that nobody listens in unseen.

mod end;
mod in_words;
mod letter;
mod mailing;
mod news;
mod sending;

use record::entries::{EntryType, FeedChanged, FeedForm, IntegrationState};
use record::ids::{FeedId, TenantId};
use record::scale::Severity;
use record::state::Feed;
use store::{FeedPosition, NewEntry, StoreError, Tx};
use ulid::Ulid;

use feed::FeedSecret;
pub use sending::FeedLanes;

use crate::Casework;
use crate::api_keys::ApiCaller;
use crate::error::CaseError;
use end::End;

/// The most feeds of one tenant.
const MOST_FEEDS: usize = 20;

/// A feed that somebody wants. Its address may hold a secret, so it is never logged.
#[derive(Clone)]
pub struct FeedRequest {
    /// Where entries are sent to: `https://…`, or `mailto:` and a mailbox.
    pub url: String,
    /// In what form; if it is not said, EMAIL to a mailbox and PLAIN elsewhere.
    pub form: Option<FeedForm>,
    /// Only those that matter at least this much; if it is not said, HIGH to a mailbox and all elsewhere.
    pub least: Option<Severity>,
    /// Only those of these types; all if there is none.
    pub types: Vec<EntryType>,
    /// From which position on; from the next entry if it is not said.
    pub from: Option<u64>,
}

impl std::fmt::Debug for FeedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeedRequest").finish_non_exhaustive()
    }
}

/// A feed, and how far it was sent.
#[derive(Debug, Clone)]
pub struct FeedStanding {
    /// The feed.
    pub feed: Feed,
    /// How far it was sent.
    pub position: FeedPosition,
}

/// Why a feed was not set up or removed.
#[derive(Debug, thiserror::Error)]
pub enum FeedRefused {
    /// The address is none.
    #[error(
        "url: an address with https is expected, or one with http on this machine, without a user; or mailto: and one \
         mailbox. Nothing was set up."
    )]
    Address,
    /// The form is of another kind of address.
    #[error("form: EMAIL goes with a mailto: address, the others with https. Nothing was set up.")]
    Form,
    /// This server sends no mail.
    #[error(
        "url: this server sends no mail until COUNTERSIGN_SMTP_URL and COUNTERSIGN_SMTP_FROM are set. Nothing was set up."
    )]
    NoMail,
    /// There are too many.
    #[error(
        "There are {MOST_FEEDS} feeds already. Nothing was set up: remove one that is not used."
    )]
    TooMany,
    /// There is no such position yet.
    #[error("from: the ledger has no such position yet. Nothing was set up.")]
    Position,
    /// There is no such feed in use.
    #[error("There is no such feed. Nothing was changed.")]
    NoFeed,
    /// The store failed.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for FeedRefused {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl Casework {
    /// Sets a feed up; gives the secret that it is signed with, which is shown this once. Mails have none.
    ///
    /// # Errors
    /// Why it was not set up.
    pub async fn add_feed(
        &self,
        caller: &ApiCaller,
        request: FeedRequest,
    ) -> Result<(FeedStanding, Option<FeedSecret>), FeedRefused> {
        let end = End::named(&request.url)?;
        let form = end.form(request.form)?;
        if matches!(end, End::Mailbox(_)) && self.mail.is_none() {
            return Err(FeedRefused::NoMail);
        }
        let (secret, feed) = (end.secret(), FeedId::from_ulid(Ulid::generate()));
        let caller = caller.clone();
        let tenant = caller.tenant.clone();
        let standing = self
            .store
            .write(&tenant, move |tx| -> Result<_, FeedRefused> {
                let tenant = tx.tenant().clone();
                let known = tx.db().feeds(&tenant)?.into_iter().flatten();
                let in_use = known.filter(|feed| feed.state == IntegrationState::Enabled);
                if in_use.count() >= MOST_FEEDS {
                    return Err(FeedRefused::TooMany);
                }
                let changed = FeedChanged {
                    secret_digest: tx.hold_feed_secrets(&feed, end.to_be_sealed().as_bytes())?,
                    feed,
                    host: end.host().to_owned(),
                    form,
                    least: request.least.unwrap_or_else(|| end.usual_least()),
                    types: distinct(request.types),
                    state: IntegrationState::Enabled,
                };
                let position = FeedPosition {
                    next: record(tx, &caller, changed.clone())?,
                    again_at_ms: end.begins_at_ms(),
                    ..FeedPosition::default()
                };
                let position = match request.from {
                    Some(from) if from > position.next => return Err(FeedRefused::Position),
                    Some(next) => FeedPosition { next, ..position },
                    None => position,
                };
                tx.keep_feed_position(&changed.feed, &position)?;
                let feed = tx.db().feed(&tenant, &changed.feed)?;
                let feed = feed.ok_or(StoreError::Row("feeds"))?;
                Ok(FeedStanding { feed, position })
            });
        Ok((standing.await?, secret))
    }

    /// Sends no more to a feed; that it was set up stays on record.
    ///
    /// # Errors
    /// Why it was not removed.
    pub async fn remove_feed(&self, caller: &ApiCaller, feed: FeedId) -> Result<(), FeedRefused> {
        let caller = caller.clone();
        let tenant = caller.tenant.clone();
        self.store
            .write(&tenant, move |tx| -> Result<(), FeedRefused> {
                let tenant = tx.tenant().clone();
                let known = tx.db().feed(&tenant, &feed)?;
                let known = known.filter(|feed| feed.state == IntegrationState::Enabled);
                let known = known.ok_or(FeedRefused::NoFeed)?;
                let removed = FeedChanged {
                    feed: known.feed,
                    host: known.host,
                    form: known.form,
                    least: known.least,
                    types: known.types,
                    state: IntegrationState::Removed,
                    secret_digest: known.secret_digest,
                };
                record(tx, &caller, removed)?;
                Ok(())
            })
            .await
    }

    /// The tenant's feeds, and how far each was sent.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn feeds(&self, tenant: &TenantId) -> Result<Vec<FeedStanding>, CaseError> {
        let tenant = tenant.clone();
        let read = self.store.read(move |db| -> Result<_, StoreError> {
            let feeds = db.feeds(&tenant)?.into_iter().flatten();
            let standing = feeds.map(|feed| {
                let position = db.feed_position(&tenant, &feed.feed)?.unwrap_or_default();
                Ok(FeedStanding { feed, position })
            });
            standing.collect()
        });
        Ok(read.await?)
    }
}

fn distinct(mut types: Vec<EntryType>) -> Vec<EntryType> {
    types.sort_unstable();
    types.dedup();
    types
}

/// Gives the position after the entry.
fn record(tx: &mut Tx<'_>, caller: &ApiCaller, changed: FeedChanged) -> Result<u64, StoreError> {
    let appended = tx.append(NewEntry {
        subject: format!("feed/{}", changed.feed),
        once: format!("feed:{}", Ulid::generate()),
        payload: changed.into(),
        beside: Vec::new(),
        severity: Severity::Medium,
        actor: caller.actor(),
        source: "API",
    })?;
    Ok(appended.seq + 1)
}
