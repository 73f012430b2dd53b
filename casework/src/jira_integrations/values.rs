//! What somebody gives to connect a Jira site, checked value by value; and what Jira's refusals mean.

use jira::BaseUrl;
use jira::connect::AllowedHosts;
use jira::rest::{Field, Project, RestError, RiskFields};
use store::StoreError;

use super::JiraRefused;
use super::opened::JiraSecrets;

/// So many projects are named to whoever named none.
const MOST_NAMED: usize = 50;
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

/// What the site lacks of the fields that are wanted, and what becomes of that.
pub(super) fn missing(known: &[Field], secrets: &JiraSecrets) -> Vec<String> {
    let has = |id: &String| known.iter().any(|field| field.id == *id);
    let captured = secrets.capture_fields.iter().filter(|field| !has(field));
    let mut missing: Vec<String> = captured
        .map(|field| format!("captureFields: this site has no field {field}; it is not kept."))
        .collect();
    let by_name = RiskFields::among(known);
    for (member, named, found, name, what) in [
        (
            "changeRiskField",
            &secrets.change_risk_field,
            &by_name.change_risk,
            "Change risk",
            "no ticket says how risky its change is",
        ),
        (
            "riskAssessmentField",
            &secrets.risk_assessment_field,
            &by_name.risk_assessment,
            "Risk assessment",
            "no ticket says why",
        ),
    ] {
        match (named, found) {
            (Some(field), _) if !has(field) => {
                missing.push(format!("{member}: this site has no field {field}; {what}."));
            }
            (None, None) => missing.push(format!(
                "{member}: this site has no field called {name}, or several; {what}. Name its id here, if there is one."
            )),
            _ => {}
        }
    }
    missing
}

/// The projects that the account sees, for whoever has to name some.
pub(super) fn visible(projects: &[Project]) -> String {
    let keys: Vec<&str> = projects
        .iter()
        .take(MOST_NAMED)
        .map(|project| project.key.as_str())
        .collect();
    match (keys.is_empty(), projects.len() > MOST_NAMED) {
        (true, _) => "Jira shows this account none.".to_owned(),
        (false, false) => format!("Jira shows this account {}.", keys.join(", ")),
        (false, true) => format!("Jira shows this account {} and more.", keys.join(", ")),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(change_risk_field: Option<&str>) -> JiraSecrets {
        JiraSecrets {
            user_email: String::new(),
            api_token: String::new(),
            webhook_secret: String::new(),
            link_pattern: None,
            capture_fields: vec!["summary".to_owned(), "sumary".to_owned()],
            change_risk_field: change_risk_field.map(str::to_owned),
            risk_assessment_field: None,
        }
    }

    fn field(id: &str, name: &str) -> Field {
        Field {
            id: id.to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn a_090_each_field_that_is_missing_is_named() {
        let mut known = vec![
            field("summary", "Summary"),
            field("customfield_1", "Danger"),
            field("customfield_2", "Risk notes"),
        ];
        let begins = |warnings: Vec<String>| -> Vec<String> {
            let first = |warning: &String| warning.split(';').next().unwrap().to_owned();
            warnings.iter().map(first).collect()
        };
        let sumary = "captureFields: this site has no field sumary";
        assert_eq!(
            begins(missing(&known, &secrets(None))),
            [
                sumary,
                "changeRiskField: this site has no field called Change risk, or several"
            ]
        );
        assert_eq!(
            begins(missing(&known, &secrets(Some("customfield_1")))),
            [sumary]
        );
        assert_eq!(
            begins(missing(&known, &secrets(Some("customfield_9")))),
            [
                sumary,
                "changeRiskField: this site has no field customfield_9"
            ]
        );
        known.push(field("customfield_3", "Change Risk"));
        assert_eq!(begins(missing(&known, &secrets(None))), [sumary]);
    }
}
