//! Which stretches of text lie within others. One sweep over sorted stretches, so long tickets stay cheap.

/// Whether each of `items` lies within one of `covers`. Stretches are half open; order does not matter.
pub(super) fn within(items: &[(u32, u32)], covers: &mut [(u32, u32)]) -> Vec<bool> {
    covers.sort_unstable();
    let reach: Vec<u32> = covers
        .iter()
        .scan(0, |reach, (_, end)| {
            *reach = (*reach).max(*end);
            Some(*reach)
        })
        .collect();
    items
        .iter()
        .map(|(start, end)| {
            let before = covers.partition_point(|(from, _)| from <= start);
            before
                .checked_sub(1)
                .and_then(|last| reach.get(last))
                .is_some_and(|reach| reach >= end)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_within_only_what_holds_all_of_it() {
        let items = [(2, 4), (0, 10), (5, 6), (9, 12)];
        assert_eq!(
            within(&items, &mut [(1, 4), (0, 3), (4, 10)]),
            [true, false, true, false]
        );
        assert_eq!(within(&items, &mut []), [false; 4]);
    }
}
