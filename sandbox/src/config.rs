//! What a sandbox is started with.

use std::path::PathBuf;
use std::time::Duration;

/// Whose Jira the site is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deployment {
    /// Atlassian's: apps, API tokens, version 3 of the REST interface.
    #[default]
    Cloud,
    /// Its owner's, Jira Data Center 10: personal access tokens, version 2, people by user key and name, wiki markup.
    /// No app can be installed.
    DataCenter,
}

/// Settings of a sandbox; [`Config::default`] suits tests.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on; port 0 picks a free one.
    pub listen: String,
    /// What the site calls itself; `None` for `http://` and the address listened on.
    pub base_url: Option<String>,
    /// Whose Jira it is.
    pub deployment: Deployment,
    /// Name of the site as shown on its pages.
    pub title: String,
    /// Pause before each retry of a webhook.
    pub retry_delay: Duration,
    /// Longest wait for an answer of the app.
    pub timeout: Duration,
    /// The folder with the built pages of the Forge app, a folder for each; none to show none.
    pub custom_ui: Option<PathBuf>,
    /// Buttons in the strip at the top of every page.
    pub actions: Vec<Action>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            base_url: None,
            deployment: Deployment::Cloud,
            title: "Jira sandbox".to_owned(),
            retry_delay: Duration::from_secs(1),
            timeout: Duration::from_secs(20),
            custom_ui: None,
            actions: Vec::new(),
        }
    }
}

/// Why the text of an action was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an action reads \"Label=POST http://...\"")]
pub struct ActionError;

/// A button that POSTs to a URL and shows what comes back; the sandbox knows nothing of its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    label: String,
    url: String,
}

impl Action {
    /// Reads `Label=POST URL`; the URL is http or https.
    ///
    /// # Errors
    /// [`ActionError`] when the text has another form.
    pub fn parse(text: &str) -> Result<Self, ActionError> {
        let (label, call) = text.split_once('=').ok_or(ActionError)?;
        let url = call.trim().strip_prefix("POST ").ok_or(ActionError)?.trim();
        let parsed = url::Url::parse(url).map_err(|_| ActionError)?;
        if label.trim().is_empty() || !matches!(parsed.scheme(), "http" | "https") {
            return Err(ActionError);
        }
        Ok(Self {
            label: label.trim().to_owned(),
            url: url.to_owned(),
        })
    }

    /// What the button says.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Where it POSTs.
    pub fn url(&self) -> &str {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_needs_a_label_and_a_web_address() {
        let action = Action::parse("Verify now=POST http://127.0.0.1:9/verify?full=1").unwrap();
        assert_eq!(
            (action.label(), action.url()),
            ("Verify now", "http://127.0.0.1:9/verify?full=1")
        );
        for bad in [
            "Verify",
            "=POST http://a",
            "X=GET http://a",
            "X=POST javascript:alert(1)",
        ] {
            assert_eq!(Action::parse(bad), Err(ActionError), "{bad}");
        }
    }
}
