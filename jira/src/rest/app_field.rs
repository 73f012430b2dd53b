//! A field of our own: a Forge app declares it in its manifest, Jira gives it an id on each site, users can read it,
//! and nobody but the app can write it. No Connect app may: whoever calls this has a token of Forge's.

use record::ids::IssueId;
use serde::Deserialize;
use serde_json::json;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::{LIST_FIELDS, PUT_APP_FIELD};
use crate::forge::AppId;

/// The id of an app's field on one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppField(String);

#[derive(Deserialize)]
struct Field {
    id: String,
    schema: Option<Schema>,
}

#[derive(Deserialize)]
struct Schema {
    custom: Option<String>,
}

impl AppField {
    /// The app's field of this module among a site's; none if there is none, or if the app's environments have several.
    fn of(app: &AppId, module: &str, fields: Vec<Field>) -> Option<Self> {
        let app = app.as_str().rsplit('/').next()?;
        let ours = |field: &Field| {
            let custom = field.schema.as_ref()?.custom.as_deref()?;
            let rest = custom.strip_prefix("ari:cloud:ecosystem::extension/")?;
            let (environment, key) = rest
                .strip_prefix(app)?
                .strip_prefix('/')?
                .split_once("/static/")?;
            (key == module && !environment.contains('/')).then_some(())
        };
        let mut found = fields.into_iter().filter(|field| ours(field).is_some());
        match (found.next(), found.next()) {
            (Some(field), None) => Some(Self(field.id)),
            _ => None,
        }
    }
}

impl SiteClient<'_> {
    /// Our app's field of this module, if the site has it.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn app_field(
        &self,
        app: &AppId,
        module: &str,
    ) -> Result<Option<AppField>, RestError> {
        let fields: Vec<Field> = self
            .json(Call {
                operation: &LIST_FIELDS,
                values: &[],
                query: &[],
                body: None,
            })
            .await?;
        Ok(AppField::of(app, module, fields))
    }

    /// Sets the field on a ticket.
    ///
    /// # Errors
    /// See [`RestError`]; [`RestError::NotFound`] if the field is not there any more.
    pub async fn put_app_field(
        &self,
        field: &AppField,
        ticket: &IssueId,
        value: &str,
    ) -> Result<(), RestError> {
        // Jira wants the number as such.
        let Ok(ticket) = ticket.as_str().parse::<u64>() else {
            return Err(RestError::NotFound {
                call: &PUT_APP_FIELD,
            });
        };
        let body = json!({ "updates": [{ "issueIds": [ticket], "value": value }] });
        let call = Call {
            operation: &PUT_APP_FIELD,
            values: &[&field.0],
            query: &[],
            body: Some(&body),
        };
        self.written(call).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "5a1d80a5-0000-4000-8000-00000000f09e";

    fn field(id: &str, custom: &str) -> Field {
        Field {
            id: id.to_owned(),
            schema: Some(Schema {
                custom: Some(custom.to_owned()),
            }),
        }
    }

    #[test]
    fn only_our_own_apps_field_of_that_module_is_ours() {
        let app: AppId = format!("ari:cloud:ecosystem::app/{UUID}").parse().unwrap();
        let ours = format!("ari:cloud:ecosystem::extension/{UUID}/e1/static/gate");
        let anothers = ours.replace('5', "6");
        let other_module = format!("{ours}-2");
        let plain = Field {
            id: "summary".to_owned(),
            schema: None,
        };
        let found = |customs: &[&str]| {
            let fields = customs.iter().map(|custom| field("customfield_1", custom));
            AppField::of(&app, "gate", fields.collect())
        };
        assert!(found(&[&anothers, &ours, &other_module]).is_some());
        for customs in [
            &[anothers.as_str()][..],
            &[&other_module],
            &[&format!("x{ours}")],
            &[&format!(
                "ari:cloud:ecosystem::extension/{UUID}/static/gate"
            )],
            &[&ours, &ours],
        ] {
            assert_eq!(found(customs), None, "{customs:?}");
        }
        assert_eq!(AppField::of(&app, "gate", vec![plain]), None);
    }
}
