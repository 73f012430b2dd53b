//! Which forms of a word are taken for one. Only groups forms that were seen; makes none up.

/// What the forms of a word share: `invoice` for `invoices` and `invoiced`.
pub(crate) fn stem(word: &str) -> String {
    if !word.is_ascii() || word.len() < 5 || word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut stem = word;
    for (ending, rest) in [
        ("ies", 3),
        ("ing", 4),
        ("ed", 3),
        ("es", 4),
        ("s", 4),
        ("ly", 4),
    ] {
        let Some(cut) = stem.strip_suffix(ending).filter(|cut| cut.len() >= rest) else {
            continue;
        };
        if ending == "s" && (cut.ends_with('s') || cut.ends_with('u')) {
            continue;
        }
        stem = cut;
        break;
    }
    let stem = stem.strip_suffix(['e', 'y']).unwrap_or(stem);
    undoubled(stem).to_owned()
}

/// `stopp` as `stop`.
fn undoubled(stem: &str) -> &str {
    let bytes = stem.as_bytes();
    match bytes {
        [.., a, b] if a == b && !b"aeiouls".contains(b) && stem.len() > 4 => {
            stem.get(..stem.len() - 1).unwrap_or(stem)
        }
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (one, other) in [
            ("invoice", "invoices"),
            ("encrypt", "encrypted"),
            ("policy", "policies"),
            ("expose", "exposing"),
            ("permission", "permissions"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
        assert_ne!(stem("access"), stem("acces"));
        assert_eq!(stem("sha256"), "sha256");
    }
}
