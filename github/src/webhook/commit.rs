//! A commit as pushes list it: who wrote it and when is what its writer says, and no host vouches for it.

use record::ids::CommitSha;
use serde::Deserialize;

use super::WebhookRefusal;
use super::member::{Member, Object, Shape};
use super::moment::Moment;
use super::origin::login;
use super::part::Part;

/// A whole object hash: 40 digits of SHA-1 or 64 of SHA-256. All zeros stand for no object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sha(CommitSha);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Commit {
    id: Member<Sha>,
    message: Member<String>,
    timestamp: Member<Moment>,
    url: Member<String>,
    author: Member<Signer>,
    committer: Member<Signer>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Signer {
    name: Member<String>,
    email: Member<String>,
    username: Member<String>,
}

/// What the members of a signer are called in a refusal.
type Names = [&'static str; 3];

const AUTHOR: Names = [
    "commit.author.name",
    "commit.author.email",
    "commit.author.username",
];
const COMMITTER: Names = [
    "commit.committer.name",
    "commit.committer.email",
    "commit.committer.username",
];

impl Object for Commit {}
impl Object for Signer {}

impl Sha {
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The object, unless it is none.
    pub(super) fn object(&self) -> Option<CommitSha> {
        let none = self.as_str().bytes().all(|digit| digit == b'0');
        (!none).then(|| self.0.clone())
    }
}

impl Shape for Sha {
    fn of_text(text: &str) -> Option<Self> {
        let whole = matches!(text.len(), 40 | 64);
        text.parse().ok().filter(|_| whole).map(Self)
    }
}

impl Commit {
    pub(super) fn sha(&self) -> Result<CommitSha, WebhookRefusal> {
        let id = self.id.required("commit.id")?;
        id.object().ok_or(WebhookRefusal::Form("commit.id"))
    }

    /// When it was committed.
    pub(super) const fn committed(&self) -> Option<&Moment> {
        self.timestamp.given()
    }

    /// The account of its author, if the host knows one.
    pub(super) fn author(&self) -> Option<String> {
        login(self.author.given()?.username.given()?)
    }

    pub(super) fn part(&self) -> Result<Part, WebhookRefusal> {
        let signed = |signer: Option<&Signer>, names| match signer {
            Some(signer) => signer.part(names),
            None => Ok(Part::default()),
        };
        let author = self.author.optional("commit.author")?;
        let committer = self.committer.optional("commit.committer")?;
        Ok(Part::default()
            .text("sha", Some(self.sha()?.as_str()))
            .text("message", self.message.text("commit.message")?)
            .page("url", self.url.text("commit.url")?)
            .text("timestamp", self.committed().map(Moment::as_str))
            .part("author", signed(author, AUTHOR)?)
            .part("committer", signed(committer, COMMITTER)?))
    }
}

impl Signer {
    fn part(&self, [name, email, username]: Names) -> Result<Part, WebhookRefusal> {
        Ok(Part::default()
            .text("name", self.name.text(name)?)
            .text("email", self.email.text(email)?)
            .text("username", self.username.text(username)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_whole_and_zeros_are_no_object() {
        for length in [40, 64] {
            let sha = Sha::of_text(&"a1".repeat(length / 2)).unwrap();
            assert_eq!(sha.object().unwrap().as_str().len(), length);
            let none = Sha::of_text(&"0".repeat(length)).unwrap();
            assert_eq!(none.object(), None);
        }
        for text in [
            "",
            "a1b2c3d",
            &"a".repeat(41),
            &"A".repeat(40),
            &"g".repeat(40),
        ] {
            assert_eq!(Sha::of_text(text), None, "{text}");
        }
    }
}
