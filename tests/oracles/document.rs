//! The OpenAPI document of Jira's REST interface, as Atlassian publishes it. Looks things up; the checking against
//! it is Prism's.
//!
//! The document says which operations a Connect app may call, but not with what. Prism gets a copy that does: where
//! there is a scope for apps, a token in `Authorization` is one more way in.

use std::path::{Path, PathBuf};

use jira::rest::Operation;
use serde_json::{Value, json};

use crate::top;

/// What the document calls the scope of what no app may call.
pub(crate) const NO_APP: &str = "INACCESSIBLE";
const PLACE: &str = "../shared/vectors/jira-openapi/openapi-v3.json";

/// The document.
pub(crate) struct Document {
    body: Value,
}

/// What it says of one operation.
pub(crate) struct Published<'d> {
    pub(crate) id: &'d str,
    pub(crate) scope: &'d str,
    /// The scopes that today's apps need for it, of Forge's and OAuth's.
    pub(crate) forge: Vec<&'d str>,
    pub(crate) retired: bool,
}

impl Document {
    /// The document, where it lies beside the project.
    pub(crate) fn beside_the_project() -> Option<Self> {
        let text = std::fs::read(top().join(PLACE)).ok()?;
        let body = serde_json::from_slice(&text).unwrap();
        Some(Self { body })
    }

    /// A file with the document, and with the way in for apps.
    pub(crate) fn with_app_tokens(&self) -> PathBuf {
        let mut body = self.body.clone();
        body["components"]["securitySchemes"]["connect"] =
            json!({ "type": "apiKey", "in": "header", "name": "Authorization" });
        let paths = body["paths"].as_object_mut().unwrap();
        let operations = paths
            .values_mut()
            .filter_map(Value::as_object_mut)
            .flat_map(serde_json::Map::values_mut);
        for operation in operations {
            let scope = operation["x-atlassian-connect-scope"].as_str();
            if scope.is_some_and(|scope| scope != NO_APP)
                && let Some(ways) = operation["security"].as_array_mut()
            {
                ways.push(json!({ "connect": [] }));
            }
        }
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jira-openapi.json");
        std::fs::write(&file, body.to_string()).unwrap();
        file
    }

    /// The version it gives itself.
    pub(crate) fn version(&self) -> &str {
        self.body["info"]["version"].as_str().unwrap_or_default()
    }

    /// What it says of an operation; nothing if it does not know it.
    pub(crate) fn find(&self, operation: &Operation) -> Option<Published<'_>> {
        let method = operation.method.to_lowercase();
        let found = self.body["paths"].get(operation.path)?.get(method)?;
        Some(Published {
            id: found["operationId"].as_str()?,
            scope: found["x-atlassian-connect-scope"].as_str()?,
            forge: scopes(found)?,
            retired: found["deprecated"] == true,
        })
    }
}

fn scopes(operation: &Value) -> Option<Vec<&str>> {
    let kinds = operation["x-atlassian-oauth2-scopes"].as_array()?;
    let current = kinds.iter().find(|kind| kind["state"] == "Current")?;
    let scopes = current["scopes"].as_array()?;
    Some(scopes.iter().filter_map(Value::as_str).collect())
}
