//! The short names by which an organisation may ask for a requirement, and what may be said of each.

use super::shape::Value;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// Its id in the catalog.
    pub(super) requirement: String,
    /// That it is not asked for.
    pub(super) off: bool,
    /// The parameter that is set, and to what.
    pub(super) parameter: Option<(String, u64)>,
}

struct Known {
    name: &'static str,
    requirement: &'static str,
    /// The parameter that a number sets, and how many of what is written make one of it.
    number: Option<(&'static str, u64)>,
    /// The words that may be said; `required` and `true` always may.
    words: &'static [&'static str],
}

const NAMES: &[Known] = &[
    Known {
        name: "password_hashing",
        requirement: "REQ-ACC-PASSWORD-HASH",
        number: Some(("cost", 1)),
        words: &[],
    },
    Known {
        name: "encryption",
        requirement: "REQ-ENC-AT-REST",
        number: None,
        words: &["aes_256"],
    },
    Known {
        name: "phi_encryption",
        requirement: "REQ-ENC-AT-REST",
        number: None,
        words: &["aes_256"],
    },
    Known {
        name: "no_card_storage",
        requirement: "REQ-PAY-SCOPE",
        number: None,
        words: &[],
    },
    Known {
        name: "tokenization",
        requirement: "REQ-PAY-TOKENIZE",
        number: None,
        words: &[],
    },
    Known {
        name: "access_logging",
        requirement: "REQ-LOG-DATA-ACCESS",
        number: None,
        words: &["all_phi_access"],
    },
    Known {
        name: "minimum_necessary",
        requirement: "REQ-ACC-MINIMUM-NECESSARY",
        number: None,
        words: &[],
    },
    // Written in seconds.
    Known {
        name: "session_timeout",
        requirement: "REQ-ACC-SESSION-TIMEOUT",
        number: Some(("idle", 60)),
        words: &[],
    },
];

/// What a name and what is said of it ask for. A requirement's own id is a name too.
pub(super) fn asked(name: &str, value: &Value) -> Result<Asked, String> {
    let known = NAMES.iter().find(|known| known.name == name);
    let requirement = match known {
        Some(known) => known.requirement,
        None if name.starts_with("REQ-") => name,
        None => {
            let names: Vec<&str> = NAMES.iter().map(|known| known.name).collect();
            return Err(format!(
                "`{name}` is no requirement: give an id such as REQ-ENC-AT-REST, or one of {}",
                names.join(", ")
            ));
        }
    };
    let mut asked = Asked {
        requirement: requirement.to_owned(),
        off: false,
        parameter: None,
    };
    let not_understood = || format!("what is said of `{name}` is not understood");
    match value {
        Value::Flag(on) => asked.off = !on,
        Value::Text(word) => match word.as_str() {
            "required" => {}
            "off" => asked.off = true,
            word if known.is_some_and(|known| known.words.contains(&word)) => {}
            word => {
                let rounds = word
                    .strip_prefix("bcrypt_")
                    .and_then(|rest| rest.strip_suffix("_rounds"))
                    .filter(|_| name == "password_hashing")
                    .and_then(|rounds| rounds.parse().ok());
                let rounds: u64 = rounds.ok_or_else(not_understood)?;
                asked.parameter = Some(("cost".to_owned(), rounds));
            }
        },
        Value::Number(number) => {
            let (parameter, each) = known
                .and_then(|known| known.number)
                .ok_or_else(not_understood)?;
            asked.parameter = Some((parameter.to_owned(), number.div_ceil(each)));
        }
        Value::Parameters(parameters) => {
            let mut given = parameters.iter();
            let (Some((parameter, number)), None) = (given.next(), given.next()) else {
                return Err(format!("`{name}`: one parameter is expected"));
            };
            asked.parameter = Some((parameter.clone(), *number));
        }
    }
    match &asked.parameter {
        Some((_, value)) if !SENSIBLE.contains(value) => {
            Err(format!("`{name}`: a number from 1 to 1000000 is expected"))
        }
        _ => Ok(asked),
    }
}

/// No limit is nothing, and none is beyond this.
const SENSIBLE: std::ops::RangeInclusive<u64> = 1..=1_000_000;
