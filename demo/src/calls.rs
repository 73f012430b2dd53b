//! Calls to the Jira look-alike and to the server, as their users make them.

use anyhow::Context;
use clap::ValueEnum;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Through which door a site reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Door {
    /// Atlassian Connect.
    Connect,
    /// Atlassian Forge, with the server as its remote.
    Forge,
}

/// Who speaks to the look-alike, and for whom.
#[derive(Clone)]
pub(crate) struct Calls {
    door: Door,
    http: reqwest::Client,
    pub(crate) jira: String,
    pub(crate) server: String,
}

/// What the server answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
}

impl Calls {
    pub(crate) fn new(door: Door, jira: String, server: String) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(30))
            .no_proxy()
            .build()?;
        Ok(Self {
            door,
            http,
            jira,
            server,
        })
    }

    /// A call to the look-alike's own controls.
    pub(crate) async fn control(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Value> {
        let mut request = self
            .http
            .request(method, format!("{}/sandbox/api{path}", self.jira));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request
            .send()
            .await
            .context("the Jira look-alike does not answer")?;
        let status = response.status();
        let text = response.text().await?;
        anyhow::ensure!(status.is_success(), "{path}: {status}: {text}");
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Whether the server can work.
    pub(crate) async fn ready(&self) -> bool {
        let answer = self
            .http
            .get(format!("{}/health/ready", self.server))
            .send()
            .await;
        answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
    }

    /// The panel, as Jira shows it to somebody.
    pub(crate) async fn panel(&self, key: &str, who: &str) -> anyhow::Result<Answer> {
        if self.door == Door::Forge {
            return self.invoke(key, who, Method::GET, "panel", None).await;
        }
        let address = self
            .control(
                Method::GET,
                &format!("/issues/{key}/iframe-url?as={who}"),
                None,
            )
            .await?;
        let address = address["url"].as_str().context("no address")?.to_owned();
        answer(self.http.get(address).header("Accept", "text/html")).await
    }

    /// A button in the panel, pressed by somebody.
    pub(crate) async fn press(
        &self,
        key: &str,
        who: &str,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<Answer> {
        if self.door == Door::Forge {
            let path = format!("panel/{path}");
            return self.invoke(key, who, Method::POST, &path, Some(body)).await;
        }
        let token = self
            .control(
                Method::GET,
                &format!("/issues/{key}/context-token?as={who}"),
                None,
            )
            .await?;
        let token = token["token"].as_str().context("no token")?.to_owned();
        let request = self
            .http
            .post(format!("{}/connect/panel/{path}", self.server));
        answer(
            request
                .header("Authorization", format!("JWT {token}"))
                .json(body),
        )
        .await
    }

    /// A call out of a Forge page; the answer's fragment stands in JSON.
    async fn invoke(
        &self,
        key: &str,
        who: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        let carried = format!("/issues/{key}/invocation?as={who}");
        let carried = self.control(Method::GET, &carried, None).await?;
        let text = |name: &str| carried[name].as_str().context("no invocation");
        let mut request = self
            .http
            .request(method, format!("{}/forge/{path}", self.server))
            .bearer_auth(text("token")?)
            .header("x-forge-oauth-system", text("systemToken")?);
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut answered = answer(request).await?;
        let json: Value = serde_json::from_str(&answered.body).unwrap_or_default();
        if let Some(html) = json["html"].as_str() {
            html.clone_into(&mut answered.body);
        }
        Ok(answered)
    }

    /// Somebody decides on what the panel shows.
    pub(crate) async fn decide(
        &self,
        key: &str,
        who: &str,
        decision: &str,
        comment: &str,
    ) -> anyhow::Result<Answer> {
        let page = self.panel(key, who).await?;
        let seen = between(&page.body, "name=\"seen\" value=\"", "\"")
            .context("the panel offers no decision")?;
        let body = json!({ "decision": decision, "comment": comment, "seen": seen });
        self.press(key, who, "review", &body).await
    }

    /// The property that the server writes on a ticket.
    pub(crate) async fn property(&self, key: &str, name: &str) -> anyhow::Result<Option<Value>> {
        let properties = self
            .control(Method::GET, &format!("/issues/{key}/properties"), None)
            .await?;
        Ok(properties.get(name).cloned())
    }
}

async fn answer(request: reqwest::RequestBuilder) -> anyhow::Result<Answer> {
    let response = request.send().await.context("the server does not answer")?;
    Ok(Answer {
        status: response.status(),
        body: response.text().await?,
    })
}

/// What stands between two texts, the first time.
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let from = text.find(before)? + before.len();
    let to = text[from..].find(after)? + from;
    Some(&text[from..to])
}
