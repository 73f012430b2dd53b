//! Calls as Forge makes them: out of a page that somebody looks at, or by the platform itself.

use sandbox::{RawToken, TokenKey};
use serde_json::{Value, json};

use crate::panel::Answer;
use crate::world::World;

impl World {
    /// A server, and a site with the Forge app and nothing else.
    pub(crate) async fn installed_by_forge() -> Self {
        let world = Self::with_sites(1).await;
        world.install_forge().await;
        world
    }

    /// A call with these claims, and the token for the gateway that the platform sends along.
    pub(crate) async fn invoke(
        &self,
        claims: Value,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let system = self.jira().forge_system_token();
        self.invoke_with(claims, system, method, path, body).await
    }

    pub(crate) async fn invoke_with(
        &self,
        claims: Value,
        system: Option<String>,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let token = self.jira().raw_token(&RawToken {
            key: TokenKey::InstallKey,
            kid: None,
            claims,
        });
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.address());
        let mut request = self.http.request(method, url).bearer_auth(token.unwrap());
        if let Some(system) = system {
            request = request.header("x-forge-oauth-system", system);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::to(request).await
    }

    /// The panel, as Forge's page gets it for somebody.
    pub(crate) async fn forge_panel(&self, who: &str, key: &str) -> Answer {
        let claims = self.jira().forge_panel_claims(who, key).unwrap();
        fragment(self.invoke(claims, "GET", "/forge/panel", None).await)
    }

    pub(crate) async fn forge_decide(
        &self,
        who: &str,
        key: &str,
        decision: &str,
        comment: &str,
    ) -> Answer {
        let seen = self.forge_panel(who, key).await.seen().unwrap_or_default();
        let body = json!({ "decision": decision, "comment": comment, "seen": seen });
        let claims = self.jira().forge_panel_claims(who, key).unwrap();
        fragment(
            self.invoke(claims, "POST", "/forge/panel/review", Some(&body))
                .await,
        )
    }
}

/// The answer with the fragment in place of the JSON around it.
pub(crate) fn fragment(answer: Answer) -> Answer {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    match body["html"].as_str() {
        Some(html) if answer.status == 200 => Answer {
            body: html.to_owned(),
            ..answer
        },
        _ => answer,
    }
}
