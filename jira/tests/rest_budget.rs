//! Who may still spend points: people always, the background up to its share, no site all of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use crate::limited_site;

use std::time::Duration;

use jira::rest::{Client, Quota, RateLimitReason, RateLimitScope, SiteClient};
use limited_site::{Hand, Limited, LimitedSite, UNTIL_NEXT_HOUR, limited, read, write};

const HOUR: Duration = Duration::from_secs(3600);

/// Twenty points, sixteen of them for the background.
const SMALL: Quota = Quota {
    points_per_hour: 20,
    background_percent: 80,
    per_call: 1,
    per_object: 1,
    per_person: 2,
};

/// Writes, at one point each, until refused; gives how many were made, and the refusal.
async fn writes(at: SiteClient<'_>) -> (usize, Limited) {
    for made in 0..100 {
        let outcome = write(at, "1").await;
        if outcome.is_err() {
            return (made, limited(outcome));
        }
    }
    panic!("never refused")
}

fn points(client: &Client) -> u32 {
    client.limits().points.total
}

#[tokio::test]
async fn the_background_leaves_a_reserve_to_people_until_the_hour_ends() {
    let (hand, site) = (Hand::clock_at_now(), LimitedSite::of_the_app().await);
    let client = hand.client(SMALL);
    let at = client.at(&site.site);
    let (made, refused) = writes(at).await;
    assert_eq!(made, 16);
    let wanted = (
        UNTIL_NEXT_HOUR,
        RateLimitReason::GlobalQuota,
        RateLimitScope::App,
    );
    assert_eq!(refused, wanted);
    assert_eq!(site.asked(), 16, "what is refused is not sent");

    for _ in 0..8 {
        write(at.for_a_person(), "1").await.unwrap();
    }
    assert_eq!(points(&client), 24, "only Jira itself refuses a person");
    limited(write(at, "1").await);

    hand.forward(Duration::from_secs(UNTIL_NEXT_HOUR) - Duration::from_millis(1));
    limited(write(at, "1").await);
    hand.forward(Duration::from_millis(1));
    assert_eq!(points(&client), 0);
    assert_eq!(writes(at).await.0, 16);
}

#[tokio::test]
async fn what_people_spend_is_counted_and_reads_cost_more() {
    let (hand, site) = (Hand::clock_at_now(), LimitedSite::of_the_app().await);
    let client = hand.client(SMALL);
    let at = client.at(&site.site);
    for _ in 0..5 {
        read(at.for_a_person(), "1").await.unwrap();
    }
    let seen = client.limits().points;
    assert_eq!((seen.total, seen.quota), (10, SMALL));
    assert_eq!(seen.by_site, [(Some(site.site.base_url.clone()), 10)]);
    assert_eq!(
        seen.hour_ends,
        hand.time() + Duration::from_secs(UNTIL_NEXT_HOUR)
    );
    assert_eq!(writes(at).await.0, 6);
}

#[tokio::test]
async fn a_site_leaves_as_much_as_it_took_while_another_is_active() {
    let (hand, busy, other) = (
        Hand::clock_at_now(),
        LimitedSite::of_the_app().await,
        LimitedSite::of_the_app().await,
    );
    let client = hand.client(SMALL);
    let (busy, other) = (client.at(&busy.site), client.at(&other.site));
    write(other, "1").await.unwrap();
    let (made, refused) = writes(busy).await;
    assert_eq!(made, 7, "of the fifteen that were left");
    let wanted = (
        UNTIL_NEXT_HOUR,
        RateLimitReason::GlobalQuota,
        RateLimitScope::Site,
    );
    assert_eq!(refused, wanted);
    assert_eq!(
        writes(other).await.0,
        3,
        "one site's hunger leaves another its share"
    );
    write(busy.for_a_person(), "1").await.unwrap();

    // The one that was first in the next hour does not get everything either.
    hand.forward(HOUR);
    assert_eq!(writes(busy).await.0, 8);
    write(other, "1").await.unwrap();

    // Two hours later it is alone.
    hand.forward(2 * HOUR);
    assert_eq!(writes(busy).await.0, 16);
}

#[tokio::test]
async fn a_person_s_token_spends_none_of_the_app_s_points() {
    let (hand, site) = (Hand::clock_at_now(), LimitedSite::of_a_person().await);
    let client = hand.client(Quota {
        points_per_hour: 1,
        ..SMALL
    });
    for _ in 0..5 {
        write(client.at(&site.site), "1").await.unwrap();
    }
    assert_eq!(points(&client), 0);
}

#[tokio::test]
async fn near_a_limit_the_background_goes_slowly_and_people_do_not() {
    let (hand, near, far) = (
        Hand::clock_at_now(),
        LimitedSite::of_the_app().await,
        LimitedSite::of_the_app().await,
    );
    let client = hand.client(Quota::default());
    near.say(Some(("X-RateLimit-NearLimit", "true")));
    let at = client.at(&near.site);
    let (made, refused) = writes(at).await;
    let wanted = (60, RateLimitReason::TenantQuota, RateLimitScope::Site);
    assert_eq!((made, refused), (10, wanted));
    for _ in 0..30 {
        write(at.for_a_person(), "1").await.unwrap();
        write(client.at(&far.site), "1").await.unwrap();
    }
    hand.forward(Duration::from_secs(59));
    limited(write(at, "1").await);
    hand.forward(Duration::from_secs(1));
    assert_eq!(writes(at).await.0, 10);

    near.say(None);
    write(at.for_a_person(), "1").await.unwrap();
    for _ in 0..30 {
        write(at, "1").await.unwrap();
    }
}
