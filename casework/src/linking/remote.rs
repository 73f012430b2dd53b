//! The link on the ticket itself: one for each event, however often it is written. Where it may not be written, nobody
//! tries again, and the ledger's link, which stands, says so.

use jira::rest::{RemoteLink, RestError};
use record::entries::{IntegrationState, TicketId};
use record::ids::{EventId, IssueId, TenantId};
use record::state::CodeHost;
use serde_json::{Value, json};
use store::{Db, Effect, StoreError, Tx};
use url::Url;

use crate::error::CaseError;
use crate::{ActiveSite, Casework};

/// What the effects are called, the event's id aside.
pub(crate) const REMOTE_LINK_EFFECT: &str = "remote-link:";
const RELATIONSHIP: &str = "recorded by Countersign";
const LONGEST_NAME: usize = 80;

/// Where an event says that it can be looked at, and what it is called there.
const ADDRESSES: [(&str, &str); 6] = [
    ("/commit/url", "Commit"),
    ("/pullRequest/url", "Pull request"),
    ("/deployment/url", "Deployment"),
    ("/release/url", "Release"),
    ("/workflowRun/url", "Workflow run"),
    ("/url", "Event"),
];

/// Decides that the ticket is to be told of the event, if the event can be looked at anywhere.
pub(super) fn announce_link(
    tx: &mut Tx<'_>,
    ticket: &TicketId,
    event: &EventId,
    payload: &Value,
) -> Result<(), StoreError> {
    let Some((url, title)) = shown_as(payload) else {
        return Ok(());
    };
    let tenant = tx.tenant().clone();
    let hosts = tx.db().code_hosts(&tenant)?.into_iter().flatten();
    let of_a_code_host = |url: &Url| hosts.into_iter().any(|host| same_host(&host, url));
    if !Url::parse(&url).is_ok_and(|url| of_a_code_host(&url)) {
        return Ok(());
    }
    tx.send(&Effect {
        site: ticket.site.clone(),
        issue: ticket.id.clone(),
        name: format!("{REMOTE_LINK_EFFECT}{event}"),
        body: json!({ "url": url, "title": title }),
    })
}

/// Whether an address is on a code host that is registered: an issue leads nowhere else in our name.
fn same_host(host: &CodeHost, url: &Url) -> bool {
    let own = Url::parse(&host.base_url);
    host.state == IntegrationState::Enabled && own.is_ok_and(|own| own.origin() == url.origin())
}

/// The address and the title of an event. What people wrote is not in it: who sees the ticket need not see the code.
fn shown_as(payload: &Value) -> Option<(String, String)> {
    let (url, what) = ADDRESSES.iter().find_map(|(place, what)| {
        let url = Url::parse(payload.pointer(place)?.as_str()?).ok()?;
        let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
        plain.then(|| (url.to_string(), *what))
    })?;
    let name = [
        "/commit/sha",
        "/pullRequest/number",
        "/release/tag",
        "/deployment/environment",
    ]
    .iter()
    .find_map(|place| payload.pointer(place))
    .map_or_else(String::new, |name| match name {
        Value::String(text) => plain(text).chars().take(12).collect(),
        other => format!("#{other}"),
    });
    let repository = payload
        .pointer("/repository/fullName")
        .and_then(Value::as_str);
    let place = repository.map_or_else(String::new, |name| {
        format!(
            " in {}",
            plain(name).chars().take(LONGEST_NAME).collect::<String>()
        )
    });
    Some((
        url,
        format!("{what} {name}{place}")
            .replace("  ", " ")
            .trim()
            .to_owned(),
    ))
}

/// The letters, digits and `._/#-` of a name.
fn plain(name: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || "._/#-".contains(*c);
    name.chars().filter(fits).collect()
}

/// The link that an effect is to write.
pub(crate) fn remote_link(event: &str, body: &Value) -> Option<RemoteLink> {
    let url = Url::parse(body["url"].as_str()?).ok()?;
    let link =
        RemoteLink::new(format!("countersign:{event}"), body["title"].as_str()?, url).ok()?;
    Some(link.relationship(RELATIONSHIP))
}

impl Casework {
    pub(crate) async fn have_remote_link(
        &self,
        site: &ActiveSite,
        issue: &IssueId,
        link: &RemoteLink,
    ) -> Result<(), CaseError> {
        self.calls(site).put_remote_link(issue, link).await?;
        Ok(())
    }
}

/// Whether this effect is a link that Jira does not let be written, now and later.
pub(crate) fn may_not_be_written(effect: &Effect, error: &CaseError) -> bool {
    let refused = matches!(
        error,
        CaseError::Jira(RestError::Forbidden { .. } | RestError::NotFound { .. })
    );
    refused && effect.name.starts_with(REMOTE_LINK_EFFECT)
}

/// Why the ticket has no link to the event, where it was to get one.
pub(crate) fn why_not_on_ticket(
    db: &mut Db<'_>,
    tenant: &TenantId,
    ticket: &TicketId,
    event: &EventId,
) -> Result<Option<String>, StoreError> {
    let name = format!("{REMOTE_LINK_EFFECT}{event}");
    let unsent = db.unsent(tenant, &ticket.site, &ticket.id, &name)?;
    Ok(unsent.map(|unsent| match unsent.laid_aside {
        true => {
            let reason = unsent.last_error.unwrap_or_default();
            format!("Not written on the issue: {reason}")
        }
        false => "Not written on the issue yet; it is tried again.".to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_shown_by_its_kind_and_number() {
        let commit = json!({"commit": {"sha": "a1b2c3d4e5f6a7b8", "url": "https://github.test/acme/app/commit/a1b2"},
            "repository": {"fullName": "acme/app"}});
        let (url, title) = shown_as(&commit).unwrap();
        assert_eq!(url, "https://github.test/acme/app/commit/a1b2");
        assert_eq!(title, "Commit a1b2c3d4e5f6 in acme/app");
        let pull =
            json!({"pullRequest": {"number": 7, "url": "https://github.test/acme/app/pull/7"}});
        assert_eq!(shown_as(&pull).unwrap().1, "Pull request #7");
    }

    #[test]
    fn what_leads_nowhere_is_not_shown() {
        for url in [
            "javascript:alert(1)",
            "https://user:secret@host.test/",
            "not an address",
        ] {
            assert_eq!(
                shown_as(&json!({"commit": {"sha": "a1b2c3d4", "url": url}})),
                None,
                "{url}"
            );
        }
        assert_eq!(shown_as(&json!({})), None);
    }
}
