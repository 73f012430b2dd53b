//! Names that are texts of a known form, each a type of its own, for Connect's and Forge's alike.

/// Why a text is not what it was taken for. Names the kind, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no {kind}")]
pub struct IdentityError {
    /// What was expected, in words.
    pub kind: &'static str,
}

/// `name!(/// doc Name, "kind in words", |text| form(text))`.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::name::IdentityError;

            fn from_str(text: &str) -> Result<Self, $crate::name::IdentityError> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err($crate::name::IdentityError { kind: $kind }) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use name;
