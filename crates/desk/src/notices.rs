//! Turns "these must be told" into one notice for each recipient.

use std::time::Duration;

use domain::admin::Admin;
use domain::conversation::Conversation;
use domain::id::NoticeId;
use domain::inquiry::Inquiry;
use domain::notice::{Audience, Telling};
use storage::{NewNotice, Recipient};

use crate::Desk;
use crate::error::DeskError;

/// How long the mail about a post that a move made waits for its caller to complete it, while they are there.
const COMPLETION: Duration = Duration::from_secs(20);

impl Desk {
    pub(crate) async fn notices(
        &self,
        tellings: &[Telling],
        conversation: Option<&Conversation>,
        inquiry: Option<&Inquiry>,
    ) -> Result<Vec<NewNotice>, DeskError> {
        if tellings.is_empty() {
            return Ok(Vec::new());
        }
        let admins = self.storage().admins().await?;
        let there = match conversation {
            Some(conversation) => self.0.presence.visitor_online(conversation.visitor),
            None => false,
        };
        let now = self.now();
        let notices = tellings.iter().flat_map(|telling| {
            let due_at = if telling.may_wait && there { now.plus(COMPLETION) } else { now };
            recipients(telling.audience, &admins, inquiry, self.settings().locale).into_iter().map(
                move |to| NewNotice {
                    id: NoticeId(self.source().id()),
                    kind: telling.kind,
                    to,
                    conversation: conversation.map(|c| c.id).or(inquiry.and_then(|i| i.conversation)),
                    inquiry: telling.inquiry,
                    comment: telling.comment,
                    created_at: now,
                    due_at,
                },
            )
        });
        let notices: Vec<NewNotice> = notices.collect();
        if notices.is_empty() && tellings.iter().any(|telling| telling.audience != Audience::Author) {
            tracing::warn!(
                "somebody called or wrote, and there is no admin to tell: add one with `deskbell admin add`"
            );
        }
        Ok(notices)
    }
}

fn recipients(
    audience: Audience,
    admins: &[Admin],
    inquiry: Option<&Inquiry>,
    locale: domain::admin::Locale,
) -> Vec<Recipient> {
    let to = |admin: &Admin| Recipient {
        admin: Some(admin.id),
        address: admin.email.clone(),
        locale: admin.locale,
    };
    let enabled = || admins.iter().filter(|admin| admin.enabled());
    match audience {
        // When nobody is on duty, a call still has to reach somebody.
        Audience::OnDuty if enabled().any(|admin| admin.on_duty) => {
            enabled().filter(|admin| admin.on_duty).map(to).collect()
        }
        Audience::OnDuty | Audience::Everyone => enabled().map(to).collect(),
        Audience::Author => inquiry
            .and_then(|inquiry| inquiry.email.clone())
            .map(|address| Recipient { admin: None, address, locale })
            .into_iter()
            .collect(),
    }
}
