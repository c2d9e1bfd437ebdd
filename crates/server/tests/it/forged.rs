//! Headers by which a request says to be for another host, or from another address (S22, S23).

use serde_json::json;
use testkit::http::{Request, exchange};

use crate::process::{House, Server, until};
use crate::sign_in::Browser;

const EVIL: &str = "evil.example";

/// With everything by which a proxy might say for which host a request was.
fn forged(request: Request) -> Request {
    let headers = [
        ("X-Forwarded-Host", EVIL),
        ("X-Host", EVIL),
        ("X-Forwarded-Server", EVIL),
        ("X-Original-Host", EVIL),
        ("X-HTTP-Host-Override", EVIL),
        ("X-Forwarded-Proto", "https"),
        ("X-Original-URL", "https://evil.example/admin"),
        ("X-Rewrite-URL", "https://evil.example/admin"),
        ("Forwarded", "for=203.0.113.7;host=evil.example;proto=https"),
    ];
    headers.iter().fold(request, |request, (name, value)| request.header(name, value))
}

#[tokio::test]
async fn s22_links_and_places_to_go_come_from_the_public_address_alone() {
    // The worst case: what the proxy says is believed.
    let house = House::new().with("DESKBELL_SERVER__TRUSTED_PROXIES", "127.0.0.1");
    let token = house.owner("kim@desk.example").await;
    let server = house.serve().await;
    let base = format!("http://localhost:{}", server.address.port());
    for (path, place) in [("/admin", "/admin/sign-in"), ("/admin/team", "/admin/sign-in?next=/admin/team")] {
        let answer = forged(Request::new("GET", path)).send(server.address).await;
        assert_eq!((answer.status, answer.header("location")), (303, place));
    }
    let post = |path: &str, token: &str, body| forged(Request::new("POST", path)).bearer(token).json(&body);
    let lee = json!({ "email": "lee@desk.example" });
    let added = post("/api/v1/admin/admins", &token, lee).send(server.address).await.json();
    assert!(added["link"].as_str().unwrap().starts_with(&format!("{base}/admin/")), "{added}");
    let made = post("/api/v1/widget/sessions", "", json!({})).send(server.address).await.json();
    let visitor = made["token"].as_str().unwrap();
    let called = post("/api/v1/widget/conversations", visitor, json!({})).send(server.address).await;
    assert_eq!(called.status, 201);
    let mut browser = Browser::new(&server);
    browser.sign_in("kim@desk.example", "a quiet bell rings twice").await;
    let mail = until("a kept mail", async || {
        let page = browser.get("/admin/mails/kept").await.text();
        let path = page.split("class=\"row\" href=\"").nth(1)?.split('"').next()?.to_owned();
        Some(browser.get(&path).await.text())
    });
    let mail = mail.await;
    assert!(mail.contains(&format!("{base}/admin/conversations/")), "{mail}");
    for page in ["/", "/help", "/demo", "/admin/sign-in", "/widget.js"] {
        assert!(
            !forged(Request::new("GET", page)).send(server.address).await.text().contains(EVIL),
            "{page}"
        );
    }
    assert!(!mail.contains(EVIL));
}

#[tokio::test]
async fn s22_a_request_for_another_host_is_misdirected_however_it_says_so() {
    let house = House::new();
    let server = house.serve().await;
    let hosts = [
        EVIL,
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "[::1].evil.example",
        "evil.example:80",
        "localhost@evil.example",
        "localhost:4000@evil.example",
        "localhost, evil.example",
        "localhost evil.example",
        "localhost/evil.example",
        "localhost:evil.example",
        "localhost#evil.example",
        "localhost.",
        "0.0.0.0",
        "127.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "",
    ];
    let requests = hosts.map(|host| format!("GET /help HTTP/1.1\r\nHost: {host}\r\n")).into_iter().chain([
        format!("GET http://{EVIL}/help HTTP/1.1\r\nHost: localhost\r\n"),
        format!("GET http://localhost@{EVIL}/help HTTP/1.1\r\nHost: localhost\r\n"),
        format!("GET /help HTTP/1.1\r\nHost: localhost\r\nHost: {EVIL}\r\n"),
        format!("GET /help HTTP/1.1\r\nHost: {EVIL}\r\nHost: localhost\r\n"),
        format!("GET /help HTTP/1.1\r\nHost: {EVIL}\r\nX-Forwarded-Host: localhost\r\n"),
    ]);
    for request in requests {
        let answer = exchange(server.address, format!("{request}Connection: close\r\n\r\n").as_bytes()).await;
        // What is no host at all may be refused before anybody asks whose it is.
        assert!(matches!(answer.status, 400 | 421), "{request:?}: {}", answer.status);
        assert!(!answer.text().contains(EVIL) && answer.header("location").is_empty(), "{request:?}");
    }
}

/// From where the log says a request has come.
async fn logged(house: &House, server: &Server, headers: &[(&str, &str)]) -> String {
    let request = Request::new("GET", "/help");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let id = request.send(server.address).await.header("x-request-id").to_owned();
    let line = until("the request's line", async || {
        let log = house.log("serve --listen 127.0.0.1:0");
        log.lines().find(|line| line.contains(&id) && line.contains("client.ip=")).map(str::to_owned)
    });
    let line = line.await;
    line.split("client.ip=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

/// Which proxies are trusted, what a request says of itself, from where it then comes.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[tokio::test]
async fn s23_a_forged_address_is_believed_of_nobody_but_trusted_proxies() {
    let here = "127.0.0.1";
    let xff = "X-Forwarded-For";
    let other = [("X-Real-IP", "1.2.3.4"), ("Forwarded", "for=1.2.3.4"), ("CF-Connecting-IP", "1.2.3.4")];
    let more =
        [("True-Client-IP", "1.2.3.4"), ("X-Client-IP", "1.2.3.4"), ("X-Cluster-Client-IP", "1.2.3.4")];
    let rows: [Row<'_>; 20] = [
        ("", &[], here),
        ("", &[(xff, "1.2.3.4")], here),
        ("", &[(xff, "1.2.3.4, 127.0.0.1")], here),
        ("", &other, here),
        ("", &more, here),
        (here, &[], here),
        (here, &other, here),
        (here, &more, here),
        (here, &[(xff, "1.2.3.4")], "1.2.3.4"),
        (here, &[(xff, "9.9.9.9, 1.2.3.4")], "1.2.3.4"),
        (here, &[(xff, "9.9.9.9"), (xff, "1.2.3.4")], "1.2.3.4"),
        (here, &[(xff, "127.0.0.1, 1.2.3.4")], "1.2.3.4"),
        (here, &[(xff, "1.2.3.4, <script>alert(1)</script>")], here),
        (here, &[(xff, "1.2.3.4,")], here),
        (here, &[(xff, "1.2.3.4:80")], here),
        (here, &[(xff, "::ffff:1.2.3.4")], "1.2.3.4"),
        ("127.0.0.1,10.0.0.0/8", &[(xff, "9.9.9.9, 1.2.3.4, 10.9.0.2")], "1.2.3.4"),
        ("127.0.0.1,10.0.0.0/8", &[(xff, "10.9.0.2, 1.2.3.4")], "1.2.3.4"),
        ("127.0.0.1,10.0.0.0/8", &[(xff, "1.2.3.4, 11.0.0.1")], "11.0.0.1"),
        ("127.0.0.1,10.0.0.0/8", &[(xff, "2001:db8::7, 10.9.0.2")], "2001:db8::7"),
    ];
    for trusted in ["", here, "127.0.0.1,10.0.0.0/8"] {
        let house = House::new().with("DESKBELL_SERVER__TRUSTED_PROXIES", trusted);
        let server = house.serve().await;
        for (_, headers, client) in rows.iter().filter(|(of, _, _)| *of == trusted) {
            assert_eq!(&logged(&house, &server, headers).await, client, "{trusted:?} {headers:?}");
        }
        assert!(!house.log("serve --listen 127.0.0.1:0").contains("script"));
    }
}
