//! Which names of files are taken where code is said to meet a requirement. Looks at no file.

use crate::is_plain;

/// The longest that is taken, in bytes.
pub const LONGEST_CODE_PATH: usize = 300;

/// Whether this is the name of a file from a repository's root that a claim can have: no root, no step upwards, no `:`
/// and nothing that does not show.
#[must_use]
pub fn is_code_path(path: &str) -> bool {
    path.len() <= LONGEST_CODE_PATH
        && !path.trim().is_empty()
        && !path.starts_with(['/', '\\'])
        && path.chars().all(is_plain)
        && !path.contains([':', '\n', '\t'])
        && path.split(['/', '\\']).all(|part| part != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_repository_is_taken_and_nothing_else() {
        let longest = "a".repeat(LONGEST_CODE_PATH);
        for path in ["a", "src/payment/card.rs", "a b/ü.py", "..a/b..", &longest] {
            assert!(is_code_path(path), "{path}");
        }
        let too_long = "a".repeat(LONGEST_CODE_PATH + 1);
        for path in [
            "",
            " ",
            "/etc/passwd",
            "\\a",
            "C:/a",
            "../a",
            "a/..",
            "a\\..\\b",
            "a\nb",
            "a\tb",
            "a\u{202e}b",
            "a\u{1b}b",
            &too_long,
        ] {
            assert!(!is_code_path(path), "{path:?}");
        }
    }
}
