//! Tickets in JSON Lines, as they are read from a file and as they are answered. Asks no server, and sends no ticket
//! anywhere.

mod line;
mod lines;
mod verdict;

pub use line::{LineError, TicketLine};
pub use lines::{BATCH, Lines, ReadError, in_order, read_all};
pub use verdict::Verdict;
