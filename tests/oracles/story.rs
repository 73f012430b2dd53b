//! The real server with a site whose line is tapped: an installation, a ticket, an approval, an edit. What it asks
//! of Jira meanwhile is on the tap.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use app::{Config, Server};
use sandbox::{Edit, NewIssue, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tap::Tap;

const PATIENCE: Duration = Duration::from_secs(40);

/// A server that is installed on the site.
pub(crate) struct Installed {
    address: String,
    server: Server,
    _directory: TempDir,
}

/// Starts the real server and installs the app.
pub(crate) async fn app_is_installed(tap: &Tap, jira: &Sandbox) -> Installed {
    let directory = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = listener.local_addr().unwrap();
    let address = format!("http://{listen}");
    let file = |name: &str| directory.path().join(name).display().to_string();
    let host = tap.address.trim_start_matches("http://");
    let settings = [
        ("COUNTERSIGN_ADDRESS", address.clone()),
        ("COUNTERSIGN_LISTEN", listen.to_string()),
        (
            "DATABASE_URL",
            format!("sqlite:{}", file("countersign.sqlite")),
        ),
        ("COUNTERSIGN_DATA", file("data")),
        ("COUNTERSIGN_ALLOWED_HOSTS", host.to_owned()),
        (
            "COUNTERSIGN_INSTALL_KEYS",
            format!("{}/install-keys", tap.address),
        ),
    ];
    let config = Config::from_lookup(|name| {
        let known = settings.iter().find(|(known, _)| *known == name)?;
        Some(known.1.clone())
    });
    let server = Server::start(config.unwrap(), listener).await.unwrap();
    let descriptor = format!("{address}/atlassian-connect.json");
    let installed = jira.install(&descriptor).await.unwrap();
    assert_eq!((installed.installed, installed.enabled), (204, Some(204)));
    Installed {
        address,
        server,
        _directory: directory,
    }
}

/// A ticket is made, read, approved, edited and approved again.
pub(crate) async fn play(tap: &Tap, jira: &Sandbox) {
    let app = app_is_installed(tap, jira).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let new = NewIssue {
        project: "PAY".to_owned(),
        summary: "Add credit card payment to checkout flow".to_owned(),
        description: "Card data goes to an external payment API.".to_owned(),
        ..NewIssue::default()
    };
    let key = jira.world().create_issue("ben", new).unwrap().key;
    app.quiet(jira, &http).await;
    app.approve(jira, &http, &key).await;
    app.quiet(jira, &http).await;
    let edit = Edit {
        description: Some("A card may be kept for the next time.".to_owned()),
        ..Edit::default()
    };
    jira.world().edit_issue("ben", &key, edit).unwrap();
    app.quiet(jira, &http).await;
    app.approve(jira, &http, &key).await;
    app.quiet(jira, &http).await;
    jira.uninstall().await.unwrap();
    app.stop().await;
}

impl Installed {
    /// Ends the server in an orderly way.
    pub(crate) async fn stop(self) {
        self.server.stop().await.unwrap();
    }

    /// Carla opens the panel and approves.
    async fn approve(&self, jira: &Sandbox, http: &reqwest::Client, key: &str) {
        let page = http.get(jira.iframe_url("carla", key).unwrap());
        let page = page.send().await.unwrap().text().await.unwrap();
        let before = "name=\"seen\" value=\"";
        let from = page.find(before).unwrap() + before.len();
        let seen = page[from..].split('"').next().unwrap();
        let token = jira.context_token("carla", key).unwrap();
        let review = http
            .post(format!("{}/connect/panel/review", self.address))
            .header("Authorization", format!("JWT {token}"))
            .json(&json!({ "decision": "APPROVED", "comment": "Fine.", "seen": seen }));
        let answer = review.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }

    /// Waits until nothing is on its way in either direction.
    pub(crate) async fn quiet(&self, jira: &Sandbox, http: &reqwest::Client) {
        jira.wait_idle(PATIENCE).await.unwrap();
        let url = format!("{}/health/ready", self.address);
        let started = Instant::now();
        loop {
            let said: Value = http.get(&url).send().await.unwrap().json().await.unwrap();
            if said["inbox"]["waiting"] == 0 && said["outbox"]["waiting"] == 0 {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "waited in vain: {said}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
