//! Tokens against the collected vectors, with their fixed clock.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use crate::vectors;

use jira::BaseUrl;
use jira::connect::install_keys::InstallKey;
use jira::connect::jwt::{
    JwtError, Moment, unverified_issuer, unverified_key_id, verify_context, verify_install,
    verify_server,
};
use jira::connect::{CanonicalRequest, ClientKey, SharedSecret};
use serde_json::Value;

/// The keys and the clock of the file.
struct World {
    base: BaseUrl,
    tenants: Vec<(ClientKey, SharedSecret)>,
    kid: String,
    key: InstallKey,
    at: Moment,
}

impl World {
    fn of(file: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let tenant = |at: &Value| {
            (
                text(&at["clientKey"]).parse().unwrap(),
                text(&at["sharedSecret"]).parse().unwrap(),
            )
        };
        Self {
            base: text(&file["baseUrl"]).parse().unwrap(),
            tenants: vec![tenant(file), tenant(&file["otherTenant"])],
            kid: text(&file["kid"]),
            key: InstallKey::from_pem(&text(&file["publicKeyPem"])).unwrap(),
            at: Moment::at(file["now"].as_i64().unwrap()),
        }
    }

    fn tenant(&self, token: &str) -> Result<&(ClientKey, SharedSecret), JwtError> {
        let issuer = unverified_issuer(token)?;
        self.tenants
            .iter()
            .find(|(key, _)| *key == issuer)
            .ok_or(JwtError::Issuer)
    }

    fn server(
        &self,
        token: &str,
        request: &CanonicalRequest,
        at: Moment,
    ) -> Result<ClientKey, JwtError> {
        let (client_key, secret) = self.tenant(token)?;
        Ok(verify_server(token, client_key, secret, request, at)?.client_key)
    }

    fn run(&self, vector: &Value, at: Moment) -> Option<Result<ClientKey, JwtError>> {
        let token = vector["token"].as_str().unwrap();
        let method = vector["request"]["method"].as_str().unwrap();
        let (path, query) = vectors::raw_path_and_query(vector["request"]["url"].as_str().unwrap());
        let request = CanonicalRequest::from_raw(method, &path, &query, self.base.path());
        match vector["flow"].as_str().unwrap() {
            "connect-hs256-qsh" => Some(self.server(token, &request, at)),
            // A route for our own page's calls also takes a token bound to that very request.
            "connect-context-token" => Some(self.tenant(token).and_then(|(client_key, secret)| {
                match verify_context(token, client_key, secret, at) {
                    Err(JwtError::NotContext) => self.server(token, &request, at),
                    other => other.map(|token| token.client_key),
                }
            })),
            "connect-signed-install" => Some(unverified_key_id(token).and_then(|kid| {
                if kid.as_str() != self.kid {
                    return Err(JwtError::Key);
                }
                Ok(verify_install(token, &self.key, &self.base, &request, at)?.client_key)
            })),
            "forge-invocation-token" => None,
            other => panic!("unknown flow {other}"),
        }
    }
}

#[test]
fn connect_tokens_are_accepted_and_rejected_as_the_vectors_say() {
    let Some(file) = vectors::json("atlassian/jwt-vectors.json") else {
        return;
    };
    let world = World::of(&file);
    let (mut accepted, mut rejected, mut either, mut forge) = (0, 0, 0, 0);
    for vector in file["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        for at in [world.at, world.at.with_leeway(30)] {
            let Some(outcome) = world.run(vector, at) else {
                continue;
            };
            match vector["expect"].as_str().unwrap() {
                "accept" => assert!(outcome.is_ok(), "{id}: {outcome:?}"),
                "reject" => assert!(outcome.is_err(), "{id}: accepted"),
                _ => {}
            }
        }
        match (
            world.run(vector, world.at),
            vector["expect"].as_str().unwrap(),
        ) {
            (None, _) => forge += 1,
            (_, "accept") => accepted += 1,
            (_, "reject") => rejected += 1,
            (Some(outcome), _) => {
                let accepted = [
                    "jku-header",
                    "rs-install-aud-trailing-slash",
                    "rs-install-iss-mismatch-body",
                ];
                assert_eq!(outcome.is_ok(), accepted.contains(&id), "{id}: {outcome:?}");
                if let Some(body) = vector["body_clientKey"].as_str() {
                    assert_ne!(
                        outcome.unwrap().as_str(),
                        body,
                        "{id}: the install check must refuse this"
                    );
                }
                either += 1;
            }
        }
    }
    println!(
        "jwt: {accepted} accepted, {rejected} rejected, {either} of our choice; \
         {forge} of Forge are for `invocation`"
    );
    assert_eq!(accepted + rejected + either + forge, 96);
}

#[test]
fn leeway_reaches_what_expired_ten_seconds_ago_and_no_further() {
    let Some(file) = vectors::json("atlassian/jwt-vectors.json") else {
        return;
    };
    let world = World::of(&file);
    let vectors = file["vectors"].as_array().unwrap();
    let skewed = vectors
        .iter()
        .find(|vector| vector["id"] == "hs-valid-skew")
        .unwrap();
    assert_eq!(world.run(skewed, world.at).unwrap(), Err(JwtError::Expired));
    assert!(world.run(skewed, world.at.with_leeway(30)).unwrap().is_ok());
}

#[test]
fn each_rejection_names_its_check() {
    let Some(file) = vectors::json("atlassian/jwt-vectors.json") else {
        return;
    };
    let world = World::of(&file);
    for (id, check) in [
        ("hs-no-exp", JwtError::Missing("exp")),
        ("hs-nbf-future", JwtError::NotYetValid),
        ("hs-iat-future", JwtError::IssuedInFuture),
        ("hs-exp-millis", JwtError::Lifetime),
        ("hs-wrong-secret", JwtError::Signature),
        ("hs-cross-tenant-iss", JwtError::Signature),
        ("hs-no-iss", JwtError::Missing("iss")),
        ("hs-wrong-qsh", JwtError::RequestHash),
        ("hs-no-qsh", JwtError::Missing("qsh")),
        ("hs-context-qsh-on-page", JwtError::RequestHash),
        ("hs512", JwtError::Algorithm),
        ("alg-none-with-sig", JwtError::Algorithm),
        ("alg-RS256-good-key-on-hs-flow", JwtError::Algorithm),
        ("sig-malleable-last-char", JwtError::Malformed),
        ("dup-claims", JwtError::Malformed),
        ("crit-header", JwtError::CriticalHeader),
        ("rs-install-no-aud", JwtError::Audience),
        ("rs-install-aud-prefix", JwtError::Audience),
        ("rs-install-evil-key", JwtError::Signature),
        ("rs-install-kid-dotdot", JwtError::KeyId),
        ("rs-hs-confusion", JwtError::Algorithm),
        ("rs-install-wrong-qsh", JwtError::RequestHash),
    ] {
        let vectors = file["vectors"].as_array().unwrap();
        let vector = vectors.iter().find(|vector| vector["id"] == id).unwrap();
        assert_eq!(world.run(vector, world.at).unwrap(), Err(check), "{id}");
    }
}
