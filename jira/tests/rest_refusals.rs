//! The client against sandboxes that refuse: each refusal once, and then silence where it was asked for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use crate::sandbox_site;

use jira::rest::{
    Client, HttpSettings, PropertyKey, PropertyValue, RateLimitScope, RestError, SiteClient,
    TicketName,
};
use record::ids::{IssueId, TicketKey};
use sandbox::{Fault, FaultKind, IssueRef, LimitReason, Refusal, Sandbox};
use sandbox_site::{sandbox, site, ticket};
use serde_json::json;

async fn write(at: SiteClient<'_>, ticket: &IssueRef) -> Result<(), RestError> {
    let (id, key): (IssueId, PropertyKey) =
        (ticket.id.to_string().parse().unwrap(), "k".parse().unwrap());
    let value = PropertyValue::new(json!(1)).unwrap();
    at.put_property(&id, &key, &value).await.map(drop)
}

async fn read(at: SiteClient<'_>, ticket: &IssueRef) -> Result<(), RestError> {
    let key: TicketKey = ticket.key.parse().unwrap();
    at.ticket(TicketName::Key(&key), &[]).await.map(drop)
}

fn refuse_once(sandbox: &Sandbox, refusal: Refusal) {
    sandbox.fault(Fault::on("/rest/", 1, FaultKind::RateLimited(refusal)));
}

/// How many calls arrive when both tickets are read and written to here, and one is read there.
async fn arriving(client: &Client, here: &Sandbox, there: &Sandbox) -> [usize; 2] {
    let tickets = [ticket(here, "One"), ticket(here, "Two")];
    let elsewhere = ticket(there, "Three");
    let sites = [site(here), site(there)];
    here.forget_requests();
    there.forget_requests();
    for ticket in &tickets {
        let _ = read(client.at(&sites[0]), ticket).await;
        let _ = write(client.at(&sites[0]), ticket).await;
    }
    let _ = read(client.at(&sites[1]), &elsewhere).await;
    [here.requests().len(), there.requests().len()]
}

#[tokio::test]
async fn after_a_refusal_nothing_arrives_where_it_was_refused() {
    let (here, there) = (sandbox().await, sandbox().await);
    let first = ticket(&here, "First");
    for (reason, scope, arrives) in [
        (None, RateLimitScope::Operation, [2, 1]),
        (Some(LimitReason::Burst), RateLimitScope::Operation, [2, 1]),
        (
            Some(LimitReason::IssueWrites),
            RateLimitScope::Ticket,
            [4, 1],
        ),
        (Some(LimitReason::TenantQuota), RateLimitScope::Site, [0, 1]),
        (Some(LimitReason::GlobalQuota), RateLimitScope::App, [0, 0]),
    ] {
        let client = Client::new(HttpSettings::default()).unwrap();
        let refusal = Refusal {
            reason,
            reset_in: Some(600),
            ..Refusal::default()
        };
        refuse_once(&here, refusal);
        let outcome = write(client.at(&site(&here)), &first).await;
        let Err(RestError::RateLimited {
            retry_after,
            scope: found,
            ..
        }) = outcome
        else {
            panic!("{outcome:?}")
        };
        assert_eq!(found, scope);
        assert!(
            (300..=600).contains(&retry_after.as_secs()),
            "{retry_after:?}"
        );
        assert_eq!(
            arriving(&client, &here, &there).await,
            arrives,
            "{reason:?}"
        );
        let again = write(client.at(&site(&here)), &first).await.unwrap_err();
        assert!(matches!(again, RestError::RateLimited { .. }), "{again}");
    }
}
