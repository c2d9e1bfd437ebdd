//! `deskbell doctor` asks the DNS about the domain that mails are from.

use std::net::SocketAddr;
use std::sync::Arc;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, MX, TXT};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use testkit::smtp::Sink;
use tokio::net::UdpSocket;
use tokio_util::task::TaskTracker;

use crate::process::{Ended, House, soon};

/// A name, and something that stands there.
type Entry = (&'static str, RData);

fn text(text: &str) -> RData {
    // In pieces of 255 bytes at the most, as the DNS has it.
    RData::TXT(TXT::new(
        text.as_bytes().chunks(255).map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect(),
    ))
}

fn mx(server: &str) -> RData {
    RData::MX(MX::new(10, server.parse().unwrap()))
}

/// A DNS server that knows these entries and nothing else.
async fn resolver(entries: Vec<Entry>) -> SocketAddr {
    let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
    let address = socket.local_addr().unwrap();
    TaskTracker::new().spawn(async move {
        let mut question = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut question).await {
            let answer = answer(&Message::from_vec(&question[..length]).unwrap(), &entries);
            socket.send_to(&answer.to_vec().unwrap(), from).await.unwrap();
        }
    });
    address
}

fn answer(question: &Message, entries: &[Entry]) -> Message {
    let query = &question.queries[0];
    let name = query.name().to_string().to_lowercase();
    let here: Vec<&RData> =
        entries.iter().filter(|(at, _)| format!("{at}.") == name).map(|(_, data)| data).collect();
    let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
    answer.metadata.recursion_available = true;
    answer.add_query(query.clone());
    if here.is_empty() {
        answer.metadata.response_code = ResponseCode::NXDomain;
    }
    let wanted = here.into_iter().filter(|data| data.record_type() == query.query_type());
    answer.add_answers(wanted.map(|data| Record::from_rdata(query.name().clone(), 60, data.clone())));
    answer
}

/// A desk whose mails are from mail.desk.example.
fn house(sink: &Sink) -> House {
    let house = House::new().with("DESKBELL_MAIL__URL", &format!("smtp://{}", sink.address));
    let house = house.with("DESKBELL_MAIL__FROM", "Desk <bell@mail.desk.example>");
    house.with("DESKBELL_MAIL__DKIM_SELECTOR", "s1")
}

async fn examined(entries: Vec<Entry>) -> Ended {
    let sink = Sink::friendly().await;
    let resolver = resolver(entries).await.to_string();
    soon("the doctor", house(&sink).run(&["doctor", "--resolver", &resolver])).await
}

fn good() -> Vec<Entry> {
    vec![
        ("mail.desk.example", mx("mx1.desk.example.")),
        ("mail.desk.example", text("some-site-verification=1")),
        ("mail.desk.example", text("v=spf1 include:_spf.relay.example ip4:192.0.2.7 -all")),
        // Longer than one piece, and than an answer over UDP once was.
        ("s1._domainkey.mail.desk.example", text(&format!("v=DKIM1; k=rsa; p={}", "MIIBIjAN".repeat(80)))),
        ("_dmarc.desk.example", text("v=DMARC1; p=reject; sp=quarantine")),
    ]
}

/// With everything good but what is at this name.
fn but(name: &str, instead: Vec<Entry>) -> Vec<Entry> {
    let kept = good().into_iter().filter(|(at, data)| *at != name || data.record_type() != RecordType::TXT);
    kept.chain(instead).collect()
}

fn has(ended: &Ended, line: &str, part: &str) {
    let found = ended.out.lines().any(|said| said.starts_with(line) && said.contains(part));
    assert!(found, "{line:?} with {part:?} is not in\n{}", ended.out);
}

#[tokio::test]
async fn of_a_domain_that_is_well_it_shows_what_stands_there() {
    let ended = examined(good()).await;
    has(&ended, "ok      mail domain  ", "mail.desk.example takes mail at mx1.desk.example.");
    has(&ended, "ok      SPF          ", "v=spf1 include:_spf.relay.example ip4:192.0.2.7 -all");
    has(&ended, "ok      DKIM         ", "s1._domainkey.mail.desk.example has a key (rsa)");
    // At the domain above.
    has(&ended, "ok      DMARC        ", "_dmarc.desk.example: v=DMARC1; p=reject; sp=quarantine");
    ended.ok();
}

#[tokio::test]
async fn of_a_domain_that_has_nothing_it_says_what_to_put_there() {
    let ended = examined(Vec::new()).await;
    has(&ended, "BROKEN  mail domain  ", "neither MX nor address");
    has(&ended, "look    SPF          ", "mail.desk.example has none");
    has(&ended, "BROKEN  DKIM         ", "has no key");
    has(&ended, "look    DMARC        ", "mail.desk.example has none");
    has(&ended, "                     -> TXT at mail.desk.example: \"v=spf1 include:… ~all\"", "");
    has(&ended, "                     -> TXT at _dmarc.mail.desk.example: \"v=DMARC1; p=none;", "");
    assert!(ended.code == Some(1) && ended.err.contains("2 things are broken"), "{ended:?}");
}

#[tokio::test]
async fn what_does_not_work_is_told_apart_from_what_is_hardly_meant() {
    let domain = "mail.desk.example";
    let two = vec![(domain, text("v=spf1 -all")), (domain, text("v=spf1 mx -all"))];
    let ended = examined(but(domain, two)).await;
    has(&ended, "BROKEN  SPF          ", "has 2; with more than one, none counts");
    assert_eq!(ended.code, Some(1));
    let ended = examined(but(domain, vec![(domain, text("v=spf1 mx +all"))])).await;
    has(&ended, "look    SPF          ", "it lets the whole world send in your name");
    ended.ok();
    let own = vec![("_dmarc.mail.desk.example", text("v=DMARC1; p=none"))];
    let ended = examined(but("_dmarc.desk.example", own)).await;
    has(
        &ended,
        "look    DMARC        ",
        "_dmarc.mail.desk.example: v=DMARC1; p=none: forged mails are only reported",
    );
    ended.ok();
    let revoked = vec![("s1._domainkey.mail.desk.example", text("v=DKIM1; p="))];
    let ended = examined(but("s1._domainkey.mail.desk.example", revoked)).await;
    has(&ended, "BROKEN  DKIM         ", "the key was taken back");
}

#[tokio::test]
async fn a_sender_that_could_be_answered_is_one_with_an_mx_or_an_address() {
    let of = |data: RData| vec![("mail.desk.example", data)];
    let by_address = examined(of(RData::A(A::new(192, 0, 2, 7)))).await;
    has(&by_address, "ok      mail domain  ", "has no MX, but an address");
    let refuses = examined(of(mx("."))).await;
    has(&refuses, "look    mail domain  ", "says that it takes no mail");
}

#[tokio::test]
async fn where_no_resolver_answers_it_says_so_once_and_nothing_is_broken() {
    let sink = Sink::friendly().await;
    // Bound, and deaf.
    let deaf = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = deaf.local_addr().unwrap().to_string();
    let ended = house(&sink).run(&["doctor", "--resolver", &address]).await;
    has(&ended, "look    mail domain  ", "the DNS could not be asked about mail.desk.example");
    assert_eq!(ended.out.matches("could not be asked").count(), 1, "{}", ended.out);
    ended.ok();
    let wrong = house(&sink).run(&["doctor", "--resolver", "dns.example"]).await;
    assert!(wrong.err.contains("must be an IP address, with or without a port"), "{wrong:?}");
}

#[tokio::test]
async fn the_selector_may_be_left_out_and_has_to_be_one() {
    let sink = Sink::friendly().await;
    let resolver = resolver(good()).await.to_string();
    let house = House::new().with("DESKBELL_MAIL__URL", &format!("smtp://{}", sink.address));
    let house = house.with("DESKBELL_MAIL__FROM", "bell@mail.desk.example");
    let ended = house.run(&["doctor", "--resolver", &resolver]).await;
    has(&ended, "ok      DKIM         ", "not looked at: mail.dkim_selector");
    ended.ok();
    let wrong = house.with("DESKBELL_MAIL__DKIM_SELECTOR", "s1 _domainkey").run(&["config", "check"]).await;
    assert!(wrong.failure().starts_with("mail.dkim_selector must be what stands before ._domainkey"));
}
