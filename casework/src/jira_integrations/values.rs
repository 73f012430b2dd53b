//! What somebody gives to connect a Jira site, checked value by value; and what Jira's refusals mean.

use jira::BaseUrl;
use jira::connect::AllowedHosts;
use jira::rest::RestError;
use store::StoreError;

use super::JiraRefused;

/// The fewest and most characters of a webhook's secret.
const SECRET_LENGTH: std::ops::RangeInclusive<usize> = 16..=256;

pub(super) fn site_address(
    text: Option<&str>,
    allowed: &AllowedHosts,
) -> Result<BaseUrl, JiraRefused> {
    let url: Option<BaseUrl> = text.and_then(|text| text.trim().parse().ok());
    let url = url.ok_or(JiraRefused::Value(
        "jiraBaseUrl",
        "an https address is expected.",
    ))?;
    match allowed.allow(&url) {
        true => Ok(url),
        false => Err(JiraRefused::Value(
            "jiraBaseUrl",
            "this server calls no such host; COUNTERSIGN_ALLOWED_HOSTS says which, with the port if there is one.",
        )),
    }
}

pub(super) fn given(
    now: Option<String>,
    before: Option<&String>,
    name: &'static str,
    longest: usize,
) -> Result<String, JiraRefused> {
    let value = now
        .map(|value| value.trim().to_owned())
        .or_else(|| before.cloned());
    let value = value.filter(|value| !value.is_empty());
    let value = value.ok_or(JiraRefused::Value(name, "it is needed."))?;
    let printable = value.len() <= longest && !value.chars().any(char::is_control);
    match printable {
        true => Ok(value),
        false => Err(JiraRefused::Value(
            name,
            "it is too long, or has control characters.",
        )),
    }
}

pub(super) fn checked_secret(secret: String) -> Result<String, JiraRefused> {
    let fits =
        SECRET_LENGTH.contains(&secret.len()) && secret.bytes().all(|b| (0x21..0x7f).contains(&b));
    match fits {
        true => Ok(secret),
        false => Err(JiraRefused::Value(
            "webhookSecret",
            "16 to 256 printable ASCII characters without spaces are expected.",
        )),
    }
}

pub(super) fn drawn() -> Result<String, StoreError> {
    Ok(store::random::<32>()?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// What Jira's refusal means, and what to do.
pub(super) fn explained(error: RestError) -> JiraRefused {
    match error {
        RestError::Unauthorized { .. } => JiraRefused::Test(
            "Jira does not accept this e-mail address and API token: make a new token at id.atlassian.com.",
        ),
        RestError::Forbidden { .. } => JiraRefused::Test(
            "Jira knows this account and does not let it in: it needs a licence for this Jira, or the token more scopes.",
        ),
        RestError::NotFound { .. } => {
            JiraRefused::Test("There is no Jira at this address: look at jiraBaseUrl again.")
        }
        other => JiraRefused::Case(other.into()),
    }
}
