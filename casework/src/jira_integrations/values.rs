//! What somebody gives to connect a Jira site, checked value by value; and what Jira's refusals mean.

use jira::BaseUrl;
use jira::connect::AllowedHosts;
use jira::rest::{Field, Project, RestError, RiskFields};
use store::StoreError;

use super::opened::{JiraSecrets, Opens};
use super::{JiraRefused, JiraRequest};

const PERSONAL: &str = "personalAccessToken";
const LONGEST_TOKEN: usize = 4_096;
const LONGEST_EMAIL: usize = 320;
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

/// What opens the site: what is given now, else what did before.
pub(super) fn opens(request: &JiraRequest, before: Option<&Opens>) -> Result<Opens, JiraRefused> {
    let of_cloud = [&request.user_email, &request.api_token, &request.cloud_id];
    let of_cloud = of_cloud.into_iter().any(Option::is_some);
    match (&request.personal_token, before) {
        (Some(_), _) if of_cloud => Err(JiraRefused::Value(
            PERSONAL,
            "it opens a site of Jira Data Center alone: leave out userEmail, apiToken and cloudId, or this.",
        )),
        (Some(_), Some(Opens::ApiToken { .. })) => Err(JiraRefused::Value(
            PERSONAL,
            "this is a site of Jira Cloud: connect the one of Data Center as a site of its own.",
        )),
        (None, Some(Opens::PersonalToken { .. })) if of_cloud => Err(JiraRefused::Value(
            "apiToken",
            "this is a site of Jira Data Center: connect the one of Cloud as a site of its own.",
        )),
        (token, Some(Opens::PersonalToken { personal_token })) => {
            personal(token.clone(), Some(personal_token))
        }
        (token @ Some(_), None) => personal(token.clone(), None),
        (None, before) => {
            let (email, token) = match before {
                Some(Opens::ApiToken {
                    user_email,
                    api_token,
                }) => (Some(user_email), Some(api_token)),
                _ => (None, None),
            };
            let (now_email, now_token) = (request.user_email.clone(), request.api_token.clone());
            Ok(Opens::ApiToken {
                user_email: given(now_email, email, "userEmail", LONGEST_EMAIL)?,
                api_token: given(now_token, token, "apiToken", LONGEST_TOKEN)?,
            })
        }
    }
}

fn personal(now: Option<String>, before: Option<&String>) -> Result<Opens, JiraRefused> {
    let personal_token = given(now, before, PERSONAL, LONGEST_TOKEN)?;
    Ok(Opens::PersonalToken { personal_token })
}

fn given(
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
pub(super) fn explained(opens: &Opens, error: RestError) -> JiraRefused {
    let personal = matches!(opens, Opens::PersonalToken { .. });
    match error {
        RestError::Unauthorized { .. } if personal => JiraRefused::Test(
            "Jira does not accept this personal access token: make a new one in the account's profile. Jira Cloud has none: \
             there an account's userEmail and apiToken open a site.",
        ),
        RestError::Unauthorized { .. } => JiraRefused::Test(
            "Jira does not accept this e-mail address and API token: make a new token at id.atlassian.com. Jira Data Center \
             takes neither: there a personalAccessToken opens a site.",
        ),
        RestError::Forbidden { .. } if personal => JiraRefused::Test(
            "Jira does not let this personal access token in: its account needs a licence for this Jira. Jira Cloud has no \
             such tokens: there an account's userEmail and apiToken open a site.",
        ),
        RestError::Forbidden { .. } => JiraRefused::Test(
            "Jira knows this account and does not let it in: it needs a licence for this Jira, or the token more scopes.",
        ),
        RestError::NotFound { .. } if personal => JiraRefused::Test(
            "There is no Jira Data Center at this address: look at jiraBaseUrl again, with its context path if it has one.",
        ),
        RestError::NotFound { .. } => JiraRefused::Test(
            "There is no Jira Cloud at this address: look at jiraBaseUrl again. Jira Data Center is opened by a \
             personalAccessToken instead.",
        ),
        other => JiraRefused::Case(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(change_risk_field: Option<&str>) -> JiraSecrets {
        JiraSecrets {
            opens: Opens::PersonalToken {
                personal_token: String::new(),
            },
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
