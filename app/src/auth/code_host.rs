//! Deliveries of code hosts: proven by the signature over the very bytes, with the secret of the code host that the
//! address names, or of the only one there is.

use std::pin::Pin;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use casework::KnownCodeHost;
use record::ids::CodeHostId;

use crate::auth::{PROMPT, body_of, state, unproven};
use crate::error::AppError;

const SIGNATURE: &str = "X-Hub-Signature-256";

/// A delivery that its code host signed.
pub(crate) struct CodeHostCall {
    pub(crate) from: KnownCodeHost,
    pub(crate) body: web::Bytes,
}

impl FromRequest for CodeHostCall {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let state = state(&request)?;
            let named = request.match_info().get("host");
            let host: Option<CodeHostId> = named
                .map(|host| host.parse().map_err(unproven))
                .transpose()?;
            let from = state.casework.known_code_host(host).await?;
            let from = from.ok_or_else(|| unproven("no such code host"))?;
            let mut signatures = request.headers().get_all(SIGNATURE);
            let (Some(signature), None) = (signatures.next(), signatures.next()) else {
                return Err(unproven("no signature, or several"));
            };
            let asked = Instant::now();
            let body = body_of(&request, payload).await?;
            // Who sends slowly is not heard for longer than others.
            if asked.elapsed() >= PROMPT {
                let host = Some(from.host.host.clone());
                let still = state.casework.known_code_host(host).await?;
                still.ok_or_else(|| unproven("no such code host any more"))?;
            }
            from.webhook_secret
                .verify(signature.to_str().ok(), &body)
                .map_err(unproven)?;
            Ok(Self { from, body })
        })
    }
}
