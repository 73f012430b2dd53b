//! Programs that call with a key: `Authorization: Bearer ak_…`. The scope that a route needs is part of the extractor's
//! type, so that no handler can forget to ask for it.

use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use casework::{ApiCaller, ApiKeySecret};
use record::entries::Scope;

use crate::auth::{PROMPT, body_of, state};
use crate::error::AppError;

/// A scope as a type.
pub(crate) trait Needs: 'static {
    const SCOPE: Scope;
}

macro_rules! scopes {
    ($($name:ident),*) => {
        $(#[doc = concat!("Needs the scope of that name.")]
        pub(crate) struct $name;
        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        })*
    };
}
scopes!(
    EventsRead,
    EventsWrite,
    LinksWrite,
    IntegrationsWrite,
    LedgerRead,
    RequirementsRead,
    ClaimsWrite,
    CatalogWrite,
    FeedsWrite
);

/// A call with a key that has this scope.
pub(crate) struct ApiCall<S> {
    pub(crate) caller: ApiCaller,
    needs: PhantomData<S>,
}

/// A call with a key that has this scope, and with a body. Where that takes a while to come, the key is looked up once
/// more: who sends it slowly has no longer a key than others.
pub(crate) struct ApiPost<S> {
    pub(crate) caller: ApiCaller,
    pub(crate) body: web::Bytes,
    needs: PhantomData<S>,
}

impl<S: Needs> FromRequest for ApiPost<S> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let call = ApiCall::<S>::from_request(&request, &mut Payload::None).await?;
            let asked = Instant::now();
            let body = body_of(&request, payload).await?;
            let caller = match asked.elapsed() < PROMPT {
                true => call.caller,
                false => caller_of(&request).await?,
            };
            Ok(Self {
                caller,
                body,
                needs: PhantomData,
            })
        })
    }
}

impl<S: Needs> FromRequest for ApiCall<S> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = caller_of(&request).await?;
            state(&request)?
                .rates
                .check(&caller.key.key)
                .map_err(AppError::TooMany)?;
            if !caller.key.scopes.contains(&S::SCOPE) {
                return Err(AppError::NoScope(S::SCOPE));
            }
            Ok(Self {
                caller,
                needs: PhantomData,
            })
        })
    }
}

async fn caller_of(request: &HttpRequest) -> Result<ApiCaller, AppError> {
    let state = state(request)?;
    let caller = state.casework.caller_with_key(&presented(request)?).await?;
    caller.map_err(|problem| AppError::NoKey(problem.to_string()))
}

/// The one key that the header carries.
fn presented(request: &HttpRequest) -> Result<ApiKeySecret, AppError> {
    let no_key = |cause: &str| AppError::NoKey(cause.to_owned());
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return Err(no_key("no key, or several"));
    };
    let header = header.to_str().unwrap_or_default();
    let secret = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
        .and_then(|(_, secret)| ApiKeySecret::parse(secret.trim()));
    secret.ok_or_else(|| no_key("not of the form of a key"))
}
