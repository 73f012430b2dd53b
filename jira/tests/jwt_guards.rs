//! Guards of token checking that the collected vectors leave open, each with a token made for it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use jira::connect::jwt::{
    JwtError, Moment, sign_server_token, unverified_issuer, verify_context, verify_server,
};
use jira::connect::{CanonicalRequest, ClientKey, SharedSecret};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const NOW: i64 = 1_795_000_000;
const SECRET: &str = "a-shared-secret-0123456789";

fn tenant() -> (ClientKey, SharedSecret) {
    ("client-1".parse().unwrap(), SECRET.parse().unwrap())
}

fn request() -> CanonicalRequest {
    CanonicalRequest::from_raw("GET", "/panel", "a=1", "")
}

fn token(change: impl FnOnce(&mut Value)) -> String {
    let mut claims = json!({"iss": "client-1", "sub": "5b10", "iat": NOW - 5, "exp": NOW + 175,
        "qsh": request().hash().as_str(), "context": {"jira": {
            "issue": {"id": "10001", "key": "PAY-7", "issuetype": {"id": "1"}},
            "project": {"id": "1", "key": "PAY"}}}});
    change(&mut claims);
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap()
}

fn server(change: impl FnOnce(&mut Value)) -> Result<jira::connect::ServerToken, JwtError> {
    let (client_key, secret) = tenant();
    verify_server(
        &token(change),
        &client_key,
        &secret,
        &request(),
        Moment::at(NOW),
    )
}

fn context(change: impl FnOnce(&mut Value)) -> Result<jira::connect::ContextToken, JwtError> {
    let (client_key, secret) = tenant();
    let token = token(|claims| {
        claims["qsh"] = json!("context-qsh");
        change(claims);
    });
    verify_context(&token, &client_key, &secret, Moment::at(NOW))
}

#[test]
fn a_context_token_carries_person_ticket_and_project() {
    let token = context(|_| {}).unwrap();
    assert_eq!(token.account.unwrap().as_str(), "5b10");
    let (id, key) = token.context.ticket.unwrap();
    assert_eq!((id.as_str(), key.as_str()), ("10001", "PAY-7"));
    assert_eq!(token.context.project.unwrap().as_str(), "PAY");
}

#[test]
fn a_context_may_be_empty_but_not_malformed() {
    let empty = context(|claims| claims["context"] = json!({})).unwrap();
    assert_eq!((empty.context.ticket, empty.context.project), (None, None));
    for issue in [
        json!({"id": "1x", "key": "PAY-7"}),
        json!({"id": "1"}),
        json!("PAY-7"),
    ] {
        let outcome = context(|claims| claims["context"]["jira"]["issue"] = issue.clone());
        assert_eq!(outcome, Err(JwtError::Claim("context")), "{issue}");
    }
}

#[test]
fn neither_kind_of_token_passes_for_the_other() {
    let (client_key, secret) = tenant();
    let bound = token(|_| {});
    let outcome = verify_context(&bound, &client_key, &secret, Moment::at(NOW));
    assert_eq!(outcome, Err(JwtError::NotContext));
    assert_eq!(
        server(|c| c["qsh"] = json!("context-qsh")),
        Err(JwtError::RequestHash)
    );
    for qsh in [Value::Null, json!(""), json!(7)] {
        assert!(
            context(|claims| claims["qsh"] = qsh.clone()).is_err(),
            "{qsh}"
        );
    }
}

#[test]
fn times_are_required_whole_and_sane() {
    let without = |name: &'static str| server(|c| drop(c.as_object_mut().unwrap().remove(name)));
    assert_eq!(without("iat"), Err(JwtError::Missing("iat")));
    assert_eq!(without("exp"), Err(JwtError::Missing("exp")));
    assert_eq!(
        server(|c| c["exp"] = json!(1.5e9)),
        Err(JwtError::Claim("exp"))
    );
    assert_eq!(
        server(|c| c["exp"] = json!(NOW + 86_400)),
        Err(JwtError::Lifetime)
    );
    assert_eq!(
        server(|c| c["exp"] = json!(i64::MAX)),
        Err(JwtError::Lifetime)
    );
    assert_eq!(
        server(|c| c["exp"] = json!(i64::MIN)),
        Err(JwtError::Expired)
    );
    assert_eq!(
        server(|c| c["exp"] = json!(NOW - 3)),
        Err(JwtError::Expired)
    );
    assert!(server(|c| c["exp"] = json!(NOW - 2)).is_ok());
    assert!(server(|c| c["iat"] = json!(NOW + 3)).is_ok());
    assert_eq!(
        server(|c| c["iat"] = json!(NOW + 4)),
        Err(JwtError::IssuedInFuture)
    );
    assert_eq!(
        server(|c| c["nbf"] = json!(NOW + 4)),
        Err(JwtError::NotYetValid)
    );
}

#[test]
fn an_account_is_absent_or_well_formed() {
    assert_eq!(
        server(|c| drop(c.as_object_mut().unwrap().remove("sub")))
            .unwrap()
            .account,
        None
    );
    assert_eq!(
        server(|c| c["sub"] = json!("")),
        Err(JwtError::Claim("sub"))
    );
    assert_eq!(
        server(|c| c["sub"] = json!(["5b10"])),
        Err(JwtError::Claim("sub"))
    );
}

#[test]
fn a_token_is_bound_to_the_tenant_that_was_looked_up() {
    let (_, secret) = tenant();
    let other: ClientKey = "client-2".parse().unwrap();
    let outcome = verify_server(&token(|_| {}), &other, &secret, &request(), Moment::at(NOW));
    assert_eq!(outcome, Err(JwtError::Issuer));
}

#[test]
fn a_token_beyond_eight_kibibytes_is_not_looked_at() {
    let long = token(|claims| claims["padding"] = json!("x".repeat(8 * 1024)));
    assert_eq!(unverified_issuer(&long), Err(JwtError::TooLong));
}

#[test]
fn a_name_that_occurs_twice_deep_inside_is_refused() {
    let claims = r#"{"iss":"client-1","context":{"jira":{"issue":1,"issue":2}}}"#;
    let part = |text: &str| {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    };
    let token = format!(
        "{}.{}.{}",
        part(r#"{"alg":"HS256"}"#),
        part(claims),
        part("x")
    );
    assert_eq!(unverified_issuer(&token), Err(JwtError::Malformed));
}

#[test]
fn what_we_sign_lives_three_minutes_and_names_the_installation() {
    let (client_key, secret) = tenant();
    let url = "https://acme.atlassian.net/rest/api/3/issue/A-1?fields=a%2Cb"
        .parse()
        .unwrap();
    let base = "https://acme.atlassian.net".parse().unwrap();
    let app = "dev.countersign.app".parse().unwrap();
    let token =
        sign_server_token(&app, Some(&client_key), &secret, "get", &url, &base, NOW).unwrap();
    let us: ClientKey = unverified_issuer(&token).unwrap();
    assert_eq!(us.as_str(), "dev.countersign.app");
    let request = CanonicalRequest::from_raw("GET", "/rest/api/3/issue/A-1", "fields=a%2Cb", "");
    let at = |now: i64| verify_server(&token, &us, &secret, &request, Moment::at(now));
    assert!(at(NOW).is_ok() && at(NOW + 182).is_ok());
    assert_eq!(at(NOW + 183), Err(JwtError::Expired));
    assert!(!format!("{:?}", at(NOW + 183)).contains(&token));
}
