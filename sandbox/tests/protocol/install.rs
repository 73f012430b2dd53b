//! The handshake: who signs what, what is kept and what is not.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use sandbox::{ALICE, LifecycleError, RawToken, Sandbox, TokenKey};
use serde_json::{Value, json};

use crate::tiny_app::{KEY, TinyApp, call, claims, installed, quick};

/// `POST&/installed&`, as published.
const INSTALLED_QSH: &str = "4a2e1de8ca74e6cafe8862d332fa3ac7a8e51e692bc6d798ea4dfedc14948bf4";

async fn key_for(sandbox: &Sandbox, token: &str) -> DecodingKey {
    let kid = decode_header(token).unwrap().kid.unwrap();
    let url = format!("{}/{kid}", sandbox.install_keys_url());
    let pem = reqwest::get(url).await.unwrap().text().await.unwrap();
    DecodingKey::from_rsa_pem(pem.as_bytes()).unwrap()
}

#[actix_web::test]
async fn an_install_is_signed_with_the_served_key_and_hands_over_a_secret() {
    let (sandbox, app) = installed().await;
    let call = app.seen("/installed").remove(0);
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&[&app.base_url]);
    rules.set_issuer(&[sandbox.client_key().unwrap()]);
    let key = key_for(&sandbox, &call.token).await;
    let token = decode::<Value>(&call.token, &key, &rules).unwrap();
    assert_eq!(token.claims["qsh"], INSTALLED_QSH);
    assert_eq!(call.body["eventType"], "installed");
    assert_eq!(call.body["key"], KEY);
    assert_eq!(call.body["baseUrl"], sandbox.base_url());
    let secret = call.body["sharedSecret"].as_str().unwrap();
    assert_eq!(secret.len(), 64);
    assert_eq!(sandbox.shared_secret().unwrap(), secret);

    let enabled = app.seen("/enabled").remove(0);
    let rules = Validation::new(Algorithm::HS256);
    let shared = DecodingKey::from_secret(secret.as_bytes());
    decode::<Value>(&enabled.token, &shared, &rules).unwrap();
    assert!(enabled.body.get("sharedSecret").is_none());
}

#[actix_web::test]
async fn a_refused_install_leaves_nothing_behind() {
    let app = TinyApp::start().await;
    let sandbox = quick().await;
    app.answer(&[500]);
    let error = sandbox.install(&app.descriptor_url()).await.unwrap_err();
    assert!(matches!(
        error,
        LifecycleError::Refused {
            event: "installed",
            status: 500
        }
    ));
    assert_eq!(sandbox.client_key(), None);
    assert!(app.seen("/enabled").is_empty());
}

#[actix_web::test]
async fn a_reinstall_keeps_the_client_key_and_changes_the_secret() {
    let (sandbox, app) = installed().await;
    let (key, secret) = (sandbox.client_key(), sandbox.shared_secret());
    sandbox.uninstall().await.unwrap();
    let gone = app.seen("/uninstalled").remove(0);
    assert_eq!(decode_header(&gone.token).unwrap().alg, Algorithm::RS256);
    assert!(gone.body.get("sharedSecret").is_none());
    sandbox.install(&app.descriptor_url()).await.unwrap();
    assert_eq!(sandbox.client_key(), key);
    assert_ne!(sandbox.shared_secret(), secret);
}

#[actix_web::test]
async fn a_refused_rotation_leaves_the_old_secret_in_force() {
    let (sandbox, app) = installed().await;
    let secret = sandbox.shared_secret();
    app.answer(&[403]);
    sandbox.rotate_secret().await.unwrap_err();
    assert_eq!(sandbox.shared_secret(), secret);
    sandbox.rotate_secret().await.unwrap();
    assert_ne!(sandbox.shared_secret(), secret);
}

#[actix_web::test]
async fn a_moved_site_reinstalls_under_its_new_name() {
    let (sandbox, app) = installed().await;
    let moved = sandbox.local_url().replace("127.0.0.1", "localhost");
    sandbox.change_base_url(&moved).await.unwrap();
    assert_eq!(
        app.seen("/installed").last().unwrap().body["baseUrl"],
        moved
    );
    assert_eq!(
        call(&sandbox, "GET", "/rest/api/3/serverInfo", None)
            .await
            .1["baseUrl"],
        moved
    );
}

#[actix_web::test]
async fn two_sites_in_one_process_have_keys_of_their_own() {
    let (one, app) = installed().await;
    let two = quick().await;
    two.install(&app.descriptor_url()).await.unwrap();
    assert_ne!(one.client_key(), two.client_key());
    let token = app.seen("/installed").remove(0).token;
    let kid = decode_header(&token).unwrap().kid.unwrap();
    let other = reqwest::get(format!("{}/{kid}", two.install_keys_url()))
        .await
        .unwrap();
    assert_eq!(other.status(), 404);
}

#[actix_web::test]
async fn the_panels_url_and_the_context_token_name_viewer_and_issue() {
    let (sandbox, app) = installed().await;
    let url = sandbox.iframe_url("alice", "PAY-1").unwrap();
    assert!(url.starts_with(&format!(
        "{}/panel?issue=PAY-1&project=10000&xdm_e=",
        app.base_url
    )));
    let (bare, token) = url.split_once("&jwt=").unwrap();
    let found = claims(token);
    assert_eq!(found["sub"], ALICE);
    assert_eq!(
        found["qsh"],
        sandbox.call_claims("GET", bare).unwrap()["qsh"]
    );
    assert_eq!(found["context"]["jira"]["issue"]["key"], "PAY-1");

    let context = claims(&sandbox.context_token("alice", "PAY-1").unwrap());
    assert_eq!(context["qsh"], "context-qsh");
    assert_eq!(
        context["exp"].as_i64().unwrap() - context["iat"].as_i64().unwrap(),
        900
    );
    assert!(
        sandbox.context_token("dan", "CARE-4").is_err(),
        "a restricted issue"
    );
}

#[actix_web::test]
async fn forged_tokens_come_out_as_asked() {
    let (sandbox, _app) = installed().await;
    let forged = |key| {
        let claims = json!({ "iss": "x" });
        sandbox
            .raw_token(&RawToken {
                key,
                kid: Some("fake-kid".to_owned()),
                claims,
            })
            .unwrap()
    };
    assert!(forged(TokenKey::Unsigned).ends_with('.'));
    let stranger = decode_header(forged(TokenKey::StrangerKey)).unwrap();
    assert_eq!(
        (stranger.alg, stranger.kid.as_deref()),
        (Algorithm::RS256, Some("fake-kid"))
    );
    let confused = decode_header(forged(TokenKey::Secret("pem".to_owned()))).unwrap();
    assert_eq!(confused.alg, Algorithm::HS256);
}

#[tokio::test]
async fn a_site_runs_in_an_ordinary_runtime_too() {
    let (sandbox, app) = installed().await;
    sandbox
        .world()
        .add_comment("alice", "PAY-1", "Hello")
        .unwrap();
    sandbox
        .wait_idle(std::time::Duration::from_secs(5))
        .await
        .unwrap();
    assert_eq!(app.seen("/hook").len(), 1);
    let address = sandbox.local_url().to_owned();
    sandbox.stop().await;
    assert!(reqwest::get(address).await.is_err());
}
