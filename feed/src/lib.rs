//! A feed's other end: where it is, the secret that what is sent is signed with, and one signed call, as Standard Webhooks
//! 1.0 has it; or a mailbox, the server that mails go through, and one mail. Knows no entry, no order and no queue: what
//! is sent when is its caller's business.

mod address;
mod call;
mod mail;
mod mail_connection;
mod mail_server;
mod secret;

pub use address::{FeedAddress, NotAnAddress};
pub use call::{FeedClient, Message, NotTaken};
pub use mail::{Mail, MailAddress, MailClient};
pub use mail_server::{MailServer, NotAMailServer};
pub use secret::FeedSecret;
