//! Where the threads of one walk meet: pieces of the ledger are claimed here and, once examined, handed back
//! in the order of the ledger. Knows nothing of what is done to a piece.
//!
//! Nobody runs far ahead: of the pieces that are not taken back yet there are only so many, so that memory
//! does not grow with the ledger. Whoever leaves without handing back what was claimed leaves a loss, so that
//! nobody waits for it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many positions make a piece.
pub(super) const PIECE: i64 = 512;

/// How many pieces may be out or wait for each thread.
const AHEAD: usize = 3;

pub(super) struct Desk<P> {
    until: i64,
    most: usize,
    state: Mutex<State<P>>,
    changed: Condvar,
}

struct State<P> {
    /// Where the next piece begins; none when all are claimed.
    next: Option<i64>,
    claimed: usize,
    taken: usize,
    /// What was handed back and not taken yet; none for a loss.
    back: BTreeMap<usize, Option<P>>,
    closed: bool,
}

/// A piece that somebody works on.
pub(super) struct Claim<'d, P> {
    desk: &'d Desk<P>,
    number: usize,
    positions: RangeInclusive<i64>,
    handed_back: bool,
}

/// What there is to do for the thread that links.
pub(super) enum Turn<'d, P> {
    /// The piece that comes next in the ledger.
    Link(P),
    /// That piece is not there yet; here is another to examine meanwhile.
    Examine(Claim<'d, P>),
    /// Whoever had the piece that comes next is gone.
    Lost,
    /// The ledger is at its end.
    Done,
}

impl<P> Desk<P> {
    /// The positions from 0 to `until`, for so many threads.
    pub(super) fn over(until: i64, threads: usize) -> Self {
        Self {
            until,
            most: threads * AHEAD,
            state: Mutex::new(State {
                next: (until >= 0).then_some(0),
                claimed: 0,
                taken: 0,
                back: BTreeMap::new(),
                closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<P>> {
        // Nothing is left half-done where a thread can fail.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim_from(&self, state: &mut State<P>) -> Option<Claim<'_, P>> {
        if state.claimed - state.taken >= self.most {
            return None;
        }
        let low = state.next?;
        let high = low.saturating_add(PIECE - 1).min(self.until);
        state.next = (high < self.until).then(|| high + 1);
        let number = state.claimed;
        state.claimed += 1;
        Some(Claim {
            desk: self,
            number,
            positions: low..=high,
            handed_back: false,
        })
    }

    /// A piece to examine, as soon as one may be claimed; none when there is nothing more to do.
    pub(super) fn claim(&self) -> Option<Claim<'_, P>> {
        let mut state = self.state();
        loop {
            if state.closed || state.next.is_none() {
                return None;
            }
            if let Some(claim) = self.claim_from(&mut state) {
                return Some(claim);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What the thread that links does now.
    pub(super) fn turn(&self) -> Turn<'_, P> {
        let mut state = self.state();
        loop {
            let comes_next = state.taken;
            if let Some(back) = state.back.remove(&comes_next) {
                state.taken += 1;
                self.changed.notify_all();
                return back.map_or(Turn::Lost, Turn::Link);
            }
            if let Some(claim) = self.claim_from(&mut state) {
                return Turn::Examine(claim);
            }
            if state.taken == state.claimed {
                return Turn::Done;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nothing more is claimed.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }
}

impl<P> Claim<'_, P> {
    /// The positions that the piece covers.
    pub(super) fn positions(&self) -> RangeInclusive<i64> {
        self.positions.clone()
    }

    /// No entry stands from the end of this piece up to this position; none if no further one is there.
    pub(super) fn nothing_until(&self, position: Option<i64>) {
        let mut state = self.desk.state();
        let next = state.next.zip(position);
        state.next = next
            .map(|(next, position)| next.max(position))
            .filter(|next| *next <= self.desk.until);
        self.desk.changed.notify_all();
    }

    /// Hands the piece back.
    pub(super) fn hand_back(mut self, piece: P) {
        self.handed_back = true;
        self.leave(Some(piece));
    }

    fn leave(&self, piece: Option<P>) {
        self.desk.state().back.insert(self.number, piece);
        self.desk.changed.notify_all();
    }
}

impl<P> Drop for Claim<'_, P> {
    fn drop(&mut self) {
        if !self.handed_back {
            self.leave(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examined<'d>(desk: &'d Desk<i64>) -> Claim<'d, i64> {
        match desk.turn() {
            Turn::Examine(claim) => claim,
            _ => panic!("a piece to examine is expected"),
        }
    }

    fn linked(desk: &Desk<i64>) -> Option<i64> {
        match desk.turn() {
            Turn::Link(piece) => Some(piece),
            _ => None,
        }
    }

    #[test]
    fn pieces_come_back_in_the_order_of_the_ledger_and_cover_it() {
        let desk = Desk::over(2 * PIECE, 1);
        let claims = [(); 3].map(|()| examined(&desk));
        let covered: Vec<_> = claims.iter().map(Claim::positions).collect();
        let expected = [0..=PIECE - 1, PIECE..=2 * PIECE - 1, 2 * PIECE..=2 * PIECE];
        assert_eq!(covered, expected);
        for claim in claims.into_iter().rev() {
            let low = *claim.positions().start();
            claim.hand_back(low);
        }
        assert_eq!(
            [(); 3].map(|()| linked(&desk)),
            [0, PIECE, 2 * PIECE].map(Some)
        );
        assert!(matches!(desk.turn(), Turn::Done));
        assert!(matches!(Desk::<i64>::over(-1, 1).turn(), Turn::Done));
    }

    #[test]
    fn nobody_runs_further_ahead_than_the_pieces_that_may_wait() {
        let desk = Desk::over(i64::MAX, 2);
        let mut claims: Vec<_> = (0..2 * AHEAD).map(|_| examined(&desk)).collect();
        let one_more = desk.claim_from(&mut desk.state());
        assert!(one_more.is_none());
        claims.swap_remove(0).hand_back(7);
        assert_eq!(linked(&desk), Some(7));
        assert_eq!(
            *examined(&desk).positions().start(),
            2 * AHEAD as i64 * PIECE
        );
    }

    #[test]
    fn what_is_empty_is_passed_over() {
        let far = 1 << 60;
        let desk = Desk::over(far, 1);
        let first = examined(&desk);
        first.nothing_until(Some(far));
        assert_eq!(examined(&desk).positions(), far..=far);
        let desk = Desk::over(far, 1);
        let first = examined(&desk);
        first.nothing_until(Some(far + 1));
        first.hand_back(1);
        assert_eq!(linked(&desk), Some(1));
        assert!(matches!(desk.turn(), Turn::Done));
    }

    #[test]
    fn a_piece_that_nobody_hands_back_is_lost() {
        let desk = Desk::<i64>::over(0, 2);
        drop(desk.claim());
        assert!(matches!(desk.turn(), Turn::Lost));
        let desk = Desk::<i64>::over(PIECE, 1);
        desk.close();
        assert!(desk.claim().is_none());
    }
}
