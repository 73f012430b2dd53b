//! Every operation of Jira this app uses: method, path, the scopes it needs, and what it reads. The
//! client calls nothing that is not listed here. Those of Data Center are the same in version 2 of the interface, but
//! for the few in [`data_center`].

use std::fmt;

use crate::connect::ConnectScope;
use crate::forge::ForgeScope;

/// An operation of Jira's REST interface.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The HTTP method, upper case.
    pub method: &'static str,
    /// The path below the site's base URL, with `{names}` in place of values.
    pub path: &'static str,
    /// The scope a Connect app needs for it; none if no Connect app may call it. [`ConnectScope::Admin`] and
    /// [`ConnectScope::Delete`] are not in our descriptor: such operations are for API tokens only.
    pub scope: Option<ConnectScope>,
    /// The scope a Forge app needs for it. [`ForgeScope::Configure`] is not in our manifest for calls: such
    /// operations are for API tokens only.
    pub forge: ForgeScope,
    /// How many tickets, comments, projects or properties it reads, by estimate; lists by a full page.
    pub objects: u32,
    /// How many accounts, groups or permissions it reads, by estimate.
    pub people: u32,
}

impl Operation {
    /// Whether it is one of Jira Service Management's own interface.
    pub(super) fn is_of_service_desk(&self) -> bool {
        self.path.starts_with("/rest/servicedeskapi/")
    }

    /// Whether it changes something on a ticket. Then the ticket's name is the first value of its path.
    pub(super) fn writes_to_ticket(&self) -> bool {
        self.method != "GET" && self.path.starts_with("/rest/api/3/issue/{issueIdOrKey}")
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

macro_rules! connect_scope {
    (Closed) => {
        None
    };
    ($scope:ident) => {
        Some($crate::connect::ConnectScope::$scope)
    };
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $method:ident $path:literal $scope:ident $forge:ident $objects:literal $people:literal;)*) => {
        $($(#[$doc])* pub static $name: Operation = Operation {
            method: stringify!($method),
            path: $path,
            scope: connect_scope!($scope),
            forge: $crate::forge::ForgeScope::$forge,
            objects: $objects,
            people: $people,
        };)*

        /// All of them.
        pub static ALL: &[&Operation] = &[$(&$name),*];
    };
}

/// What Jira Service Management has besides, on either kind of site. A Connect app with READ may call it; a Forge app
/// would need a right that ours does not ask for.
pub mod service_desk {
    use super::Operation;

    operations! {
        /// The approval steps of a request.
        LIST_APPROVALS: GET "/rest/servicedeskapi/request/{issueIdOrKey}/approval" Read None 10 10;
    }
}

/// What Jira Cloud has otherwise, or not at all. Scopes are Cloud's; a personal access token does all its owner may.
pub mod data_center {
    use super::Operation;

    operations! {
        /// Tickets by query.
        SEARCH: POST "/rest/api/2/search" Closed None 100 0;
        /// The projects the credential sees.
        LIST_PROJECTS: GET "/rest/api/2/project" Closed None 50 0;
        /// What the credential's account may do.
        GET_MY_PERMISSIONS: GET "/rest/api/2/mypermissions" Closed None 0 1;
        /// Accounts by the beginning of a name, of those who may do something on a ticket.
        LIST_USERS_WHO_MAY: GET "/rest/api/2/user/permission/search" Closed None 0 10;
    }
}

operations! {
    /// One ticket.
    GET_ISSUE: GET "/rest/api/3/issue/{issueIdOrKey}" Read ReadWork 1 0;
    /// A ticket's comments.
    LIST_COMMENTS: GET "/rest/api/3/issue/{issueIdOrKey}/comment" Read ReadWork 100 0;
    /// One comment.
    GET_COMMENT: GET "/rest/api/3/issue/{issueIdOrKey}/comment/{id}" Read ReadWork 1 0;
    /// A new comment.
    ADD_COMMENT: POST "/rest/api/3/issue/{issueIdOrKey}/comment" Write WriteWork 0 0;
    /// Another text for a comment.
    UPDATE_COMMENT: PUT "/rest/api/3/issue/{issueIdOrKey}/comment/{id}" Write WriteWork 0 0;
    /// What was logged as work on a ticket.
    LIST_WORKLOGS: GET "/rest/api/3/issue/{issueIdOrKey}/worklog" Read ReadWork 100 0;
    /// One thing that was logged as work.
    GET_WORKLOG: GET "/rest/api/3/issue/{issueIdOrKey}/worklog/{id}" Read ReadWork 1 0;
    /// The site's statuses.
    LIST_STATUSES: GET "/rest/api/3/status" Read ReadWork 0 0;
    /// One property of a ticket.
    GET_PROPERTY: GET "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}" Read ReadWork 1 0;
    /// A value for a property.
    PUT_PROPERTY: PUT "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}" Write WriteWork 0 0;
    /// No value for a property.
    DELETE_PROPERTY: DELETE "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}" Delete WriteWork 0 0;
    /// A remote link, new or changed, by its global id.
    PUT_REMOTE_LINK: POST "/rest/api/3/issue/{issueIdOrKey}/remotelink" Write WriteWork 0 0;
    /// A mail about a ticket, to members of a group.
    NOTIFY: POST "/rest/api/3/issue/{issueIdOrKey}/notify" Write WriteWork 0 0;
    /// What an account may do.
    CHECK_PERMISSIONS: POST "/rest/api/3/permissions/check" Read None 0 2;
    /// A project's roles.
    LIST_ROLES: GET "/rest/api/3/project/{projectIdOrKey}/role" Read ReadWork 10 0;
    /// Who has a role in a project.
    GET_ROLE: GET "/rest/api/3/project/{projectIdOrKey}/role/{id}" Read ReadWork 1 10;
    /// A group's members.
    LIST_GROUP_MEMBERS: GET "/rest/api/3/group/member" Admin Configure 0 50;
    /// An account's groups.
    LIST_USER_GROUPS: GET "/rest/api/3/user/groups" Read ReadUser 0 10;
    /// One account.
    GET_USER: GET "/rest/api/3/user" Read ReadUser 0 1;
    /// The account the credential stands for.
    GET_MYSELF: GET "/rest/api/3/myself" Read ReadUser 0 1;
    /// One project.
    GET_PROJECT: GET "/rest/api/3/project/{projectIdOrKey}" Read ReadWork 1 0;
    /// The projects the credential sees.
    LIST_PROJECTS: GET "/rest/api/3/project/search" Read ReadWork 50 0;
    /// Tickets by query.
    SEARCH: POST "/rest/api/3/search/jql" Read ReadWork 100 0;
    /// The site's fields.
    LIST_FIELDS: GET "/rest/api/3/field" Read ReadWork 0 0;
    /// A value for a field of our own, on tickets.
    PUT_APP_FIELD: PUT "/rest/api/3/app/field/{fieldIdOrKey}/value" Closed None 0 0;
    /// What the site says of itself.
    GET_SERVER_INFO: GET "/rest/api/3/serverInfo" Read None 0 0;
}
