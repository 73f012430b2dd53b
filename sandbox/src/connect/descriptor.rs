//! The part of an app's descriptor that the site acts on. Checks what Jira checks at install; ignores modules
//! the sandbox does not host.

use serde::Deserialize;
use url::Url;

use crate::webhook::EventKind;

/// Why a descriptor was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DescriptorError {
    /// Not JSON, or a required field is missing or of the wrong type.
    #[error("the descriptor is not readable: {0}")]
    Unreadable(String),
    /// A field has a value that Jira would refuse.
    #[error("the descriptor's {0} is not acceptable")]
    Unacceptable(&'static str),
}

/// A Connect scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Scope {
    None,
    Read,
    Write,
    Delete,
    ProjectAdmin,
    Admin,
    ActAsUser,
    AccessEmailAddresses,
}

/// A checked descriptor.
#[derive(Clone, Debug)]
pub(crate) struct Descriptor {
    pub(crate) key: String,
    pub(crate) name: String,
    /// Without a trailing slash.
    pub(crate) base_url: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) panel: Option<Panel>,
    pub(crate) settings: Option<Panel>,
}

/// Relative URLs of the lifecycle.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Lifecycle {
    pub(crate) installed: Option<String>,
    pub(crate) uninstalled: Option<String>,
    pub(crate) enabled: Option<String>,
    pub(crate) disabled: Option<String>,
}

/// One webhook subscription.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) event: EventKind,
    pub(crate) url: String,
    pub(crate) exclude_body: bool,
    /// JQL that the issue must match.
    pub(crate) filter: Option<String>,
}

/// The first `jiraIssueContents` or `adminPages` module.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    key: String,
    name: String,
    base_url: String,
    authentication: WireAuthentication,
    #[serde(default)]
    lifecycle: Lifecycle,
    #[serde(default)]
    scopes: Vec<Scope>,
    #[serde(default)]
    modules: WireModules,
}

#[derive(Deserialize)]
struct WireAuthentication {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WireModules {
    webhooks: Vec<WireWebhook>,
    jira_issue_contents: Vec<WirePanel>,
    admin_pages: Vec<WirePage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireWebhook {
    event: String,
    url: String,
    #[serde(default)]
    exclude_body: bool,
    filter: Option<String>,
}

#[derive(Deserialize)]
struct WirePanel {
    key: String,
    name: WireText,
    target: WireTarget,
}

#[derive(Deserialize)]
struct WirePage {
    key: String,
    name: WireText,
    url: String,
}

#[derive(Deserialize)]
struct WireText {
    value: String,
}

#[derive(Deserialize)]
struct WireTarget {
    url: String,
}

impl Descriptor {
    /// Reads and checks a descriptor.
    pub(crate) fn parse(text: &str) -> Result<Self, DescriptorError> {
        let wire: Wire = serde_json::from_str(text)
            .map_err(|error| DescriptorError::Unreadable(error.to_string()))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if wire.key.is_empty() || wire.key.len() > 64 || !wire.key.chars().all(plain) {
            return Err(DescriptorError::Unacceptable("key"));
        }
        if wire.name.trim().is_empty() {
            return Err(DescriptorError::Unacceptable("name"));
        }
        let base_url = wire.base_url.trim_end_matches('/').to_owned();
        if !Url::parse(&base_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Err(DescriptorError::Unacceptable("baseUrl"));
        }
        if wire.authentication.kind != "jwt" {
            return Err(DescriptorError::Unacceptable("authentication.type"));
        }
        if wire.lifecycle.installed.is_none() {
            return Err(DescriptorError::Unacceptable("lifecycle.installed"));
        }
        let webhooks = wire
            .modules
            .webhooks
            .into_iter()
            .filter_map(|hook| {
                let event = EventKind::parse(&hook.event)?;
                let (exclude_body, filter) = (hook.exclude_body, hook.filter);
                Some(Webhook {
                    event,
                    url: hook.url,
                    exclude_body,
                    filter,
                })
            })
            .collect();
        let panel = wire
            .modules
            .jira_issue_contents
            .into_iter()
            .next()
            .map(|panel| Panel {
                key: panel.key,
                name: panel.name.value,
                url: panel.target.url,
            });
        let settings = (wire.modules.admin_pages.into_iter().next()).map(|page| Panel {
            key: page.key,
            name: page.name.value,
            url: page.url,
        });
        let (key, name, lifecycle, scopes) = (wire.key, wire.name, wire.lifecycle, wire.scopes);
        Ok(Self {
            key,
            name,
            base_url,
            lifecycle,
            scopes,
            webhooks,
            panel,
            settings,
        })
    }

    /// The absolute URL of something the app serves.
    pub(crate) fn url(&self, relative: &str) -> String {
        let slash = if relative.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{relative}", self.base_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_without_jwt_authentication_or_installed_hook_is_refused() {
        let without_jwt = r#"{"key":"a.b","name":"A","baseUrl":"https://a.example","authentication":{"type":"none"},"lifecycle":{"installed":"/i"}}"#;
        let error = Descriptor::parse(without_jwt).unwrap_err();
        assert_eq!(error, DescriptorError::Unacceptable("authentication.type"));
        let without_hook = r#"{"key":"a.b","name":"A","baseUrl":"https://a.example","authentication":{"type":"jwt"}}"#;
        let error = Descriptor::parse(without_hook).unwrap_err();
        assert_eq!(error, DescriptorError::Unacceptable("lifecycle.installed"));
    }
}
