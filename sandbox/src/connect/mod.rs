//! Atlassian Connect as the host speaks it: query-string hash, tokens, install keys, descriptor, lifecycle
//! and the panel's URL. Shares no code with any app.

pub(crate) mod descriptor;
pub(crate) mod keys;
pub(crate) mod lifecycle;
pub(crate) mod panel;
pub(crate) mod qsh;
pub(crate) mod token;
