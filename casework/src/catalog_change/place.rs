//! Where a page ended: a site, and Jira's own name for its next page. Whoever asks carries it back.

use std::fmt;

use jira::rest::PageToken;
use record::ids::SiteId;

/// Longer ones are none of Jira's.
const LONGEST: usize = 4_096;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) site: SiteId,
    /// None at the beginning of the site.
    pub(super) page: Option<PageToken>,
}

impl Place {
    pub(super) const fn beginning(site: SiteId) -> Self {
        Self { site, page: None }
    }

    pub(super) const fn on_page(site: SiteId, page: PageToken) -> Self {
        Self {
            site,
            page: Some(page),
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (site, page) = text.split_once('/')?;
        if page.len() > LONGEST {
            return None;
        }
        Some(Self {
            site: site.parse().ok()?,
            page: Some(page)
                .filter(|page| !page.is_empty())
                .map(PageToken::from_text),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page = self.page.as_ref().map_or("", PageToken::as_str);
        write!(f, "{}/{page}", self.site)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_carried_there_and_back() {
        let site: SiteId = "site_01K9ABCDEFGHJKMNPQRSTVWX00".parse().unwrap();
        for place in [
            Place::beginning(site.clone()),
            Place::on_page(site.clone(), PageToken::from_text("a/b+c==")),
        ] {
            assert_eq!(Place::parse(&place.to_string()), Some(place));
        }
        let long = format!("{site}/{}", "x".repeat(5_000));
        for text in ["", "/", "site_1/x", site.as_str(), &long] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}
