//! A site installs the app, installs it again, switches it off and on, removes it; and calls that look
//! like that but are not.

use sandbox::{NewIssue, RawToken, TokenKey};
use serde_json::{Value, json};

use crate::panel::Answer;
use crate::world::World;

/// What a good call of Jira's says, to be bent.
pub(crate) struct Call {
    /// Which site makes it.
    site: usize,
    path: &'static str,
    pub(crate) claims: Value,
    pub(crate) body: Value,
    key: TokenKey,
}

impl Call {
    /// The installation of another client on an allowed host.
    fn good(world: &World) -> Self {
        Self::good_by(world, 0)
    }

    /// The same, made by this site, which has the app.
    pub(crate) fn good_by(world: &World, site: usize) -> Self {
        let path = "/connect/installed";
        let url = format!("{}{path}", world.address());
        let mut claims = world.sites[site].call_claims("POST", &url).unwrap();
        claims["iss"] = json!("another-client");
        claims["aud"] = json!([world.address()]);
        let body = json!({
            "key": "dev.countersign.app",
            "clientKey": "another-client",
            "sharedSecret": "s".repeat(43),
            "baseUrl": world.sites[site].base_url(),
            "productType": "jira",
            "cloudId": "11111111-1111-4111-8111-111111111111",
        });
        Self {
            site,
            path,
            claims,
            body,
            key: TokenKey::InstallKey,
        }
    }

    pub(crate) async fn make(self, world: &World) -> Answer {
        let raw = RawToken {
            key: self.key,
            kid: None,
            claims: self.claims,
        };
        let token = world.sites[self.site].raw_token(&raw).unwrap();
        let request = world.http.post(format!("{}{}", world.address(), self.path));
        Answer::to(
            request
                .header("Authorization", format!("JWT {token}"))
                .json(&self.body),
        )
        .await
    }
}

/// A webhook of the site's, with this secret.
async fn webhook(world: &World, secret: &str) -> u16 {
    let path = "/connect/webhooks/issue-created";
    let url = format!("{}{path}", world.address());
    let claims = world.jira().call_claims("POST", &url).unwrap();
    let raw = RawToken {
        key: TokenKey::Secret(secret.to_owned()),
        kid: None,
        claims,
    };
    let token = world.jira().raw_token(&raw).unwrap();
    let body = json!({ "webhookEvent": "sprint_started" });
    let request = world
        .http
        .post(url)
        .header("Authorization", format!("JWT {token}"));
    Answer::to(request.json(&body)).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_install_founds_a_ledger() {
    let world = World::installed().await;
    assert_eq!(
        world.facts(),
        [
            "KEY_ANNOUNCED",
            "INSTALLATION_CHANGED INSTALLED",
            "SETTINGS_CHANGED"
        ]
    );
    assert_eq!(world.lines("SELECT id AS line FROM tenants").len(), 1);
    let sealed = world
        .lines(&format!(
            "SELECT {} AS line FROM sites",
            world.in_hex("shared_secret")
        ))
        .remove(0);
    let secret = world.jira().shared_secret().unwrap();
    let plain: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(!sealed.contains(&plain), "the secret is stored as it is");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_takes_the_place_of_the_old_and_the_ledger_goes_on() {
    let world = World::installed().await;
    let ticket = world
        .ticket("Pay by card", "The card number is stored.")
        .await;
    let old = world.jira().shared_secret().unwrap();
    let old_page = world.sit("carla", &ticket.key).await;
    assert_eq!(webhook(&world, &old).await, 204);
    world.jira().rotate_secret().await.unwrap();
    assert_eq!(webhook(&world, &old).await, 401);
    assert_eq!(old_page.look().await.status, 401);
    assert_eq!(
        webhook(&world, &world.jira().shared_secret().unwrap()).await,
        204
    );
    assert_eq!(
        world.facts().last().unwrap(),
        "INSTALLATION_CHANGED REINSTALLED"
    );
    assert_eq!(world.lines("SELECT id AS line FROM tenants").len(), 1);
    assert_eq!(world.page("carla", &ticket.key).await.state(), "current");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_moves_is_called_where_it_is() {
    let world = World::installed().await;
    let moved = world.jira().local_url().replace("127.0.0.1", "localhost");
    let refused = world.jira().change_base_url(&moved).await;
    assert!(refused.is_err(), "the new host was not allowed");
    assert_eq!(world.facts().len(), 3);

    let mut world = world;
    world.stop().await;
    world.allow_host(moved.trim_start_matches("http://"));
    world.start().await;
    world.jira().change_base_url(&moved).await.unwrap();
    assert_eq!(world.lines("SELECT base_url AS line FROM sites"), [moved]);
    let ticket = world
        .ticket("Pay by card", "The card number is stored.")
        .await;
    assert_eq!(world.facts_about(ticket.id), ["TICKET_ASSESSED FIRST"]);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_app_is_deaf_and_comes_back_to_its_own_ledger() {
    let world = World::installed().await;
    let ticket = world
        .ticket("Pay by card", "The card number is stored.")
        .await;
    let (secret, page) = (
        world.jira().shared_secret().unwrap(),
        world.sit("carla", &ticket.key).await,
    );
    let url = format!("{}/connect/webhooks/issue-created", world.address());
    let claims = world.jira().call_claims("POST", &url).unwrap();
    assert_eq!(world.jira().uninstall().await.unwrap(), Some(204));
    let size = world.entries().len();
    assert_eq!(world.facts()[size - 1], "INSTALLATION_CHANGED UNINSTALLED");
    let raw = RawToken {
        key: TokenKey::Secret(secret),
        kid: None,
        claims,
    };
    let token = world.jira().raw_token(&raw).unwrap();
    let request = world
        .http
        .post(url)
        .header("Authorization", format!("JWT {token}"));
    assert_eq!(Answer::to(request).await.status, 401);
    assert_eq!(page.look().await.status, 401);
    assert_eq!(page.decide("APPROVED", "").await.status, 401);
    assert_eq!(world.entries().len(), size);
    world.check_ledger().await;

    world.install(0).await;
    assert_eq!(world.lines("SELECT id AS line FROM tenants").len(), 1);
    assert_eq!(world.facts()[size], "INSTALLATION_CHANGED REINSTALLED");
    assert_eq!(world.page("carla", &ticket.key).await.state(), "current");
    let answer = world.decide("carla", &ticket.key, "APPROVED", "").await;
    assert_eq!(answer.approval(), "APPROVED");
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_off_and_on_is_recorded_once_each() {
    let world = World::installed().await;
    for _ in 0..2 {
        assert_eq!(world.jira().set_enabled(false).await.unwrap(), Some(204));
    }
    for _ in 0..2 {
        assert_eq!(world.jira().set_enabled(true).await.unwrap(), Some(204));
    }
    assert_eq!(
        world.facts()[3..],
        [
            "INSTALLATION_CHANGED DISABLED",
            "INSTALLATION_CHANGED ENABLED"
        ]
    );
    world.check_ledger().await;
}

type Bend = fn(&mut Call);

#[tokio::test(flavor = "multi_thread")]
async fn an_install_with_anything_wrong_is_refused_and_leaves_no_trace() {
    let world = World::installed().await;
    let before = world.imprint();
    let wrong: [(&str, u16, Bend); 15] = [
        ("another audience", 401, |c| {
            c.claims["aud"] = json!(["https://other.example"]);
        }),
        ("no audience", 401, |c| c.claims["aud"] = Value::Null),
        ("an audience that begins the same", 401, |c| {
            c.claims["aud"] = json!(format!(
                "{}.evil.example",
                c.claims["aud"][0].as_str().unwrap()
            ));
        }),
        ("a stranger's key", 401, |c| c.key = TokenKey::StrangerKey),
        ("a shared secret", 401, |c| c.key = TokenKey::SharedSecret),
        ("no signature", 401, |c| c.key = TokenKey::Unsigned),
        ("another client in the body", 401, |c| {
            c.body["clientKey"] = json!("somebody-else");
        }),
        ("another app", 401, |c| {
            c.body["key"] = json!("com.example.other");
        }),
        ("a host that is not allowed", 401, |c| {
            c.body["baseUrl"] = json!("https://acme.atlassian.net");
        }),
        ("an old call, sent again", 401, |c| {
            for claim in ["iat", "exp"] {
                c.claims[claim] = json!(c.claims[claim].as_i64().unwrap() - 600);
            }
        }),
        ("the hash of another request", 401, |c| {
            c.path = "/connect/uninstalled";
        }),
        ("a life of a year", 401, |c| {
            c.claims["exp"] = json!(c.claims["exp"].as_i64().unwrap() + 31_536_000);
        }),
        ("no secret", 400, |c| c.body["sharedSecret"] = Value::Null),
        ("an address without encryption", 400, |c| {
            c.body["baseUrl"] = json!("http://acme.example");
        }),
        ("another product", 400, |c| {
            c.body["productType"] = json!("confluence");
        }),
    ];
    for (what, status, bend) in wrong {
        let mut call = Call::good(&world);
        bend(&mut call);
        let answer = call.make(&world).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert!(
            !answer.body.contains("sssss"),
            "{what}: the answer holds the secret"
        );
        assert_eq!(world.imprint(), before, "{what}");
    }
    assert_eq!(Call::good(&world).make(&world).await.status, 204);
    assert_eq!(world.lines("SELECT id AS line FROM tenants").len(), 2);
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_site_is_held() {
    let world = World::installed().await;
    assert_eq!(Call::good(&world).make(&world).await.status, 204);
    let before = world.imprint();
    let mut copy = Call::good(&world);
    copy.body["cloudId"] = json!("22222222-2222-4222-8222-222222222222");
    copy.body["sharedSecret"] = json!("t".repeat(43));
    let answer = copy.make(&world).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert_eq!(world.imprint(), before);
    assert_eq!(
        Call::good(&world).make(&world).await.status,
        204,
        "the original comes back"
    );
    world.check_ledger().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn install_keys_that_cannot_be_fetched_are_not_a_refusal_for_good() {
    let world = World::with_sites(1).await;
    let broken = sandbox::FaultKind::Status {
        status: 500,
        retry_after: None,
    };
    world
        .jira()
        .fault(sandbox::Fault::on("/install-keys/", 1, broken));
    let refused = world.jira().install(&world.descriptor_url()).await;
    assert!(
        matches!(
            refused,
            Err(sandbox::LifecycleError::Refused { status: 503, .. })
        ),
        "{refused:?}"
    );
    assert!(world.facts().is_empty());
    world.install(0).await;
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Pay by card".to_owned(),
        ..NewIssue::default()
    };
    world.jira().world().create_issue("ben", new).unwrap();
    world.quiet().await;
    world.check_ledger().await;
}
