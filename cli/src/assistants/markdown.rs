//! A part of a Markdown file that is ours, between two marks; the rest is its authors'.

const BEGIN: &str = "<!-- countersign: begin. Written by `countersign config ai`; changes here are overwritten. -->";
const END: &str = "<!-- countersign: end -->";

/// The file with our part as it is to be. A file that is missing is made.
pub(super) fn with_part(before: Option<&str>, part: &str) -> Result<Option<String>, String> {
    let ours = format!("{BEGIN}\n{}\n{END}\n", part.trim_end());
    let Some(before) = before else {
        return Ok(Some(ours));
    };
    let begins = before.matches(BEGIN).count();
    let ends = before.matches(END).count();
    match (begins, ends, before.find(BEGIN), before.find(END)) {
        (0, 0, _, _) if before.trim().is_empty() => Ok(Some(ours)),
        (0, 0, _, _) => Ok(Some(format!("{}\n\n{ours}", before.trim_end()))),
        (1, 1, Some(begin), Some(end)) if begin < end => {
            let after = end + END.len();
            let (head, tail) = (before.get(..begin), before.get(after..));
            let tail = tail.unwrap_or_default();
            let tail = tail.strip_prefix('\n').unwrap_or(tail);
            Ok(Some(format!("{}{ours}{tail}", head.unwrap_or_default())))
        }
        _ => Err("the marks of our part do not fit together".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(before: Option<&str>) -> String {
        with_part(before, "words").unwrap().unwrap()
    }

    #[test]
    fn what_others_wrote_stays_around_our_part() {
        let new = part(None);
        assert_eq!(part(Some(&new)), new);
        let added = part(Some("# Ours\n\nBe kind.\n\n\n"));
        assert!(added.starts_with("# Ours\n\nBe kind.\n\n<!--"), "{added}");
        assert_eq!(part(Some(&added)), added);
        let around = format!(
            "before\n{}after\n",
            part(None).replace("words", "old\nwords")
        );
        let again = part(Some(&around));
        assert!(again.starts_with("before\n<!--") && again.ends_with("-->\nafter\n"));
        assert!(!again.contains("old"));
    }

    #[test]
    fn marks_that_do_not_fit_are_told() {
        for broken in [
            BEGIN,
            END,
            &format!("{END}\n{BEGIN}"),
            &part(None).repeat(2),
        ] {
            assert!(with_part(Some(broken), "words").is_err(), "{broken}");
        }
    }
}
