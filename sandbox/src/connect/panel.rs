//! What the host hands the app's panel and administration page: the iframe's signed URL and context tokens. Draws no
//! page.

use serde_json::{Value, json};

use super::descriptor::Panel;
use super::lifecycle::Installation;
use super::token::TokenError;
use super::{qsh, token};
use crate::clock;
use crate::site::{Site, lock};
use crate::world::{AccountId, Issue, World};

/// Version of the app that `cv` reports.
const APP_VERSION: &str = "1.0.0";

impl Site {
    /// The URL that Jira would put into the panel's iframe for this viewer and issue.
    pub(crate) fn iframe_url(&self, viewer: &str, issue: &str) -> Result<String, TokenError> {
        let app = self.installation().ok_or(TokenError::NotInstalled)?;
        let panel = app.descriptor.panel.as_ref().ok_or(TokenError::NoPanel)?;
        let (who, context, url) = {
            let world = lock(&self.world);
            let who = world.find_user(viewer)?;
            let issue = world.visible_issue(&who, issue)?;
            let url = fill_placeholders(&panel.url, issue, &world);
            (who, context_of(issue, &world), url)
        };
        self.framed(&app, panel, &url, &who, &context)
    }

    /// The URL that Jira would put into the iframe of the app's administration page. Signs it for anybody, as a
    /// tester of apps does.
    pub(crate) fn settings_url(&self, viewer: &str) -> Result<String, TokenError> {
        let app = self.installation().ok_or(TokenError::NotInstalled)?;
        let page = app.descriptor.settings.as_ref();
        let page = page.ok_or(TokenError::NoSettings)?;
        let who = lock(&self.world).find_user(viewer)?;
        self.framed(&app, page, &page.url, &who, &json!({}))
    }

    fn framed(
        &self,
        app: &Installation,
        page: &Panel,
        relative: &str,
        who: &AccountId,
        context: &Value,
    ) -> Result<String, TokenError> {
        let host = lock(&self.world).base_url.clone();
        let channel = format!("channel-{}__{}", app.descriptor.key, page.key);
        let licence = match *lock(&self.licence) {
            Some(true) => "active",
            Some(false) | None => "none",
        };
        let added = [
            ("xdm_e", host.as_str()),
            ("xdm_c", &channel),
            ("cp", ""),
            ("xdm_deprecated_addon_key_do_not_use", &app.descriptor.key),
            ("lic", licence),
            ("cv", APP_VERSION),
        ];
        let mut url = app.descriptor.url(relative);
        for (name, value) in added {
            let joint = if url.contains('?') { '&' } else { '?' };
            url.push_str(&format!("{joint}{name}={}", qsh::encode(value)));
        }
        let iat = clock::now_s();
        let claims = json!({
            "iss": app.client_key,
            "sub": who,
            "iat": iat,
            "exp": iat + token::CALL_LIFE,
            "qsh": qsh::hash("GET", &url, qsh::base_path(&app.descriptor.base_url)),
            "context": context,
        });
        let jwt = token::sign_shared(&claims, &app.shared_secret)?;
        Ok(format!("{url}&jwt={jwt}"))
    }

    /// A token as `AP.context.getToken` gives it in an issue's panel.
    pub(crate) fn context_token(&self, viewer: &str, issue: &str) -> Result<String, TokenError> {
        let (who, context) = {
            let world = lock(&self.world);
            let who = world.find_user(viewer)?;
            let context = context_of(world.visible_issue(&who, issue)?, &world);
            (who, context)
        };
        self.token_in(&who, &context)
    }

    /// The same in the administration page.
    pub(crate) fn settings_token(&self, viewer: &str) -> Result<String, TokenError> {
        let who = lock(&self.world).find_user(viewer)?;
        self.token_in(&who, &json!({}))
    }

    fn token_in(&self, who: &AccountId, context: &Value) -> Result<String, TokenError> {
        let app = self.installation().ok_or(TokenError::NotInstalled)?;
        let iat = clock::now_s();
        let claims = json!({
            "iss": app.client_key,
            "sub": who,
            "iat": iat,
            "exp": iat + token::CONTEXT_LIFE,
            "qsh": token::CONTEXT_QSH,
            "context": context,
        });
        token::sign_shared(&claims, &app.shared_secret)
    }
}

/// The `context` claim of an issue's panel.
pub(crate) fn context_of(issue: &Issue, world: &World) -> Value {
    let project = world
        .project(&issue.project)
        .map_or(0, |project| project.id);
    json!({ "jira": {
        "issue": {
            "id": issue.id.to_string(),
            "key": issue.key,
            "issuetype": { "id": issue.issue_type.id() },
        },
        "project": { "id": project.to_string(), "key": issue.project },
    } })
}

fn fill_placeholders(url: &str, issue: &Issue, world: &World) -> String {
    let project = world
        .project(&issue.project)
        .map_or(0, |project| project.id);
    let values = [
        ("issue.id", issue.id.to_string()),
        ("issue.key", issue.key.clone()),
        ("issuetype.id", issue.issue_type.id().to_owned()),
        ("project.id", project.to_string()),
        ("project.key", issue.project.clone()),
    ];
    values.iter().fold(url.to_owned(), |url, (name, value)| {
        url.replace(&format!("{{{name}}}"), &qsh::encode(value))
    })
}
