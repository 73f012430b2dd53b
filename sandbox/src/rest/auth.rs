//! Who calls: the installed app by its signed token, or a person by e-mail address and API token; on Data Center a person
//! by personal access token alone, since basic authentication is off from version 11 on. Also enforces the app's scopes;
//! permissions on issues are the world's matter.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_LENGTH};
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::RestError;
use crate::config::Deployment;
use crate::connect::descriptor::Scope;
use crate::connect::{qsh, token};
use crate::site::{Site, lock};
use crate::world::{AccountId, UserKind};

/// Where the gateway's paths begin.
const GATEWAY: &str = "/ex/jira/";

/// An authenticated caller whose scopes cover the request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: AccountId,
    /// True for the installed app.
    pub(crate) is_app: bool,
}

impl FromRequest for Caller {
    type Error = RestError;
    type Future = Ready<Result<Self, RestError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authenticate(request))
    }
}

fn authenticate(request: &HttpRequest) -> Result<Caller, RestError> {
    let refused = || {
        let words = "Client must be authenticated to access this resource.";
        RestError::new(StatusCode::UNAUTHORIZED, words)
    };
    let site = request.app_data::<web::Data<Site>>().ok_or_else(refused)?;
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let (scheme, credential) = header
        .and_then(|text| text.split_once(' '))
        .ok_or_else(refused)?;
    let length = request
        .headers()
        .get(CONTENT_LENGTH)
        .is_some_and(|length| length != "0");
    if request.method() == "GET" && length {
        return Err(RestError::new(
            StatusCode::FORBIDDEN,
            "A GET request has no body.",
        ));
    }
    let at_gateway = request.path().starts_with(GATEWAY);
    match scheme {
        "Bearer" if at_gateway => by_system_token(site, credential.trim()).ok_or_else(refused),
        _ if at_gateway => Err(refused()),
        "Bearer" => by_personal_token(site, credential.trim()).ok_or_else(refused),
        _ if site.deployment == Deployment::DataCenter => Err(refused()),
        "JWT" => by_token(request, site, credential.trim()).ok_or_else(refused)?,
        "Basic" => by_api_token(site, credential.trim()).ok_or_else(refused),
        _ => Err(refused()),
    }
}

/// `None` is 401; the inner error is a missing scope.
fn by_token(request: &HttpRequest, site: &Site, token: &str) -> Option<Result<Caller, RestError>> {
    let app = site.installation().filter(|app| app.enabled)?;
    let claims = token::check_app(token, &app.shared_secret, &app.descriptor.key)?;
    let url = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let base_url = lock(&site.world).base_url.clone();
    if claims.qsh != qsh::hash(request.method().as_str(), url, qsh::base_path(&base_url)) {
        return None;
    }
    let needed = needed_scope(request.method().as_str(), request.path());
    if !app.descriptor.scopes.contains(&needed) {
        let words = "The app is not allowed to do this: a scope is missing.";
        return Some(Err(RestError::new(StatusCode::FORBIDDEN, words)));
    }
    Some(Ok(Caller {
        account: app.app_account,
        is_app: true,
    }))
}

/// Jira itself tells strangers some things; the gateway lets nobody in without a token.
pub(super) fn stranger(request: &HttpRequest) -> Result<(), RestError> {
    match request.path().starts_with(GATEWAY) {
        true => authenticate(request).map(drop),
        false => Ok(()),
    }
}

fn by_system_token(site: &Site, token: &str) -> Option<Caller> {
    let app = site.forge_installation()?;
    (token == app.system_token).then_some(Caller {
        account: app.app_account,
        is_app: true,
    })
}

fn by_personal_token(site: &Site, token: &str) -> Option<Caller> {
    if site.deployment != Deployment::DataCenter {
        return None;
    }
    let name = token.strip_prefix("sandbox-pat-")?;
    let world = lock(&site.world);
    let user = world.users.iter().find(|user| user.login() == name);
    user.filter(|user| user.active).map(|user| Caller {
        account: user.account_id.clone(),
        is_app: false,
    })
}

fn by_api_token(site: &Site, credential: &str) -> Option<Caller> {
    let decoded = String::from_utf8(STANDARD.decode(credential).ok()?).ok()?;
    let (email, api_token) = decoded.split_once(':')?;
    let world = lock(&site.world);
    let user = world.users.iter().find(|user| {
        user.active
            && user.kind == UserKind::Atlassian
            && user.email.eq_ignore_ascii_case(email)
            && user.api_token == api_token
    })?;
    Some(Caller {
        account: user.account_id.clone(),
        is_app: false,
    })
}

/// The scope that Jira's OpenAPI names for an operation.
fn needed_scope(method: &str, path: &str) -> Scope {
    let reads_by_post = [
        "/search/jql",
        "/search/approximate-count",
        "/permissions/check",
    ];
    match method {
        "GET" if path.ends_with("/group/member") => Scope::Admin,
        "GET" | "HEAD" => Scope::Read,
        "DELETE" => Scope::Delete,
        "POST" if reads_by_post.iter().any(|end| path.ends_with(end)) => Scope::Read,
        _ => Scope::Write,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_follow_the_published_table() {
        for (method, path, scope) in [
            ("GET", "/rest/api/3/issue/PAY-1", Scope::Read),
            ("POST", "/rest/api/3/search/jql", Scope::Read),
            ("POST", "/rest/api/3/permissions/check", Scope::Read),
            ("POST", "/rest/api/3/issue/PAY-1/comment", Scope::Write),
            ("PUT", "/rest/api/3/issue/PAY-1/properties/a", Scope::Write),
            (
                "DELETE",
                "/rest/api/3/issue/PAY-1/properties/a",
                Scope::Delete,
            ),
            ("GET", "/rest/api/3/group/member", Scope::Admin),
        ] {
            assert_eq!(needed_scope(method, path), scope, "{method} {path}");
        }
    }
}
