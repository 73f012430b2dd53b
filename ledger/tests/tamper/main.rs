//! Every change that somebody with write access can make to a stored ledger or to a bundle: found, and found
//! where it is. What cannot be found is asserted as well, so that the claims of `docs/LEDGER.md`, section 13,
//! are neither larger nor smaller than what holds.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "all of this crate is test, its helpers included"
)]

mod bundle_flips;
mod bundle_moves;
mod canonical;
mod checked;
mod ends;
mod exported;
mod flips;
mod moves;
mod pairs;
mod random;
mod rewrites;
mod stored;
mod tally;
