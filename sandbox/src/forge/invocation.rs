//! Invocation tokens: what the platform says of a call to a remote.

use serde_json::{Value, json};

use super::FORGE_APP;
use super::installation::ForgeInstallation;
use crate::clock;
use crate::connect::token::{self, TokenError};
use crate::server;
use crate::site::{Site, lock};
use crate::world::{AccountId, Issue};

/// Seconds an invocation token lives.
const LIFE: i64 = 25;

/// Where a call comes from.
pub(crate) enum Module {
    /// An event, the hourly call, the end.
    Platform,
    /// An issue's panel, as somebody sees it.
    Panel(AccountId, Box<Issue>),
    /// The app's administration page.
    Administration(AccountId),
}

impl Site {
    /// Where sites are reached with Forge's tokens.
    pub(crate) fn gateway(&self) -> String {
        self.local_url.clone()
    }

    /// The claims of a call of this app's.
    pub(crate) fn invocation_claims(&self, app: &ForgeInstallation, module: &Module) -> Value {
        let iat = clock::now_s();
        let mut claims = json!({
            "iss": "forge/invocation-token",
            "aud": FORGE_APP,
            "iat": iat,
            "nbf": iat,
            "exp": iat + LIFE,
            "app": {
                "id": FORGE_APP,
                "installationId": app.installation_id,
                "apiBaseUrl": format!("{}/ex/jira/{}", self.gateway(), self.cloud_id),
                "environment": { "type": "PRODUCTION", "id": "ari:cloud:ecosystem::environment/sandbox/1" },
            },
        });
        if let Some(active) = *lock(&self.licence) {
            claims["app"]["license"] = json!({ "active": active, "type": "COMMERCIAL" });
        }
        let (who, extension) = match module {
            Module::Platform => return claims,
            Module::Panel(who, issue) => (
                who,
                json!({
                    "type": "jira:issuePanel",
                    "issue": { "id": issue.id.to_string(), "key": issue.key },
                    "project": { "key": issue.project },
                }),
            ),
            Module::Administration(who) => (who, json!({ "type": "jira:adminPage" })),
        };
        claims["principal"] = json!(who);
        claims["context"] = json!({
            "cloudId": self.cloud_id,
            "siteUrl": server::base_url(self),
            "extension": extension,
        });
        claims
    }

    /// RS256 over these claims, by the key of the set.
    pub(crate) fn invocation_token(&self, claims: &Value) -> Result<String, TokenError> {
        token::sign_install(claims, &self.install_key)
    }

    /// The claims of a call out of an issue's panel.
    pub(crate) fn panel_claims(&self, viewer: &str, issue: &str) -> Result<Value, TokenError> {
        let app = self.forge_installation().ok_or(TokenError::NotInstalled)?;
        let module = {
            let world = lock(&self.world);
            let who = world.find_user(viewer)?;
            let issue = world.visible_issue(&who, issue)?.clone();
            Module::Panel(who, Box::new(issue))
        };
        Ok(self.invocation_claims(&app, &module))
    }

    /// The claims of a call out of the administration page.
    pub(crate) fn administration_claims(&self, viewer: &str) -> Result<Value, TokenError> {
        let app = self.forge_installation().ok_or(TokenError::NotInstalled)?;
        let who = lock(&self.world).find_user(viewer)?;
        Ok(self.invocation_claims(&app, &Module::Administration(who)))
    }

    /// The claims of a call of the platform's own.
    pub(crate) fn platform_claims(&self) -> Result<Value, TokenError> {
        let app = self.forge_installation().ok_or(TokenError::NotInstalled)?;
        Ok(self.invocation_claims(&app, &Module::Platform))
    }
}
