//! Pages of a search on Data Center, which knows positions alone: what is changed between two pages can move all
//! behind it forward, and what stood at the seam would be passed over. So each page begins with the last ticket of the
//! one before; where it does not, the page before is read once more. A ticket may come twice, and none is left out.

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
}

/// Where a page begins: at the last ticket of the one before. Kept as `position:id`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seam {
    position: u64,
    last: IssueId,
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
            return self.found_at(jql, fields, 0).await;
        };
        let seam: Seam = Seam::read(from).ok_or(RestError::Nonsense { call: &SEARCH })?;
        let (mut found, next) = self.found_at::<T>(jql, fields, seam.position).await?;
        if found.first().is_some_and(|first| *first.id() == seam.last) {
            found.remove(0);
            return Ok((found, next));
        }
        let before = (seam.position + 1).saturating_sub(PAGE);
        self.found_at(jql, fields, before).await
    }

    async fn found_at<T: DeserializeOwned + Found>(
        &self,
        jql: &str,
        fields: &[&str],
        position: u64,
    ) -> Result<(Vec<T>, Option<String>), RestError> {
        let body = json!({"jql": jql, "fields": fields, "startAt": position, "maxResults": PAGE});
        let call = Call {
            operation: &SEARCH,
            values: &[],
            query: &[],
            body: Some(&body),
        };
        let Body::<T> { issues, total } = self.json(call).await?;
        let end = position + issues.len() as u64;
        let seam = issues.last().filter(|_| end < total).map(|last| Seam {
            position: end - 1,
            last: last.id().clone(),
        });
        Ok((issues, seam.map(|seam| seam.text())))
    }
}

impl Seam {
    fn read(text: &str) -> Option<Self> {
        let (position, last) = text.split_once(':')?;
        Some(Self {
            position: position.parse().ok()?,
            last: last.parse().ok()?,
        })
    }

    fn text(&self) -> String {
        format!("{}:{}", self.position, self.last)
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
        };
        assert_eq!(Seam::read(&seam.text()), Some(seam));
        for text in ["", "99", ":10142", "x:10142", "99:", "-1:10142"] {
            assert_eq!(Seam::read(text), None, "{text}");
        }
    }
}
