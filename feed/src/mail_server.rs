//! The server that mails go through. Outside this machine nothing is said to it but over TLS, with a certificate that its
//! name asks for.

use std::str::FromStr;

use percent_encoding::percent_decode_str;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;
use zeroize::Zeroizing;

/// The ports of RFC 8314: TLS from the beginning, and a submission that changes to it.
const PORT_OF_TLS: u16 = 465;
const PORT_OF_SUBMISSION: u16 = 587;

/// When the connection is one of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secured {
    /// From the beginning.
    AtOnce,
    /// Before anything is said of a mail (STARTTLS, RFC 3207); never without.
    First,
    /// Never: it does not leave this machine.
    Here,
}

/// A mail server, and who logs in there: `smtps://USER:PASSWORD@HOST:PORT`, or `smtp://` for one that changes to TLS.
/// Password and name are written as in any URL, `%40` for `@`.
#[derive(Clone)]
pub struct MailServer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) secured: Secured,
    pub(crate) login: Option<(String, Zeroizing<String>)>,
    /// What certificates are trusted besides those that this machine trusts.
    pub(crate) authorities: Vec<CertificateDer<'static>>,
}

impl MailServer {
    /// The same, also where its certificate is of one of these authorities, in PEM.
    ///
    /// # Errors
    /// If there is none, or something else.
    pub fn trusting(self, authorities: &[u8]) -> Result<Self, NotAMailServer> {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(authorities).collect();
        let authorities = read.map_err(|_| NotAMailServer)?;
        match authorities.is_empty() {
            true => Err(NotAMailServer),
            false => Ok(Self {
                authorities,
                ..self
            }),
        }
    }
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("secured", &self.secured)
            .finish_non_exhaustive()
    }
}

/// Not the address of a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("smtps://USER:PASSWORD@HOST:PORT or smtp://… is expected, with no path")]
pub struct NotAMailServer;

impl FromStr for MailServer {
    type Err = NotAMailServer;

    fn from_str(text: &str) -> Result<Self, NotAMailServer> {
        let url = Url::parse(text.trim()).map_err(|_| NotAMailServer)?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(NotAMailServer)?.to_owned();
        let is_here = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let (secured, usual) = match url.scheme() {
            "smtps" => (Secured::AtOnce, PORT_OF_TLS),
            "smtp" if is_here => (Secured::Here, PORT_OF_SUBMISSION),
            "smtp" => (Secured::First, PORT_OF_SUBMISSION),
            _ => return Err(NotAMailServer),
        };
        let more = url.query().is_some() || url.fragment().is_some();
        if more || !matches!(url.path(), "" | "/") {
            return Err(NotAMailServer);
        }
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                Some((decoded(user)?.to_string(), decoded(password)?))
            }
            _ => return Err(NotAMailServer),
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(usual),
            secured,
            login,
            authorities: Vec::new(),
        })
    }
}

fn decoded(text: &str) -> Result<Zeroizing<String>, NotAMailServer> {
    let text = percent_decode_str(text).decode_utf8();
    Ok(Zeroizing::new(
        text.map_err(|_| NotAMailServer)?.into_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_this_machine_leaves_it_over_tls() {
        for (text, secured, port) in [
            ("smtps://mail.acme.test", Secured::AtOnce, 465),
            ("smtps://localhost:2465", Secured::AtOnce, 2465),
            ("smtp://mail.acme.test", Secured::First, 587),
            ("smtp://127.0.0.2:25/", Secured::First, 25),
            ("smtp://localhost:2525", Secured::Here, 2525),
            ("smtp://[::1]:2525", Secured::Here, 2525),
        ] {
            let server: MailServer = text.parse().unwrap();
            assert_eq!((server.secured, server.port), (secured, port), "{text}");
            assert!(server.login.is_none());
        }
    }

    #[test]
    fn a_login_is_read_and_shown_nowhere() {
        let server: MailServer = "smtps://me%40acme.test:h%3Aush%2F@mail.acme.test"
            .parse()
            .unwrap();
        assert!(!format!("{server:?}").contains("ush"));
        let (user, password) = server.login.unwrap();
        assert_eq!(
            (user.as_str(), password.as_str()),
            ("me@acme.test", "h:ush/")
        );
    }

    #[test]
    fn what_is_no_certificate_is_no_authority() {
        let server: MailServer = "smtps://mail.acme.test".parse().unwrap();
        let broken = "-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n";
        for authorities in ["", "this is no certificate", broken] {
            let trusting = server.clone().trusting(authorities.as_bytes());
            assert!(trusting.is_err(), "{authorities}");
        }
    }

    #[test]
    fn anything_else_is_no_mail_server() {
        for text in [
            "",
            "mail.acme.test",
            "https://mail.acme.test",
            "smtp://",
            "smtp://me@mail.acme.test",
            "smtp://:hush@mail.acme.test",
            "smtps://mail.acme.test/inbox",
            "smtps://mail.acme.test?tls=none",
            "smtps://mail.acme.test#x",
            "smtps://me:%ff@mail.acme.test",
        ] {
            assert!(text.parse::<MailServer>().is_err(), "{text}");
        }
    }
}
