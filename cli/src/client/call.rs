//! A call to be made. What may be repeated is said here, where it is made, and nowhere guessed.

use reqwest::Method;
use serde_json::Value;

/// A call to the API.
#[derive(Debug)]
pub struct Call<'c> {
    pub(super) method: Method,
    pub(super) path: &'c [&'c str],
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
    pub(super) once_under: Option<String>,
    repeatable: bool,
}

impl<'c> Call<'c> {
    /// Reads. May be repeated.
    #[must_use]
    pub const fn get(path: &'c [&'c str], query: Vec<(&'static str, String)>) -> Self {
        Self {
            method: Method::GET,
            path,
            query,
            body: None,
            once_under: None,
            repeatable: true,
        }
    }

    /// Asks a question that takes a body, and changes nothing. May be repeated.
    #[must_use]
    pub fn ask(path: &'c [&'c str], body: Value) -> Self {
        Self {
            repeatable: true,
            ..Self::post(path, body)
        }
    }

    /// Changes something.
    #[must_use]
    pub const fn post(path: &'c [&'c str], body: Value) -> Self {
        Self {
            method: Method::POST,
            path,
            query: Vec::new(),
            body: Some(body),
            once_under: None,
            repeatable: false,
        }
    }

    /// Revokes something.
    #[must_use]
    pub const fn delete(path: &'c [&'c str], body: Value) -> Self {
        Self {
            method: Method::DELETE,
            path,
            query: Vec::new(),
            body: Some(body),
            once_under: None,
            repeatable: false,
        }
    }

    /// The same, with parameters.
    #[must_use]
    pub fn with_query(self, query: Vec<(&'static str, String)>) -> Self {
        Self { query, ..self }
    }

    /// The same, counting once under this key. May be repeated.
    #[must_use]
    pub fn once_under(self, key: String) -> Self {
        Self {
            once_under: Some(key),
            repeatable: true,
            ..self
        }
    }

    /// Whether it may be made again if nobody knows what became of it.
    #[must_use]
    pub const fn is_repeatable(&self) -> bool {
        self.repeatable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_is_repeated_only_if_it_counts_once() {
        let post = || Call::post(&["v1"], Value::Null);
        assert!(Call::get(&[], Vec::new()).is_repeatable());
        assert!(Call::ask(&[], Value::Null).is_repeatable());
        assert!(post().once_under("k".to_owned()).is_repeatable());
        assert!(!post().is_repeatable());
        assert!(!Call::delete(&[], Value::Null).is_repeatable());
    }
}
