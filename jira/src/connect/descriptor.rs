//! The Connect descriptor: read once, checked beyond what the published schema catches, and served
//! with our base URL filled in. Nothing else of it is ever changed.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::identity::AppKey;
use super::module_rules;
use super::scope::ConnectScope;
use crate::base_url::BaseUrl;

const LIFECYCLE: [&str; 4] = ["installed", "uninstalled", "enabled", "disabled"];
const MIGRATIONS: [&str; 3] = ["signed-install", "context-qsh", "gdpr"];
const MEMBERS: [&str; 13] = [
    "$schema",
    "apiMigrations",
    "apiVersion",
    "authentication",
    "description",
    "enableLicensing",
    "key",
    "lifecycle",
    "links",
    "modules",
    "name",
    "scopes",
    "vendor",
];

/// A descriptor that passed every check but those of the base URL, which [`BaseUrl`] makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Descriptor {
    document: Map<String, Value>,
    key: AppKey,
    scopes: BTreeSet<ConnectScope>,
    urls: Vec<DescriptorUrl>,
}

/// An address below our base URL that Jira or a browser will call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DescriptorUrl {
    /// What it is for.
    pub kind: UrlKind,
    /// As written: starts with `/`, may hold a query with placeholders such as `{issue.id}`.
    pub path: String,
}

/// What an address is for, and with it who calls it and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UrlKind {
    /// A picture, fetched by browsers without a token.
    Icon,
    /// A POST about the installation.
    Lifecycle,
    /// A page Jira frames.
    Page,
    /// A panel Jira frames inside a ticket.
    Panel,
    /// A POST about an event.
    Webhook,
}

/// What is wrong with a descriptor, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorError {
    /// The text is not a JSON object.
    #[error("the descriptor is not a JSON object with distinct names")]
    NotJson,
    /// A member is missing.
    #[error("{0} is missing")]
    Missing(String),
    /// A member is unknown.
    #[error("{0} is unknown")]
    Unknown(String),
    /// A member does not have its form.
    #[error("{0} is malformed")]
    Malformed(String),
    /// A key or scope stands twice.
    #[error("{0} stands twice")]
    Twice(String),
}

impl Descriptor {
    /// Reads a descriptor that has no base URL yet.
    ///
    /// # Errors
    /// The first thing wrong with it.
    pub fn parse(text: &str) -> Result<Self, DescriptorError> {
        let document =
            super::strict_json::object(text.as_bytes()).ok_or(DescriptorError::NotJson)?;
        if let Some(name) = document
            .keys()
            .find(|name| !MEMBERS.contains(&name.as_str()))
        {
            return Err(DescriptorError::Unknown(name.clone()));
        }
        let key = text_at(&document, "key")?
            .parse()
            .map_err(|_| DescriptorError::Malformed("key".to_owned()))?;
        text_at(&document, "name")?;
        if document.get("authentication").and_then(|a| a.get("type")) != Some(&"jwt".into()) {
            return Err(DescriptorError::Malformed("authentication.type".to_owned()));
        }
        for name in MIGRATIONS {
            if document.get("apiMigrations").and_then(|m| m.get(name)) != Some(&true.into()) {
                return Err(DescriptorError::Missing(format!("apiMigrations.{name}")));
            }
        }
        let scopes = scopes(&document)?;
        let mut urls = lifecycle(&document)?;
        module_rules::check(&document, &mut urls)?;
        Ok(Self {
            document,
            key,
            scopes,
            urls,
        })
    }

    /// The app's key.
    #[must_use]
    pub fn key(&self) -> &AppKey {
        &self.key
    }

    /// The rights the app asks for.
    #[must_use]
    pub fn scopes(&self) -> &BTreeSet<ConnectScope> {
        &self.scopes
    }

    /// Every address of ours that it names, in no promised order.
    #[must_use]
    pub fn urls(&self) -> &[DescriptorUrl] {
        &self.urls
    }

    /// The descriptor as JSON, for an app that lives at this address.
    #[must_use]
    pub fn served_at(&self, address: &BaseUrl) -> String {
        let mut document = self.document.clone();
        document.insert("baseUrl".to_owned(), address.as_str().into());
        Value::Object(document).to_string()
    }
}

fn text_at<'d>(object: &'d Map<String, Value>, name: &str) -> Result<&'d str, DescriptorError> {
    match object.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(_) => Err(DescriptorError::Malformed(name.to_owned())),
        None => Err(DescriptorError::Missing(name.to_owned())),
    }
}

fn scopes(document: &Map<String, Value>) -> Result<BTreeSet<ConnectScope>, DescriptorError> {
    let listed = document
        .get("scopes")
        .ok_or_else(|| DescriptorError::Missing("scopes".to_owned()))?;
    let bad = || DescriptorError::Malformed("scopes".to_owned());
    let mut scopes = BTreeSet::new();
    for scope in listed.as_array().ok_or_else(bad)? {
        let scope: ConnectScope = scope
            .as_str()
            .and_then(|s| s.parse().ok())
            .ok_or_else(bad)?;
        if !scopes.insert(scope) {
            return Err(DescriptorError::Twice(format!("scopes.{}", scope.as_str())));
        }
    }
    Ok(scopes)
}

fn lifecycle(document: &Map<String, Value>) -> Result<Vec<DescriptorUrl>, DescriptorError> {
    let members = document.get("lifecycle").and_then(Value::as_object);
    let members = members.ok_or_else(|| DescriptorError::Missing("lifecycle".to_owned()))?;
    if let Some(name) = members
        .keys()
        .find(|name| !LIFECYCLE.contains(&name.as_str()))
    {
        return Err(DescriptorError::Unknown(format!("lifecycle.{name}")));
    }
    LIFECYCLE
        .iter()
        .map(|name| match text_at(members, name) {
            Ok(path) if path.starts_with('/') => Ok(DescriptorUrl {
                kind: UrlKind::Lifecycle,
                path: path.to_owned(),
            }),
            _ => Err(DescriptorError::Malformed(format!("lifecycle.{name}"))),
        })
        .collect()
}
