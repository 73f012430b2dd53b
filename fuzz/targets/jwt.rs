//! Tokens. An input without a line break is a whole token: it is taken apart canonically or not at all, and
//! verified only if the MAC is right. Otherwise the lines are header, request hash and claims of a token that
//! the holder of the secret signs: it is accepted if and only if a plain reading of the rules says so.

#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jira::connect::install_keys::InstallKey;
use jira::connect::jwt::{self, JwtError, Moment, verify_context, verify_install, verify_server};
use jira::connect::{CanonicalRequest, ClientKey, SharedSecret};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use sha2::Sha256;

/// The public half of a key whose private half nobody kept.
const INSTALL_KEY: &str = include_str!("install_key.pem");
const SECRET: &str = "a secret that nobody but the test knows";
const CLIENT: &str = "client-1";
const NOW: i64 = 1_790_000_000;

fuzz_target!(|text: &str| {
    match text.split_once('\n') {
        None => whole_token(text),
        Some((header, rest)) => {
            let (bound, claims) = rest.split_once('\n').unwrap_or(("", rest));
            signed(header, &claims.replace("$QSH", &hash_for(bound)));
        }
    }
});

fn request() -> CanonicalRequest {
    CanonicalRequest::from_raw("GET", "/panel", "a=1", "")
}

/// A first line of `r` stands for the hash of the request, `c` for that of a context token.
fn hash_for(bound: &str) -> String {
    match bound {
        "r" => request().hash().as_str().to_owned(),
        "c" => "context-qsh".to_owned(),
        _ => String::new(),
    }
}

fn client() -> ClientKey {
    CLIENT.parse().expect("a client key")
}

fn secret(text: &str) -> SharedSecret {
    text.parse().expect("a secret")
}

fn mac(input: &str, key: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length will do");
    mac.update(input.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn server(token: &str, secret: &SharedSecret) -> Result<(), JwtError> {
    verify_server(token, &client(), secret, &request(), Moment::at(NOW)).map(drop)
}

fn context(token: &str) -> Result<(), JwtError> {
    verify_context(token, &client(), &secret(SECRET), Moment::at(NOW)).map(drop)
}

fn install(token: &str) -> Result<(), JwtError> {
    let key = InstallKey::from_pem(INSTALL_KEY).expect("a public key");
    let ours = "https://countersign.example".parse().expect("an address");
    verify_install(token, &key, &ours, &request(), Moment::at(NOW)).map(drop)
}

fn whole_token(token: &str) {
    let issuer = jwt::unverified_issuer(token);
    let key_id = jwt::unverified_key_id(token);
    if issuer.is_ok() || key_id.is_ok() {
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!(parts.len(), 3);
        for part in &parts {
            let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
            assert_eq!(URL_SAFE_NO_PAD.encode(bytes), *part);
        }
        assert!(token.len() <= 8 * 1024);
    }
    for outcome in [server(token, &secret(SECRET)), context(token)] {
        if outcome.is_ok() {
            let (input, signature) = token.rsplit_once('.').expect("a token has parts");
            assert_eq!(mac(input, SECRET), signature);
        }
    }
    assert!(install(token).is_err(), "nobody has the private key");
}

fn signed(header: &str, claims: &str) {
    let input = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let token = format!("{input}.{}", mac(&input, SECRET));
    let (server_says, context_says) = (server(&token, &secret(SECRET)), context(&token));
    let qsh = if token.len() <= 8 * 1024 {
        plainly_good(header, claims)
    } else {
        None
    };
    assert_eq!(
        server_says.is_ok(),
        qsh.as_deref() == Some(request().hash().as_str()),
        "{server_says:?}"
    );
    assert_eq!(
        context_says.is_ok(),
        qsh.as_deref() == Some("context-qsh"),
        "{context_says:?}"
    );
    if qsh.is_none() {
        return;
    }
    // The same token under another secret, and with the last character of its claims or MAC changed.
    assert_eq!(
        server(&token, &secret("the secret of another site")),
        Err(JwtError::Signature)
    );
    assert!(server(&format!("{input}.{}", mac(&input, "x")), &secret(SECRET)).is_err());
    assert!(
        server(
            &format!("{input} .{}", mac(&input, SECRET)),
            &secret(SECRET)
        )
        .is_err()
    );
    // The public key is no secret: a MAC under it does not make an install.
    let confused = header.replace("HS256", "RS256");
    let input = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(confused),
        URL_SAFE_NO_PAD.encode(claims)
    );
    assert!(install(&format!("{input}.{}", mac(&input, INSTALL_KEY))).is_err());
    assert_eq!(install(&token), Err(JwtError::Algorithm));
}

/// The request hash of a token that is good in all other respects.
fn plainly_good(header: &str, claims: &str) -> Option<String> {
    let header = plain_object(header)?;
    let claims = plain_object(claims)?;
    let good = header.get("alg") == Some(&"HS256".into())
        && !header.contains_key("crit")
        && claims.get("iss") == Some(&CLIENT.into())
        && times_are_good(&claims)
        && account_is_good(claims.get("sub"))
        && context_is_good(&claims);
    good.then(|| claims.get("qsh")?.as_str().map(str::to_owned))
        .flatten()
}

/// With three seconds of leeway, and a day of life at most.
fn times_are_good(claims: &Map<String, Value>) -> bool {
    let seconds = |name: &str| claims.get(name).map(|value| value.as_i64().map(i128::from));
    let (Some(Some(exp)), Some(Some(iat))) = (seconds("exp"), seconds("iat")) else {
        return false;
    };
    let now = i128::from(NOW);
    let begun = match seconds("nbf") {
        None => true,
        Some(Some(nbf)) => nbf <= now + 3,
        Some(None) => false,
    };
    begun && exp + 3 > now && iat <= now + 3 && (iat..=iat + 86_400).contains(&exp)
}

fn account_is_good(sub: Option<&Value>) -> bool {
    match sub {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => {
            (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
        }
        Some(_) => false,
    }
}

fn context_is_good(claims: &Map<String, Value>) -> bool {
    let jira = claims
        .get("context")
        .and_then(|context| context.get("jira"));
    let part = |name: &str| {
        jira.and_then(|jira| jira.get(name))
            .filter(|part| !part.is_null())
    };
    let text = |part: &Value, name: &str| match part.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let issue = part("issue").is_none_or(|issue| {
        text(issue, "id").parse::<record::ids::IssueId>().is_ok()
            && text(issue, "key").parse::<record::ids::TicketKey>().is_ok()
    });
    issue
        && part("project").is_none_or(|project| {
            text(project, "key")
                .parse::<record::ids::ProjectKey>()
                .is_ok()
        })
}

/// The members of an object in which, written canonically, not a character is lost: no name stands twice.
fn plain_object(text: &str) -> Option<Map<String, Value>> {
    let value: Value = serde_json::from_str(text).ok()?;
    (strings_in_text(text) == strings_in(&value))
        .then(|| value.as_object().cloned())
        .flatten()
}

/// How many strings begin in a text that is JSON, names included.
fn strings_in_text(text: &str) -> usize {
    let (mut quotes, mut escaped) = (0, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quotes += 1,
            _ => {}
        }
    }
    quotes / 2
}

fn strings_in(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(items) => items.iter().map(strings_in).sum(),
        Value::Object(members) => members.values().map(|value| 1 + strings_in(value)).sum(),
        _ => 0,
    }
}
