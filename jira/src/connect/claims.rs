//! What a verified token's claims say: times, and the ticket and person Jira vouches for. Nothing
//! here is an authorisation: a context proves who asks and from where, not what they may do.

use record::ids::{AccountId, IssueId, ProjectKey, TicketKey};
use serde_json::{Map, Value};

use super::jwt::{JwtError, Moment};

/// The longest a token may live, in seconds. Connect tokens live minutes; a day is room for all.
const LONGEST_LIFE: i64 = 24 * 60 * 60;

/// What Jira signed about the place a person looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignedContext {
    /// The ticket, where the place is one.
    pub ticket: Option<(IssueId, TicketKey)>,
    /// The project, where the place lies in one.
    pub project: Option<ProjectKey>,
}

/// A text claim that must be there and not be empty.
pub(crate) fn text<'c>(
    claims: &'c Map<String, Value>,
    name: &'static str,
) -> Result<&'c str, JwtError> {
    match claims.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(_) => Err(JwtError::Claim(name)),
        None => Err(JwtError::Missing(name)),
    }
}

/// Checks `exp`, `iat` and `nbf` (RFC 7519 4.1) as whole seconds since 1970.
pub(crate) fn check_times(claims: &Map<String, Value>, at: Moment) -> Result<(), JwtError> {
    let expires = seconds(claims, "exp")?.ok_or(JwtError::Missing("exp"))?;
    if expires.saturating_add(at.leeway()) <= at.now() {
        return Err(JwtError::Expired);
    }
    let issued = seconds(claims, "iat")?.ok_or(JwtError::Missing("iat"))?;
    let latest = at.now().saturating_add(at.leeway());
    if issued > latest {
        return Err(JwtError::IssuedInFuture);
    }
    if expires < issued || expires > issued.saturating_add(LONGEST_LIFE) {
        return Err(JwtError::Lifetime);
    }
    match seconds(claims, "nbf")? {
        Some(not_before) if not_before > latest => Err(JwtError::NotYetValid),
        _ => Ok(()),
    }
}

/// The account a token speaks for; absent for anonymous visitors and for Jira itself.
pub(crate) fn account(claims: &Map<String, Value>) -> Result<Option<AccountId>, JwtError> {
    match claims.get("sub") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| JwtError::Claim("sub")),
        Some(_) => Err(JwtError::Claim("sub")),
    }
}

/// Whether an audience claim (a text or a list of texts) names exactly this address, a trailing slash
/// aside.
pub(crate) fn audience_is(claims: &Map<String, Value>, wanted: &str) -> bool {
    let same = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.strip_suffix('/').unwrap_or(text) == wanted)
    };
    match claims.get("aud") {
        Some(Value::Array(list)) => list.iter().any(same),
        Some(one) => same(one),
        None => false,
    }
}

/// The place a token's `context.jira` names. A part that is there must have its proper form.
pub(crate) fn context(claims: &Map<String, Value>) -> Result<SignedContext, JwtError> {
    let bad = JwtError::Claim("context");
    let Some(jira) = claims
        .get("context")
        .and_then(|context| context.get("jira"))
    else {
        return Ok(SignedContext::default());
    };
    let ticket = match jira.get("issue") {
        None | Some(Value::Null) => None,
        Some(issue) => Some((
            parsed(issue.get("id"), bad)?,
            parsed(issue.get("key"), bad)?,
        )),
    };
    let project = match jira.get("project") {
        None | Some(Value::Null) => None,
        Some(project) => Some(parsed(project.get("key"), bad)?),
    };
    Ok(SignedContext { ticket, project })
}

fn parsed<T: std::str::FromStr>(value: Option<&Value>, bad: JwtError) -> Result<T, JwtError> {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(bad),
    };
    text.parse().map_err(|_| bad)
}

fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, JwtError> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or(JwtError::Claim(name)),
    }
}
