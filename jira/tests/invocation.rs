//! Forge's invocation tokens from end to end: a set of keys at its address, the collected vectors, and each
//! check in turn.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and says what it ran"
)]

use crate::fake_http;
use crate::vectors;

use std::fmt::Debug;

use fake_http::{FakeHttp, Reply};
use jira::LicenceState;
use jira::connect::jwt::{JwtError, Moment};
use jira::forge::{
    ForgeApp, Invocation, InvocationKeyError, InvocationKeys, unverified_key_id, verify_invocation,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const CLOUD: &str = "00000000-0000-0000-0000-000000000001";

/// Why a call was refused, by its token or for want of a key.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    Token(JwtError),
    Key(InvocationKeyError),
}

/// The keys of the file behind an address, and the app that the tokens are for.
struct World {
    file: Value,
    host: FakeHttp,
    keys: InvocationKeys,
    app: ForgeApp,
}

impl World {
    async fn new() -> Option<Self> {
        let file = vectors::json("atlassian/jwt-vectors.json")?;
        let set = file["jwks"].clone();
        let host = FakeHttp::answering(move |_| Reply::json(&set)).await;
        let address = format!("{}/.well-known/jwks.json", host.base);
        Some(Self {
            keys: InvocationKeys::at(address.parse().unwrap()).unwrap(),
            app: ForgeApp {
                id: file["forgeAppId"].as_str().unwrap().parse().unwrap(),
                environment: "PRODUCTION".parse().unwrap(),
                gateway: "https://api.atlassian.com".parse().unwrap(),
            },
            host,
            file,
        })
    }

    fn at(&self) -> Moment {
        Moment::at(self.file["now"].as_i64().unwrap())
    }

    async fn take(&self, token: &str) -> Result<Invocation, Refused> {
        let kid = unverified_key_id(token).map_err(Refused::Token)?;
        let key = self.keys.get(&kid).await.map_err(Refused::Key)?;
        verify_invocation(token, &key, &self.app, self.at()).map_err(Refused::Token)
    }

    /// A token that is good but for this change.
    fn token(&self, change: impl FnOnce(&mut Value)) -> String {
        let now = self.file["now"].as_i64().unwrap();
        let mut claims = json!({
            "iss": "forge/invocation-token", "aud": self.app.id.as_str(),
            "iat": now - 5, "nbf": now - 5, "exp": now + 20,
            "app": {
                "id": self.app.id.as_str(),
                "installationId": "ari:cloud:ecosystem::installation/99999999-8888-7777-6666-555555555555",
                "apiBaseUrl": format!("https://api.atlassian.com/ex/jira/{CLOUD}"),
                "environment": {"type": "PRODUCTION"},
            },
            "context": {"cloudId": CLOUD, "extension": {"type": "jira:issuePanel", "issue": {"id": "10001", "key": "PAY-1"}}},
            "principal": "5b10a2844c20165700ede21g",
        });
        change(&mut claims);
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.file["kid"].as_str().unwrap().to_owned());
        let private = self.file["privateKeyPem"].as_str().unwrap();
        let signing = EncodingKey::from_rsa_pem(private.as_bytes()).unwrap();
        encode(&header, &claims, &signing).unwrap()
    }
}

#[tokio::test]
async fn tokens_are_accepted_and_rejected_as_the_vectors_say() {
    let Some(world) = World::new().await else {
        return;
    };
    let (mut accepted, mut rejected) = (0, 0);
    for vector in world.file["vectors"].as_array().unwrap() {
        if vector["flow"] != "forge-invocation-token" {
            continue;
        }
        let outcome = world.take(vector["token"].as_str().unwrap()).await;
        let id = &vector["id"];
        match vector["expect"].as_str().unwrap() {
            "accept" => {
                assert!(outcome.is_ok(), "{id}: {outcome:?}");
                accepted += 1;
            }
            _ => {
                assert!(outcome.is_err(), "{id}: accepted");
                rejected += 1;
            }
        }
    }
    println!("invocation tokens: {accepted} accepted, {rejected} rejected");
    assert_eq!((accepted, rejected), (1, 9));
}

#[tokio::test]
async fn a_token_says_whose_call_it_is() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token(|claims| claims["app"]["license"] = json!({"active": false}));
    let call = world.take(&token).await.unwrap();
    assert_eq!(call.cloud.as_str(), CLOUD);
    assert_eq!(
        call.api.as_str(),
        format!("https://api.atlassian.com/ex/jira/{CLOUD}")
    );
    assert_eq!(call.issue.unwrap().as_str(), "10001");
    assert_eq!(call.page.as_deref(), Some("jira:issuePanel"));
    assert_eq!(call.licence, Some(LicenceState::Missing));
    assert!(call.account.is_some() && call.from_page);
    let event = world.token(|claims| {
        let claims = claims.as_object_mut().unwrap();
        claims.remove("context");
        claims.remove("principal");
    });
    let event = world.take(&event).await.unwrap();
    assert!(!event.from_page);
    assert_eq!(
        (event.issue, event.account, event.licence),
        (None, None, None)
    );
}

#[tokio::test]
async fn each_rejection_names_its_check() {
    let Some(world) = World::new().await else {
        return;
    };
    type Fault = (fn(&mut Value), JwtError);
    let faults: [Fault; 15] = [
        (|c| c["iss"] = json!("forge/other"), JwtError::Issuer),
        (
            |c| c["aud"] = json!("ari:cloud:ecosystem::app/00000000-0000-0000-0000-000000000000"),
            JwtError::Audience,
        ),
        (
            |c| {
                c["app"]["id"] =
                    json!("ari:cloud:ecosystem::app/00000000-0000-0000-0000-000000000000");
            },
            JwtError::Audience,
        ),
        (|c| c["exp"] = json!(1_789_999_996), JwtError::Expired),
        (|c| c["nbf"] = json!(1_790_000_010), JwtError::NotYetValid),
        (
            |c| c["icLabel"] = json!("isolated"),
            JwtError::IsolatedCloud,
        ),
        (
            |c| c["app"]["environment"]["type"] = json!("DEVELOPMENT"),
            JwtError::Environment,
        ),
        (
            |c| drop(c["app"].as_object_mut().unwrap().remove("environment")),
            JwtError::Missing("environment"),
        ),
        (
            |c| c["app"]["installationId"] = json!("x"),
            JwtError::Claim("installationId"),
        ),
        (
            |c| {
                c["app"]["apiBaseUrl"] = json!(format!(
                    "https://api.atlassian.com.evil.example/ex/jira/{CLOUD}"
                ));
            },
            JwtError::Gateway,
        ),
        (
            |c| {
                c["app"]["apiBaseUrl"] =
                    json!(format!("https://api.atlassian.com/ex/jira/{CLOUD}/../.."));
            },
            JwtError::Gateway,
        ),
        (
            |c| {
                c["app"]["apiBaseUrl"] =
                    json!(format!("https://api.atlassian.com/ex/confluence/{CLOUD}"));
            },
            JwtError::Gateway,
        ),
        (
            |c| c["context"]["cloudId"] = json!("00000000-0000-0000-0000-000000000002"),
            JwtError::Claim("context"),
        ),
        (
            |c| c["context"]["extension"]["issue"]["id"] = json!("PAY-1"),
            JwtError::Claim("context"),
        ),
        (|c| c["principal"] = json!({}), JwtError::Claim("principal")),
    ];
    for (change, check) in faults {
        let refused = world.take(&world.token(change)).await.unwrap_err();
        assert_eq!(refused, Refused::Token(check));
    }
}

#[tokio::test]
async fn a_made_up_key_id_does_not_make_us_ask_again_and_again() {
    let Some(world) = World::new().await else {
        return;
    };
    let known = world.file["kid"].as_str().unwrap();
    world.keys.get(known).await.unwrap();
    for n in 0..20 {
        let unknown = world.keys.get(&format!("made-up-{n}")).await;
        assert_eq!(unknown.unwrap_err(), InvocationKeyError::Unknown);
    }
    world.keys.get(known).await.unwrap();
    assert_eq!(world.host.asked().len(), 1);
}

#[tokio::test]
async fn without_any_set_nobody_is_refused_for_good() {
    let host = FakeHttp::in_turn(vec![Reply::status(503)]).await;
    let keys = InvocationKeys::at(host.base.parse().unwrap()).unwrap();
    for _ in 0..3 {
        assert_eq!(
            keys.get("any").await.unwrap_err(),
            InvocationKeyError::Unavailable
        );
    }
    assert_eq!(host.asked().len(), 1);
}
