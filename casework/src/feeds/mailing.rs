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
    let words = news.letter(&feed, &news.in_words());
    let mail = Mail {
        id: &id,
        subject: &news.subject(),
        text: &words,
    };
    let sent = match client.send(to, mail).await {
        Err(NotTaken::Answer(500..)) if position.failed >= BRIEF_AFTER => {
            let brief = news.letter(&feed, &news.in_brief(position.next));
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
