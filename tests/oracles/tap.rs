//! The line to Jira, tapped: a site whose address is this tap's. What is asked below `/rest/`, at the site or at Forge's
//! gateway, goes on to Prism, the rest to the site itself; both ways are written down. Prism knows no gateway: what a
//! token of Forge's is for is led back there behind it. Judges nothing but what Prism said.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use sandbox::{Config, Sandbox};
use serde_json::Value;

/// Where Prism says what is wrong.
const VIOLATIONS: &str = "sl-violations";
/// Headers of one connection, which are not passed on.
const OF_THE_CONNECTION: &[&str] = &["connection", "content-length", "host", "transfer-encoding"];

/// One exchange.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    /// True if it went through Prism.
    pub(crate) checked: bool,
    /// True if it was made as the app.
    pub(crate) as_app: bool,
    /// What Prism found.
    finding: Option<String>,
}

impl Exchange {
    /// What is wrong with it, in one line.
    pub(crate) fn breach(&self) -> Option<String> {
        let finding = self.finding.as_ref()?;
        Some(format!("{} {}: {finding}", self.method, self.path))
    }
}

struct Line {
    /// Where the gateway's paths begin.
    gateway: Mutex<String>,
    site: Mutex<String>,
    prism: Mutex<String>,
    seen: Mutex<Vec<Exchange>>,
    http: reqwest::Client,
}

/// The tap.
pub(crate) struct Tap {
    pub(crate) address: String,
    /// Where Prism finds the site.
    pub(crate) behind_prism: String,
    line: Arc<Line>,
}

impl Tap {
    /// A tap, and a site that calls itself by the tap's address.
    pub(crate) async fn before_a_site() -> (Self, Sandbox) {
        let (listener, address) = listener();
        let (behind, behind_prism) = self::listener();
        let line = Arc::new(Line {
            gateway: Mutex::default(),
            site: Mutex::default(),
            prism: Mutex::default(),
            seen: Mutex::default(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        });
        let shared = web::Data::from(Arc::clone(&line));
        let app = move || {
            App::new()
                .app_data(shared.clone())
                .default_service(web::to(pass_on))
        };
        let server = HttpServer::new(app).workers(1).disable_signals();
        tokio::spawn(server.listen(listener).unwrap().run());
        let shared = web::Data::from(Arc::clone(&line));
        let app = move || {
            App::new()
                .app_data(shared.clone())
                .default_service(web::to(lead_back))
        };
        let server = HttpServer::new(app).workers(1).disable_signals();
        tokio::spawn(server.listen(behind).unwrap().run());
        let config = Config {
            base_url: Some(address.clone()),
            ..Config::default()
        };
        let jira = Sandbox::start(config).await.unwrap();
        jira.local_url().clone_into(&mut line.site.lock().unwrap());
        *line.gateway.lock().unwrap() = format!("/ex/jira/{}", jira.cloud_id());
        let tap = Self {
            address,
            behind_prism,
            line,
        };
        (tap, jira)
    }

    /// From now on Prism checks what goes to the REST interface.
    pub(crate) fn check_with(&mut self, prism: &str) {
        prism.clone_into(&mut self.line.prism.lock().unwrap());
    }

    /// What went over the line since the last look.
    pub(crate) fn seen(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.line.seen.lock().unwrap())
    }
}

impl Line {
    /// The same request, to another address.
    fn same(&self, asked: &HttpRequest, url: String, body: web::Bytes) -> reqwest::RequestBuilder {
        let method = asked.method().as_str().parse().unwrap();
        let mut request = self.http.request(method, url).body(body);
        for (name, value) in asked.headers() {
            if !OF_THE_CONNECTION.contains(&name.as_str()) {
                request = request.header(name.as_str(), value.as_bytes());
            }
        }
        request
    }
}

fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

fn is_of_scheme(asked: &HttpRequest, scheme: &[u8]) -> bool {
    let header = asked.headers().get("authorization");
    header.is_some_and(|value| value.as_bytes().starts_with(scheme))
}

async fn lead_back(line: web::Data<Line>, asked: HttpRequest, body: web::Bytes) -> HttpResponse {
    let gateway = match is_of_scheme(&asked, b"Bearer ") {
        true => line.gateway.lock().unwrap().clone(),
        false => String::new(),
    };
    let url = format!("{}{gateway}{}", line.site.lock().unwrap(), asked.uri());
    let answer = line.same(&asked, url, body).send().await.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let mut back = HttpResponse::build(status);
    for (name, value) in answer.headers() {
        if !OF_THE_CONNECTION.contains(&name.as_str()) {
            back.insert_header((name.as_str(), value.as_bytes()));
        }
    }
    let body = answer.bytes().await.unwrap();
    back.body(without_empty_sides(&body).unwrap_or_else(|| body.to_vec()))
}

/// An answer with a changelog, as Prism can check it: a side of a change that has no value is null in what Jira sends,
/// while its document says that each is a text. Such sides are left out, everything else stays.
fn without_empty_sides(body: &[u8]) -> Option<Vec<u8>> {
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    for history in answer.pointer_mut("/changelog/histories")?.as_array_mut()? {
        for item in history["items"].as_array_mut()? {
            item.as_object_mut()?.retain(|_, side| !side.is_null());
        }
    }
    serde_json::to_vec(&answer).ok()
}

async fn pass_on(line: web::Data<Line>, asked: HttpRequest, body: web::Bytes) -> HttpResponse {
    let gateway = line.gateway.lock().unwrap().clone();
    let (uri, path) = (asked.uri().to_string(), asked.path());
    let uri = uri.strip_prefix(&gateway).unwrap_or(&uri);
    let path = path.strip_prefix(&gateway).unwrap_or(path);
    let checked = path.starts_with("/rest/");
    let next = if checked { &line.prism } else { &line.site };
    let url = format!("{}{uri}", next.lock().unwrap());
    let answer = line.same(&asked, url, body).send().await.unwrap();
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").cloned();
    let violations = answer.headers().get(VIOLATIONS).cloned();
    let body = answer.bytes().await.unwrap();

    let said = violations.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    // An answer of Prism's own is a problem of RFC 9457; Jira has none of these.
    let of_prism = || {
        let problem: Value = serde_json::from_slice(&body).ok()?;
        let own = problem["type"].is_string() && problem["title"].is_string();
        own.then(|| problem.to_string())
    };
    let as_app = !is_of_scheme(&asked, b"Basic ");
    let exchange = Exchange {
        method: asked.method().to_string(),
        path: path.to_owned(),
        status,
        checked,
        as_app,
        finding: said.or_else(of_prism),
    };
    // Said at once too: a story that ends here would not come to say it.
    if let Some(breach) = exchange.breach() {
        println!("{breach}");
    }
    line.seen.lock().unwrap().push(exchange);
    let mut back = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    if let Some(kind) = kind {
        back.insert_header(("content-type", kind.as_bytes()));
    }
    back.body(body)
}
