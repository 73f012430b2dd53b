//! Reading an entry that stands as it is usually written: each member is looked for in its place. Its text is as long
//! as its form, or ends at the next quote, since no form but the payload's has room for one.
//!
//! Never says what is wrong. What is not read here is left to the scan, which reads every entry and takes
//! longer; what is read here is exactly what the scan would have read.

use std::borrow::Cow;

use super::form::is_origin;
use super::read::{EntryRef, Spans, actor_kind, integer};
use crate::canonical::{MAX_DEPTH, Object, Scan};
use crate::disclosure::Digests;

const _: () = assert!(super::VERSION == 1, "`v` is looked for as 1");

/// The length of `evt_` and a ULID.
const EVENT_ID: usize = 30;
/// The length of `YYYY-MM-DDThh:mm:ss.mmmZ`.
const INSTANT: usize = 24;
/// The length of a hash.
const HASH: usize = 64;

impl<'a> EntryRef<'a> {
    /// The entry, if it is read here.
    pub(super) fn usual(bytes: &'a [u8]) -> Option<Self> {
        let mut scan = Scan::over(bytes).ok()?;
        scan.word(b"{\"actor\":{\"id\":\"").ok()?;
        let actor = scan.until_quote()?;
        scan.word(b"\",\"kind\":\"").ok()?;
        let actor_kind = actor_kind(scan.until_quote()?)?;
        scan.word(b"\"},\"at\":\"").ok()?;
        let at = scan.next(INSTANT)?;
        scan.word(b"\",\"id\":\"").ok()?;
        let id = scan.next(EVENT_ID)?;
        scan.word(b"\",\"idem\":\"").ok()?;
        let idem = scan.next(HASH)?.parse().ok()?;
        scan.word(b"\",\"ledger\":\"").ok()?;
        let ledger = scan.until_quote()?;
        scan.word(b"\",\"payload\":").ok()?;
        let mut spans = Spans::default();
        let payload_at = scan.at();
        spans.payload(&mut scan, MAX_DEPTH - 1).ok()?;
        let payload = Object::passed(scan.since(payload_at))?;
        scan.word(b",\"prev\":\"").ok()?;
        let prev = scan.next(HASH)?.parse().ok()?;
        scan.word(b"\",\"seq\":").ok()?;
        let seq_at = scan.at();
        scan.integer().ok()?;
        let seq = integer(scan.since(seq_at))?;
        scan.word(b",\"severity\":\"").ok()?;
        let severity = scan.until_quote()?;
        scan.word(b"\",\"source\":\"").ok()?;
        let source = scan.until_quote()?;
        scan.word(b"\",\"subject\":\"").ok()?;
        let subject = scan.until_quote()?;
        scan.word(b"\",\"type\":\"").ok()?;
        let kind = scan.until_quote()?;
        scan.word(b"\",\"v\":1}").ok()?;
        scan.end(Ok(())).ok()?;
        let entry = Self {
            // The one form with room for the backslash of an escape.
            ledger: Some(ledger)
                .filter(|name| is_origin(name) && !name.contains('\\'))
                .map(Cow::Borrowed)?,
            seq,
            prev,
            id,
            idem,
            at,
            kind,
            source,
            severity,
            subject,
            actor,
            actor_kind,
            payload,
            digests: Digests::passed(spans.digests),
        };
        entry.fields(super::VERSION).check().ok()?;
        Some(entry)
    }
}
