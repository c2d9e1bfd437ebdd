//! What only REST has: posts and comments, whatever carries the conversation.

use serde_json::{Value, json};

use super::http::{Http, Reply};
use super::record::Errand;
use super::{Cut, Person};

impl Person {
    /// Asks the API of their side: `path` begins after it.
    pub(crate) async fn request(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Reply, Cut> {
        let path = format!("{}{path}", self.record.side.api());
        Http::new(self.to, self.token.clone()).ask(method, &path, body).await
    }

    /// Leaves a post instead of waiting on, or completes the one that a move has made. Sent again after a cut it
    /// completes what it has made, so that a visitor may press twice.
    pub(crate) async fn leave_inquiry(&mut self, email: Option<&str>) -> Result<(), Cut> {
        let Some(conversation) = self.conversation().map(str::to_owned) else { return Ok(()) };
        let title = self.words();
        let body = json!({ "kind": "error", "title": title, "body": "it does not work", "email": email });
        let path = format!("/conversations/{conversation}/inquiry");
        self.errand(Errand { about: conversation, words: title, comment: false, answer: None }, &path, &body)
            .await
    }

    /// Comments on a post. It has no id of the client's, so that nobody sends it again without looking.
    pub(crate) async fn comment(&mut self, inquiry: &str) -> Result<(), Cut> {
        let words = self.words();
        let body = json!({ "body": words });
        let path = format!("/inquiries/{inquiry}/comments");
        self.errand(Errand { about: inquiry.to_owned(), words, comment: true, answer: None }, &path, &body)
            .await
    }

    async fn errand(&mut self, errand: Errand, path: &str, body: &Value) -> Result<(), Cut> {
        let made = if errand.comment { "comment" } else { "inquiry" };
        self.record.errands.push(errand);
        let reply = self.request("POST", path, Some(body)).await?;
        let answer = match reply.body[made]["id"].as_str() {
            Some(id) if reply.is_ok() => Ok(id.to_owned()),
            _ => Err(reply.body["code"].as_str().unwrap_or("none").to_owned()),
        };
        if let Some(errand) = self.record.errands.last_mut() {
            errand.answer = Some(answer);
        }
        Ok(())
    }

    /// Their posts, or for an admin the newest of the board.
    pub(crate) async fn inquiries(&mut self) -> Result<Vec<Value>, Cut> {
        let reply = self.request("GET", "/inquiries", None).await?;
        Ok(reply.body["inquiries"].as_array().cloned().unwrap_or_default())
    }
}
