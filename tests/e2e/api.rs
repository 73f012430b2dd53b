//! Programs that call the API with a key, and a GitHub that signs what it sends. Judges nothing itself.

use casework::{CodeHostRequest, KeyRequest};
use hmac::{Hmac, KeyInit, Mac};
use jira::connect::AllowedHosts;
use record::entries::{KeyEnvironment, PushAs, Scope};
use record::ids::{ApiKeyId, CodeHostId, TenantId};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::panel::Answer;
use crate::world::World;

/// A program with a key.
pub(crate) struct Program<'w> {
    pub(crate) world: &'w World,
    pub(crate) tenant: TenantId,
    pub(crate) id: ApiKeyId,
    pub(crate) key: String,
}

/// A GitHub whose deliveries are taken.
pub(crate) struct GitHub<'w> {
    pub(crate) world: &'w World,
    pub(crate) host: CodeHostId,
    pub(crate) secret: String,
}

/// An address that a pattern of `/v1` stands for: of things that are not there.
pub(crate) fn some_path(pattern: &str) -> String {
    pattern
        .replace("{event}", "evt_01K9ABCDEFGHJKMNPQRSTVWX02")
        .replace("{link}", "evt_01K9ABCDEFGHJKMNPQRSTVWX02")
        .replace("{site}", "site_01K9ABCDEFGHJKMNPQRSTVWX00")
        .replace("{feed}", "feed_01K9ABCDEFGHJKMNPQRSTVWX05")
        .replace("{host}", "host_01K9ABCDEFGHJKMNPQRSTVWX04")
        .replace("{ticket}", "PAY-999999")
}

impl World {
    pub(crate) fn casework(&self) -> &casework::Casework {
        self.server.as_ref().unwrap().casework()
    }

    /// The tenant whose site was installed as the so-manieth.
    pub(crate) async fn tenant(&self, at: usize) -> TenantId {
        self.casework().tenants().await.unwrap().remove(at)
    }

    /// A program of the first tenant's with a key to everything.
    pub(crate) async fn program(&self) -> Program<'_> {
        let tenant = self.tenant(0).await;
        self.program_of(tenant, Scope::ALL).await
    }

    /// Connects a Jira site; gives the answer.
    pub(crate) async fn connect(&self, body: &Value) -> Value {
        let program = self.program().await;
        let answer = program.post("/v1/integrations/jira", body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()
    }

    /// A program with a key of these scopes.
    pub(crate) async fn program_of(&self, tenant: TenantId, scopes: &[Scope]) -> Program<'_> {
        let request = KeyRequest {
            name: "build-server".to_owned(),
            environment: KeyEnvironment::Test,
            scopes: scopes.to_vec(),
            days: Some(1),
        };
        let (id, secret) = self
            .casework()
            .issue_api_key(&tenant, request)
            .await
            .unwrap();
        Program {
            world: self,
            tenant,
            id,
            key: secret.expose().to_owned(),
        }
    }

    /// A GitHub of the first tenant's.
    pub(crate) async fn github(&self, push_as: PushAs) -> GitHub<'_> {
        let request = CodeHostRequest {
            base_url: "https://github.com".to_owned(),
            push_as,
            secret: None,
            access: None,
            repositories: Vec::new(),
        };
        let tenant = self.tenant(0).await;
        let allowed = AllowedHosts::jira_cloud();
        let registered = self
            .casework()
            .register_code_host((&tenant).into(), request, &allowed)
            .await;
        let registered = registered.unwrap();
        GitHub {
            world: self,
            host: registered.host,
            secret: registered.secret.expose().to_owned(),
        }
    }
}

impl Program<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.world.address());
        self.world.http.request(method, url).bearer_auth(&self.key)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::DELETE, path)).await
    }

    /// Reports an event; it as it is shown then.
    pub(crate) async fn report(&self, body: &Value) -> Value {
        let answer = self.post("/v1/audit", body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()
    }

    /// How the gate stands for these commits and tickets.
    pub(crate) async fn gate(&self, tickets: &[&str], commits: &[&str]) -> (String, Vec<String>) {
        let asked = json!({ "tickets": tickets, "commits": commits });
        let gate = self.post("/v1/gate", &asked).await;
        assert_eq!(gate.status, 200, "{}", gate.body);
        let gate = gate.json();
        let codes = gate["reasons"].as_array().unwrap().iter();
        let codes = codes.map(|reason| reason["code"].as_str().unwrap().to_owned());
        (gate["state"].as_str().unwrap().to_owned(), codes.collect())
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl GitHub<'_> {
    pub(crate) fn signature(&self, body: &[u8]) -> String {
        signature(&self.secret, body)
    }

    /// Sends a delivery as GitHub does.
    pub(crate) async fn deliver(&self, event: &str, payload: &Value) -> Answer {
        let body = payload.to_string();
        let url = format!(
            "{}/v1/integrations/github/webhook/{}",
            self.world.address(),
            self.host
        );
        let request = self
            .world
            .http
            .post(url)
            .header("X-GitHub-Event", event)
            .header("X-Hub-Signature-256", self.signature(body.as_bytes()))
            .header("Content-Type", "application/json")
            .body(body);
        Answer::to(request).await
    }

    /// Pushes one commit with this message to a branch; its hash.
    pub(crate) async fn push(&self, number: u8, message: &str, branch: &str) -> String {
        let sha = format!("{number:02x}").repeat(20);
        let answer = self.deliver("push", &push(&sha, message, branch)).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        sha
    }
}

/// The header that proves a delivery.
pub(crate) fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let digest: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("sha256={digest}")
}

pub(crate) fn repository() -> Value {
    json!({ "id": 186_853_002, "name": "scoring", "full_name": "acme/scoring",
        "html_url": "https://github.com/acme/scoring", "url": "https://github.com/acme/scoring",
        "default_branch": "main" })
}

/// A push of one commit.
pub(crate) fn push(sha: &str, message: &str, branch: &str) -> Value {
    let commit = json!({ "id": sha, "message": message, "timestamp": "2026-03-02T15:22:11+01:00", "distinct": true,
        "url": format!("https://github.com/acme/scoring/commit/{sha}"),
        "author": { "name": "Jane Smith", "email": "jane.smith@example.com", "username": "jsmith" },
        "committer": { "name": "GitHub", "email": "noreply@github.com", "username": "web-flow" },
        "added": [], "removed": [], "modified": ["threshold.yml"] });
    json!({ "ref": format!("refs/heads/{branch}"), "before": "ab".repeat(20), "after": sha, "created": false,
        "deleted": false, "forced": false, "repository": repository(), "commits": [commit], "head_commit": commit,
        "pusher": { "name": "jsmith", "email": "jane.smith@example.com" },
        "sender": { "login": "jsmith", "id": 21_031_067, "type": "User" } })
}

/// A deployment of a commit, created.
pub(crate) fn deployment(id: u64, sha: &str) -> Value {
    json!({ "action": "created", "repository": repository(),
        "deployment": { "id": id, "sha": sha, "ref": "main", "task": "deploy", "environment": "production",
            "description": "threshold", "created_at": "2026-03-02T15:00:00Z", "updated_at": "2026-03-02T15:00:00Z",
            "url": format!("https://api.github.com/repos/acme/scoring/deployments/{id}") },
        "sender": { "login": "jsmith", "id": 21_031_067, "type": "User" } })
}

/// What a deployment came to; the first letter of the state makes the status's id.
pub(crate) fn deployment_status(id: u64, sha: &str, state: &str) -> Value {
    let mut told = deployment(id, sha);
    let first = state.bytes().next().map_or(0, u64::from);
    told["deployment_status"] = json!({ "id": id * 1_000 + first, "state": state, "environment": "production",
        "created_at": "2026-03-02T15:05:00Z", "updated_at": "2026-03-02T15:05:00Z" });
    told
}

/// A review that approves of a pull request with this title.
pub(crate) fn review(id: u64, sha: &str, title: &str) -> Value {
    let page = format!("https://github.com/acme/scoring/pull/{id}");
    json!({ "action": "submitted", "repository": repository(),
        "review": { "id": id, "state": "approved", "body": "Fine.", "commit_id": sha,
            "submitted_at": "2026-03-02T15:30:00Z", "html_url": format!("{page}#pullrequestreview-{id}") },
        "pull_request": { "id": id, "number": id, "title": title, "body": null, "state": "open", "draft": false,
            "merged": false, "html_url": page, "created_at": "2026-03-02T14:30:00Z",
            "updated_at": "2026-03-02T15:30:00Z", "head": { "ref": "threshold", "sha": sha },
            "base": { "ref": "main", "sha": "ab".repeat(20) } },
        "sender": { "login": "jsmith", "id": 21_031_067, "type": "User" } })
}
