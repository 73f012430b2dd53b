//! Where something happened and through whom: what the bodies of all events say alike.

use record::ids::RepositoryId;
use serde::Deserialize;

use super::WebhookRefusal;
use super::body::Body;
use super::member::{Member, Object};
use super::moment::Moment;
use super::part::Part;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Repository {
    id: Member<u64>,
    full_name: Member<String>,
    html_url: Member<String>,
    pub(super) pushed_at: Member<Moment>,
}

/// An account of the host's. Whoever pushes has a `name`, which is the same as others' `login`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    login: Member<String>,
    name: Member<String>,
}

impl Object for Repository {}
impl Object for Account {}

pub(super) struct Origin {
    pub(super) repository: RepositoryId,
    /// Who did it.
    pub(super) actor: Option<String>,
    /// The payload, with the repository in it.
    pub(super) payload: Part,
}

impl Origin {
    pub(super) fn of(body: &Body) -> Result<Self, WebhookRefusal> {
        let repository = body.repository.required("repository")?;
        let id = repository.id.required("repository.id")?;
        let name = repository.full_name.required("repository.full_name")?;
        if !is_full_name(name) {
            return Err(WebhookRefusal::Form("repository.full_name"));
        }
        let part = Part::default()
            .text("fullName", Some(name))
            .page("url", repository.html_url.text("repository.html_url")?);
        let sender = body.sender.optional("sender")?;
        let pusher = body.pusher.optional("pusher")?;
        let sent_by = sender.and_then(Account::login);
        let pushed_by = || login(pusher?.name.given()?);
        Ok(Self {
            repository: id
                .to_string()
                .parse()
                .map_err(|_| WebhookRefusal::Form("repository.id"))?,
            actor: sent_by.or_else(pushed_by),
            payload: Part::default().part("repository", part),
        })
    }
}

impl Account {
    /// The name of the account.
    pub(super) fn login(&self) -> Option<String> {
        login(self.login.given()?)
    }
}

/// The name of an account: up to 128 printable ASCII characters. Any other text is nobody.
pub(super) fn login(text: &str) -> Option<String> {
    let fits = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| text.to_owned())
}

/// An owner and a name, each of the letters that names of repositories have.
fn is_full_name(text: &str) -> bool {
    let is_name = |part: &str| {
        (1..=128).contains(&part.len())
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    text.split_once('/')
        .is_some_and(|(owner, name)| is_name(owner) && is_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_name_is_an_owner_and_a_name() {
        for text in ["acme/shop", "a/b", "under_score/.github", "Acme-1/a.b"] {
            assert!(is_full_name(text), "{text}");
        }
        let long = format!("acme/{}", "x".repeat(129));
        for text in [
            "", "acme", "acme/", "/shop", "a/b/c", "a/b c", "a/b\n", "ä/b", &long,
        ] {
            assert!(!is_full_name(text), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_name_of_an_account_is_nobody() {
        assert_eq!(login("dependabot[bot]").as_deref(), Some("dependabot[bot]"));
        for text in ["", "a b", "a\n", "é", &"x".repeat(129)] {
            assert_eq!(login(text), None, "{text:?}");
        }
    }
}
