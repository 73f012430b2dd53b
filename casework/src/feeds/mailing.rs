//! Mails: what came since the last one, in one mail, and no more than one a minute, so that a thousand issues that are
//! assessed at once fill nobody's mailbox. As with calls, how far it came is kept once the mail was taken.

use feed::{Mail, MailAddress, NotTaken};
use record::ids::TenantId;
use record::state::Feed;
use store::{FeedPosition, now, now_ms};

use super::news::News;
use super::sending::failed;
use crate::Casework;

/// The time between two mails, and before the first.
pub(super) const PAUSE_MS: i64 = 60_000;
/// The longest time until a mail is tried again: whoever mends a mail server does not know which feeds wait.
const LONGEST_WAIT_MS: i64 = 300_000;
/// After so many tries in vain, a mail that is refused for good is followed by one that says no more than how much there
/// is: some servers refuse a mail for what it says.
const BRIEF_AFTER: u32 = 3;
/// How many damaged positions are named.
const MOST_DAMAGED: usize = 20;

/// How far a feed of mails came.
pub(super) async fn sent(
    casework: &Casework,
    tenant: &TenantId,
    (feed, position): (Feed, FeedPosition),
    to: &MailAddress,
) -> FeedPosition {
    // Another server may send mails.
    let Some(client) = &casework.mail else {
        let why = "This server sends no mail: COUNTERSIGN_SMTP_URL is not set.";
        return FeedPosition {
            again_at_ms: now_ms() + PAUSE_MS,
            last_error: Some(why.to_owned()),
            ..position
        };
    };
    let news = match News::since(&casework.store, tenant, &feed, position.next).await {
        Ok(news) => news,
        Err(error) => {
            tracing::warn!(%tenant, seq = position.next, %error, "entries could not be read for a mail");
            return soon(failed(position, "The next entries cannot be read here."));
        }
    };
    let further = FeedPosition {
        next: news.next,
        failed: 0,
        again_at_ms: 0,
        last_error: None,
        ..position.clone()
    };
    if news.count() == 0 {
        return further;
    }
    let id = format!("{}.{}.{}", feed.feed, position.next, news.next);
    let (why_you, damage) = (why_you(&feed), news.damage());
    let words = format!("{damage}{}\n{why_you}", news.in_words());
    let mail = Mail {
        id: &id,
        subject: &news.subject(),
        text: &words,
    };
    let sent = match client.send(to, mail).await {
        Err(NotTaken::Answer(500..)) if position.failed >= BRIEF_AFTER => {
            let brief = format!("{damage}{}\n{why_you}", news.in_brief(position.next));
            let mail = Mail {
                subject: &news.how_many(),
                text: &brief,
                ..mail
            };
            client.send(to, mail).await
        }
        sent => sent,
    };
    match sent {
        Ok(()) => FeedPosition {
            sent_at: Some(now()),
            again_at_ms: now_ms() + PAUSE_MS,
            ..further
        },
        Err(why) => soon(failed(position, &why.to_string())),
    }
}

fn soon(position: FeedPosition) -> FeedPosition {
    FeedPosition {
        again_at_ms: position.again_at_ms.min(now_ms() + LONGEST_WAIT_MS),
        ..position
    }
}

fn why_you(feed: &Feed) -> String {
    format!(
        "`countersign show ID` shows an entry with its proof. This mail is none.\n\
         Sent by feed {},\n\
         which is told of what matters at least {}. Who keeps Countersign here\n\
         can end it.\n",
        feed.feed, feed.least
    )
}

impl News {
    fn subject(&self) -> String {
        match (self.told.as_slice(), self.count()) {
            ([only], 1) => format!("Countersign: {}", only.headline()),
            _ => self.how_many(),
        }
    }

    fn how_many(&self) -> String {
        let entries = match self.count() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        };
        format!("Countersign: {entries}, up to {}", self.highest())
    }

    /// What does not read as it was recorded; nothing if all does.
    fn damage(&self) -> String {
        let Some((first, others)) = self.damaged.split_first() else {
            return String::new();
        };
        let named = others
            .iter()
            .take(MOST_DAMAGED - 1)
            .map(|seq| format!(", {seq}"));
        let more = match others.len().saturating_sub(MOST_DAMAGED - 1) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "What stands here does not read as it was recorded: run the verifier.\n    CRITICAL, position {first}{}{more}\n\n",
            named.collect::<String>()
        )
    }

    fn in_words(&self) -> String {
        let told = self
            .told
            .iter()
            .map(|told| format!("{}\n", told.paragraph()));
        let mut text: String = told.collect();
        if self.more > 0 {
            text.push_str(&format!(
                "And {} more before position {}, which matter no more than these.\n",
                self.more, self.next
            ));
        }
        text
    }

    fn in_brief(&self, from: u64) -> String {
        format!(
            "What they say is not here: the mail server did not take a mail that\n\
             tells it. They are at positions {from} to {} of the ledger.\n",
            self.next.saturating_sub(1)
        )
    }
}
