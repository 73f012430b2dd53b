//! Mails: what came since the last one, in one mail, and no more than one a minute, so that a thousand issues that are
//! assessed at once fill nobody's mailbox. As with calls, how far it came is kept once the mail was taken.

use std::time::{Duration, Instant};

use feed::{Mail, MailAddress};
use record::ids::TenantId;
use record::scale::Severity;
use record::state::Feed;
use store::{Db, FeedPosition, StoreError, now, now_ms};

use super::in_words::Told;
use super::sending::{Next, failed, next_of};
use crate::Casework;

/// How many entries are looked at for one mail, and for how long at most.
const LOOKED_AT: u64 = 2_000;
const LONGEST_LOOK: Duration = Duration::from_secs(5);
/// How many of them a mail tells in words; of others it says how many.
const TOLD: usize = 50;
/// The time between two mails.
const PAUSE_MS: i64 = 60_000;

/// What a mail is to say.
struct News {
    /// The position after what was looked at.
    next: u64,
    told: Vec<Told>,
    /// How many more there are.
    more: usize,
    highest: Severity,
}

/// How far a feed of mails came.
pub(super) async fn sent(
    casework: &Casework,
    tenant: &TenantId,
    (feed, position): (Feed, FeedPosition),
    to: &MailAddress,
) -> FeedPosition {
    let Some(client) = &casework.mail else {
        return failed(position, "This server sends no mail.");
    };
    let (whose, of, from) = (tenant.clone(), feed.clone(), position.next);
    let news = casework
        .store
        .read(move |db| -> Result<_, StoreError> { news(db, &whose, &of, from) });
    let news = match news.await {
        Ok(news) => news,
        Err(error) => {
            tracing::warn!(%tenant, seq = from, %error, "entries could not be read for a mail");
            return failed(position, "The next entries cannot be read here.");
        }
    };
    let further = FeedPosition {
        next: news.next,
        failed: 0,
        again_at_ms: 0,
        last_error: None,
        ..position.clone()
    };
    let Some(first) = news.told.first() else {
        return further;
    };
    let id = format!("{}.{}", first.id(), news.next);
    let mail = Mail {
        id: &id,
        subject: &news.subject(first),
        text: &news.text(&feed),
    };
    match client.send(to, mail).await {
        Ok(()) => FeedPosition {
            sent_at: Some(now()),
            again_at_ms: now_ms() + PAUSE_MS,
            ..further
        },
        Err(why) => failed(position, &why.to_string()),
    }
}

fn news(db: &mut Db<'_>, tenant: &TenantId, feed: &Feed, from: u64) -> Result<News, StoreError> {
    let began = Instant::now();
    let mut news = News {
        next: from,
        told: Vec::new(),
        more: 0,
        highest: Severity::Info,
    };
    while news.next < from.saturating_add(LOOKED_AT) && began.elapsed() < LONGEST_LOOK {
        match next_of(db, tenant, feed, news.next)? {
            Next::Stop => break,
            Next::Pass => {}
            Next::Send(row) => {
                let told = Told::of(db, tenant, &row)?;
                news.highest = news.highest.max(told.severity());
                match news.told.len() < TOLD {
                    true => news.told.push(told),
                    false => news.more += 1,
                }
            }
        }
        news.next += 1;
    }
    Ok(news)
}

impl News {
    fn subject(&self, first: &Told) -> String {
        let count = self.told.len() + self.more;
        match count {
            1 => format!("Countersign: {}", first.headline()),
            _ => format!("Countersign: {count} entries, up to {}", self.highest),
        }
    }

    fn text(&self, feed: &Feed) -> String {
        let mut text = String::new();
        for told in &self.told {
            text.push_str(&told.paragraph());
            text.push('\n');
        }
        if self.more > 0 {
            text.push_str(&format!(
                "And {} more before position {}, which the ledger holds.\n\n",
                self.more, self.next
            ));
        }
        text.push_str(&format!(
            "`countersign show ID` shows an entry with its proof. This mail is none.\n\
             Sent by feed {},\n\
             which is told of what matters at least {}. Who keeps Countersign here\n\
             can end it.\n",
            feed.feed, feed.least
        ));
        text
    }
}
