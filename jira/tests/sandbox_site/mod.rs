//! A sandbox, called with the token of a person in it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test part; each file uses some"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jira::rest::{ApiToken, Credential, Site};
use sandbox::{Config, IssueRef, NewIssue, Sandbox};

pub const WHO: &str = "alice";

pub async fn sandbox() -> Sandbox {
    Sandbox::start(Config::default()).await.unwrap()
}

/// The site as that person is let in.
pub fn site(sandbox: &Sandbox) -> Site {
    let header = sandbox.basic_auth(WHO).unwrap();
    let pair = STANDARD
        .decode(header.trim_start_matches("Basic "))
        .unwrap();
    let pair = String::from_utf8(pair).unwrap();
    let (email, token) = pair.split_once(':').unwrap();
    Site {
        base_url: sandbox.base_url().parse().unwrap(),
        credential: Credential::Basic(ApiToken::new(email, token)),
    }
}

pub fn ticket(sandbox: &Sandbox, summary: &str) -> IssueRef {
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: summary.to_owned(),
        ..NewIssue::default()
    };
    sandbox.world().create_issue(WHO, new).unwrap()
}
