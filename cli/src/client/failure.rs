//! Why a call gave no answer that does what was asked. Told by the server's own words where it has any; never with the
//! key, an address or a body.

use std::error::Error;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;

use crate::printable::Printable;

/// How long to wait where a server asks to wait and does not say how long in seconds.
const USUAL_WAIT: Duration = Duration::from_secs(5);

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// There is no TLS on this machine.
    #[error(
        "No HTTPS connection can be made on this machine: look at its certificates. Nothing was sent."
    )]
    NoClient,
    /// Nobody answered.
    #[error("The server cannot be reached: {cause}. Check COUNTERSIGN_URL and the network.")]
    Unreachable {
        /// Why, without the address.
        cause: Printable,
    },
    /// The server, or what stands before it, failed.
    #[error("{told}")]
    Failing {
        /// In its words.
        told: Printable,
        /// Whether these are Countersign's words, which say what was kept.
        in_its_words: bool,
    },
    /// The server asked to wait, more often or for longer than we do.
    #[error("{told}")]
    TooMany {
        /// In its words.
        told: Printable,
        /// How long.
        wait: Duration,
    },
    /// The server sent us elsewhere.
    #[error(
        "The server answered {0}, a redirect. It was not followed, since it would carry the API key elsewhere: set \
         COUNTERSIGN_URL to the server's own address."
    )]
    Redirected(u16),
    /// The server refused.
    #[error("{told}")]
    Refused {
        /// The status.
        status: u16,
        /// In its words.
        told: Printable,
    },
    /// The answer is none that we know.
    #[error(
        "The answer is not one that this program understands: check that COUNTERSIGN_URL is the address of a \
         Countersign server, and that this program is no older than it."
    )]
    Unreadable,
}

/// An answer other than success.
pub(super) struct Reply<'r> {
    pub(super) status: StatusCode,
    pub(super) headers: &'r HeaderMap,
    pub(super) text: &'r str,
}

/// What went wrong, as the API tells it (RFC 9457).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    detail: Printable,
    request_id: Printable,
}

impl CallError {
    /// Of an exchange that did not come to its end.
    pub(super) fn unreachable(error: reqwest::Error, timeout: Duration) -> Self {
        let timed_out = error.is_timeout();
        // Its own text holds the address, and an address holds what was asked.
        let error = error.without_url();
        let mut cause: &dyn Error = &error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Self::Unreachable {
            cause: match timed_out {
                true => Printable::new(&format!("no answer within {} s", timeout.as_secs())),
                false => Printable::new(&cause.to_string()),
            },
        }
    }

    pub(super) fn of(reply: &Reply<'_>) -> Self {
        let problem: Option<Problem> = serde_json::from_str(reply.text).ok();
        let in_its_words = problem.is_some();
        let status = reply.status.as_u16();
        let told = match problem {
            Some(problem) => format!("{} (request {})", problem.detail, problem.request_id),
            None => format!(
                "Something other than Countersign answered {}: check COUNTERSIGN_URL, and what stands before the \
                 server.",
                reply.status
            ),
        };
        let told = Printable::new(&told);
        match status {
            300..=399 => Self::Redirected(status),
            429 => Self::TooMany {
                told,
                wait: wait_of(reply.headers),
            },
            500.. => Self::Failing { told, in_its_words },
            _ => Self::Refused { status, told },
        }
    }

    /// Whether it may pass by itself: nobody answered, or whoever did failed or asks to wait.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Failing { .. } | Self::TooMany { .. }
        )
    }

    /// Whether nobody knows if the call was carried out.
    #[must_use]
    pub const fn leaves_open(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Unreadable
                | Self::Failing {
                    in_its_words: false,
                    ..
                }
        )
    }
}

fn wait_of(headers: &HeaderMap) -> Duration {
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let seconds = seconds.and_then(|text| text.trim().parse().ok());
    seconds.map_or(USUAL_WAIT, Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn of(status: u16, text: &str) -> CallError {
        CallError::of(&Reply {
            status: StatusCode::from_u16(status).unwrap(),
            headers: &HeaderMap::new(),
            text,
        })
    }

    #[test]
    fn the_server_s_words_are_told_and_made_harmless() {
        let error = of(
            403,
            r#"{"detail":"No\u001b[2J.","requestId":"01J\u0007","status":403}"#,
        );
        assert_eq!(error.to_string(), "No\u{fffd}[2J. (request 01J\u{fffd})");
        assert!(!error.may_pass() && !error.leaves_open());
        let error = of(404, "<html>secret</html>").to_string();
        assert!(error.contains("404 Not Found") && !error.contains("secret"));
    }

    #[test]
    fn what_passes_and_what_is_left_open() {
        let told = r#"{"detail":"Nothing was recorded.","requestId":"01J"}"#;
        for (status, text, passes, open) in [
            (503, told, true, false),
            (502, "", true, true),
            (429, told, true, false),
            (401, told, false, false),
            (302, "", false, false),
            (422, told, false, false),
        ] {
            let error = of(status, text);
            assert_eq!(
                (error.may_pass(), error.leaves_open()),
                (passes, open),
                "{status}"
            );
        }
        assert!(!CallError::Unreadable.may_pass() && CallError::Unreadable.leaves_open());
    }

    #[tokio::test]
    async fn no_address_is_told_even_where_an_error_says_nothing_else() {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/?reason=secret", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            // A connection that is closed with bytes unread takes its answer with it.
            let _read = connection.read(&mut [0; 4_096]).unwrap();
            let answer = b"HTTP/1.1 500 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            connection.write_all(answer).unwrap();
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let error = client.get(url).send().await.unwrap().error_for_status();
        let told = CallError::unreachable(error.unwrap_err(), Duration::ZERO).to_string();
        assert!(told.contains("500") && !told.contains("secret"), "{told}");
    }

    #[test]
    fn a_wait_is_read_in_seconds() {
        let wait = |text: &'static str| {
            wait_of(&HeaderMap::from_iter([(
                RETRY_AFTER,
                HeaderValue::from_static(text),
            )]))
        };
        assert_eq!(wait("7"), Duration::from_secs(7));
        assert_eq!(wait("Wed, 21 Oct 2026 07:28:00 GMT"), USUAL_WAIT);
        assert_eq!(wait("-1"), USUAL_WAIT);
        assert_eq!(wait_of(&HeaderMap::new()), USUAL_WAIT);
    }
}
