//! Tickets' keys in what people write: only of projects that the site has, and only where the key stands for itself.
//! `GOV-142` within `AI-GOV-142` is another ticket's number, and is never taken.

use record::ids::{ProjectKey, TicketKey};

/// The keys that a text names, in the order of their first mention, each once. Case is not looked at; a key stands at
/// the beginning of a word of letters, digits, `_` and `-`, and of several projects that fit the longest is meant.
pub(crate) fn keys_in(text: &str, projects: &[ProjectKey]) -> Vec<TicketKey> {
    let is_apart = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-');
    let mut found = Vec::new();
    for word in text.split(is_apart) {
        if let Some(key) = key_at_beginning(&word.to_ascii_uppercase(), projects)
            && !found.contains(&key)
        {
            found.push(key);
        }
    }
    found
}

fn key_at_beginning(word: &str, projects: &[ProjectKey]) -> Option<TicketKey> {
    let number_after = |project: &ProjectKey| {
        let rest = word.strip_prefix(project.as_str())?.strip_prefix('-')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit());
        let (number, behind) = rest.split_at(digits.unwrap_or(rest.len()));
        let ends = behind.is_empty() || behind.starts_with(['-', '_']);
        let key = format!("{project}-{number}").parse().ok()?;
        ends.then_some((project.as_str().len(), key))
    };
    let fitting = projects.iter().filter_map(number_after);
    fitting
        .max_by_key(|(length, _)| *length)
        .map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let projects = ["AI-GOV", "GOV", "AI", "PAY", "AI-12"].map(|key| key.parse().unwrap());
        let keys = keys_in(text, &projects);
        keys.into_iter().map(String::from).collect()
    }

    #[test]
    fn keys_stand_for_themselves() {
        for (text, keys) in [
            (
                "feat: update decision threshold to 0.72 [AI-GOV-142]",
                vec!["AI-GOV-142"],
            ),
            ("PAY-7: fix", vec!["PAY-7"]),
            ("pay-7, Pay-8 and PAY-7 again", vec!["PAY-7", "PAY-8"]),
            ("feature/pay-7-add-tokens", vec!["PAY-7"]),
            ("PAY-7_second_try", vec!["PAY-7"]),
            ("Refs: PAY-7\nRefs: GOV-1", vec!["PAY-7", "GOV-1"]),
            ("(PAY-7)", vec!["PAY-7"]),
            ("AI-12-3", vec!["AI-12-3"]),
            ("AI-13-3", vec!["AI-13"]),
            ("XAI-GOV-142 X-GOV-142 feature_PAY-7", vec![]),
            ("PAY-07 PAY-0 PAY-7x PAY- PAY7 PAY-12345678901", vec![]),
            ("UTF-8 SHA-256 ISO-8601", vec![]),
            ("ЗPAY-7 é-PAY-7", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(named(text), keys, "{text}");
        }
    }
}
