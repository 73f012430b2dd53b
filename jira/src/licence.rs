//! Licences, where the app is sold: what Jira says of a site's. What follows from it is not decided here.

use crate::connect::qsh::form_decode;

/// Where a site's licence for the app stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenceState {
    /// Paid for, or on trial.
    Active,
    /// Run out, cancelled, or never there.
    Missing,
}

impl LicenceState {
    /// What the address of a page that Jira frames says in `lic`: `active` or `none`. To be believed only once the
    /// address is proven to be Jira's. Nothing, where it says neither.
    #[must_use]
    pub fn in_address(query: &str) -> Option<Self> {
        query
            .split('&')
            .find_map(|pair| match pair.split_once('=') {
                Some((name, word)) if form_decode(name) == "lic" => {
                    match form_decode(word).as_str() {
                        "active" => Some(Self::Active),
                        "none" => Some(Self::Missing),
                        _ => None,
                    }
                }
                _ => None,
            })
    }

    pub(crate) const fn from_flag(active: bool) -> Self {
        match active {
            true => Self::Active,
            false => Self::Missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_active_or_none_or_nothing() {
        for (query, said) in [
            ("xdm_e=x&lic=active&cv=1", Some(LicenceState::Active)),
            ("lic=none", Some(LicenceState::Missing)),
            ("lic=", None),
            ("lic", None),
            ("", None),
            ("lic=ACTIVE", None),
            ("licence=active", None),
        ] {
            assert_eq!(LicenceState::in_address(query), said, "{query}");
        }
    }
}
