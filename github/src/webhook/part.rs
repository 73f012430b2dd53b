//! An event's payload, an object put together member by member. What is not given or empty is left out; a text
//! that is too long is cut, and the whole says so; an address that is none of a page is left out. What members
//! there are is not decided here.

use serde_json::{Map, Value};
use url::Url;

/// The most characters that are kept of a text.
const LONGEST: usize = 16_384;

/// The most bytes of an address.
const LONGEST_ADDRESS: usize = 2048;

/// An object, or what there is of it so far.
#[derive(Clone, Default)]
pub(super) struct Part {
    members: Map<String, Value>,
    cut: bool,
}

impl Part {
    pub(super) fn text(mut self, name: &str, text: Option<&str>) -> Self {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return self;
        };
        let kept = match text.char_indices().nth(LONGEST) {
            Some((end, _)) => text.get(..end).unwrap_or_default(),
            None => text,
        };
        self.cut |= kept.len() < text.len();
        self.with(name, kept)
    }

    pub(super) fn number(self, name: &str, number: Option<u64>) -> Self {
        match number {
            Some(number) => self.with(name, number),
            None => self,
        }
    }

    pub(super) fn flag(self, name: &str, flag: Option<bool>) -> Self {
        match flag {
            Some(flag) => self.with(name, flag),
            None => self,
        }
    }

    /// The address of a page: one that a reader may be led to, and that tells no password.
    pub(super) fn page(self, name: &str, address: Option<&str>) -> Self {
        match address.and_then(page) {
            Some(address) => self.with(name, address.as_str()),
            None => self,
        }
    }

    pub(super) fn part(mut self, name: &str, part: Self) -> Self {
        self.cut |= part.cut;
        if part.members.is_empty() {
            return self;
        }
        self.with(name, part.members)
    }

    pub(super) fn parts(mut self, name: &str, parts: Vec<Self>) -> Self {
        self.cut |= parts.iter().any(|part| part.cut);
        let parts: Vec<Value> = parts.into_iter().map(|part| part.members.into()).collect();
        self.with(name, parts)
    }

    /// The whole payload.
    pub(super) fn finish(self) -> Value {
        let cut = self.cut;
        let whole = if cut {
            self.with("truncated", true)
        } else {
            self
        };
        whole.members.into()
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }
}

fn page(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let fits = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= LONGEST_ADDRESS;
    fits.then_some(url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_the_whole_says_so() {
        let payload = |text: &str| {
            let inner = Part::default().text("message", Some(text));
            let outer = Part::default().part("commit", inner.clone());
            let listed = Part::default().parts("commits", vec![Part::default(), inner]);
            (outer.finish(), listed.finish())
        };
        let fits = "ß".repeat(LONGEST);
        let (outer, listed) = payload(&fits);
        assert_eq!(outer, json!({"commit": {"message": fits}}));
        assert_eq!(listed, json!({"commits": [{}, {"message": fits}]}));
        let (outer, listed) = payload(&format!("{fits}ß"));
        assert_eq!(
            outer,
            json!({"commit": {"message": fits}, "truncated": true})
        );
        assert_eq!(
            listed,
            json!({"commits": [{}, {"message": fits}], "truncated": true})
        );
    }

    #[test]
    fn what_is_not_given_is_left_out() {
        let payload = Part::default()
            .text("a", None)
            .text("b", Some(""))
            .number("c", None)
            .flag("d", None)
            .page("e", None)
            .part("f", Part::default())
            .number("g", Some(0))
            .flag("h", Some(false));
        assert_eq!(payload.finish(), json!({"g": 0, "h": false}));
    }

    #[test]
    fn an_address_is_one_of_a_page() {
        let kept = |address: &str| {
            let payload = Part::default().page("url", Some(address)).finish();
            payload.get("url").is_some()
        };
        assert!(kept("https://github.example/acme/shop") && kept("http://ghes.example:8080/a?b#c"));
        for address in [
            "",
            "acme/shop",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://",
            "https://token@github.example/",
            "https://user:word@github.example/",
            "https://:word@github.example/",
            &format!("https://github.example/{}", "x".repeat(LONGEST_ADDRESS)),
        ] {
            assert!(!kept(address), "{address}");
        }
    }
}
