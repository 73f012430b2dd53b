//! The modules our descriptor may use, member by member: what the published schema leaves open.
//! A module that is not listed here is refused, so that each new one is looked at once.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::descriptor::{DescriptorError, DescriptorUrl, UrlKind};

/// What a member holds.
enum Shape {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A list of anything.
    List,
    /// An address: ours if it starts with `/`.
    Url(UrlKind),
    /// The name of a webhook event.
    Event,
    /// An object of these members.
    Object(&'static [Member]),
}

/// A member of a module.
struct Member {
    name: &'static str,
    required: bool,
    shape: Shape,
}

const fn must(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        required: true,
        shape,
    }
}

const fn may(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        required: false,
        shape,
    }
}

const LABEL: Shape = Shape::Object(&[must("value", Shape::Text), may("i18n", Shape::Text)]);
const ICON: Shape = Shape::Object(&[
    must("url", Shape::Url(UrlKind::Icon)),
    may("width", Shape::Number),
    may("height", Shape::Number),
]);
const PANEL: Shape = Shape::Object(&[
    must("type", Shape::Text),
    must("url", Shape::Url(UrlKind::Panel)),
]);

const PAGE: &[Member] = &[
    must("key", Shape::Text),
    must("name", LABEL),
    must("url", Shape::Url(UrlKind::Page)),
    may("icon", ICON),
    may("location", Shape::Text),
    may("weight", Shape::Number),
    may("conditions", Shape::List),
    may("cacheable", Shape::Flag),
];

/// Modules by their name in the descriptor.
const MODULES: &[(&str, &[Member])] = &[
    (
        "webhooks",
        &[
            must("event", Shape::Event),
            must("url", Shape::Url(UrlKind::Webhook)),
            may("filter", Shape::Text),
            may("excludeBody", Shape::Flag),
            may("propertyKeys", Shape::List),
        ],
    ),
    (
        "jiraIssueContents",
        &[
            must("key", Shape::Text),
            must("name", LABEL),
            must("tooltip", LABEL),
            must("icon", ICON),
            must("target", PANEL),
            may("contentPresentConditions", Shape::List),
            may("conditions", Shape::List),
            may("jiraNativeAppsEnabled", Shape::Flag),
        ],
    ),
    ("adminPages", PAGE),
    ("generalPages", PAGE),
    (
        "jiraWorkflowConditions",
        &[
            must("key", Shape::Text),
            must("name", LABEL),
            must("description", LABEL),
            must("expression", Shape::Text),
            may("conditions", Shape::List),
        ],
    ),
    (
        "jiraEntityProperties",
        &[
            must("key", Shape::Text),
            must("name", LABEL),
            must("entityType", Shape::Text),
            may("keyConfigurations", Shape::List),
        ],
    ),
];

/// The events Jira sends to webhooks of a descriptor.
const EVENTS: &[&str] = &[
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
    "worklog_created",
    "worklog_updated",
    "worklog_deleted",
    "attachment_created",
    "attachment_deleted",
    "issuelink_created",
    "issuelink_deleted",
    "issue_property_set",
    "issue_property_deleted",
    "project_created",
    "project_updated",
    "project_deleted",
    "jira:version_created",
    "jira:version_updated",
    "jira:version_deleted",
    "jira:version_released",
    "jira:version_unreleased",
    "sprint_created",
    "sprint_updated",
    "sprint_started",
    "sprint_closed",
    "sprint_deleted",
    "user_created",
    "user_updated",
    "user_deleted",
];

/// Checks every module of a descriptor, and collects the addresses of ours that they name.
pub(super) fn check(
    document: &Map<String, Value>,
    urls: &mut Vec<DescriptorUrl>,
) -> Result<(), DescriptorError> {
    let mut keys = BTreeSet::new();
    let Some(modules) = document.get("modules") else {
        return Ok(());
    };
    let bad = |name: &str| DescriptorError::Malformed(name.to_owned());
    for (kind, list) in modules.as_object().ok_or_else(|| bad("modules"))? {
        let rule = MODULES.iter().find(|(name, _)| name == kind);
        let (_, members) =
            rule.ok_or_else(|| DescriptorError::Unknown(format!("modules.{kind}")))?;
        for (index, module) in list.as_array().ok_or_else(|| bad(kind))?.iter().enumerate() {
            let place = format!("modules.{kind}[{index}]");
            object(module, members, &place, urls)?;
            if let Some(key) = module.get("key").and_then(Value::as_str)
                && !keys.insert(key)
            {
                return Err(DescriptorError::Twice(format!("module key {key}")));
            }
        }
    }
    Ok(())
}

fn object(
    value: &Value,
    members: &[Member],
    place: &str,
    urls: &mut Vec<DescriptorUrl>,
) -> Result<(), DescriptorError> {
    let object = value
        .as_object()
        .ok_or_else(|| DescriptorError::Malformed(place.to_owned()))?;
    if let Some(name) = object
        .keys()
        .find(|name| members.iter().all(|member| member.name != **name))
    {
        return Err(DescriptorError::Unknown(format!("{place}.{name}")));
    }
    for Member {
        name,
        required,
        shape,
    } in members
    {
        let place = format!("{place}.{name}");
        match object.get(*name) {
            Some(value) => member(value, shape, &place, urls)?,
            None if *required => return Err(DescriptorError::Missing(place)),
            None => {}
        }
    }
    Ok(())
}

fn member(
    value: &Value,
    shape: &Shape,
    place: &str,
    urls: &mut Vec<DescriptorUrl>,
) -> Result<(), DescriptorError> {
    let fits = match shape {
        Shape::Text => value.is_string(),
        Shape::Number => value.is_u64(),
        Shape::Flag => value.is_boolean(),
        Shape::List => value.is_array(),
        Shape::Event => value.as_str().is_some_and(|event| EVENTS.contains(&event)),
        Shape::Object(members) => return object(value, members, place, urls),
        Shape::Url(kind) => match value.as_str() {
            Some(path) if path.starts_with('/') && !path.starts_with("//") => {
                urls.push(DescriptorUrl {
                    kind: *kind,
                    path: path.to_owned(),
                });
                true
            }
            _ => false,
        },
    };
    if fits {
        Ok(())
    } else {
        Err(DescriptorError::Malformed(place.to_owned()))
    }
}
