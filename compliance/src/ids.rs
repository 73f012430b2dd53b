//! Names of what the catalog knows, each its own type. Knows their form, not whether a catalog has them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not the id it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind}")]
pub struct IdError {
    /// Which id was expected, in words.
    pub kind: &'static str,
}

macro_rules! catalog_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(IdError { kind: $kind }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

catalog_id!(
    /// An indicator, such as `third_party_api`: lower-case letters, digits and underscores.
    IndicatorId, "indicator id", is_snake
);
catalog_id!(
    /// A framework, such as `pci_dss`: lower-case letters, digits and underscores.
    FrameworkId, "framework id", is_snake
);
catalog_id!(
    /// A requirement, such as `REQ-ENC-AT-REST`: `REQ-` and capitals, digits and hyphens.
    RequirementId, "requirement id",
    |t| t.len() <= 64 && t.strip_prefix("REQ-").is_some_and(|rest| !rest.is_empty()
        && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-'))
);
catalog_id!(
    /// A control of a framework as its publisher writes it, such as `164.312(b)` or `Art. 5(1)(c)`.
    ControlId, "control id",
    |t| (1..=40).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
);

fn is_snake(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_one_kind_is_refused_as_another() {
        assert!("pci_dss".parse::<FrameworkId>().is_ok());
        assert!("PCI DSS".parse::<FrameworkId>().is_err());
        assert!("REQ-ENC-AT-REST".parse::<RequirementId>().is_ok());
        assert!("REQ-".parse::<RequirementId>().is_err());
        assert!("164.312(a)(2)(iv)".parse::<ControlId>().is_ok());
        assert!("".parse::<ControlId>().is_err());
    }
}
