//! The names and the secret that an installation is made of. No look-up, no storage.

use std::fmt;
use std::str::FromStr;

pub use crate::name::IdentityError;
use crate::name::name;

name!(
    /// One installation on one Jira site, as Jira names it: 1 to 255 printable ASCII characters.
    ClientKey, "client key", |t| (1..=255).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_graphic())
);
name!(
    /// The key of an app in its descriptor: 1 to 64 letters, digits, `-`, `.` and `_`.
    AppKey, "app key", |t| (1..=64).contains(&t.len())
        && t.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
);
name!(
    /// The name of an install key: 1 to 64 letters, digits and `-`, so that it is safe in a path.
    KeyId, "key id", |t| (1..=64).contains(&t.len())
        && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
);

/// The secret Jira and this app share for one installation: at least 16 characters. Never shown.
#[derive(Clone)]
pub struct SharedSecret(String);

impl SharedSecret {
    /// The secret itself, for signing and for sealed storage only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for SharedSecret {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        if (16..=4096).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdentityError {
                kind: "shared secret",
            })
        }
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_or_short_secret_is_no_secret() {
        assert!("".parse::<SharedSecret>().is_err());
        assert!("0123456789abcde".parse::<SharedSecret>().is_err());
        assert!("0123456789abcdef".parse::<SharedSecret>().is_ok());
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret: SharedSecret = "0123456789abcdef".parse().unwrap();
        assert!(!format!("{secret:?}").contains("0123"));
    }

    #[test]
    fn a_key_id_cannot_leave_its_path() {
        for text in [
            "",
            "../x",
            "a/b",
            "a%2Fb",
            "a?b",
            "a#b",
            "a@b",
            "a\nb",
            "a\0b",
            &"a".repeat(65),
        ] {
            assert!(text.parse::<KeyId>().is_err(), "{text:?}");
        }
        assert!(
            "0e50fccb-239d-4991-a5db-dc850ba3f236"
                .parse::<KeyId>()
                .is_ok()
        );
    }
}
