//! Every operation of Jira this app uses: method, path and the Connect scope it needs. The client
//! calls nothing that is not listed here.

use std::fmt;

use crate::connect::ConnectScope;

/// An operation of Jira's REST interface.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The HTTP method, upper case.
    pub method: &'static str,
    /// The path below the site's base URL, with `{names}` in place of values.
    pub path: &'static str,
    /// The scope a Connect app needs for it. [`ConnectScope::Admin`] and [`ConnectScope::Delete`] are
    /// not in our descriptor: such operations are for API tokens only.
    pub scope: ConnectScope,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $method:ident $path:literal $scope:ident;)*) => {
        $($(#[$doc])* pub static $name: Operation = Operation {
            method: stringify!($method),
            path: $path,
            scope: ConnectScope::$scope,
        };)*

        /// All of them.
        pub static ALL: &[&Operation] = &[$(&$name),*];
    };
}

operations! {
    /// One ticket.
    GET_ISSUE: GET "/rest/api/3/issue/{issueIdOrKey}" Read;
    /// A ticket's comments.
    LIST_COMMENTS: GET "/rest/api/3/issue/{issueIdOrKey}/comment" Read;
    /// One comment.
    GET_COMMENT: GET "/rest/api/3/issue/{issueIdOrKey}/comment/{id}" Read;
    /// A new comment.
    ADD_COMMENT: POST "/rest/api/3/issue/{issueIdOrKey}/comment" Write;
    /// Another text for a comment.
    UPDATE_COMMENT: PUT "/rest/api/3/issue/{issueIdOrKey}/comment/{id}" Write;
    /// One property of a ticket.
    GET_PROPERTY: GET "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}" Read;
    /// A value for a property.
    PUT_PROPERTY: PUT "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}" Write;
    /// No value for a property.
    DELETE_PROPERTY: DELETE "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}" Delete;
    /// A remote link, new or changed, by its global id.
    PUT_REMOTE_LINK: POST "/rest/api/3/issue/{issueIdOrKey}/remotelink" Write;
    /// What an account may do.
    CHECK_PERMISSIONS: POST "/rest/api/3/permissions/check" Read;
    /// A project's roles.
    LIST_ROLES: GET "/rest/api/3/project/{projectIdOrKey}/role" Read;
    /// Who has a role in a project.
    GET_ROLE: GET "/rest/api/3/project/{projectIdOrKey}/role/{id}" Read;
    /// A group's members.
    LIST_GROUP_MEMBERS: GET "/rest/api/3/group/member" Admin;
    /// An account's groups.
    LIST_USER_GROUPS: GET "/rest/api/3/user/groups" Read;
    /// One account.
    GET_USER: GET "/rest/api/3/user" Read;
    /// The account the credential stands for.
    GET_MYSELF: GET "/rest/api/3/myself" Read;
    /// One project.
    GET_PROJECT: GET "/rest/api/3/project/{projectIdOrKey}" Read;
    /// The projects the credential sees.
    LIST_PROJECTS: GET "/rest/api/3/project/search" Read;
    /// Tickets by query.
    SEARCH: POST "/rest/api/3/search/jql" Read;
}
