//! Names of what the catalog knows, each its own type. Knows their form, not whether a catalog has them.

use std::fmt;

pub use record::ids::IdError;
use record::text_id;

macro_rules! catalog_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:expr) => {
        text_id!($(#[$doc])* $name, $kind, $check);

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
    /// A concept of relevance, such as `weakness`: lower-case letters, digits and underscores.
    ConceptId, "concept id", is_snake
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
