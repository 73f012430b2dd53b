//! One signed call.

use std::time::Duration;

use reqwest::redirect::Policy;

use crate::{FeedAddress, FeedSecret};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Calls other ends. Follows no redirect: it would carry what is sent to somebody whom nobody named.
#[derive(Debug, Clone)]
pub struct FeedClient(reqwest::Client);

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct Message<'m> {
    /// The id under which it counts once at the other end, however often it comes.
    pub id: &'m str,
    /// When it is sent, in seconds since 1970.
    pub sent_at: i64,
    /// The content type of the body.
    pub content_type: &'m str,
    /// The body.
    pub body: &'m str,
}

/// Why it was not taken, in words that hold nothing of the address, and nothing of what was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The answer is not 2xx.
    #[error("It was answered with {0}.")]
    Answer(u16),
    /// There was no answer.
    #[error("There was no answer within {0} s.")]
    Late(u64),
    /// Nobody listens there, or not with the certificate that the name asks for.
    #[error("It could not be connected to.")]
    Unreachable,
    /// The connection ended early.
    #[error("The call broke off.")]
    Broken,
    /// A mail server that has not what is asked of it.
    #[error("It does not offer what is needed: TLS, or a way to log in that is known here.")]
    Lacks,
    /// A mail server that is not what it is called, or speaks no TLS where it has to.
    #[error(
        "It has no certificate that is trusted for its name, or does not begin with TLS: smtps:// does, smtp:// changes to it."
    )]
    Untrusted,
    /// This machine lacks what a signature or TLS needs.
    #[error("This machine cannot make the call.")]
    Unable,
}

impl FeedClient {
    /// A client.
    ///
    /// # Errors
    /// If the machine lacks what TLS needs.
    pub fn new() -> Result<Self, NotTaken> {
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|_| NotTaken::Unable)
    }

    /// Sends a message; it was taken if the answer is 2xx.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn send(
        &self,
        address: &FeedAddress,
        secret: &FeedSecret,
        message: Message<'_>,
    ) -> Result<(), NotTaken> {
        let Message {
            id,
            sent_at,
            content_type,
            body,
        } = message;
        let signature = secret.signature(id, sent_at, body);
        let request = self
            .0
            .post(address.as_str())
            .header("content-type", content_type)
            .header("webhook-id", id)
            .header("webhook-timestamp", sent_at)
            .header("webhook-signature", signature.ok_or(NotTaken::Unable)?)
            .body(body.to_owned());
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(NotTaken::Answer(answer.status().as_u16())),
            Err(error) if error.is_timeout() => Err(NotTaken::Late(TIMEOUT.as_secs())),
            Err(error) if error.is_connect() => Err(NotTaken::Unreachable),
            Err(_) => Err(NotTaken::Broken),
        }
    }
}
