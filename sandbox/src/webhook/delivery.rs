//! Sending webhooks: one signed POST per attempt, and Jira's rule for which answers are tried again. Keeps no
//! bodies in its log.

use std::sync::Arc;

use aws_lc_rs::hmac;
use reqwest::RequestBuilder;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::EventKind;
use super::outbox::{Door, Job};
use crate::clock;
use crate::connect::{qsh, token};
use crate::forge::invocation::Module;
use crate::site::{Site, lock};

/// How often one event is tried again at most.
const RETRIES: u32 = 5;

/// How one delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryState {
    /// To be sent, or to be sent again.
    Waiting,
    /// Kept back by [`super::Flow::Hold`].
    Held,
    /// Lost by [`super::Flow::Drop`].
    Dropped,
    /// Answered with 2xx.
    Delivered,
    /// Answered with a status that is not tried again.
    Refused,
    /// Tried as often as allowed.
    GivenUp,
    /// The app was gone or disabled when the turn came.
    NotInstalled,
}

impl DeliveryState {
    /// True when nothing more will be sent.
    pub(crate) fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Held)
    }
}

/// One delivery in the log.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// `X-Atlassian-Webhook-Identifier`: the same on retries and duplicates.
    pub identifier: String,
    /// The event.
    pub event: EventKind,
    /// Key of the issue it is about; absent when the app asked for no body.
    pub issue: Option<String>,
    /// How it stands.
    pub state: DeliveryState,
    /// HTTP status of each attempt, `None` where the app did not answer.
    pub attempts: Vec<Option<u16>>,
}

impl Delivery {
    pub(crate) fn new(
        identifier: String,
        event: EventKind,
        body: &Value,
        state: DeliveryState,
    ) -> Self {
        let issue = body["issue"]["key"].as_str().map(str::to_owned);
        Self {
            identifier,
            event,
            issue,
            state,
            attempts: Vec::new(),
        }
    }
}

/// True for the answers after which Jira tries again; `None` is no answer at all.
pub(crate) fn is_retried(status: Option<u16>) -> bool {
    matches!(status, None | Some(408 | 409 | 425 | 429 | 500..=599))
}

/// Sends first attempts in order, one at a time; retries wait beside the queue. Ends with the outbox.
pub(crate) async fn run(site: Arc<Site>, mut jobs: UnboundedReceiver<Job>) {
    while let Some(job) = jobs.recv().await {
        if !attempt(&site, &job, 0).await {
            let site = Arc::clone(&site);
            tokio::spawn(async move {
                for retry in 1..=RETRIES {
                    tokio::time::sleep(site.retry_delay).await;
                    if attempt(&site, &job, retry).await {
                        break;
                    }
                }
            });
        }
    }
}

/// One attempt; true when the delivery's fate is sealed.
async fn attempt(site: &Site, job: &Job, retry: u32) -> bool {
    let request = match job.door {
        Door::Connect => to_connect(site, job, retry),
        Door::Forge => to_forge(site, job, retry),
        Door::Site => to_site_webhook(site, job, retry),
    };
    let status = match request {
        Err(NotInstalled) => {
            site.outbox.note(job, None, DeliveryState::NotInstalled);
            return true;
        }
        Ok(None) => None,
        Ok(Some(request)) => {
            let answer = request.send().await.ok();
            answer.map(|answer| answer.status().as_u16())
        }
    };
    let state = match status {
        Some(200..=299) => DeliveryState::Delivered,
        _ if !is_retried(status) => DeliveryState::Refused,
        _ if retry == RETRIES => DeliveryState::GivenUp,
        _ => DeliveryState::Waiting,
    };
    site.outbox.note(job, status, state);
    state.is_final()
}

/// The app was gone or disabled when the turn came.
struct NotInstalled;

/// The request, or nothing if it cannot be signed.
fn to_connect(site: &Site, job: &Job, retry: u32) -> Result<Option<RequestBuilder>, NotInstalled> {
    let app = site
        .installation()
        .filter(|app| app.enabled)
        .ok_or(NotInstalled)?;
    let url = app.descriptor.url(&job.path);
    let iat = clock::now_s();
    let claims = json!({
        "iss": app.client_key,
        "iat": iat,
        "exp": iat + token::CALL_LIFE,
        "qsh": qsh::hash("POST", &url, qsh::base_path(&app.descriptor.base_url)),
        "context": {},
    });
    Ok(token::sign_shared(&claims, &app.shared_secret)
        .ok()
        .map(|jwt| {
            site.client
                .post(&url)
                .header("Authorization", format!("JWT {jwt}"))
                .header(
                    "X-Atlassian-Webhook-Identifier",
                    site.outbox.identifier(job),
                )
                .header("X-Atlassian-Webhook-Retry", retry.to_string())
                .header("X-Atlassian-Webhook-Flow", "Primary")
                .json(&job.body)
        }))
}

/// The same for an event of Forge's, which says in its body how often it came before.
fn to_forge(site: &Site, job: &Job, retry: u32) -> Result<Option<RequestBuilder>, NotInstalled> {
    let app = site.forge_installation().ok_or(NotInstalled)?;
    let claims = site.invocation_claims(&app, &Module::Platform);
    let mut body = job.body.clone();
    if retry > 0 {
        body["retryContext"] = json!({ "retryCount": retry });
    }
    Ok(site.invocation_token(&claims).ok().map(|token| {
        site.client
            .post(format!("{}{}", app.remote, job.path))
            .bearer_auth(token)
            .header("x-forge-oauth-system", &app.system_token)
            .json(&body)
    }))
}

/// The same for an administrator's webhook: the body is signed with its secret.
fn to_site_webhook(
    site: &Site,
    job: &Job,
    retry: u32,
) -> Result<Option<RequestBuilder>, NotInstalled> {
    let hooks = lock(&site.hooks);
    let hook = hooks.iter().find(|hook| hook.url == job.path);
    let secret = hook.ok_or(NotInstalled)?.secret.as_bytes();
    let body = job.body.to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, body.as_bytes());
    let tag: String = tag
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let request = site
        .client
        .post(&job.path)
        .header("Content-Type", "application/json")
        .header("X-Hub-Signature", format!("sha256={tag}"))
        .header(
            "X-Atlassian-Webhook-Identifier",
            site.outbox.identifier(job),
        )
        .header("X-Atlassian-Webhook-Retry", retry.to_string());
    Ok(Some(request.body(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_overload_conflict_and_server_faults_are_tried_again() {
        for status in [408, 409, 425, 429, 500, 503, 599] {
            assert!(is_retried(Some(status)), "{status}");
        }
        assert!(is_retried(None));
        for status in [200, 202, 301, 400, 401, 403, 404, 410, 413] {
            assert!(!is_retried(Some(status)), "{status}");
        }
    }
}
