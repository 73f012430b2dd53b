//! Who may call what: every route of the server's own table with every credential, right and wrong. A
//! refused call changes nothing, says nothing and is answered as safely as any other.

use app::routes::{Caller, ROUTES, Route};
use serde_json::{Value, json};

use crate::forgery::{Deserved, Forger, Forgery, Removed};
use crate::panel::Answer;
use crate::world::World;

/// The site that is attacked, another tenant's, and one that removed the app.
async fn three_sites() -> (World, Removed) {
    let world = World::with_sites(3).await;
    for site in 0..3 {
        world.install(site).await;
    }
    let third = &world.sites[2];
    let removed = Removed {
        client_key: third.client_key().unwrap(),
        secret: third.shared_secret().unwrap(),
    };
    third.uninstall().await.unwrap();
    world.install_forge().await;
    (world, removed)
}

async fn forger<'w>(world: &'w World, removed: Removed) -> (Forger<'w>, String) {
    let made = world
        .ticket(
            "Pay by credit card",
            "The card number goes to a payment provider.",
        )
        .await;
    let seen = world.sit("carla", &made.key).await.seen;
    crate::emergency::put_on_call(world, "carla").await;
    let forger = Forger {
        world,
        removed,
        issue: made.id,
        key: made.key,
    };
    (forger, seen)
}

/// An address that the route's pattern stands for.
fn path_of(route: &Route, issue: u64) -> String {
    let path = crate::api::some_path(route.path).replace("{name}", "panel.css");
    assert!(!path.contains('{'), "what is to be put into {path}?");
    match route.caller {
        Caller::ConnectPage => format!("{path}?issueId={issue}&cp="),
        _ => path,
    }
}

/// A body that the route would act on, if it believed the caller.
fn body_of(forger: &Forger<'_>, route: &Route, seen: &str) -> Value {
    let jira = forger.world.jira();
    let part = route.path.rsplit('/').next().unwrap();
    let comment = json!({ "id": "77", "updated": "2026-11-21T10:00:00.000+0000" });
    let issue = json!({ "id": forger.issue.to_string(), "key": forger.key });
    match (route.caller, part) {
        (Caller::ForgePlatform, _) => {
            json!({ "eventType": "avi:jira:updated:issue", "issue": issue })
        }
        (Caller::ConnectContext | Caller::ForgePage, "waive") => json!({
            "requirement": "REQ-ENC-AT-REST", "reason": "forged", "until": crate::waivers::day(30), "seen": seen,
        }),
        (Caller::ConnectContext | Caller::ForgePage, "end-waiver") => {
            let given = forger.world.about(forger.issue);
            let given = given
                .iter()
                .rfind(|entry| entry.kind == "REQUIREMENT_WAIVED");
            json!({ "waiver": given.map_or(seen, |entry| &entry.id) })
        }
        (Caller::ConnectContext | Caller::ForgePage, "acknowledge") => json!({ "seen": seen }),
        (Caller::ConnectContext | Caller::ForgePage, "release") => {
            json!({ "reason": "forged", "seen": seen })
        }
        (Caller::ConnectContext, "correct") => json!({
            "indicator": "file_upload", "correction": "ADDED", "reason": "forged", "seen": seen,
        }),
        (Caller::ForgePage, "correct") => json!({
            "indicator": "file_upload", "correction": "RESTORED", "reason": "forged", "seen": seen,
        }),
        (Caller::ConnectContext | Caller::ForgePage, _) => {
            json!({ "decision": "APPROVED", "comment": "forged", "seen": seen })
        }
        (Caller::ConnectPerson | Caller::ForgeAdministration, _) => json!({
            "project": "CARE", "approverRole": "forged", "approverGroup": null, "ownTicket": true, "rules": {},
        }),
        (Caller::ConnectServer, _) if route.path.contains("/webhooks/") => json!({
            "webhookEvent": match part.split_once('-').unwrap() {
                ("issue", what) => format!("jira:issue_{what}"),
                ("property", what) => format!("issue_property_{what}"),
                (_, what) => format!("comment_{what}"),
            },
            "timestamp": 1,
            "issue": issue,
            "comment": comment,
        }),
        _ => json!({
            "key": "dev.countersign.app",
            "clientKey": jira.client_key().unwrap(),
            "sharedSecret": "s".repeat(43),
            "baseUrl": jira.base_url(),
            "productType": "jira",
        }),
    }
}

async fn call(forger: &Forger<'_>, route: &Route, seen: &str, forgery: Forgery) -> Answer {
    let url = format!("{}{}", forger.world.address(), path_of(route, forger.issue));
    let carried = forger.credential(route, &url, forgery);
    let url = match &carried.query {
        Some(token) if url.contains('?') => format!("{url}&jwt={token}"),
        Some(token) => format!("{url}?jwt={token}"),
        None => url,
    };
    let method = reqwest::Method::from_bytes(route.method.as_bytes()).unwrap();
    let mut request = forger.world.http.request(method, url);
    if route.method == "POST" {
        request = request.json(&body_of(forger, route, seen));
    }
    if let Some(token) = carried.header {
        let scheme = match route.caller {
            Caller::ForgePage | Caller::ForgeAdministration | Caller::ForgePlatform => "Bearer",
            _ => "JWT",
        };
        request = request.header("Authorization", format!("{scheme} {token}"));
    }
    if let Some(token) = forger.world.jira().forge_system_token() {
        request = request.header("x-forge-oauth-system", token);
    }
    Answer::to(request).await
}

fn assert_safe(answer: &Answer, what: &str) {
    for (name, value) in [
        ("cache-control", "no-cache, no-store"),
        ("referrer-policy", "no-referrer"),
        (
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        ),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.headers.get(name).unwrap(), value, "{what}");
    }
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
    let id = answer.headers["x-request-id"].to_str().unwrap();
    assert_eq!(id.len(), 26, "{what}");
    if answer.status >= 400 {
        assert!(
            answer.body.contains(id),
            "{what}: the answer names no request"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wrong_credential_opens_any_route() {
    let (world, removed) = three_sites().await;
    let (forger, seen) = forger(&world, removed).await;
    let secret = world.jira().shared_secret().unwrap();
    let before = world.imprint();
    let mut refused = 0;
    for route in ROUTES {
        for forgery in Forgery::WRONG {
            if forgery.deserves(route.caller) == Deserved::Success
                && route.caller != Caller::Anybody
            {
                continue;
            }
            let what = format!("{} {} with {forgery:?}", route.method, route.path);
            let answer = call(&forger, route, &seen, forgery).await;
            let expected = match forgery.deserves(route.caller) {
                Deserved::Success => 200,
                Deserved::Refusal => 401,
            };
            assert_eq!(answer.status, expected, "{what}: {}", answer.body);
            assert_safe(&answer, &what);
            for told in ["eyJ", &secret, "forged", "credit card"] {
                assert!(!answer.body.contains(told), "{what} tells {told:?}");
            }
            assert_eq!(world.imprint(), before, "{what} changed something");
            refused += usize::from(expected == 401);
        }
    }
    println!("{} routes, {refused} calls refused", ROUTES.len());
    assert!(refused > 150, "the matrix has shrunk to {refused}");
    world.quiet().await;
    world.check_ledger().await;
}

/// Without this, a matrix of calls that are wrong for another reason would pass as well.
#[tokio::test(flavor = "multi_thread")]
async fn the_right_credential_opens_every_route() {
    for forgery in [Forgery::Nothing, Forgery::InTheAddress] {
        let (world, removed) = three_sites().await;
        let (forger, seen) = forger(&world, removed).await;
        // What ends the installation comes last, what only goes before a decision first.
        let mut routes: Vec<&Route> = ROUTES.iter().collect();
        routes.sort_by_key(|route| {
            let last =
                route.caller == Caller::ConnectInstall || route.path.ends_with("uninstalling");
            (last, !route.path.ends_with("/release"))
        });
        for route in routes {
            if forgery.deserves(route.caller) == Deserved::Refusal {
                continue; // of programs: `api_access`
            }
            let what = format!("{} {} with {forgery:?}", route.method, route.path);
            // What was assessed last: a route before may have set a finding right.
            let about = world.about(forger.issue);
            let assessed = about.iter().rfind(|entry| entry.kind == "TICKET_ASSESSED");
            let seen = assessed.map_or(seen.as_str(), |entry| &entry.id);
            let answer = call(&forger, route, seen, forgery).await;
            assert!(
                (200..300).contains(&answer.status),
                "{what}: {} {}",
                answer.status,
                answer.body
            );
            assert_safe(&answer, &what);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_route_is_refused_as_safely() {
    let world = World::installed().await;
    for (method, path, status) in [
        ("GET", "/", 404),
        ("GET", "/assets/../Cargo.toml", 404),
        ("GET", "/assets/..%2f..%2fCargo.toml", 404),
        ("GET", "/assets/none.js", 404),
        ("POST", "/atlassian-connect.json", 405),
        ("GET", "/connect/installed", 405),
        ("DELETE", "/connect/panel/review", 405),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", world.address());
        let answer = Answer::to(world.http.request(method, url)).await;
        assert_eq!(answer.status, status, "{path}");
        assert_safe(&answer, path);
    }
}
