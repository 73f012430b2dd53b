//! An app that remembers what it was sent and answers as told. Knows the protocol only as far as tests ask.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use sandbox::{Config, RawToken, Sandbox, TokenKey};
use serde_json::{Value, json};

/// The app's key.
pub(crate) const KEY: &str = "com.example.tiny";

/// One request as the app saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) token: String,
    pub(crate) identifier: String,
    pub(crate) retry: String,
    pub(crate) flow: String,
    pub(crate) body: Value,
}

#[derive(Default)]
struct State {
    seen: Mutex<Vec<Seen>>,
    /// Statuses for POSTs to come; 204 when none is left.
    answers: Mutex<VecDeque<u16>>,
    descriptor: Mutex<Value>,
}

/// A running app.
pub(crate) struct TinyApp {
    state: Arc<State>,
    server: ServerHandle,
    pub(crate) base_url: String,
}

impl Drop for TinyApp {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

impl TinyApp {
    pub(crate) async fn start() -> Self {
        let state = Arc::new(State::default());
        let data = web::Data::from(Arc::clone(&state));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/descriptor.json", web::get().to(descriptor))
                .default_service(web::to(receive))
        });
        let server = server
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .unwrap();
        let base_url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        let app = Self {
            state,
            server: handle,
            base_url,
        };
        app.describe(|_| {});
        app
    }

    pub(crate) fn descriptor_url(&self) -> String {
        format!("{}/descriptor.json", self.base_url)
    }

    /// Sets the descriptor to the usual one, changed.
    pub(crate) fn describe(&self, change: impl FnOnce(&mut Value)) {
        let events = [
            "jira:issue_created",
            "jira:issue_updated",
            "jira:issue_deleted",
            "comment_created",
            "comment_updated",
            "comment_deleted",
            "worklog_created",
            "worklog_updated",
            "worklog_deleted",
        ];
        let webhooks: Vec<Value> = events
            .iter()
            .map(|event| json!({ "event": event, "url": "/hook" }))
            .collect();
        let mut descriptor = json!({
            "key": KEY,
            "name": "Tiny",
            "baseUrl": self.base_url,
            "authentication": { "type": "jwt" },
            "lifecycle": { "installed": "/installed", "uninstalled": "/uninstalled", "enabled": "/enabled" },
            "scopes": ["READ", "WRITE", "DELETE"],
            "modules": {
                "webhooks": webhooks,
                "jiraIssueContents": [{
                    "key": "panel",
                    "name": { "value": "Tiny panel" },
                    "target": { "type": "web_panel", "url": "/panel?issue={issue.key}&project={project.id}" },
                }],
            },
        });
        change(&mut descriptor);
        *self.state.descriptor.lock().unwrap() = descriptor;
    }

    /// Statuses that answer the next POSTs.
    pub(crate) fn answer(&self, statuses: &[u16]) {
        self.state.answers.lock().unwrap().extend(statuses);
    }

    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.state.seen.lock().unwrap();
        seen.iter()
            .filter(|seen| seen.path == path)
            .cloned()
            .collect()
    }
}

async fn descriptor(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(&*state.descriptor.lock().unwrap())
}

async fn receive(state: web::Data<State>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let header = |name: &str| {
        let value = request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    state.seen.lock().unwrap().push(Seen {
        path: request.path().to_owned(),
        token: header("Authorization")
            .trim_start_matches("JWT ")
            .to_owned(),
        identifier: header("X-Atlassian-Webhook-Identifier"),
        retry: header("X-Atlassian-Webhook-Retry"),
        flow: header("X-Atlassian-Webhook-Flow"),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    });
    let status = state.answers.lock().unwrap().pop_front().unwrap_or(204);
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).finish()
}

/// A site with the app installed and retries that do not wait.
pub(crate) async fn installed() -> (Sandbox, TinyApp) {
    let app = TinyApp::start().await;
    let sandbox = quick().await;
    sandbox.install(&app.descriptor_url()).await.unwrap();
    (sandbox, app)
}

/// A site whose retries do not wait.
pub(crate) async fn quick() -> Sandbox {
    let config = Config {
        retry_delay: Duration::from_millis(5),
        ..Config::default()
    };
    Sandbox::start(config).await.unwrap()
}

/// The claims of a token, unchecked.
pub(crate) fn claims(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode_claims(token).unwrap()
}

/// A good token of the app for one REST call.
pub(crate) fn app_token(sandbox: &Sandbox, method: &str, path: &str) -> String {
    let mut claims = sandbox.call_claims(method, path).unwrap();
    claims["iss"] = json!(KEY);
    sandbox
        .raw_token(&RawToken {
            key: TokenKey::SharedSecret,
            kid: None,
            claims,
        })
        .unwrap()
}

/// One REST call by the app: status and body.
pub(crate) async fn call(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let token = app_token(sandbox, method, path);
    send(sandbox, method, path, &format!("JWT {token}"), body).await
}

/// One REST call with any authorisation: status and body.
pub(crate) async fn send(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    authorization: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let url = format!("{}{path}", sandbox.local_url());
    let mut request = reqwest::Client::new()
        .request(method, url)
        .header("Authorization", authorization);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (
        status,
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null),
    )
}
