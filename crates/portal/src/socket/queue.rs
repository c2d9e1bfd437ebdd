//! The queue as a socket has shown it: whole first, then what has changed.

use std::collections::BTreeMap;

use desk::{ConversationView, Desk, DeskError};
use serde_json::{Value, json};
use web::wire;

/// How many characters of the last words are shown.
const PREVIEW: usize = 140;

/// What the page has of the queue.
#[derive(Debug, Default)]
pub(crate) struct Shown(BTreeMap<String, Value>);

impl Shown {
    /// The whole queue, longest wait first.
    pub(crate) async fn whole(&mut self, desk: &Desk) -> Result<Value, DeskError> {
        let queue = read(desk).await?;
        let conversations: Vec<Value> = queue.iter().map(|(_, value)| value.clone()).collect();
        self.0 = queue.into_iter().collect();
        Ok(json!({ "type": "queue", "conversations": conversations }))
    }

    /// What has changed since; `None` when nothing has.
    pub(crate) async fn changes(&mut self, desk: &Desk) -> Result<Option<Value>, DeskError> {
        let queue: BTreeMap<String, Value> = read(desk).await?.into_iter().collect();
        let changed: Vec<&Value> = queue
            .iter()
            .filter(|(id, value)| self.0.get(*id) != Some(value))
            .map(|(_, value)| value)
            .collect();
        let removed: Vec<&String> = self.0.keys().filter(|id| !queue.contains_key(*id)).collect();
        let frame = (!changed.is_empty() || !removed.is_empty())
            .then(|| json!({ "type": "queue", "changed": changed, "removed": removed }));
        self.0 = queue;
        Ok(frame)
    }
}

async fn read(desk: &Desk) -> Result<Vec<(String, Value)>, DeskError> {
    let views = desk.queue().await?;
    let ids: Vec<_> = views.iter().map(|view| view.row.conversation.id).collect();
    let said = desk.last_said(&ids).await?;
    let entry = |view: &ConversationView| {
        let id = view.row.conversation.id;
        let mut value = wire::conversation_for_admins(view);
        let last = said.iter().find(|(of, _)| *of == id);
        value["preview"] = last.and_then(|(_, event)| wire::preview(event, PREVIEW)).into();
        (id.to_string(), value)
    };
    Ok(views.iter().map(entry).collect())
}
