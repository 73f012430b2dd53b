//! Webhooks: which event happened, what its body looks like, and getting it to the app as Jira does. At least
//! once, not ordered after a retry.

mod delivery;
mod outbox;
mod payload;

use serde::{Deserialize, Serialize};

pub(crate) use delivery::run;
pub use delivery::{Delivery, DeliveryState};
pub(crate) use outbox::{Door, Outbox};
pub use outbox::{Flow, ReleaseOrder};

use crate::site::{Site, lock};
use crate::world::{Happening, What};

/// The events the sandbox sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// `jira:issue_created`
    #[serde(rename = "jira:issue_created")]
    IssueCreated,
    /// `jira:issue_updated`
    #[serde(rename = "jira:issue_updated")]
    IssueUpdated,
    /// `jira:issue_deleted`
    #[serde(rename = "jira:issue_deleted")]
    IssueDeleted,
    /// `comment_created`
    #[serde(rename = "comment_created")]
    CommentCreated,
    /// `comment_updated`
    #[serde(rename = "comment_updated")]
    CommentUpdated,
    /// `comment_deleted`
    #[serde(rename = "comment_deleted")]
    CommentDeleted,
    /// `worklog_created`
    #[serde(rename = "worklog_created")]
    WorklogCreated,
    /// `worklog_updated`
    #[serde(rename = "worklog_updated")]
    WorklogUpdated,
    /// `worklog_deleted`
    #[serde(rename = "worklog_deleted")]
    WorklogDeleted,
    /// `issue_property_set`
    #[serde(rename = "issue_property_set")]
    PropertySet,
    /// `issue_property_deleted`
    #[serde(rename = "issue_property_deleted")]
    PropertyRemoved,
}

impl EventKind {
    const ALL: [Self; 11] = [
        Self::IssueCreated,
        Self::IssueUpdated,
        Self::IssueDeleted,
        Self::CommentCreated,
        Self::CommentUpdated,
        Self::CommentDeleted,
        Self::WorklogCreated,
        Self::WorklogUpdated,
        Self::WorklogDeleted,
        Self::PropertySet,
        Self::PropertyRemoved,
    ];

    /// The event's name as it travels in `webhookEvent`.
    pub fn name(self) -> &'static str {
        match self {
            Self::IssueCreated => "jira:issue_created",
            Self::IssueUpdated => "jira:issue_updated",
            Self::IssueDeleted => "jira:issue_deleted",
            Self::CommentCreated => "comment_created",
            Self::CommentUpdated => "comment_updated",
            Self::CommentDeleted => "comment_deleted",
            Self::WorklogCreated => "worklog_created",
            Self::WorklogUpdated => "worklog_updated",
            Self::WorklogDeleted => "worklog_deleted",
            Self::PropertySet => "issue_property_set",
            Self::PropertyRemoved => "issue_property_deleted",
        }
    }

    /// The event of that name, if the sandbox sends it.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is about a property of an issue.
    pub const fn is_of_a_property(self) -> bool {
        matches!(self, Self::PropertySet | Self::PropertyRemoved)
    }

    fn of(what: &What) -> Self {
        match what {
            What::Created { .. } => Self::IssueCreated,
            What::Updated { .. } => Self::IssueUpdated,
            What::Deleted => Self::IssueDeleted,
            What::Commented(_) => Self::CommentCreated,
            What::CommentEdited(_) => Self::CommentUpdated,
            What::CommentDeleted(_) => Self::CommentDeleted,
            What::WorkLogged(_) => Self::WorklogCreated,
            What::WorklogEdited(_) => Self::WorklogUpdated,
            What::WorklogDeleted(_) => Self::WorklogDeleted,
            What::PropertySet(_) => Self::PropertySet,
            What::PropertyRemoved(_) => Self::PropertyRemoved,
        }
    }
}

/// A webhook that an administrator made in Jira's system settings: it hears of everything but properties.
pub(crate) struct SiteWebhook {
    pub(crate) url: String,
    pub(crate) secret: String,
}

impl Site {
    /// Turns what happened into deliveries for the apps that are installed, and for administrators' webhooks.
    pub(crate) fn announce(&self, world: &crate::world::World, happenings: &[Happening]) {
        self.announce_to_connect(world, happenings);
        for hook in lock(&self.hooks).iter() {
            for happening in happenings {
                let event = EventKind::of(&happening.what);
                if event.is_of_a_property() {
                    continue;
                }
                let body = payload::body(world, event, happening, false);
                self.outbox.accept(Door::Site, event, &hook.url, &body);
                if let Some(body) = payload::twin(world, happening) {
                    let event = EventKind::IssueUpdated;
                    self.outbox.accept(Door::Site, event, &hook.url, &body);
                }
            }
        }
        if let Some(app) = self.forge_installation() {
            // As its manifest asks: `ignoreSelf`.
            for happening in happenings.iter().filter(|it| it.actor != app.app_account) {
                let event = EventKind::of(&happening.what);
                if let Some(body) = crate::forge::event::body(world, event, happening) {
                    self.outbox
                        .accept(Door::Forge, event, "/forge/events", &body);
                }
            }
        }
    }

    fn announce_to_connect(&self, world: &crate::world::World, happenings: &[Happening]) {
        let installation = lock(&self.installation);
        let Some(app) = installation.as_ref().filter(|app| app.enabled) else {
            return;
        };
        for happening in happenings {
            let event = EventKind::of(&happening.what);
            for hook in app
                .descriptor
                .webhooks
                .iter()
                .filter(|hook| hook.event == event)
            {
                let matches = |jql: &String| {
                    crate::jql::Query::parse(jql).is_ok_and(|query| query.matches(&happening.issue))
                };
                if hook.filter.as_ref().is_some_and(|jql| !matches(jql)) {
                    continue;
                }
                let body = payload::body(world, event, happening, hook.exclude_body);
                self.outbox.accept(Door::Connect, event, &hook.url, &body);
            }
        }
    }
}
