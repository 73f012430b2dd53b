//! Who may call the API: every route of programs with every key that does not open it, and deliveries that no code host
//! signed. A refused call changes nothing and tells nothing.

use app::routes::{Caller, ROUTES, Route};
use record::entries::{PushAs, Scope};
use reqwest::Method;
use serde_json::json;

use crate::api::{GitHub, Program, push, signature, some_path};
use crate::panel::Answer;
use crate::world::World;

fn scope_of(caller: Caller) -> Option<Scope> {
    match caller {
        Caller::KeyReadsEvents => Some(Scope::EventsRead),
        Caller::KeyWritesEvents => Some(Scope::EventsWrite),
        Caller::KeyWritesLinks => Some(Scope::LinksWrite),
        Caller::KeyWritesIntegrations => Some(Scope::IntegrationsWrite),
        Caller::KeyReadsLedger => Some(Scope::LedgerRead),
        Caller::KeyReadsRequirements => Some(Scope::RequirementsRead),
        Caller::KeyWritesClaims => Some(Scope::ClaimsWrite),
        Caller::KeyWritesCatalog => Some(Scope::CatalogWrite),
        Caller::KeyWritesFeeds => Some(Scope::FeedsWrite),
        _ => None,
    }
}

async fn call(world: &World, route: &Route, headers: &[String]) -> Answer {
    let method = Method::from_bytes(route.method.as_bytes()).unwrap();
    let url = format!("{}{}", world.address(), some_path(route.path));
    let mut request = world.http.request(method, url);
    for header in headers {
        request = request.header("Authorization", header);
    }
    Answer::to(request.json(&json!({}))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wrong_key_opens_any_route() {
    let world = World::installed().await;
    let program = world.program().await;
    let revoked = world.program().await;
    let casework = world.server.as_ref().unwrap().casework();
    casework
        .revoke_api_key(&revoked.tenant, revoked.id.clone())
        .await
        .unwrap();
    let expired = world.program().await;
    world.overwrite(&format!(
        "UPDATE api_keys SET expires_at = '2020-01-01T00:00:00.000Z' WHERE id = '{}'",
        expired.id
    ));
    let before = world.imprint();
    let mut refused = 0;
    let right = format!("Bearer {}", program.key);
    for route in ROUTES {
        let Some(scope) = scope_of(route.caller) else {
            continue;
        };
        let others: Vec<Scope> = Scope::ALL
            .iter()
            .copied()
            .filter(|one| *one != scope)
            .collect();
        let narrow = world.program_of(program.tenant.clone(), &others).await;
        let with_narrow = world.imprint();
        for (headers, status) in [
            (vec![], 401),
            (vec![String::new()], 401),
            (vec![program.key.clone()], 401),
            (vec![format!("Basic {}", program.key)], 401),
            (vec!["Bearer ".to_owned()], 401),
            (
                vec![format!(
                    "Bearer {}",
                    "ak_live_".to_owned() + &"0".repeat(32)
                )],
                401,
            ),
            (vec![right[..right.len() - 1].to_owned()], 401),
            (vec![right.to_lowercase()], 401),
            (vec![right.clone(), right.clone()], 401),
            (vec![format!("Bearer {}", revoked.key)], 401),
            (vec![format!("Bearer {}", expired.key)], 401),
            (vec![format!("Bearer {}", program.id)], 401),
            (vec![format!("Bearer {}", narrow.key)], 403),
        ] {
            let what = format!(
                "{} {} with {} header(s)",
                route.method,
                route.path,
                headers.len()
            );
            let answer = call(&world, route, &headers).await;
            assert_eq!(answer.status, status, "{what}: {}", answer.body);
            assert_eq!(
                answer.headers["content-type"], "application/problem+json",
                "{what}"
            );
            if status == 401 {
                assert_eq!(answer.headers["www-authenticate"], "Bearer", "{what}");
            }
            assert!(!answer.body.contains("ak_test_"), "{what} tells a key");
            assert_eq!(world.imprint(), with_narrow, "{what} changed something");
            refused += 1;
        }
        let answer = call(&world, route, std::slice::from_ref(&right)).await;
        assert!(
            ![401, 403].contains(&answer.status),
            "{}: {}",
            route.path,
            answer.body
        );
    }
    println!("{refused} calls refused");
    assert!(refused > 150, "the matrix has shrunk to {refused}");
    assert!(before.len() < world.imprint().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_code_host_signed_is_refused() {
    let world = World::installed().await;
    let github = world.github(PushAs::Commits).await;
    let removed = world.github(PushAs::Commits).await;
    let casework = world.server.as_ref().unwrap().casework();
    let tenant = world.tenant(0).await;
    casework
        .remove_code_host((&tenant).into(), removed.host.clone())
        .await
        .unwrap();
    let body = push(&"0a".repeat(20), "PAY-1: change", "main").to_string();
    let before = world.imprint();
    let right = github.signature(body.as_bytes());
    let host = github.host.to_string();
    for (host, signatures, status) in [
        (host.as_str(), vec![], 401),
        (&host, vec![String::new()], 401),
        (&host, vec!["sha256=".to_owned()], 401),
        (&host, vec![right.replace("sha256=", "sha1=")], 401),
        (
            &host,
            vec![right.trim_start_matches("sha256=").to_owned()],
            401,
        ),
        (&host, vec![right[..right.len() - 2].to_owned()], 401),
        (
            &host,
            vec![signature("another secret of 16", body.as_bytes())],
            401,
        ),
        (
            &host,
            vec![github.signature(format!("{body} ").as_bytes())],
            401,
        ),
        (&host, vec![right.clone(), right.clone()], 401),
        (
            removed.host.as_str(),
            vec![removed.signature(body.as_bytes())],
            401,
        ),
        ("host_01K9ABCDEFGHJKMNPQRSTVWX04", vec![right.clone()], 401),
        ("nonsense", vec![right.clone()], 401),
    ] {
        let url = format!("{}/v1/integrations/github/webhook/{host}", world.address());
        let mut request = world
            .http
            .post(url)
            .header("X-GitHub-Event", "push")
            .body(body.clone());
        for signature in &signatures {
            request = request.header("X-Hub-Signature-256", signature);
        }
        let answer = Answer::to(request).await;
        assert_eq!(answer.status, status, "{signatures:?} {}", answer.body);
        assert_eq!(world.imprint(), before, "{signatures:?} changed something");
    }
    let plain = format!("{}/v1/integrations/github/webhook", world.address());
    let delivery = || {
        world
            .http
            .post(&plain)
            .header("X-GitHub-Event", "push")
            .body(body.clone())
    };
    let taken = Answer::to(delivery().header("X-Hub-Signature-256", &right)).await;
    assert_eq!(taken.status, 202, "the only one there is: {}", taken.body);
    world.github(PushAs::Commits).await;
    let which = Answer::to(delivery().header("X-Hub-Signature-256", &right)).await;
    assert_eq!(
        which.status, 401,
        "of two it is not said which: {}",
        which.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_sends_forms_is_told_what_to_choose() {
    let world = World::installed().await;
    let github = world.github(PushAs::Commits).await;
    let before = world.imprint();
    let form = "payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%7D";
    let url = format!(
        "{}/v1/integrations/github/webhook/{}",
        world.address(),
        github.host
    );
    let request = world
        .http
        .post(url)
        .header("X-GitHub-Event", "push")
        .header("X-Hub-Signature-256", github.signature(form.as_bytes()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = Answer::to(request).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(
        answer.detail().contains("application/json"),
        "{}",
        answer.body
    );
    assert_eq!(world.imprint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_never_meet_in_the_api() {
    let world = World::with_sites(2).await;
    world.install(0).await;
    world.install(1).await;
    let mine = world.program().await;
    let theirs = world.program_of(world.tenant(1).await, Scope::ALL).await;
    let event = mine
        .report(
            &json!({ "eventType": "ALERT", "modelId": "scoring", "payload": { "secret": "ours" } }),
        )
        .await;
    let id = event["id"].as_str().unwrap();
    let before = world.imprint();
    let link = json!({ "type": "JIRA_TICKET", "externalId": "PAY-1" });
    for answer in [
        theirs.get(&format!("/v1/audit/{id}")).await,
        theirs.get(&format!("/v1/audit/{id}/links")).await,
        theirs.get(&format!("/v1/trail?event={id}")).await,
        theirs.post(&format!("/v1/audit/{id}/links"), &link).await,
        theirs
            .post("/v1/audit/verify", &json!({ "eventId": id }))
            .await,
        theirs.delete(&format!("/v1/audit/{id}/links/{id}")).await,
    ] {
        assert_eq!(answer.status, 404, "{}", answer.body);
    }
    let trail = theirs.get("/v1/trail?modelId=scoring").await.json();
    assert_eq!(trail["events"], json!([]));
    let listed = theirs.get("/v1/audit?eventType=ALERT").await;
    assert!(!listed.body.contains("ours"), "{}", listed.body);
    assert_eq!(world.imprint(), before);
    let github = world.github(PushAs::Commits).await;
    let path = format!("/v1/integrations/github/{}", github.host);
    assert_eq!(theirs.delete(&path).await.status, 404);
    assert_eq!(mine.delete(&path).await.status, 204);
}

/// Sends a call whose body takes so long that something happens meanwhile; the answer.
async fn sent_slowly(
    world: &World,
    head: &str,
    body: &str,
    meanwhile: impl Future<Output = ()>,
) -> String {
    use std::io::{Read as _, Write as _};
    let mut call =
        std::net::TcpStream::connect(world.address().trim_start_matches("http://")).unwrap();
    let length = body.len();
    let head =
        format!("{head}\r\nHost: x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    call.write_all(format!("{head}{}", &body[..5]).as_bytes())
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    meanwhile.await;
    call.write_all(&body.as_bytes()[5..]).unwrap();
    let mut answer = String::new();
    tokio::task::block_in_place(|| call.read_to_string(&mut answer)).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_revoked_while_a_body_is_sent_records_nothing() {
    let world = World::installed().await;
    let program = world.program().await;
    let body = json!({ "eventType": "ALERT", "payload": { "late": true } }).to_string();
    let head = format!(
        "POST /v1/audit HTTP/1.1\r\nAuthorization: Bearer {}",
        program.key
    );
    let casework = world.server.as_ref().unwrap().casework();
    let revoked = async {
        let revoked = casework.revoke_api_key(&program.tenant, program.id.clone());
        revoked.await.unwrap();
    };
    let answer = sent_slowly(&world, &head, &body, revoked).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(!world.facts().contains(&"ALERT".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_host_that_is_removed_while_a_body_is_sent_records_nothing() {
    let world = World::installed().await;
    let github = world.github(PushAs::Commits).await;
    let body = push(&"0a".repeat(20), "PAY-1: change", "main").to_string();
    let head = format!(
        "POST /v1/integrations/github/webhook/{} HTTP/1.1\r\nX-GitHub-Event: push\r\nX-Hub-Signature-256: {}",
        github.host,
        github.signature(body.as_bytes())
    );
    let casework = world.server.as_ref().unwrap().casework();
    let tenant = world.tenant(0).await;
    let removed = async {
        let removed = casework.remove_code_host((&tenant).into(), github.host.clone());
        removed.await.unwrap();
    };
    let answer = sent_slowly(&world, &head, &body, removed).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(!world.facts().contains(&"CONFIG_CHANGE".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_too_often_is_told_to_wait() {
    let mut world = World::without_server(1).await;
    world
        .start_with(&[("COUNTERSIGN_API_PER_SECOND", "1")])
        .await;
    world.install(0).await;
    let (hasty, other) = (world.program().await, world.program().await);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let answer = hasty.get("/v1/ledger").await;
        if answer.status == 429 {
            assert!(
                answer.headers["retry-after"]
                    .to_str()
                    .unwrap()
                    .parse::<u64>()
                    .unwrap()
                    >= 1
            );
        }
        statuses.push(answer.status);
    }
    assert!(
        statuses.contains(&200) && statuses.contains(&429),
        "{statuses:?}"
    );
    assert_eq!(other.get("/v1/ledger").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_of_a_key_is_kept_and_the_key_is_not() {
    let world = World::installed().await;
    let program = world.program().await;
    let casework = world.server.as_ref().unwrap().casework();
    let (_, unused) = casework.api_keys(&program.tenant).await.unwrap().remove(0);
    assert_eq!(unused, None);
    program.get("/v1/ledger").await;
    let (key, used) = casework.api_keys(&program.tenant).await.unwrap().remove(0);
    assert!(used.is_some());
    assert_eq!(key.key, program.id);
    let bytes: Vec<String> = world
        .entries()
        .iter()
        .map(|entry| format!("{entry:?}"))
        .collect();
    assert!(
        !bytes.join("").contains(&program.key),
        "the ledger holds the key"
    );
    world.check_ledger().await;
}

/// So that whoever adds a kind of caller has to say here or in the other matrix what is wrong for it.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_api_is_a_program_s_or_anybody_s() {
    for route in ROUTES.iter().filter(|route| route.path.starts_with("/v1/")) {
        let known = scope_of(route.caller).is_some()
            || matches!(
                route.caller,
                Caller::CodeHost | Caller::JiraWebhook | Caller::Anybody
            );
        assert!(known, "{}", route.path);
    }
    let _: fn(&Program<'_>, &GitHub<'_>) = |_, _| {};
}
