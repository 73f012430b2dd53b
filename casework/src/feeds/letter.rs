//! What a mail says of the news. When one is sent, and to whom, is not known here.

use record::state::Feed;

use super::news::News;

/// How many damaged positions are named.
const MOST_DAMAGED: usize = 20;

impl News {
    /// The whole of it: what is damaged, this news, and why it was sent.
    pub(super) fn letter(&self, feed: &Feed, news: &str) -> String {
        format!("{}{news}\n{}", self.damage(), why_you(feed))
    }

    /// What the only entry says, or how many there are.
    pub(super) fn subject(&self) -> String {
        match (self.told.as_slice(), self.count()) {
            ([only], 1) => format!("Countersign: {}", only.headline()),
            _ => self.how_many(),
        }
    }

    /// That there are so many, and how much they matter.
    pub(super) fn how_many(&self) -> String {
        let entries = match self.count() {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        };
        format!("Countersign: {entries}, up to {}", self.highest())
    }

    /// What does not read as it was recorded; nothing if all does.
    fn damage(&self) -> String {
        let Some((first, others)) = self.damaged.split_first() else {
            return String::new();
        };
        let named = others
            .iter()
            .take(MOST_DAMAGED - 1)
            .map(|seq| format!(", {seq}"));
        let more = match others.len().saturating_sub(MOST_DAMAGED - 1) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "What stands here does not read as it was recorded: run the verifier.\n    CRITICAL, position {first}{}{more}\n\n",
            named.collect::<String>()
        )
    }

    /// What each says.
    pub(super) fn in_words(&self) -> String {
        let told = self
            .told
            .iter()
            .map(|told| format!("{}\n", told.paragraph()));
        let mut text: String = told.collect();
        if self.more > 0 {
            text.push_str(&format!(
                "And {} more before position {}, which matter no more than these.\n",
                self.more, self.next
            ));
        }
        text
    }

    /// Where they stand, and nothing of what they say.
    pub(super) fn in_brief(&self, from: u64) -> String {
        format!(
            "What they say is not here: the mail server did not take a mail that\n\
             tells it. They are at positions {from} to {} of the ledger.\n",
            self.next.saturating_sub(1)
        )
    }
}

fn why_you(feed: &Feed) -> String {
    format!(
        "`countersign show ID` shows an entry with its proof. This mail is none.\n\
         Sent by feed {},\n\
         which is told of what matters at least {}. Who keeps Countersign here\n\
         can end it.\n",
        feed.feed, feed.least
    )
}
