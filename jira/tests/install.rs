//! Signed installs from end to end: a key host, tokens signed by its key, and every check in turn.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use crate::fake_http;
use crate::vectors;

use fake_http::{FakeHttp, Reply};
use jira::connect::install_keys::InstallKeyError;
use jira::connect::jwt::{JwtError, Moment};
use jira::connect::lifecycle::{Installed, LifecycleError, Toggled, Uninstalled};
use jira::connect::{
    AllowedHosts, CanonicalRequest, InstallCheck, InstallError, InstallKeys, ServerToken,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const NOW: i64 = 1_790_000_000;
const KID: &str = "0e50fccb-239d-4991-a5db-dc850ba3f236";

/// A key host that knows one key, and what signs with it.
struct World {
    host: FakeHttp,
    keys: InstallKeys,
    signing: EncodingKey,
}

impl World {
    async fn new() -> Option<Self> {
        let file = vectors::json("atlassian/jwt-vectors.json")?;
        let public = file["publicKeyPem"].as_str().unwrap().to_owned();
        let host = FakeHttp::answering(move |asked| {
            if asked.path == format!("/{KID}") {
                Reply::text(public.clone())
            } else {
                Reply::status(404)
            }
        })
        .await;
        let keys = InstallKeys::at(host.base.parse().unwrap()).unwrap();
        let private = file["privateKeyPem"].as_str().unwrap();
        Some(Self {
            host,
            keys,
            signing: EncodingKey::from_rsa_pem(private.as_bytes()).unwrap(),
        })
    }

    fn token(&self, kid: &str, change: impl FnOnce(&mut Value)) -> String {
        let qsh = request().hash().as_str().to_owned();
        let mut claims = json!({"iss": "client-1", "aud": ["https://app.example.com"],
            "iat": NOW - 5, "exp": NOW + 175, "qsh": qsh});
        change(&mut claims);
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(kid.to_owned());
        encode(&header, &claims, &self.signing).unwrap()
    }

    async fn install(&self, token: &str, body: &Value) -> Result<(), InstallError> {
        let body = Installed::parse(body.to_string().as_bytes()).unwrap();
        check()
            .passes(&self.keys, token, &request(), &body, Moment::at(NOW))
            .await
    }
}

fn request() -> CanonicalRequest {
    CanonicalRequest::from_raw("POST", "/connect/installed", "", "")
}

fn check() -> InstallCheck {
    InstallCheck {
        app_key: "dev.countersign.app".parse().unwrap(),
        our_address: "https://app.example.com".parse().unwrap(),
        allowed_hosts: AllowedHosts::jira_cloud(),
    }
}

fn body(change: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"key": "dev.countersign.app", "clientKey": "client-1", "productType": "jira",
        "sharedSecret": "s3cret-s3cret-s3cret-s3cret-s3cret", "baseUrl": "https://acme.atlassian.net",
        "description": "Acme", "eventType": "installed", "cloudId": "x"});
    change(&mut body);
    body
}

#[tokio::test]
async fn a_genuine_install_passes_and_its_key_is_fetched_once() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token(KID, |_| {});
    world.install(&token, &body(|_| {})).await.unwrap();
    world.install(&token, &body(|_| {})).await.unwrap();
    assert_eq!(world.host.asked().len(), 1);
    let gone = Uninstalled::parse(body(|_| {}).to_string().as_bytes()).unwrap();
    check()
        .passes(&world.keys, &token, &request(), &gone, Moment::at(NOW))
        .await
        .unwrap();
}

#[tokio::test]
async fn each_check_stands_and_names_itself() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = |change: fn(&mut Value)| world.token(KID, change);
    let good = body(|_| {});
    for (token, body, error) in [
        (
            token(|c| c["exp"] = json!(NOW - 60)),
            good.clone(),
            InstallError::Token(JwtError::Expired),
        ),
        (
            token(|c| c["aud"] = json!("https://app.example.com.evil.example")),
            good.clone(),
            JwtError::Audience.into(),
        ),
        (
            token(|c| c["qsh"] = json!("context-qsh")),
            good.clone(),
            JwtError::RequestHash.into(),
        ),
        (
            token(|c| c["iss"] = json!("client-2")),
            good.clone(),
            InstallError::OtherClient,
        ),
        (
            token(|_| {}),
            body(|b| b["clientKey"] = json!("client-2")),
            InstallError::OtherClient,
        ),
        (
            token(|_| {}),
            body(|b| b["key"] = json!("com.example.other")),
            InstallError::OtherApp,
        ),
        (
            token(|_| {}),
            body(|b| b["baseUrl"] = json!("https://evil.example")),
            InstallError::Host,
        ),
        (
            token(|_| {}),
            body(|b| b["baseUrl"] = json!("http://localhost:8080")),
            InstallError::Host,
        ),
        (
            world.token("unknown-kid", |_| {}),
            good.clone(),
            InstallKeyError::Unknown.into(),
        ),
    ] {
        assert_eq!(world.install(&token, &body).await, Err(error));
    }
}

#[tokio::test]
async fn a_key_id_that_leaves_its_path_is_never_fetched() {
    let Some(world) = World::new().await else {
        return;
    };
    for kid in ["../admin", "a/b", "http://evil.example/k", "a?b", ""] {
        let token = world.token(kid, |_| {});
        assert_eq!(
            world.install(&token, &body(|_| {})).await,
            Err(JwtError::KeyId.into()),
            "{kid}"
        );
    }
    assert!(world.host.asked().is_empty());
}

#[tokio::test]
async fn a_key_host_may_fail_in_its_own_ways() {
    for (reply, error) in [
        (Reply::status(500), InstallKeyError::Unavailable),
        (
            Reply::status(302).header("Location", "http://127.0.0.1:9/"),
            InstallKeyError::Unavailable,
        ),
        (Reply::text("no key"), InstallKeyError::Nonsense),
        (Reply::text("x".repeat(20_000)), InstallKeyError::Nonsense),
    ] {
        let host = FakeHttp::in_turn(vec![reply]).await;
        let keys = InstallKeys::at(host.base.parse().unwrap()).unwrap();
        assert_eq!(keys.get(&KID.parse().unwrap()).await.unwrap_err(), error);
    }
}

#[tokio::test]
async fn a_key_is_taken_from_no_other_host() {
    let Some(world) = World::new().await else {
        return;
    };
    let elsewhere = format!("{}/{KID}", world.host.base);
    let host = FakeHttp::in_turn(vec![Reply::status(302).header("Location", &elsewhere)]).await;
    let keys = InstallKeys::at(host.base.parse().unwrap()).unwrap();
    let error = keys.get(&KID.parse().unwrap()).await.unwrap_err();
    assert_eq!(error, InstallKeyError::Unavailable);
    assert!(world.host.asked().is_empty());
}

#[test]
fn a_body_beyond_the_bound_is_not_parsed() {
    let long = body(|b| b["description"] = json!("x".repeat(64 * 1024))).to_string();
    let error = Installed::parse(long.as_bytes()).unwrap_err();
    assert_eq!(error, LifecycleError::TooLong);
}

#[test]
fn an_install_body_needs_its_parts_and_hides_its_secret() {
    for (name, value) in [
        ("clientKey", Value::Null),
        ("sharedSecret", json!("")),
        ("baseUrl", json!("http://acme.atlassian.net")),
        ("productType", json!("confluence")),
        ("key", Value::Null),
    ] {
        let broken = body(|b| b[name] = value).to_string();
        let member = LifecycleError::Member(name);
        assert_eq!(Installed::parse(broken.as_bytes()).unwrap_err(), member);
    }
    let installed = Installed::parse(body(|_| {}).to_string().as_bytes()).unwrap();
    assert!(!format!("{installed:?}").contains("s3cret"));
}

#[test]
fn a_toggle_is_about_the_tokens_own_installation() {
    let token = |client_key: &str| ServerToken {
        client_key: client_key.parse().unwrap(),
        account: None,
        context: Default::default(),
    };
    let body = body(|_| {}).to_string();
    assert!(Toggled::parse(body.as_bytes(), &token("client-1")).is_ok());
    assert_eq!(
        Toggled::parse(body.as_bytes(), &token("client-2")).unwrap_err(),
        LifecycleError::OtherInstallation
    );
}
