//! The policy: which keys the auditor believes. It is the auditor's own file, and never comes from the
//! bundle. Lines: `log <verifier key>`; empty lines and lines that begin with `#` say nothing.

use std::str::FromStr;

use ledger::VerifierKey;

/// The keys that an auditor believes.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The ledgers' keys.
    pub keys: Vec<VerifierKey>,
}

/// The text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAPolicy {
    /// A line is not understood.
    #[error("line {0} of the policy is not `log` and a verifier key")]
    Line(usize),
    /// There is no key in it.
    #[error("the policy names no key")]
    Empty,
}

impl FromStr for Policy {
    type Err = NotAPolicy;

    fn from_str(text: &str) -> Result<Self, NotAPolicy> {
        let mut keys = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = line
                .strip_prefix("log ")
                .and_then(|key| VerifierKey::parse(key.trim()).ok());
            keys.push(key.ok_or(NotAPolicy::Line(number + 1))?);
        }
        if keys.is_empty() {
            Err(NotAPolicy::Empty)
        } else {
            Ok(Self { keys })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_at_least_one_key_and_nothing_else() {
        let key = ledger::SigningKey::from_seed("countersign/x", &[1; 32])
            .unwrap()
            .verifier_key();
        let policy: Policy = format!("# ours\n\nlog {key}\n").parse().unwrap();
        assert_eq!(policy.keys, std::slice::from_ref(&key));
        assert_eq!(
            "# nothing\n".parse::<Policy>().unwrap_err(),
            NotAPolicy::Empty
        );
        assert_eq!(
            format!("log {key}x\n").parse::<Policy>().unwrap_err(),
            NotAPolicy::Line(1)
        );
        assert_eq!(
            format!("log {key}\nquorum any\n")
                .parse::<Policy>()
                .unwrap_err(),
            NotAPolicy::Line(2)
        );
    }
}
