//! Which stretches of text lie within others. Sorted once, so long tickets stay cheap.

/// Stretches that cover others, half open.
#[derive(Debug, Default)]
pub(super) struct Cover {
    /// Where each begins, in order, and how far it or one before it reaches.
    stretches: Vec<(u32, u32)>,
}

impl Cover {
    /// Of stretches in any order.
    pub(super) fn of(mut stretches: Vec<(u32, u32)>) -> Self {
        stretches.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut stretches {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        Self { stretches }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// Whether one stretch holds all of this one.
    pub(super) fn holds(&self, start: u32, end: u32) -> bool {
        let before = self.stretches.partition_point(|(from, _)| *from <= start);
        let last = before.checked_sub(1).and_then(|at| self.stretches.get(at));
        last.is_some_and(|(_, reach)| *reach >= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_within_only_what_holds_all_of_it() {
        let cover = Cover::of(vec![(1, 4), (0, 3), (4, 10)]);
        assert!(cover.holds(2, 4) && cover.holds(5, 6));
        assert!(!cover.holds(0, 10) && !cover.holds(9, 12));
        assert!(!Cover::default().holds(2, 4));
    }
}
