//! Webhooks of Jira sites that an API token opens: proven by `X-Hub-Signature` over the very bytes, or, where Jira sends
//! none, by the secret itself in `X-Jira-Webhook-Secret`. Where both are there the signature decides.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, web};
use casework::{ActiveSite, same_secret};
use github::WebhookSecret;
use record::ids::SiteId;

use crate::auth::{body_of, state, unproven};
use crate::error::AppError;

const SIGNATURE: &str = "X-Hub-Signature";
const SECRET: &str = "X-Jira-Webhook-Secret";

/// A notification of a connected Jira site.
pub(crate) struct JiraWebhookCall {
    pub(crate) site: ActiveSite,
    pub(crate) body: web::Bytes,
}

impl FromRequest for JiraWebhookCall {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let state = state(&request)?;
            let named = request.match_info().get("site");
            let site: Option<SiteId> = named
                .map(|site| site.parse().map_err(unproven))
                .transpose()?;
            let body = body_of(&request, payload).await?;
            let (headers, bytes) = (request.headers().clone(), body.clone());
            let proven = state
                .casework
                .jira_by_webhook_secret(site, move |secret| proves(&headers, &bytes, secret));
            let site = proven.await?;
            let site = site.ok_or_else(|| unproven("no connected site has this secret"))?;
            Ok(Self { site, body })
        })
    }
}

/// The algorithm of the signature is GitHub's: HMAC-SHA256 of the body, in hex.
fn proves(headers: &HeaderMap, body: &[u8], secret: &str) -> bool {
    let one = |name: &str| {
        let mut values = headers.get_all(name);
        values.next().filter(|_| values.next().is_none())
    };
    if headers.contains_key(SIGNATURE) {
        let signature = one(SIGNATURE).and_then(|value| value.to_str().ok());
        let secret = secret.parse::<WebhookSecret>();
        return secret.is_ok_and(|secret| secret.verify(signature, body).is_ok());
    }
    let presented = one(SECRET).and_then(|value| value.to_str().ok());
    presented.is_some_and(|presented| same_secret(presented, secret))
}
