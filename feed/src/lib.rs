//! A feed's other end: where it is, the secret that what is sent is signed with, and one signed call, as Standard Webhooks
//! 1.0 has it. Knows no entry, no order and no queue: what is sent when is its caller's business.

mod address;
mod call;
mod secret;

pub use address::{FeedAddress, NotAnAddress};
pub use call::{FeedClient, Message, NotTaken};
pub use secret::FeedSecret;
