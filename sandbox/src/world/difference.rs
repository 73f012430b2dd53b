//! What changed between two states of an issue, as changelog items in Jira's spelling. Changes nothing.

use serde_json::Value;

use super::people::AccountId;
use super::{APP_FIELD, CUSTOM_FIELDS, ChangeItem, Issue, Status, World};
use crate::adf;

/// A raw value and its display form.
type Side = (Option<String>, Option<String>);

impl World {
    /// Items for every field that differs, in a fixed order.
    pub(crate) fn difference(&self, before: &Issue, after: &Issue) -> Vec<ChangeItem> {
        let sides = |issue: &Issue| -> Vec<(&'static str, &'static str, Side)> {
            vec![
                ("project", "project", self.project_side(issue)),
                ("Key", "issuekey", text(Some(issue.key.clone()))),
                ("summary", "summary", text(Some(issue.summary.clone()))),
                (
                    "description",
                    "description",
                    text(issue.description.as_ref().map(adf::to_text)),
                ),
                (
                    "issuetype",
                    "issuetype",
                    pair(issue.issue_type.id(), issue.issue_type.name()),
                ),
                (
                    "priority",
                    "priority",
                    pair(issue.priority.id(), issue.priority.name()),
                ),
                ("labels", "labels", text(Some(issue.labels.join(" ")))),
                ("Component", "components", self.components_side(issue)),
                (
                    "assignee",
                    "assignee",
                    self.person_side(issue.assignee.as_ref()),
                ),
                (
                    "reporter",
                    "reporter",
                    self.person_side(issue.reporter.as_ref()),
                ),
                ("security", "security", security_side(issue.restricted)),
                ("resolution", "resolution", resolution_side(issue.status)),
                (
                    "status",
                    "status",
                    pair(issue.status.id(), issue.status.name()),
                ),
            ]
        };
        let mut items: Vec<ChangeItem> = sides(before)
            .into_iter()
            .zip(sides(after))
            .filter_map(|((field, id, from), (_, _, to))| item(field, "jira", id, from, to))
            .collect();
        for (id, name, ..) in CUSTOM_FIELDS.into_iter().chain([APP_FIELD]) {
            let side = |issue: &Issue| custom_side(issue.custom.get(id));
            items.extend(item(name, "custom", id, side(before), side(after)));
        }
        items
    }

    /// The items Jira lists when an issue is made.
    pub(crate) fn birth_items(&self, issue: &Issue) -> Vec<ChangeItem> {
        let none = || (None, None);
        let description = text(issue.description.as_ref().map(adf::to_text));
        let status = pair(issue.status.id(), issue.status.name());
        [
            item("description", "jira", "description", none(), description),
            item(
                "priority",
                "jira",
                "priority",
                none(),
                pair(issue.priority.id(), issue.priority.name()),
            ),
            item(
                "reporter",
                "jira",
                "reporter",
                none(),
                self.person_side(issue.reporter.as_ref()),
            ),
            item("Status", "jira", "status", none(), status),
            item(
                "summary",
                "jira",
                "summary",
                none(),
                text(Some(issue.summary.clone())),
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn person_side(&self, who: Option<&AccountId>) -> Side {
        let name = who
            .and_then(|id| self.user(id))
            .map(|user| user.display_name.clone());
        (who.map(ToString::to_string), name)
    }

    fn project_side(&self, issue: &Issue) -> Side {
        let project = self.project(&issue.project);
        project.map_or((None, None), |project| {
            pair(&project.id.to_string(), &project.name)
        })
    }

    fn components_side(&self, issue: &Issue) -> Side {
        let known = self
            .project(&issue.project)
            .map_or(&[][..], |project| &project.components);
        let ids: Vec<String> = known
            .iter()
            .filter(|(_, name)| issue.components.contains(name))
            .map(|(id, _)| id.to_string())
            .collect();
        let some = |list: String| (!list.is_empty()).then_some(list);
        (some(ids.join(", ")), some(issue.components.join(", ")))
    }
}

fn item(
    field: &str,
    fieldtype: &'static str,
    field_id: &str,
    from: Side,
    to: Side,
) -> Option<ChangeItem> {
    (from != to).then(|| ChangeItem {
        field: field.to_owned(),
        fieldtype,
        field_id: field_id.to_owned(),
        from: from.0,
        from_string: from.1,
        to: to.0,
        to_string: to.1,
    })
}

fn text(value: Option<String>) -> Side {
    (None, value)
}

fn pair(id: &str, name: &str) -> Side {
    (Some(id.to_owned()), Some(name.to_owned()))
}

fn security_side(restricted: bool) -> Side {
    if restricted {
        pair("10001", "Restricted")
    } else {
        (None, None)
    }
}

fn resolution_side(status: Status) -> Side {
    if status == Status::Done {
        pair("10000", "Done")
    } else {
        (None, None)
    }
}

fn custom_side(value: Option<&Value>) -> Side {
    match value {
        None => (None, None),
        Some(Value::String(plain)) => text(Some(plain.clone())),
        Some(option @ Value::Object(_)) => {
            let part = |name: &str| option[name].as_str().map(str::to_owned);
            (part("id"), part("value"))
        }
        Some(other) => text(Some(other.to_string())),
    }
}
