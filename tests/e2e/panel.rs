//! The panel as people use it: the page that Jira frames, the token that its script is given, the buttons.

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::world::World;

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn to(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        Self {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: answer.text().await.unwrap(),
        }
    }

    /// What went wrong, in the words of the answer.
    pub(crate) fn detail(&self) -> String {
        let problem: Value = serde_json::from_str(&self.body).unwrap_or_default();
        problem["detail"].as_str().unwrap_or_default().to_owned()
    }

    /// Where approval stands, as the panel says.
    pub(crate) fn approval(&self) -> &str {
        between(&self.body, "data-approval=\"", "\"").unwrap_or_default()
    }

    /// How far what is shown can be relied on, as the panel says.
    pub(crate) fn state(&self) -> &str {
        between(&self.body, "data-state=\"", "\"").unwrap_or_default()
    }

    /// The entry that a decision would be about.
    pub(crate) fn seen(&self) -> Option<String> {
        between(&self.body, "name=\"seen\" value=\"", "\"").map(str::to_owned)
    }

    /// The commit link that a decision on the code would cover last.
    fn covers(&self) -> Option<String> {
        let link = between(&self.body, "name=\"covers\" value=\"", "\"")?;
        (!link.is_empty()).then(|| link.to_owned())
    }
}

/// Somebody before the panel of an issue, as it was when the page was opened.
pub(crate) struct Seat<'w> {
    world: &'w World,
    pub(crate) token: String,
    pub(crate) seen: String,
    covers: Option<String>,
}

impl World {
    /// The page, as Jira frames it for somebody.
    pub(crate) async fn page(&self, who: &str, key: &str) -> Answer {
        let url = self.jira().iframe_url(who, key).unwrap();
        Answer::to(self.http.get(url).header("Accept", "text/html")).await
    }

    /// Somebody opens the issue.
    pub(crate) async fn sit(&self, who: &str, key: &str) -> Seat<'_> {
        let page = self.page(who, key).await;
        assert_eq!(page.status, 200, "{}", page.body);
        Seat {
            world: self,
            token: self.jira().context_token(who, key).unwrap(),
            seen: page.seen().unwrap_or_default(),
            covers: page.covers(),
        }
    }

    /// Somebody opens the issue and decides.
    pub(crate) async fn decide(
        &self,
        who: &str,
        key: &str,
        decision: &str,
        comment: &str,
    ) -> Answer {
        self.sit(who, key).await.decide(decision, comment).await
    }

    /// A call of the panel's script.
    pub(crate) async fn panel_call(&self, token: &str, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}/connect/panel/{path}", self.address());
        let request = match body {
            Some(body) => self.http.post(url).json(&body),
            None => self.http.get(url),
        };
        Answer::to(request.header("Authorization", format!("JWT {token}"))).await
    }
}

impl Seat<'_> {
    /// Presses a button of the page that is open.
    pub(crate) async fn decide(&self, decision: &str, comment: &str) -> Answer {
        let body = json!({ "decision": decision, "comment": comment, "seen": self.seen,
            "covers": self.covers });
        self.world
            .panel_call(&self.token, "review", Some(body))
            .await
    }

    /// Looks again, on the page that is open.
    pub(crate) async fn look(&self) -> Answer {
        self.world.panel_call(&self.token, "fragment", None).await
    }
}

/// What stands between two texts, the first time.
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let from = text.find(before)? + before.len();
    let to = text[from..].find(after)? + from;
    Some(&text[from..to])
}
