//! Pages of a search on Data Center, which knows positions alone: what is changed between two pages can move all
//! behind it forward, and what stood at the seam would be passed over. So each page begins with the last ticket of the
//! one before. Where it does not, that ticket is looked for from a page earlier on; where it is not there either, or was
//! changed itself where that moves it past others, the search begins anew. A ticket may come twice, and none is left
//! out.

use record::ids::IssueId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::client::{Call, SiteClient};
use super::error::RestError;
use super::operations::data_center::SEARCH;

const PAGE: u64 = 100;

/// What is found, as far as it is told from others.
pub(super) trait Found {
    /// Its lasting id.
    fn id(&self) -> &IssueId;
    /// When it last changed, as the source writes times.
    fn updated(&self) -> &str;
}

/// Where a page begins: at the last ticket of the one before. Kept as `position:id:updated`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seam {
    position: u64,
    last: IssueId,
    updated: String,
}

#[derive(Deserialize)]
struct Body<T> {
    issues: Vec<T>,
    total: u64,
}

impl SiteClient<'_> {
    /// A page of what is found, and what the next is asked for with.
    pub(super) async fn page_by_position<T: DeserializeOwned + Found>(
        &self,
        jql: &str,
        fields: &[&str],
        from: Option<&str>,
    ) -> Result<(Vec<T>, Option<String>), RestError> {
        let Some(from) = from else {
            return self.found_at(jql, fields, (0, PAGE)).await;
        };
        // In another order a change moves nothing.
        let moves = jql.to_lowercase().contains("order by updated");
        let seam: Seam = Seam::read(from).ok_or(RestError::Nonsense { call: &SEARCH })?;
        for (position, most) in [
            (seam.position, PAGE),
            ((seam.position + 1).saturating_sub(PAGE), 2 * PAGE),
        ] {
            let (mut found, next) = self.found_at::<T>(jql, fields, (position, most)).await?;
            if let Some(at) = found.iter().position(|found| seam.is(found, moves)) {
                found.drain(..=at);
                return Ok((found, next));
            }
        }
        self.found_at(jql, fields, (0, PAGE)).await
    }

    async fn found_at<T: DeserializeOwned + Found>(
        &self,
        jql: &str,
        fields: &[&str],
        (position, most): (u64, u64),
    ) -> Result<(Vec<T>, Option<String>), RestError> {
        let body = json!({"jql": jql, "fields": fields, "startAt": position, "maxResults": most});
        let call = Call {
            operation: &SEARCH,
            values: &[],
            query: &[],
            body: Some(&body),
        };
        let Body::<T> { issues, total } = self.json(call).await?;
        if issues.is_empty() && position < total {
            return Err(RestError::Nonsense { call: &SEARCH });
        }
        let end = position + issues.len() as u64;
        let seam = issues.last().filter(|_| end < total).map(|last| Seam {
            position: end - 1,
            last: last.id().clone(),
            updated: last.updated().to_owned(),
        });
        Ok((issues, seam.map(|seam| seam.text())))
    }
}

impl Seam {
    fn read(text: &str) -> Option<Self> {
        let (position, rest) = text.split_once(':')?;
        let (last, updated) = rest.split_once(':')?;
        Some(Self {
            position: position.parse().ok()?,
            last: last.parse().ok()?,
            updated: updated.to_owned(),
        })
    }

    fn is(&self, found: &impl Found, moves: bool) -> bool {
        *found.id() == self.last && (!moves || found.updated() == self.updated)
    }

    fn text(&self) -> String {
        format!("{}:{}:{}", self.position, self.last, self.updated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seam_is_read_as_it_was_written() {
        let seam = Seam {
            position: 99,
            last: "10142".parse().unwrap(),
            updated: "2026-03-01T09:00:00.000+0000".to_owned(),
        };
        assert_eq!(Seam::read(&seam.text()), Some(seam));
        for text in [
            "",
            "99:10142",
            ":10142:x",
            "x:10142:x",
            "99::x",
            "-1:10142:x",
        ] {
            assert_eq!(Seam::read(text), None, "{text}");
        }
    }
}
