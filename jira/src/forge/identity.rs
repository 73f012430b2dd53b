//! The names by which Forge knows an app, a site and an installation.

use std::fmt;
use std::str::FromStr;

use crate::name::{IdentityError, name};

name!(
    /// Our app, as its owner registered it: `ari:cloud:ecosystem::app/` and a UUID.
    AppId, "Forge app id", |t| t.strip_prefix("ari:cloud:ecosystem::app/").is_some_and(is_uuid)
);
name!(
    /// A site of Atlassian's cloud: a UUID. Outlives every installation, and is safe in a path.
    CloudId, "cloud id", is_uuid
);
name!(
    /// One installation on one site; another one after the app was removed and installed again.
    InstallationId, "Forge installation id", |t| t
        .strip_prefix("ari:cloud:ecosystem::installation/").is_some_and(is_uuid)
);

/// Where a version of an app is deployed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// For customers.
    Production,
    /// For tests before that.
    Staging,
    /// For developers.
    Development,
}

impl Environment {
    /// The word in a token.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "PRODUCTION",
            Self::Staging => "STAGING",
            Self::Development => "DEVELOPMENT",
        }
    }
}

impl FromStr for Environment {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        [Self::Production, Self::Staging, Self::Development]
            .into_iter()
            .find(|environment| environment.as_str() == text)
            .ok_or(IdentityError {
                kind: "Forge environment: PRODUCTION, STAGING or DEVELOPMENT",
            })
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Lower-case hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "11111111-2222-3333-4444-555555555555";

    #[test]
    fn a_cloud_id_cannot_leave_its_path() {
        assert!(UUID.parse::<CloudId>().is_ok());
        for text in [
            "",
            "..",
            "11111111-2222-3333-4444-55555555555/",
            "11111111-2222-3333-4444-5555555555555",
            "1111111122223333-4444-555555555555-1",
            "AAAAAAAA-2222-3333-4444-555555555555",
            "11111111-2222-3333-4444-55555555555\n",
        ] {
            assert!(text.parse::<CloudId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_app_is_no_installation() {
        let app = format!("ari:cloud:ecosystem::app/{UUID}");
        assert!(app.parse::<AppId>().is_ok());
        assert!(app.parse::<InstallationId>().is_err());
        assert!(UUID.parse::<AppId>().is_err());
        assert!("production".parse::<Environment>().is_err());
        assert_eq!("STAGING".parse(), Ok(Environment::Staging));
    }
}
