//! One mail to one mailbox.

use std::io::ErrorKind;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::mail_server::Secured;
use crate::{MailServer, NotAnAddress, NotTaken};

/// How long a mail may take, from the connection to the last answer.
const TIMEOUT: Duration = Duration::from_secs(30);

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
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: MailAddress,
}

impl MailClient {
    /// A client.
    ///
    /// # Errors
    /// If the machine lacks what TLS needs.
    pub fn new(server: &MailServer, from: MailAddress) -> Result<Self, NotTaken> {
        let tls = || {
            let tls = TlsParameters::builder(server.host.clone());
            let tls = match server.authority.clone() {
                Some(authority) => tls.add_root_certificate(authority),
                None => tls,
            };
            tls.build().map_err(|_| NotTaken::Unable)
        };
        let tls = match server.secured {
            Secured::AtOnce => Tls::Wrapper(tls()?),
            Secured::First => Tls::Required(tls()?),
            Secured::Here => Tls::None,
        };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        let transport = match &server.login {
            Some((user, password)) => {
                transport.credentials(Credentials::new(user.clone(), password.to_string()))
            }
            None => transport,
        };
        Ok(Self {
            transport: transport.build(),
            from,
        })
    }

    /// Whether the server lets it in; no mail is sent.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn try_out(&self) -> Result<(), NotTaken> {
        match tokio::time::timeout(TIMEOUT, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(NotTaken::Broken),
            Ok(Err(error)) => Err(why(&error)),
            Err(_) => Err(NotTaken::Late(TIMEOUT.as_secs())),
        }
    }

    /// Sends a mail; it was taken if the server took the responsibility for it.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn send(&self, to: &MailAddress, mail: Mail<'_>) -> Result<(), NotTaken> {
        let message = self.message(to, mail).ok_or(NotTaken::Unable)?;
        match tokio::time::timeout(TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(why(&error)),
            Err(_) => Err(NotTaken::Late(TIMEOUT.as_secs())),
        }
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

fn why(error: &smtp::Error) -> NotTaken {
    match error.status() {
        Some(code) => NotTaken::Answer(code.into()),
        None if error.is_timeout() => NotTaken::Late(TIMEOUT.as_secs()),
        None if error.is_client() => NotTaken::Lacks,
        None if error.is_response() || broke_off(error) => NotTaken::Broken,
        None => NotTaken::Unreachable,
    }
}

/// Whether there was a connection.
fn broke_off(error: &smtp::Error) -> bool {
    let source = std::error::Error::source(error);
    let source = source.and_then(|source| source.downcast_ref::<std::io::Error>());
    source.is_some_and(|source| {
        matches!(
            source.kind(),
            ErrorKind::UnexpectedEof
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
        )
    })
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
