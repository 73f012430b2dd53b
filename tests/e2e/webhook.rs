//! Notifications made by hand: signed as Jira signs them, with any body.

use std::time::Duration;

use sandbox::{RawToken, TokenKey};
use serde_json::Value;

use crate::panel::Answer;
use crate::world::World;

impl World {
    /// Sends a notification as Jira would, with this body as it stands.
    pub(crate) async fn notify(&self, event: &str, body: impl Into<reqwest::Body>) -> Answer {
        let url = format!("{}/connect/webhooks/{event}", self.address());
        let claims = self.jira().call_claims("POST", &url).unwrap();
        let raw = RawToken {
            key: TokenKey::SharedSecret,
            kid: None,
            claims,
        };
        let token = self.jira().raw_token(&raw).unwrap();
        let request = self
            .http
            .post(url)
            .timeout(Duration::from_secs(20))
            .header("Authorization", format!("JWT {token}"))
            .header("Content-Type", "application/json");
        Answer::to(request.body(body)).await
    }

    /// Sends a notification as Jira would, and waits until it is dealt with.
    pub(crate) async fn replay(&self, event: &str, body: &Value) {
        assert_eq!(self.notify(event, body.to_string()).await.status, 202);
        self.quiet().await;
    }
}
