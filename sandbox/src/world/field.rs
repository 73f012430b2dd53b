//! The fixed vocabularies of the site: issue types, priorities, statuses, custom fields. No issue data.

use serde::{Deserialize, Serialize};

/// What kind of work an issue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IssueType {
    /// A large body of work.
    Epic,
    /// Something a user can do afterwards.
    Story,
    /// Any other work.
    #[default]
    Task,
    /// A defect.
    Bug,
}

impl IssueType {
    /// Every type, in display order.
    pub const ALL: [Self; 4] = [Self::Epic, Self::Story, Self::Task, Self::Bug];

    /// Jira's id of the type.
    pub fn id(self) -> &'static str {
        match self {
            Self::Epic => "10000",
            Self::Story => "10001",
            Self::Task => "10002",
            Self::Bug => "10004",
        }
    }

    /// The name as shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Epic => "Epic",
            Self::Story => "Story",
            Self::Task => "Task",
            Self::Bug => "Bug",
        }
    }
}

/// How urgent an issue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Priority {
    /// Most urgent.
    Highest,
    /// Urgent.
    High,
    /// Ordinary.
    #[default]
    Medium,
    /// Can wait.
    Low,
    /// Least urgent.
    Lowest,
}

impl Priority {
    /// Every priority, most urgent first.
    pub const ALL: [Self; 5] = [
        Self::Highest,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Lowest,
    ];

    /// Jira's id of the priority.
    pub fn id(self) -> &'static str {
        match self {
            Self::Highest => "1",
            Self::High => "2",
            Self::Medium => "3",
            Self::Low => "4",
            Self::Lowest => "5",
        }
    }

    /// The name as shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Highest => "Highest",
            Self::High => "High",
            Self::Medium => "Medium",
            Self::Low => "Low",
            Self::Lowest => "Lowest",
        }
    }
}

/// Where an issue stands in the workflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Not begun.
    #[default]
    #[serde(rename = "To Do")]
    ToDo,
    /// Being worked on.
    #[serde(rename = "In Progress")]
    InProgress,
    /// Approved, as a workflow of one's own may have it.
    Approved,
    /// Rejected, likewise.
    Rejected,
    /// Finished, with a resolution.
    Done,
    /// Finished, without a resolution, as a workflow of one's own may have it.
    Closed,
}

impl Status {
    /// Every status, in workflow order.
    pub const ALL: [Self; 6] = [
        Self::ToDo,
        Self::InProgress,
        Self::Approved,
        Self::Rejected,
        Self::Done,
        Self::Closed,
    ];

    /// Jira's id of the status.
    pub fn id(self) -> &'static str {
        match self {
            Self::ToDo => "10001",
            Self::InProgress => "3",
            Self::Approved => "10003",
            Self::Rejected => "10004",
            Self::Done => "10002",
            Self::Closed => "10005",
        }
    }

    /// The name as shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::ToDo => "To Do",
            Self::InProgress => "In Progress",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::Done => "Done",
            Self::Closed => "Closed",
        }
    }

    /// The id of the (global) transition that leads to this status.
    pub fn transition_id(self) -> &'static str {
        match self {
            Self::ToDo => "11",
            Self::InProgress => "21",
            Self::Approved => "41",
            Self::Rejected => "51",
            Self::Done => "31",
            Self::Closed => "61",
        }
    }

    /// Category: id, key, colour name, name.
    pub(crate) fn category(self) -> (u8, &'static str, &'static str, &'static str) {
        match self {
            Self::ToDo => (2, "new", "blue-gray", "To Do"),
            Self::InProgress | Self::Approved | Self::Rejected => {
                (4, "indeterminate", "yellow", "In Progress")
            }
            Self::Done | Self::Closed => (3, "done", "green", "Done"),
        }
    }
}

/// Custom fields of the site: id, name, schema type, type key of the field.
pub(crate) const CUSTOM_FIELDS: [(&str, &str, &str, &str); 3] = [
    (
        "customfield_10016",
        "Story point estimate",
        "number",
        "com.pyxis.greenhopper.jira:jsw-story-points",
    ),
    (
        "customfield_10200",
        "Change risk",
        "option",
        "com.atlassian.jira.plugin.system.customfieldtypes:select",
    ),
    (
        "customfield_10201",
        "Risk assessment",
        "string",
        "com.atlassian.jira.plugin.system.customfieldtypes:textfield",
    ),
];

/// The field that the Forge app declares: as above. There as long as the app is installed; only the app writes it.
pub(crate) const APP_FIELD: (&str, &str, &str, &str) = (
    "customfield_10300",
    "Countersign gate",
    "string",
    "ari:cloud:ecosystem::extension/5a1d80a5-0000-4000-8000-00000000f09e/\
     00000000-0000-4000-8000-00000000e147/static/countersign-gate-field",
);

/// System fields that the field list names: id, name, schema type.
pub(crate) const SYSTEM_FIELDS: [(&str, &str, &str); 18] = [
    ("summary", "Summary", "string"),
    ("description", "Description", "string"),
    ("issuetype", "Issue Type", "issuetype"),
    ("project", "Project", "project"),
    ("priority", "Priority", "priority"),
    ("labels", "Labels", "array"),
    ("components", "Components", "array"),
    ("status", "Status", "status"),
    ("resolution", "Resolution", "resolution"),
    ("resolutiondate", "Resolved", "datetime"),
    ("assignee", "Assignee", "user"),
    ("reporter", "Reporter", "user"),
    ("creator", "Creator", "user"),
    ("created", "Created", "datetime"),
    ("updated", "Updated", "datetime"),
    ("security", "Security Level", "securitylevel"),
    ("attachment", "Attachment", "array"),
    ("comment", "Comment", "comments-page"),
];
