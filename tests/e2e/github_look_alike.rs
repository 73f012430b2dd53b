//! GitHub's interface for commit statuses, as a look-alike that checks what opens it.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "github_pat_of_somebody";
pub(crate) const OF_INSTALLATION: &str = "ghs_of_the_installation";
pub(crate) const APP: &str = "123456";

/// GitHub's interface, as far as we call it.
#[derive(Clone)]
pub(crate) struct LookAlike {
    /// What verifies the App's own tokens.
    app_key: Arc<DecodingKey>,
    pub(crate) statuses: Arc<Mutex<Vec<(String, Value)>>>,
    /// What opens it now.
    pub(crate) opens: Arc<Mutex<Vec<String>>>,
    /// The commits that take no status any more, and whether they are still there.
    pub(crate) full: Arc<Mutex<Vec<(String, bool)>>>,
}

pub(crate) struct Keys {
    pub(crate) private_pem: String,
    pub(crate) public: DecodingKey,
}

/// A pair, the private half as GitHub lets it be downloaded: PKCS #1, which is what PKCS #8 holds behind 26 bytes.
pub(crate) fn keys() -> Keys {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let pem = |label: &str, der: &[u8]| {
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
            STANDARD.encode(der)
        )
    };
    Keys {
        private_pem: pem("RSA PRIVATE KEY", &private.as_ref()[26..]),
        public: DecodingKey::from_rsa_pem(pem("PUBLIC KEY", public.as_ref()).as_bytes()).unwrap(),
    }
}

impl LookAlike {
    pub(crate) fn listening(app_key: DecodingKey) -> (Self, String) {
        let look_alike = Self {
            app_key: Arc::new(app_key),
            statuses: Arc::default(),
            opens: Arc::new(Mutex::new(vec![
                TOKEN.to_owned(),
                OF_INSTALLATION.to_owned(),
            ])),
            full: Arc::default(),
        };
        let kept = look_alike.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(kept.clone()))
                .route("/api/v3/repos/acme/scoring", web::get().to(see))
                .route(
                    "/api/v3/repos/acme/scoring/statuses/{sha}",
                    web::post().to(set_status),
                )
                .route(
                    "/api/v3/repos/acme/scoring/git/commits/{sha}",
                    web::get().to(see_commit),
                )
                .route(
                    "/api/v3/app/installations/77/access_tokens",
                    web::post().to(open_installation),
                )
        });
        let server = server.workers(1).bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", server.addrs()[0]);
        tokio::spawn(server.run());
        (look_alike, address)
    }

    fn is_open_to(&self, request: &HttpRequest) -> bool {
        bearer(request).is_some_and(|token| self.opens.lock().unwrap().contains(&token))
    }

    /// The last status of a commit: its state and description.
    pub(crate) fn status(&self, sha: &str) -> Option<(String, String)> {
        let statuses = self.statuses.lock().unwrap();
        let last = statuses.iter().rev().find(|(of, _)| of == sha)?;
        let text = |name: &str| last.1[name].as_str().unwrap().to_owned();
        assert_eq!(last.1["context"], "countersign");
        Some((text("state"), text("description")))
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get("authorization")?.to_str().ok()?;
    Some(header.strip_prefix("Bearer ")?.to_owned())
}

async fn see(at: web::Data<LookAlike>, request: HttpRequest) -> HttpResponse {
    match at.is_open_to(&request) {
        true => HttpResponse::Ok().json(json!({ "full_name": "acme/scoring" })),
        false => HttpResponse::Unauthorized().finish(),
    }
}

async fn set_status(
    at: web::Data<LookAlike>,
    request: HttpRequest,
    sha: web::Path<String>,
    body: web::Json<Value>,
) -> HttpResponse {
    if !at.is_open_to(&request) {
        return HttpResponse::Unauthorized().finish();
    }
    if at
        .full
        .lock()
        .unwrap()
        .iter()
        .any(|(full, _)| *full == *sha)
    {
        return HttpResponse::UnprocessableEntity().finish();
    }
    let status = (sha.into_inner(), body.into_inner());
    at.statuses.lock().unwrap().push(status);
    HttpResponse::Created().json(json!({ "id": 1 }))
}

async fn see_commit(at: web::Data<LookAlike>, sha: web::Path<String>) -> HttpResponse {
    let full = at.full.lock().unwrap();
    match full.iter().find(|(full, _)| *full == *sha) {
        Some((_, false)) => HttpResponse::NotFound().finish(),
        _ => HttpResponse::Ok().json(json!({ "sha": *sha })),
    }
}

async fn open_installation(at: web::Data<LookAlike>, request: HttpRequest) -> HttpResponse {
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_issuer(&[APP]);
    rules.set_required_spec_claims(&["exp", "iss"]);
    let token = bearer(&request).unwrap_or_default();
    match jsonwebtoken::decode::<Value>(&token, &at.app_key, &rules) {
        Ok(_) => HttpResponse::Created().json(json!({ "token": OF_INSTALLATION })),
        Err(_) => HttpResponse::Unauthorized().finish(),
    }
}
