//! The few calls that we make to GitHub: whether a repository is open to us, and the status of a commit. Bounded in time
//! and size; follows no redirects and retries nothing: that is the caller's decision.
//!
//! Source: GitHub REST API, version 2022-11-28.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use crate::access::Access;
use crate::repository::RepositoryName;

const VERSION: (&str, &str) = ("X-GitHub-Api-Version", "2022-11-28");
const MEDIA_TYPE: &str = "application/vnd.github+json";
const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(20);
const LONGEST_BODY: usize = 1024 * 1024;
/// The longest description of a status, in characters.
const LONGEST_DESCRIPTION: usize = 140;
/// What to wait where GitHub does not say.
const WAIT: Duration = Duration::from_secs(60);

/// Why GitHub did not do what it was asked. Holds nothing that was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// It could not be reached, or failed.
    #[error("GitHub cannot be reached or failed")]
    Unavailable,
    /// It does not know who asks.
    #[error("GitHub does not accept the token, or the App's key and id")]
    Unauthorized,
    /// Who asks may not do it.
    #[error("GitHub does not permit it: the token or the App lacks a permission")]
    Forbidden,
    /// There is no such thing, or who asks may not see it.
    #[error(
        "GitHub shows nothing there: the repository, the commit or the installation is not open to us"
    )]
    NotFound,
    /// Too much was asked.
    #[error("GitHub asks to wait")]
    RateLimited {
        /// How long.
        retry_after: Duration,
    },
    /// It refused for another reason.
    #[error("GitHub refused with {0}")]
    Refused(u16),
    /// What it answered is not what it answers.
    #[error("GitHub answered with something else than expected")]
    Nonsense,
}

impl ApiError {
    /// Whether trying again later may help without anybody doing anything.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable | Self::RateLimited { .. })
    }
}

/// How a commit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitState {
    /// It may go ahead.
    Success,
    /// It may not.
    Failure,
}

/// The status of a commit, one for each context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitStatus {
    /// How it stands.
    pub state: CommitState,
    /// Why, in a sentence; what is beyond 140 characters is left off.
    pub description: String,
    /// What the status is called, by which a branch's rules can ask for it.
    pub context: &'static str,
}

/// No HTTP client can be made on this machine.
#[derive(Debug, thiserror::Error)]
#[error("couldn't make an HTTP client")]
pub struct NoClient(#[source] reqwest::Error);

/// The client of all GitHubs.
#[derive(Debug, Clone)]
pub struct Api(reqwest::Client);

/// A GitHub that is open to us: its interface, and a token that opens it.
pub struct Opened<'a> {
    api: &'a Api,
    base: Url,
    token: Zeroizing<String>,
}

#[derive(Deserialize)]
struct InstallationToken {
    token: Zeroizing<String>,
}

impl Api {
    /// A client.
    ///
    /// # Errors
    /// The machine lacks what TLS needs.
    pub fn new() -> Result<Self, NoClient> {
        reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("countersign/0.1")
            .build()
            .map(Self)
            .map_err(NoClient)
    }

    /// Opens a GitHub whose pages are at this address. An App asks for a token of its installation first.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn open(
        &self,
        pages: &Url,
        access: &Access,
        now_seconds: i64,
    ) -> Result<Opened<'_>, ApiError> {
        let base = interface_of(pages).ok_or(ApiError::Nonsense)?;
        let (app_id, installation, key) = match access {
            Access::Token(token) => {
                return Ok(Opened {
                    api: self,
                    base,
                    token: token.clone(),
                });
            }
            Access::App {
                app_id,
                installation_id,
                private_key,
            } => (app_id, installation_id.to_string(), private_key),
        };
        let own = Access::app_token(app_id, key, now_seconds);
        let as_app = Opened {
            api: self,
            base: base.clone(),
            token: Zeroizing::new(own.map_err(|_| ApiError::Unauthorized)?),
        };
        let path = ["app", "installations", &installation, "access_tokens"];
        let made = as_app.call(Method::POST, &path, Some(&json!({}))).await?;
        let made: InstallationToken =
            serde_json::from_slice(&made).map_err(|_| ApiError::Nonsense)?;
        Ok(Opened {
            api: self,
            base,
            token: made.token,
        })
    }
}

impl Opened<'_> {
    /// Whether a repository is open to us.
    ///
    /// # Errors
    /// See [`ApiError`]; [`ApiError::NotFound`] if it is not.
    pub async fn see(&self, repository: &RepositoryName) -> Result<(), ApiError> {
        let path = ["repos", repository.owner(), repository.name()];
        self.call(Method::GET, &path, None).await.map(drop)
    }

    /// Whether a repository that is open to us has this commit.
    ///
    /// # Errors
    /// See [`ApiError`]; [`ApiError::NotFound`] if the repository is not open to us.
    pub async fn has_commit(
        &self,
        repository: &RepositoryName,
        commit: &str,
    ) -> Result<bool, ApiError> {
        let path = [
            "repos",
            repository.owner(),
            repository.name(),
            "git",
            "commits",
            commit,
        ];
        match self.call(Method::GET, &path, None).await {
            Ok(_) => Ok(true),
            Err(ApiError::NotFound | ApiError::Refused(409 | 422)) => {
                self.see(repository).await.map(|()| false)
            }
            Err(error) => Err(error),
        }
    }

    /// Sets the status of a commit.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn set_status(
        &self,
        repository: &RepositoryName,
        commit: &str,
        status: &CommitStatus,
    ) -> Result<(), ApiError> {
        let path = [
            "repos",
            repository.owner(),
            repository.name(),
            "statuses",
            commit,
        ];
        let description: String = status
            .description
            .chars()
            .take(LONGEST_DESCRIPTION)
            .collect();
        let body = json!({
            "state": match status.state {
                CommitState::Success => "success",
                CommitState::Failure => "failure",
            },
            "description": description,
            "context": status.context,
        });
        let call = self.call(Method::POST, &path, Some(&body));
        call.await.map(drop)
    }

    async fn call(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Vec<u8>, ApiError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| ApiError::Nonsense)?
            .pop_if_empty()
            .extend(path);
        let bearer = Zeroizing::new(format!("Bearer {}", self.token.as_str()));
        let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| ApiError::Unauthorized)?;
        bearer.set_sensitive(true);
        let mut request = self
            .api
            .0
            .request(method, url)
            .header(AUTHORIZATION, bearer)
            .header(ACCEPT, MEDIA_TYPE)
            .header(VERSION.0, VERSION.1);
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut answer = request.send().await.map_err(|_| ApiError::Unavailable)?;
        if !answer.status().is_success() {
            return Err(refusal(&answer));
        }
        let mut read = Vec::new();
        while let Some(more) = answer.chunk().await.map_err(|_| ApiError::Unavailable)? {
            if read.len() + more.len() > LONGEST_BODY {
                return Err(ApiError::Nonsense);
            }
            read.extend_from_slice(&more);
        }
        Ok(read)
    }
}

/// A limit comes as 403 or 429, with the time to wait or with no call left (GitHub, "Rate limits for the REST API").
fn refusal(answer: &reqwest::Response) -> ApiError {
    let header = |name: &str| {
        answer
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let wait = header(RETRY_AFTER.as_str()).and_then(|text| text.parse().ok());
    let spent = header("x-ratelimit-remaining") == Some("0");
    match answer.status() {
        StatusCode::UNAUTHORIZED => ApiError::Unauthorized,
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS if wait.is_some() || spent => {
            ApiError::RateLimited {
                retry_after: wait.map_or(WAIT, Duration::from_secs),
            }
        }
        StatusCode::TOO_MANY_REQUESTS => ApiError::RateLimited { retry_after: WAIT },
        StatusCode::FORBIDDEN => ApiError::Forbidden,
        StatusCode::NOT_FOUND | StatusCode::MOVED_PERMANENTLY => ApiError::NotFound,
        status if status.is_server_error() => ApiError::Unavailable,
        status => ApiError::Refused(status.as_u16()),
    }
}

/// Where the interface is: `api.github.com` for github.com, `/api/v3` on a server of one's own.
fn interface_of(pages: &Url) -> Option<Url> {
    if pages.host_str() == Some("github.com") {
        return Url::parse("https://api.github.com/").ok();
    }
    let mut base = pages.clone();
    base.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["api", "v3"]);
    Some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interface_is_where_github_has_it() {
        for (pages, interface) in [
            ("https://github.com", "https://api.github.com/"),
            (
                "https://github.acme.test",
                "https://github.acme.test/api/v3",
            ),
            ("http://127.0.0.1:9000/", "http://127.0.0.1:9000/api/v3"),
        ] {
            let found = interface_of(&Url::parse(pages).unwrap()).unwrap();
            assert_eq!(found.as_str(), interface);
        }
    }
}
