//! A site that answers well until told to refuse, and a clock that is moved by hand.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test part; each file uses some"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jira::adf::document;
use jira::rest::{
    ApiToken, Client, Clock, CommentDraft, Credential, HttpSettings, PropertyKey, PropertyValue,
    Quota, RateLimitReason, RateLimitScope, RestError, Site, SiteClient,
};
use record::ids::IssueId;
use serde_json::json;

use crate::fake_http::{FakeHttp, Reply};

/// 2026-11-18 11:06:40 UTC: 3200 seconds before the next hour.
pub const NOW: u64 = 1_795_000_000;
pub const UNTIL_NEXT_HOUR: u64 = 3200;
pub const SECRET: &str = "a-shared-secret-0123456789";

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct Hand(Arc<AtomicU64>);

pub struct LimitedSite {
    http: FakeHttp,
    pub site: Site,
    refusal: Arc<Mutex<Option<Reply>>>,
    header: Arc<Mutex<Option<(&'static str, &'static str)>>>,
}

/// Why a call was not answered: seconds to wait, reason and scope.
pub type Limited = (u64, RateLimitReason, RateLimitScope);

impl Hand {
    pub fn clock_at_now() -> Self {
        Self(Arc::new(AtomicU64::new(NOW * 1000)))
    }

    pub fn forward(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap();
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    pub fn time(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    pub fn client(&self, quota: Quota) -> Client {
        let hand = self.clone();
        let clock = Clock::telling(move || hand.time());
        let settings = HttpSettings {
            quota,
            clock,
            ..HttpSettings::default()
        };
        Client::new(settings).unwrap()
    }
}

impl LimitedSite {
    /// A site that the app calls as itself.
    pub async fn of_the_app() -> Self {
        Self::called_as(Credential::Connect {
            app_key: "dev.countersign.app".parse().unwrap(),
            client_key: "client-1".parse().unwrap(),
            shared_secret: SECRET.parse().unwrap(),
        })
        .await
    }

    /// A site that is called with a person's token.
    pub async fn of_a_person() -> Self {
        Self::called_as(Credential::Basic(ApiToken::new("ada@example.com", SECRET))).await
    }

    async fn called_as(credential: Credential) -> Self {
        let refusal = Arc::new(Mutex::new(None::<Reply>));
        let header = Arc::new(Mutex::new(None::<(&str, &str)>));
        let (refuse, add) = (Arc::clone(&refusal), Arc::clone(&header));
        let answer = move |asked: &crate::fake_http::Asked| {
            if let Some(refusal) = refuse.lock().unwrap().take() {
                return refusal;
            }
            let reply = match (asked.method.as_str(), asked.path.ends_with("/myself")) {
                ("GET", true) => Reply::json(&json!({"accountId": "5b10", "active": true})),
                ("GET", false) => Reply::json(&json!({"value": 1})),
                ("POST", _) => Reply::json(&json!({"id": "1", "created": "", "updated": ""})),
                _ => Reply::status(204),
            };
            match *add.lock().unwrap() {
                Some((name, value)) => reply.header(name, value),
                None => reply,
            }
        };
        let http = FakeHttp::answering(answer).await;
        let site = Site {
            base_url: http.base.parse().unwrap(),
            credential,
        };
        Self {
            http,
            site,
            refusal,
            header,
        }
    }

    /// Refuses the next call in this way.
    pub fn refuse(&self, refusal: Reply) {
        *self.refusal.lock().unwrap() = Some(refusal);
    }

    /// Says this with every good answer.
    pub fn say(&self, header: Option<(&'static str, &'static str)>) {
        *self.header.lock().unwrap() = header;
    }

    /// How many calls came.
    pub fn asked(&self) -> usize {
        self.http.asked().len()
    }
}

/// A 429 with these headers.
pub fn busy(headers: &[(&str, &str)]) -> Reply {
    headers
        .iter()
        .fold(Reply::status(429), |reply, (name, value)| {
            reply.header(name, value)
        })
}

pub async fn read(at: SiteClient<'_>, ticket: &str) -> Result<(), RestError> {
    at.property(&id(ticket), &key()).await.map(drop)
}

pub async fn write(at: SiteClient<'_>, ticket: &str) -> Result<(), RestError> {
    let value = PropertyValue::new(json!(1)).unwrap();
    at.put_property(&id(ticket), &key(), &value).await.map(drop)
}

pub async fn comment(at: SiteClient<'_>, ticket: &str) -> Result<(), RestError> {
    let draft = CommentDraft {
        body: document(&[]),
        mark: "mark".parse().unwrap(),
        internal: false,
    };
    at.add_comment(&id(ticket), &draft).await.map(drop)
}

/// How a call was refused, which it must have been.
pub fn limited(outcome: Result<(), RestError>) -> Limited {
    match outcome {
        Err(RestError::RateLimited {
            retry_after,
            reason,
            scope,
            ..
        }) => (retry_after.as_secs(), reason, scope),
        other => panic!("{other:?}"),
    }
}

fn id(ticket: &str) -> IssueId {
    ticket.parse().unwrap()
}

fn key() -> PropertyKey {
    "k".parse().unwrap()
}
