//! A token that Forge hands us with a call, to call Jira with. Opaque, good for hours, and kept in memory alone.

use std::fmt;
use std::str::FromStr;

use crate::name::IdentityError;

/// The longest token that is taken, in bytes.
const LONGEST: usize = 16 * 1024;

/// A token that lets the app, or a person through the app, into one site. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ForgeToken(String);

impl ForgeToken {
    /// The token itself, for the header of a call only.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for ForgeToken {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let fits =
            (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdentityError {
                kind: "Forge token",
            })
        }
    }
}

impl fmt::Debug for ForgeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForgeToken(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_show_itself_and_cannot_end_a_header() {
        let token: ForgeToken = "abc.def".parse().unwrap();
        assert!(!format!("{token:?}").contains("abc"));
        for text in ["", "a b", "a\r\nb", "\u{e4}", &"a".repeat(LONGEST + 1)] {
            assert!(text.parse::<ForgeToken>().is_err());
        }
    }
}
