//! People, calls and posts to try a store with.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::admin::{Admin, Locale, Role};
use domain::context::{CallContext, PageError};
use domain::conversation::{Actor, Conversation, Event, What, evolve};
use domain::deed::{Deed, DeedKind};
use domain::id::{AdminId, CommentId, ConversationId, InquiryId, NoticeId, VisitorId};
use domain::inquiry::{Comment, Draft, Inquiry, InquiryKind, post};
use domain::notice::{Audience, NoticeKind};
use domain::policy::{Plan, PlannedStep};
use domain::text::{Body, ClientId, Email, Name, Title};
use domain::visitor::Visitor;
use domain::{Seq, Timestamp};
use uuid::Uuid;

use crate::{
    Appended, Change, Claim, Delivery, InquiryChange, NewAdmin, NewNotice, Page, Paged, Recipient,
    SecretHash, Storage, StorageError,
};

/// A moment with milliseconds.
pub const NOON: Timestamp = Timestamp(1_795_237_224_007);

/// Words that have gone wrong in one store or another.
pub const SCRIPTS: &[&str] = &[
    "결제 화면에서 오류가 나요 😀",
    "각 vs 각: composed and decomposed",
    "👨‍👩‍👧‍👦 🇰🇷 e\u{301}",
    "'; DROP TABLE events; -- \" \\ \\\\ \\u0000 %s ${x} {{7*7}}",
    "two\nlines\tand a tab",
    "100% _under_ [set] * ?",
    "{\"json\": [1, null, \"x\"]}",
    "null",
    "12345678901234567890",
    " blanks around ",
    "\u{202E}right to left\u{2028}\u{FEFF}\u{10FFFF}",
];

/// An id that nothing else has.
pub fn fresh() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128((0x0193_5A7C << 96) | u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// The hash of a secret that nobody else has.
pub fn secret() -> SecretHash {
    let mut secret = [7; 32];
    secret[..16].copy_from_slice(fresh().as_bytes());
    secret
}

/// So many seconds after noon.
pub fn later(seconds: u64) -> Timestamp {
    NOON.plus(Duration::from_secs(seconds))
}

/// Words.
pub fn body(text: &str) -> Body {
    Body::from_stored(text.to_owned())
}

/// An id as a client makes it.
pub fn client_id() -> ClientId {
    ClientId::from_stored(fresh().simple().to_string())
}

/// A name.
pub fn name(text: &str) -> Name {
    Name::from_stored(text.to_owned())
}

/// An address.
pub fn email(text: &str) -> Email {
    Email::from_stored(text.to_owned())
}

/// The plan of a wait that begins then: a step, the offer and the move, all ahead.
pub fn plan(from: Timestamp) -> Plan {
    let at = |seconds| from.plus(Duration::from_secs(seconds));
    Plan {
        steps: vec![PlannedStep { at: at(60), notify: Audience::Everyone }],
        offer_at: at(180),
        move_at: at(300),
    }
}

/// What a page tells with a call, with every part.
pub fn context() -> CallContext {
    let error = PageError {
        at: Some("2026-11-21T05:00:24.007Z".to_owned()),
        kind: Some("request".to_owned()),
        message: Some("POST /api/결제 실패".to_owned()),
        source: Some("app.js:3:14".to_owned()),
        status: Some(503),
        request_id: Some("r-1".to_owned()),
    };
    CallContext {
        url: Some("https://shop.example/장바구니?a=1&b=\"2\"".to_owned()),
        title: Some("장바구니".to_owned()),
        release: Some("1.2.3".to_owned()),
        user_agent: Some("Mozilla/5.0".to_owned()),
        viewport: Some("390x844".to_owned()),
        errors: vec![error, PageError::default()],
    }
}

/// An anonymous visitor.
pub fn visitor() -> Visitor {
    Visitor { id: VisitorId(fresh()), subject: None, name: None, email: None, created_at: NOON }
}

/// A visitor whom the host site vouches for.
pub fn known_visitor(subject: &str, called: &str) -> Visitor {
    Visitor {
        subject: Some(subject.to_owned()),
        name: Some(name(called)),
        email: Some(email("mina@shop.example")),
        ..visitor()
    }
}

/// An anonymous visitor, stored.
pub async fn admitted(store: &dyn Storage) -> Result<Visitor, StorageError> {
    store.admit(visitor(), secret(), later(3600)).await
}

/// The visitor as the one who does something.
pub fn by(visitor: &Visitor) -> Actor {
    Actor::Visitor { id: visitor.id, name: visitor.name.clone() }
}

/// An admin with this address.
pub fn admin(address: &str) -> Admin {
    Admin {
        id: AdminId(fresh()),
        email: email(address),
        name: name("김민수"),
        role: Role::Admin,
        on_duty: true,
        locale: Locale::Ko,
        disabled_at: None,
        created_at: NOON,
    }
}

/// An admin to be stored.
pub fn new_admin(admin: &Admin, password_hash: Option<&str>) -> NewAdmin {
    NewAdmin { admin: admin.clone(), password_hash: password_hash.map(str::to_owned), notices: Vec::new() }
}

/// Something done at the command line.
pub fn deed(kind: DeedKind, at: Timestamp) -> Deed {
    Deed::new(at, Actor::System, kind)
}

/// An admin with this address, stored.
pub async fn added(store: &dyn Storage, address: &str) -> Result<Admin, StorageError> {
    let admin = admin(address);
    store.add_admin(new_admin(&admin, None), &deed(DeedKind::AdminAdded, NOON)).await?;
    Ok(admin)
}

/// Somebody who answers and need not be in the store.
pub fn somebody() -> Actor {
    Actor::Admin { id: AdminId(fresh()), name: name("Kim") }
}

/// The change that begins a conversation.
pub fn call(visitor: &Visitor, at: Timestamp) -> Change {
    let id = ConversationId(fresh());
    let what = What::Called { plan: plan(at), context: context() };
    let event = Event { seq: Seq(1), at, by: by(visitor), client_id: None, what };
    let conversation = evolve(None, id, &event).expect("a call begins a conversation");
    Change { conversation, expected: Seq::START, events: vec![event], notices: vec![], inquiry: None }
}

/// The change of one event.
pub fn next(state: &Conversation, actor: Actor, at: Timestamp, what: What) -> Change {
    let event = Event { seq: state.seq.next(), at, by: actor, client_id: None, what };
    follow(state, event)
}

/// The change of one message, with an id of its client's.
pub fn say(state: &Conversation, actor: Actor, id: &ClientId, words: &str) -> Change {
    let what = What::Said { body: body(words) };
    follow(state, Event { seq: state.seq.next(), at: NOON, by: actor, client_id: Some(id.clone()), what })
}

fn follow(state: &Conversation, event: Event) -> Change {
    let conversation =
        evolve(Some(state.clone()), state.id, &event).expect("an event does not undo a conversation");
    Change { conversation, expected: state.seq, events: vec![event], notices: vec![], inquiry: None }
}

/// The change that moves a call to the board.
pub fn move_to_board(state: &Conversation, at: Timestamp) -> Change {
    let inquiry = post_of(state.visitor, Some(state.id), at);
    let change = next(state, Actor::System, at, What::Moved { inquiry: inquiry.id });
    Change { inquiry: Some(inquiry), ..change }
}

/// Appends, and gives the state that is stored then.
pub async fn stored(store: &dyn Storage, change: Change) -> Result<Conversation, StorageError> {
    let state = change.conversation.clone();
    let appended = store.append(change).await?;
    assert!(matches!(appended, Appended::Stored { .. }), "{appended:?}");
    Ok(state)
}

/// A call of a new visitor, stored.
pub async fn ring(store: &dyn Storage, at: Timestamp) -> Result<(Visitor, Conversation), StorageError> {
    let visitor = admitted(store).await?;
    let state = stored(store, call(&visitor, at)).await?;
    Ok((visitor, state))
}

/// A new post.
pub fn post_of(author: VisitorId, conversation: Option<ConversationId>, at: Timestamp) -> Inquiry {
    let draft = Draft {
        id: InquiryId(fresh()),
        kind: InquiryKind::Error,
        title: Title::from_stored("결제가 안 돼요".to_owned()),
        body: body("버튼을 눌러도\n아무 일도 없어요 😢"),
        email: Some(email("mina@shop.example")),
    };
    post(draft, author, Some(name("민아")), conversation, at)
}

/// The change that stores a post as it is.
pub fn step(inquiry: &Inquiry) -> InquiryChange {
    InquiryChange { inquiry: inquiry.clone(), comment: None, notices: vec![], release_at: None, deed: None }
}

/// A comment.
pub fn comment(actor: Actor, at: Timestamp, words: &str) -> Comment {
    Comment { id: CommentId(fresh()), at, by: actor, body: body(words) }
}

/// A notice to `admin`, about nothing yet.
pub fn notice(kind: NoticeKind, to: Option<&Admin>, due_at: Timestamp) -> NewNotice {
    let to = Recipient {
        admin: to.map(|admin| admin.id),
        address: to.map_or_else(|| email("mina@shop.example"), |admin| admin.email.clone()),
        locale: Locale::En,
    };
    NewNotice {
        id: NoticeId(fresh()),
        kind,
        to,
        conversation: None,
        inquiry: None,
        comment: None,
        created_at: NOON,
        due_at,
    }
}

/// Puts notices into the outbox, as a new post of somebody's does.
pub async fn tell(store: &dyn Storage, notices: Vec<NewNotice>) -> Result<Inquiry, StorageError> {
    let author = admitted(store).await?;
    let inquiry = post_of(author.id, None, NOON);
    store.change_inquiry(InquiryChange { notices, ..step(&inquiry) }).await?;
    Ok(inquiry)
}

/// Claims all that is due, as a mailer does that dies at once, but for this notice: how its try ended is recorded.
/// False when it was not due, or is not to be sent any more.
pub async fn ended(
    store: &dyn Storage,
    id: NoticeId,
    delivery: &Delivery,
    at: Timestamp,
) -> Result<bool, StorageError> {
    let claimed = store.claim(&Claim::new(at, Timestamp(0), 999)).await?;
    match claimed.iter().find(|claimed| claimed.id == id) {
        Some(claimed) => store.record(&claimed.lease, delivery, at).await,
        None => Ok(false),
    }
}

/// Runs all of these at once and gives their results.
pub async fn at_once<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let mut set = tokio::task::JoinSet::new();
    for task in tasks {
        set.spawn(task);
    }
    set.join_all().await
}

/// Reads a whole list, page by page, and holds that the pages neither overlap nor leave a gap.
pub async fn all_pages<T, F: Future<Output = Result<Paged<T>, StorageError>>>(
    limit: u32,
    read: impl Fn(Page) -> F,
    key: impl Fn(&T) -> u64,
) -> Result<Vec<T>, StorageError> {
    let mut all = Vec::new();
    let mut page = Page::first(limit);
    loop {
        let Paged { items, next } = read(page).await?;
        assert!(items.len() <= limit as usize, "a page holds no more than was asked for");
        assert!(next.is_none() || items.len() == limit as usize, "a page before the last is full");
        all.extend(items);
        let Some(before) = next else { break };
        page.before = Some(before);
    }
    let keys: Vec<u64> = all.iter().map(&key).collect();
    assert!(keys.is_sorted_by(|a, b| a > b), "newest first: {keys:?}");
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
    Ok(all)
}

/// Whether it is a conflict.
pub fn is_conflict<T>(result: &Result<T, StorageError>) -> bool {
    matches!(result, Err(StorageError::Conflict))
}

/// Many handles to one store.
pub fn handles(store: &Arc<dyn Storage>, count: usize) -> impl Iterator<Item = Arc<dyn Storage>> {
    std::iter::repeat_n(Arc::clone(store), count)
}
