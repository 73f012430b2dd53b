//! Lists by position, followed to their end. One that has no end is an error: cut off, it would look whole.

use serde::Deserialize;

use super::error::RestError;
use super::operations::Operation;

/// A page as Jira describes it, except for what it lists.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    start_at: Option<u64>,
    total: Option<u64>,
    is_last: Option<bool>,
}

/// The way through a list.
#[derive(Debug)]
pub(super) struct Positions {
    call: &'static Operation,
    most_pages: u32,
    pages: u32,
    next: u64,
}

impl Positions {
    /// From the start of a list that ends within so many pages.
    pub(super) const fn of(call: &'static Operation, most_pages: u32) -> Self {
        Self {
            call,
            most_pages,
            pages: 0,
            next: 0,
        }
    }

    /// Where the next page starts.
    pub(super) fn start(&self) -> String {
        self.next.to_string()
    }

    /// Goes past a page that lists so many things; false if it is the last, as an empty one always is.
    ///
    /// # Errors
    /// The page is not the one asked for, or there were too many.
    pub(super) fn go_on(&mut self, page: Page, listed: usize) -> Result<bool, RestError> {
        let call = self.call;
        if page.start_at.is_some_and(|start| start != self.next) {
            return Err(RestError::Nonsense { call });
        }
        let listed = u64::try_from(listed).unwrap_or(u64::MAX);
        self.next = self.next.saturating_add(listed);
        self.pages += 1;
        let all = page.total.is_some_and(|total| self.next >= total);
        if listed == 0 || all || page.is_last == Some(true) {
            return Ok(false);
        }
        if self.pages >= self.most_pages {
            return Err(RestError::Nonsense { call });
        }
        Ok(true)
    }
}
