//! The first frame: who it is, which conversation is theirs, from where it goes on.

use desk::{Admitted, Caller, ConversationView, Identity};
use domain::Seq;
use domain::id::ConversationId;
use domain::visitor::Visitor;
use serde_json::{Value, json};
use tokio::time::timeout;
use web::client_ip::ClientIp;
use web::socket::{Close, Ended, HELLO_WITHIN, close};
use web::{Problem, wire};

use crate::socket::frames::{Frame, Hello};
use crate::socket::mouth::{Heard, Mouth};
use crate::state::Gateway;

/// Waits for the first frame.
pub(crate) async fn hello(wire: &mut impl Mouth) -> Result<Hello, Ended> {
    let no_hello = Close(close::NO_HELLO, "no hello");
    let heard = timeout(HELLO_WITHIN, wire.recv()).await.map_err(|_| no_hello)??;
    match heard.frame() {
        Ok(Frame::Hello { token, identity, conversation_id, after, epoch }) => Ok(Hello {
            token,
            identity,
            conversation: conversation_id,
            after: after.map(Seq),
            epoch,
            only_this: false,
        }),
        Ok(_) => Err(no_hello.into()),
        Err(problem) if problem.code == "not_json" => Err(Close(close::NOT_JSON, "not JSON").into()),
        Err(problem) => {
            wire.send(&web::socket::error_frame(None, &problem)).await?;
            Err(no_hello.into())
        }
    }
}

/// Who it is: the token's visitor, the one whom the host site names, or a new one. The token of somebody other
/// than the host site names is not used: two people may share a browser.
pub(crate) async fn identify(
    gateway: &Gateway,
    client: ClientIp,
    hello: &Hello,
) -> Result<(Visitor, Option<String>), Problem> {
    let identity = hello.identity.as_deref().map(|token| check(gateway, token)).transpose()?;
    if let Some(token) = &hello.token {
        let known = gateway.desk().visitor_by_token(token).await?;
        match (known, &identity) {
            (Some(visitor), None) => return Ok((visitor, None)),
            (Some(visitor), Some(identity)) if visitor.subject.as_ref() == Some(&identity.subject) => {
                let visitor = gateway.desk().renamed(visitor, identity).await?;
                return Ok((visitor, None));
            }
            (None, None) => {
                return Err(Problem::unauthorized("This visitor token is not known, or has expired."));
            }
            (_, Some(_)) => {}
        }
    }
    let admitted = admit_as(gateway, client, identity).await?;
    Ok((admitted.visitor, Some(admitted.token.reveal().to_owned())))
}

/// Lets somebody in by the host site's token, or as an anonymous visitor.
pub(crate) async fn admit(
    gateway: &Gateway,
    client: ClientIp,
    identity: Option<&str>,
) -> Result<Admitted, Problem> {
    let identity = identity.map(|token| check(gateway, token)).transpose()?;
    admit_as(gateway, client, identity).await
}

async fn admit_as(
    gateway: &Gateway,
    client: ClientIp,
    identity: Option<Identity>,
) -> Result<Admitted, Problem> {
    if identity.is_none() && !gateway.config().anonymous {
        return Err(Problem::unauthorized("This site asks its visitors to sign in first."));
    }
    gateway.may_enter(identity.as_ref(), client)?;
    Ok(gateway.desk().admit(identity).await?)
}

fn check(gateway: &Gateway, token: &str) -> Result<Identity, Problem> {
    let config = gateway.config();
    let key = config.identity.as_ref();
    let identity = key.and_then(|key| key.check(token, gateway.desk().now(), config.limits.text.name_chars));
    identity
        .ok_or_else(|| Problem::unauthorized("The site's identity token is not valid here, or has expired."))
}

/// Where a visitor's socket begins.
pub(crate) struct Start {
    pub(crate) view: Option<ConversationView>,
    pub(crate) after: Seq,
    pub(crate) recovered: bool,
}

/// The conversation to follow and the place to go on from. What the page has belongs to that conversation and to
/// this history of the log, or it has to start over.
pub(crate) async fn start(
    gateway: &Gateway,
    caller: &Caller,
    hello: &Hello,
    epoch: &str,
) -> Result<Start, Problem> {
    let asked: Option<ConversationId> = hello.conversation.as_deref().and_then(|id| id.parse().ok());
    let view = if let (Some(asked), true) = (asked, hello.only_this) {
        Some(gateway.desk().conversation(caller, asked).await?)
    } else {
        theirs(gateway, caller, asked).await?
    };
    let known = hello.epoch.as_deref().is_none_or(|known| known == epoch);
    let Some(row) = view.as_ref().map(|view| &view.row.conversation) else {
        let nothing_to_lack = hello.conversation.is_none() && hello.after.unwrap_or_default() == Seq::START;
        return Ok(Start { view, after: Seq::START, recovered: known && nothing_to_lack });
    };
    let same = hello.conversation.is_none() || asked == Some(row.id);
    let after = hello.after.unwrap_or_default();
    let recovered = known && same && after <= row.seq;
    Ok(Start { after: if recovered { after } else { Seq::START }, recovered, view })
}

/// The visitor's open conversation, else the one that the page asks for if it is theirs, else their last one.
async fn theirs(
    gateway: &Gateway,
    caller: &Caller,
    asked: Option<ConversationId>,
) -> Result<Option<ConversationView>, Problem> {
    let own = gateway.desk().conversation_of(caller).await?;
    let is_open = own.as_ref().is_some_and(|view| view.row.conversation.state.is_open());
    match asked {
        Some(asked) if !is_open => Ok(gateway.desk().conversation(caller, asked).await.ok().or(own)),
        _ => Ok(own),
    }
}

/// `{type:"welcome", …}`
pub(crate) fn welcome(visitor: &Visitor, token: Option<String>, start: &Start, epoch: &str) -> Value {
    let mut frame = json!({
        "type": "welcome",
        "visitor": wire::visitor(visitor),
        "conversation": start.view.as_ref().map(wire::conversation),
        "recovered": start.recovered,
        "epoch": epoch,
    });
    if let Some(token) = token {
        frame["token"] = token.into();
    }
    frame
}
