//! A ticket as it is kept beside a link: in words that people read, with people's names. Those of a ticket that a
//! security level hides are not given.

use chrono::{DateTime, SecondsFormat, Utc};
use record::facts::{CapturedDetail, CapturedTicket};
use record::ids::{AccountId, IssueId, TicketKey};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::field_text::field_text;
use super::issue::TicketName;
use super::operations::{GET_ISSUE, LIST_FIELDS};
use crate::wire::Person;

const FIELDS: &str =
    "summary,status,resolution,priority,assignee,reporter,created,resolutiondate,security";

/// The longest text of a custom field that is kept, in characters.
const LONGEST: usize = 1_000;

/// The ids of custom fields that say how risky a change is, where the site has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RiskFields {
    /// How risky.
    pub change_risk: Option<String>,
    /// Why.
    pub risk_assessment: Option<String>,
}

/// The custom fields of a site that are read with a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomFields {
    /// Those that say how risky a change is.
    pub risk: RiskFields,
    /// The ids of others.
    pub others: Vec<String>,
}

/// A field of a site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Field {
    /// Its id: `summary`, `customfield_10200`.
    pub id: String,
    /// Its name, which several may have.
    pub name: String,
}

/// The names by which those fields are known.
const CHANGE_RISK: [&str; 2] = ["change risk", "change risk level"];
const RISK_ASSESSMENT: [&str; 3] = ["risk assessment", "risk assessment notes", "risk notes"];

#[derive(Deserialize)]
struct Issue {
    id: IssueId,
    key: TicketKey,
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    summary: Option<String>,
    status: Option<Named>,
    resolution: Option<Named>,
    priority: Option<Named>,
    assignee: Option<NamedPerson>,
    reporter: Option<NamedPerson>,
    created: Option<String>,
    resolutiondate: Option<String>,
    security: Option<Value>,
    #[serde(flatten)]
    mapped: Map<String, Value>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct NamedPerson {
    #[serde(rename = "displayName")]
    display_name: Option<String>,
    #[serde(flatten)]
    person: Person,
}

impl RiskFields {
    /// Those among the site's fields, by their names. A name that several fields have is nobody's.
    #[must_use]
    pub fn among(fields: &[Field]) -> Self {
        let by_name = |names: &[&str]| {
            let of = |field: &&Field| names.contains(&field.name.trim().to_lowercase().as_str());
            let mut found = fields.iter().filter(of);
            match (found.next(), found.next()) {
                (Some(field), None) => Some(field.id.clone()),
                _ => None,
            }
        };
        Self {
            change_risk: by_name(&CHANGE_RISK),
            risk_assessment: by_name(&RISK_ASSESSMENT),
        }
    }
}

impl CustomFields {
    fn ids(&self) -> impl Iterator<Item = &String> {
        let RiskFields {
            change_risk,
            risk_assessment,
        } = &self.risk;
        change_risk
            .iter()
            .chain(risk_assessment)
            .chain(&self.others)
    }
}

impl SiteClient<'_> {
    /// The site's fields.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn fields(&self) -> Result<Vec<Field>, RestError> {
        self.json(Call {
            operation: &LIST_FIELDS,
            values: &[],
            query: &[],
            body: None,
        })
        .await
    }

    /// A ticket as it is kept beside a link.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn captured(
        &self,
        name: TicketName<'_>,
        custom: &CustomFields,
    ) -> Result<CapturedTicket, RestError> {
        let fields = custom
            .ids()
            .fold(FIELDS.to_owned(), |fields, id| format!("{fields},{id}"));
        let (values, query) = ([name.as_str()], [("fields", fields.as_str())]);
        let call = Call {
            operation: &GET_ISSUE,
            values: &values,
            query: &query,
            body: None,
        };
        Ok(self.json::<Issue>(call).await?.captured(custom))
    }
}

impl Issue {
    fn captured(self, custom: &CustomFields) -> CapturedTicket {
        let Self { id, key, fields } = self;
        if fields.security.is_some() {
            return CapturedTicket {
                id,
                key,
                restricted: true,
                detail: CapturedDetail::default(),
                assignee: None,
                reporter: None,
            };
        }
        let text = |field: &String| {
            let text = field_text(fields.mapped.get(field)?).ok().flatten()?;
            Some(text.chars().take(LONGEST).collect::<String>())
        };
        let others = custom.others.iter();
        let others = others.filter_map(|field| Some((field.clone(), text(field)?)));
        CapturedTicket {
            id,
            key,
            restricted: false,
            detail: CapturedDetail {
                change_risk: custom.risk.change_risk.as_ref().and_then(text),
                risk_assessment: custom.risk.risk_assessment.as_ref().and_then(text),
                custom_fields: others.collect(),
                summary: fields.summary,
                status: fields.status.map(|named| named.name),
                resolution: fields.resolution.map(|named| named.name),
                priority: fields.priority.map(|named| named.name),
                created: fields.created.as_deref().and_then(in_utc),
                resolved: fields.resolutiondate.as_deref().and_then(in_utc),
            },
            assignee: fields.assignee.and_then(NamedPerson::known),
            reporter: fields.reporter.and_then(NamedPerson::known),
        }
    }
}

impl NamedPerson {
    fn known(self) -> Option<(AccountId, String)> {
        Some((self.person.account()?, self.display_name?))
    }
}

/// Jira writes `2026-03-01T09:00:00.000+0000`.
fn in_utc(time: &str) -> Option<String> {
    let time = DateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S%.f%z").ok()?;
    let time = time.with_timezone(&Utc);
    Some(time.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn issue(fields: &Value) -> Issue {
        serde_json::from_value(json!({"id": "10142", "key": "AI-GOV-142", "fields": fields}))
            .unwrap()
    }

    #[test]
    fn a_ticket_reads_as_people_read_it() {
        let custom = CustomFields {
            risk: RiskFields {
                change_risk: Some("customfield_10200".to_owned()),
                risk_assessment: Some("customfield_10201".to_owned()),
            },
            others: vec![
                "customfield_10400".to_owned(),
                "customfield_10401".to_owned(),
            ],
        };
        let captured = issue(&json!({
            "summary": "Update threshold", "status": {"name": "Done"}, "resolution": {"name": "Fixed"},
            "priority": {"name": "Medium"}, "assignee": {"accountId": "5b10", "displayName": "Jane Smith"},
            "reporter": null, "created": "2026-03-01T10:00:00.000+0100",
            "resolutiondate": "2026-03-02T15:00:00.000+0100", "customfield_10200": {"value": "LOW"},
            "customfield_10201": "No customer is affected.", "customfield_10400": "5".repeat(2_000), "customfield_10401": null,
            "customfield_10402": "not asked for",
        }))
        .captured(&custom);
        assert_eq!(
            serde_json::to_value(&captured.detail).unwrap(),
            json!({"summary": "Update threshold", "status": "Done", "resolution": "Fixed", "priority": "Medium",
                "created": "2026-03-01T09:00:00.000Z", "resolved": "2026-03-02T14:00:00.000Z", "changeRisk": "LOW",
                "riskAssessment": "No customer is affected.", "customFields": {"customfield_10400": "5".repeat(LONGEST)}})
        );
        let assignee = captured.assignee.unwrap();
        assert_eq!(
            (assignee.0.as_str(), assignee.1.as_str()),
            ("5b10", "Jane Smith")
        );
        assert_eq!(captured.reporter, None);
    }

    #[test]
    fn of_a_ticket_that_is_hidden_nothing_is_kept() {
        let captured = issue(&json!({"summary": "Secret", "security": {"id": "1"},
            "assignee": {"accountId": "5b10", "displayName": "Jane Smith"}}))
        .captured(&CustomFields::default());
        assert!(captured.restricted);
        assert_eq!(captured.detail, CapturedDetail::default());
        assert_eq!(captured.assignee, None);
    }

    #[test]
    fn a_field_is_known_by_its_name_unless_several_have_it() {
        let field = |id: &str, name: &str| Field {
            id: id.to_owned(),
            name: name.to_owned(),
        };
        let mut fields = vec![
            field("customfield_1", "Change Risk"),
            field("summary", "Summary"),
        ];
        let found = RiskFields::among(&fields);
        assert_eq!(found.change_risk.as_deref(), Some("customfield_1"));
        assert_eq!(found.risk_assessment, None);
        fields.push(field("customfield_2", "change risk level"));
        assert_eq!(RiskFields::among(&fields).change_risk, None);
    }
}
