//! Words of ASCII, of which most texts consist: what each byte is, where a word ends, and where camel case splits it. Reads
//! nothing else; [`super::words`] does.

/// Neither letter nor digit: it ends words.
pub(super) const OTHER: u8 = 0;
const DIGIT: u8 = 1;
pub(super) const LOWER: u8 = 2;
pub(super) const UPPER: u8 = 4;

const KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

/// What a byte is.
pub(super) fn kind(byte: u8) -> u8 {
    KINDS[usize::from(byte)]
}

/// Where the word that begins at `from` ends, and which kinds of characters it has; nothing where camel case may split it.
pub(super) fn plain_word(line: &[u8], from: usize) -> Option<(usize, u8)> {
    let word = line.get(from..)?;
    let (mut seen, mut before) = (0, UPPER);
    for (at, byte) in word.iter().enumerate() {
        let kind = kind(*byte);
        if kind == OTHER {
            return Some((from + at, seen));
        }
        if kind == UPPER && before != UPPER {
            return None;
        }
        seen |= kind;
        before = kind;
    }
    Some((line.len(), seen))
}

/// Where camel case splits a word: as [`super::words::splits`] does.
pub(super) fn splits_before(word: &[u8], at: usize) -> bool {
    let (Some(before), Some(here)) = (word.get(at - 1), word.get(at)) else {
        return false;
    };
    here.is_ascii_uppercase()
        && (before.is_ascii_lowercase()
            || (before.is_ascii_digit() && word.get(at + 1).is_some_and(u8::is_ascii_lowercase)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_plain_unless_camel_case_may_split_it() {
        let plain = |line: &str| plain_word(line.as_bytes(), 0);
        assert_eq!(plain("card, please"), Some((4, LOWER)));
        assert_eq!(plain("PAN"), Some((3, UPPER)));
        assert_eq!(plain("Card9"), Some((5, UPPER | LOWER | DIGIT)));
        assert_eq!(plain("paymentIntent"), None);
        assert_eq!(plain("v2Api"), None);
    }
}
