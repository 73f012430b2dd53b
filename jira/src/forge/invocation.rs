//! The token with which Forge invokes a remote: an RS256 token of Atlassian's, made for this one call to this one app.
//! It says which installation of which site calls, and for a call out of a page who looks at what.
//! Source: Forge remote essentials, "The Forge Invocation Token".

use jsonwebtoken::Algorithm;
use record::ids::{AccountId, IssueId};
use serde_json::{Map, Value};

use super::identity::{AppId, CloudId, Environment, InstallationId};
use super::invocation_keys::InvocationKey;
use crate::base_url::BaseUrl;
use crate::connect::claims;
use crate::connect::compact::Compact;
use crate::connect::jwt::{JwtError, Moment};
use crate::licence::LicenceState;

const ISSUER: &str = "forge/invocation-token";

/// The longest key id that is looked up.
const LONGEST_KEY_ID: usize = 200;

/// Our app, as its owner registered it, and where it may be invoked from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgeApp {
    /// The audience of every token for us.
    pub id: AppId,
    /// The one environment whose calls are taken.
    pub environment: Environment,
    /// The host of Atlassian's gateway, which a token may not change.
    pub gateway: BaseUrl,
}

/// A call of Forge's, proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The site.
    pub cloud: CloudId,
    /// The installation on it.
    pub installation: InstallationId,
    /// Where the site's REST interface is reached with Forge's tokens.
    pub api: BaseUrl,
    /// Whether somebody's page made the call, and not the platform itself: whoever may open the page can.
    pub from_page: bool,
    /// Who looks at a page; nobody for events.
    pub account: Option<AccountId>,
    /// The ticket of the page: the only source it may be taken from.
    pub issue: Option<IssueId>,
    /// The module's kind that a page is, such as `jira:adminPage`.
    pub page: Option<String>,
    /// Where the licence stands; nothing where the app is not sold.
    pub licence: Option<LicenceState>,
}

/// Which key a token must be verified with. Proves nothing.
///
/// # Errors
/// The token is not well formed, not RS256, or names no usable key.
pub fn unverified_key_id(token: &str) -> Result<String, JwtError> {
    let compact = Compact::parse(token)?;
    compact.demand(Algorithm::RS256)?;
    compact
        .key_id()
        .filter(|id| (1..=LONGEST_KEY_ID).contains(&id.len()))
        .map(str::to_owned)
        .ok_or(JwtError::KeyId)
}

/// Verifies a call of Forge's.
///
/// # Errors
/// The check that failed, in this order: algorithm, signature, times, issuer, audience, isolated cloud,
/// environment, installation, gateway, context.
pub fn verify_invocation(
    token: &str,
    key: &InvocationKey,
    app: &ForgeApp,
    at: Moment,
) -> Result<Invocation, JwtError> {
    let compact = Compact::parse(token)?;
    let claims = compact.signed(Algorithm::RS256, key.decoding_key())?;
    claims::check_times(claims, at)?;
    if claims::text(claims, "iss")? != ISSUER {
        return Err(JwtError::Issuer);
    }
    if !claims::audience_is(claims, app.id.as_str()) {
        return Err(JwtError::Audience);
    }
    if claims.contains_key("icLabel") {
        return Err(JwtError::IsolatedCloud);
    }
    let of_app = object(claims, "app")?;
    if claims::text(of_app, "id")? != app.id.as_str() {
        return Err(JwtError::Audience);
    }
    let environment = object(of_app, "environment")?;
    if claims::text(environment, "type")? != app.environment.as_str() {
        return Err(JwtError::Environment);
    }
    let installation = parsed(of_app, "installationId")?;
    let (api, cloud) = api_of(of_app, app)?;
    let context = claims.get("context").and_then(Value::as_object);
    if let Some(said) = context.and_then(|context| context.get("cloudId"))
        && said.as_str() != Some(cloud.as_str())
    {
        return Err(JwtError::Claim("context"));
    }
    let account = principal(claims)?;
    let extension = context
        .and_then(|context| context.get("extension"))
        .and_then(Value::as_object);
    Ok(Invocation {
        cloud,
        installation,
        api,
        from_page: account.is_some() || claims.contains_key("context"),
        account,
        issue: extension.map(issue).transpose()?.flatten(),
        page: extension
            .and_then(|extension| extension.get("type")?.as_str())
            .map(str::to_owned),
        licence: of_app.get("license").map(licence).transpose()?,
    })
}

/// The site's address at the gateway: the host is ours to name, the path holds the cloud id and no more.
fn api_of(of_app: &Map<String, Value>, app: &ForgeApp) -> Result<(BaseUrl, CloudId), JwtError> {
    let said = claims::text(of_app, "apiBaseUrl")?;
    let cloud: CloudId = said
        .strip_prefix(app.gateway.as_str())
        .and_then(|path| path.strip_prefix("/ex/jira/"))
        .and_then(|cloud| cloud.parse().ok())
        .ok_or(JwtError::Gateway)?;
    let api = said.parse().map_err(|_| JwtError::Gateway)?;
    Ok((api, cloud))
}

fn principal(claims: &Map<String, Value>) -> Result<Option<AccountId>, JwtError> {
    match claims.get("principal") {
        None | Some(Value::Null) => Ok(None),
        Some(_) => parsed(claims, "principal").map(Some),
    }
}

fn issue(extension: &Map<String, Value>) -> Result<Option<IssueId>, JwtError> {
    let Some(issue) = extension.get("issue") else {
        return Ok(None);
    };
    let id = match issue.get("id") {
        Some(Value::String(text)) => text.parse().ok(),
        Some(Value::Number(number)) => number.to_string().parse().ok(),
        _ => None,
    };
    id.map(Some).ok_or(JwtError::Claim("context"))
}

fn licence(licence: &Value) -> Result<LicenceState, JwtError> {
    match licence.get("active").or_else(|| licence.get("isActive")) {
        Some(Value::Bool(active)) => Ok(LicenceState::from_flag(*active)),
        _ => Err(JwtError::Claim("license")),
    }
}

fn object<'c>(
    claims: &'c Map<String, Value>,
    name: &'static str,
) -> Result<&'c Map<String, Value>, JwtError> {
    match claims.get(name) {
        Some(Value::Object(members)) => Ok(members),
        Some(_) => Err(JwtError::Claim(name)),
        None => Err(JwtError::Missing(name)),
    }
}

fn parsed<T: std::str::FromStr>(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<T, JwtError> {
    claims::text(claims, name)?
        .parse()
        .map_err(|_| JwtError::Claim(name))
}
