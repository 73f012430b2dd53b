//! A feed's other end as it is sealed: who may see it is told the host alone.

use feed::{FeedAddress, FeedSecret, MailAddress};
use record::entries::FeedForm;
use record::scale::Severity;
use store::now_ms;
use zeroize::Zeroizing;

use super::FeedRefused;
use super::mailing::PAUSE_MS;

/// Where a feed goes.
pub(super) enum End {
    /// Signed calls.
    Calls {
        secret: FeedSecret,
        address: FeedAddress,
    },
    /// Mails.
    Mailbox(MailAddress),
}

impl End {
    /// A new one, with a secret of its own where calls are signed.
    pub(super) fn named(url: &str) -> Result<Self, FeedRefused> {
        let is_mailbox = url.trim().starts_with("mailto:");
        if is_mailbox {
            let mailbox = url.parse().map_err(|_| FeedRefused::Address)?;
            return Ok(Self::Mailbox(mailbox));
        }
        Ok(Self::Calls {
            address: url.parse().map_err(|_| FeedRefused::Address)?,
            secret: FeedSecret::from_bytes(store::random::<32>()?),
        })
    }

    /// The form that is wanted, or the usual one.
    pub(super) fn form(&self, wanted: Option<FeedForm>) -> Result<FeedForm, FeedRefused> {
        match (self, wanted) {
            (Self::Mailbox(_), None | Some(FeedForm::Email)) => Ok(FeedForm::Email),
            (Self::Mailbox(_), Some(_)) | (Self::Calls { .. }, Some(FeedForm::Email)) => {
                Err(FeedRefused::Form)
            }
            (Self::Calls { .. }, wanted) => Ok(wanted.unwrap_or(FeedForm::Plain)),
        }
    }

    /// What matters enough where nobody says so: programs hear of everything, people of what is for them to look at.
    pub(super) const fn usual_least(&self) -> Severity {
        match self {
            Self::Calls { .. } => Severity::Info,
            Self::Mailbox(_) => Severity::High,
        }
    }

    /// When it begins, in milliseconds since 1970: mails after a pause, so that whoever sets feeds up over and over fills
    /// nobody's mailbox.
    pub(super) fn begins_at_ms(&self) -> i64 {
        match self {
            Self::Calls { .. } => 0,
            Self::Mailbox(_) => now_ms() + PAUSE_MS,
        }
    }

    pub(super) fn secret(&self) -> Option<FeedSecret> {
        match self {
            Self::Calls { secret, .. } => Some(secret.clone()),
            Self::Mailbox(_) => None,
        }
    }

    pub(super) fn host(&self) -> &str {
        match self {
            Self::Calls { address, .. } => address.host(),
            Self::Mailbox(mailbox) => mailbox.domain(),
        }
    }

    /// The secret on a line of its own, which no address has, and the address; or a mailbox with its scheme, which no
    /// secret has.
    pub(super) fn to_be_sealed(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Calls { secret, address } => {
                format!("{}\n{}", *secret.in_words(), address.as_str())
            }
            Self::Mailbox(mailbox) => mailbox.to_url(),
        })
    }

    pub(super) fn opened(bytes: &[u8]) -> Option<Self> {
        let sealed = std::str::from_utf8(bytes).ok()?;
        match sealed.split_once('\n') {
            Some((secret, address)) => Some(Self::Calls {
                secret: FeedSecret::read(secret)?,
                address: address.parse().ok()?,
            }),
            None => sealed.parse().ok().map(Self::Mailbox),
        }
    }
}
