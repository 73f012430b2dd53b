//! One mail to one mailbox.

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{self, Data, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;

use crate::mail_connection::{self, trust};
use crate::{MailServer, NotAnAddress, NotTaken};

/// How long it may take to be let in, and then to be told that the mail was taken: some look through it first.
const OPENING: Duration = Duration::from_secs(30);
const TAKING: Duration = Duration::from_secs(300);
/// How long the end of a connection is waited for.
const LEAVING: Duration = Duration::from_secs(1);

/// A mailbox: `mailto:security@example.com`, or the same without its scheme. One only, and no name of a person with it.
/// Of somebody, so it is shown to nobody.
#[derive(Clone)]
pub struct MailAddress(Address);

impl std::fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailAddress")
    }
}

impl MailAddress {
    /// The domain, which may be shown.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// With its scheme, as [`FromStr`] reads it.
    #[must_use]
    pub fn to_url(&self) -> String {
        format!("mailto:{}", self.0)
    }
}

impl FromStr for MailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        let mailbox = text.strip_prefix("mailto:").unwrap_or(text);
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"(),:;<>[\\]?%&".contains(&byte);
        match mailbox.len() <= 254 && mailbox.bytes().all(plain) {
            true => mailbox.parse().map(Self).map_err(|_| NotAnAddress),
            false => Err(NotAnAddress),
        }
    }
}

/// A mail to send.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'m> {
    /// What tells it from others, in letters, digits, `_`, `-` and `.`: the same again is the same mail (RFC 5322, 3.6.4).
    pub id: &'m str,
    /// What it is about, in one line.
    pub subject: &'m str,
    /// What it says, as plain text.
    pub text: &'m str,
}

/// Sends mails through one server, from one mailbox. Each has a connection of its own.
#[derive(Debug, Clone)]
pub struct MailClient {
    server: MailServer,
    trusted: Arc<ClientConfig>,
    from: MailAddress,
}

impl MailClient {
    /// A client.
    ///
    /// # Errors
    /// If the machine lacks what TLS needs, or an authority that the server names is none.
    pub fn new(server: MailServer, from: MailAddress) -> Result<Self, NotTaken> {
        let trusted = trust(&server).map_err(|_| NotTaken::Unable)?;
        Ok(Self {
            server,
            trusted,
            from,
        })
    }

    /// Whether the server lets it in; no mail is sent.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn try_out(&self) -> Result<(), NotTaken> {
        leave(self.let_in().await?).await;
        Ok(())
    }

    /// Sends a mail; it was taken if the server took the responsibility for it. After [`NotTaken::Late`] and
    /// [`NotTaken::Broken`] it may have been.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn send(&self, to: &MailAddress, mail: Mail<'_>) -> Result<(), NotTaken> {
        let message = self.message(to, mail).ok_or(NotTaken::Unable)?;
        let mut connection = self.let_in().await?;
        let bytes = message.formatted();
        let handing = hand_over(&mut connection, message.envelope(), &bytes);
        let taken = tokio::time::timeout(TAKING, handing).await;
        let taken = taken.map_err(|_| NotTaken::Late(TAKING.as_secs()))?;
        leave(connection).await;
        taken.map_err(|error| why(&error))
    }

    async fn let_in(&self) -> Result<AsyncSmtpConnection, NotTaken> {
        let let_in = tokio::time::timeout(OPENING, self.opened()).await;
        let_in.map_err(|_| NotTaken::Late(OPENING.as_secs()))?
    }

    /// It says that it is of the domain that its mails come from.
    async fn opened(&self) -> Result<AsyncSmtpConnection, NotTaken> {
        let hello = self.from.domain();
        let line = mail_connection::open(&self.server, &self.trusted, hello).await?;
        let hello = ClientId::Domain(hello.to_owned());
        let opened = AsyncSmtpConnection::connect_with_transport(Box::new(line), &hello).await;
        let mut connection = opened.map_err(|error| why(&error))?;
        if let Some((user, password)) = &self.server.login {
            let login = Credentials::new(user.clone(), password.to_string());
            let let_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &login);
            let_in.await.map_err(|error| why(&error))?;
        }
        Ok(connection)
    }

    /// Sent by a program: nobody's absence is to be told to it (RFC 3834).
    fn message(&self, to: &MailAddress, mail: Mail<'_>) -> Option<Message> {
        let mailbox = |address: &MailAddress| Mailbox::new(None, address.0.clone());
        let mut message = Message::builder()
            .from(mailbox(&self.from))
            .to(mailbox(to))
            .subject(mail.subject)
            .date(SystemTime::now())
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.to_owned())
            .ok()?;
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let value = HeaderValue::new(automatic, "auto-generated".to_owned());
        message.headers_mut().insert_raw(value);
        Some(message)
    }
}

/// One command after the other: the library's own way says QUIT to a refusal, and waits for the answer to that.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    mail: &[u8],
) -> Result<(), smtp::Error> {
    let from = envelope.from().cloned();
    connection
        .command(commands::Mail::new(from, Vec::new()))
        .await?;
    for to in envelope.to() {
        connection
            .command(Rcpt::new(to.clone(), Vec::new()))
            .await?;
    }
    connection.command(Data).await?;
    connection.message(mail).await.map(drop)
}

/// Ends a connection. What was taken was taken, whatever the server says to that.
async fn leave(mut connection: AsyncSmtpConnection) {
    drop(tokio::time::timeout(LEAVING, connection.quit()).await);
}

fn why(error: &smtp::Error) -> NotTaken {
    match error.status() {
        Some(code) => NotTaken::Answer(code.into()),
        None if error.is_client() => NotTaken::Lacks,
        None => NotTaken::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_one_address_and_shows_its_domain_alone() {
        for text in ["mailto:security@acme.test", " security@acme.test "] {
            let kept: MailAddress = text.parse().unwrap();
            assert_eq!(kept.domain(), "acme.test");
            assert_eq!(kept.to_url(), "mailto:security@acme.test");
            assert!(!format!("{kept:?}").contains("security"));
        }
        for text in [
            "",
            "mailto:",
            "security",
            "@acme.test",
            "mailto:a@acme.test,b@acme.test",
            "mailto:a@acme.test?bcc=b@acme.test",
            "Security <a@acme.test>",
            "a@acme.test\r\nBcc: b@acme.test",
            "\"a b\"@acme.test",
            "mailto:a%0d%0ab@acme.test",
            "https://acme.test/",
            &format!("{}@acme.test", "x".repeat(300)),
        ] {
            assert!(text.parse::<MailAddress>().is_err(), "{text}");
        }
    }
}
