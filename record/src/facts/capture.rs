//! A ticket as it is kept beside a link: what it said when somebody linked it, in words that people read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, IssueId, TicketKey};

/// A ticket as its tracker showed it when it was linked. Holds ticket text and names, so it is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct CapturedTicket {
    /// Which ticket.
    pub id: IssueId,
    /// Its key then; not the one it was asked for by, if it moved.
    pub key: TicketKey,
    /// Whether a security level hides it from part of the project. Nothing of its text is kept then.
    pub restricted: bool,
    /// What it said, people aside.
    pub detail: CapturedDetail,
    /// Who worked on it, and that person's name.
    pub assignee: Option<(AccountId, String)>,
    /// Who asked for it, and that person's name.
    pub reporter: Option<(AccountId, String)>,
}

/// What a ticket said. Times are RFC 3339 in UTC, with milliseconds.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CapturedDetail {
    /// Its summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// The status's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The resolution's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// The priority's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<String>,
    /// How risky its change is, in the site's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_risk: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_assessment: Option<String>,
    /// Other custom fields that the site's administrator wants kept, by their ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_fields: BTreeMap<String, String>,
}

impl std::fmt::Debug for CapturedTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CapturedTicket")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for CapturedDetail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CapturedDetail").finish_non_exhaustive()
    }
}
