//! What every answer says to browsers and caches, and what the public listener does not show (S49, S51, S52).

use std::collections::BTreeSet;
use std::net::SocketAddr;

use serde_json::{Value, json};
use testkit::event_stream::EventStream;
use testkit::http::{Answer, Request, exchange};
use testkit::routes::in_source;

use crate::process::{House, Server, until};
use crate::sign_in::Browser;

/// Of the owner, whose pages these are.
pub(crate) const ADDRESS: &str = "kim@desk.example";

/// What makes a page look like a file to a cache.
const AS_FILES: &str = "/x.css /x.js /account.png .css .js ;x.css %3Bx.css %2Fx.css %23x.css %3Fx.css %00.css %0Ax.css %09.css %20.css \
    /.css //x.css /%2e%2e/x.css /../portal.css /";

/// What other programs leave open.
const LEFTOVERS: &str = "/metrics /metrics/ /admin/metrics /api/v1/admin/metrics /prometheus /stats /status /health /healthz/db \
    /readyz/mail /livez /debug /debug/pprof/ /debug/vars /console /trace /server-status /actuator /actuator/env \
    /openapi.yaml /openapi.json /docs /docs/openapi.yaml /api /api/v1 /api/v1/widget /api/v1/widget/openapi.json \
    /api-docs /swagger /swagger-ui/ /graphql /.env /.git/config /.git/HEAD /.well-known/security.txt /config \
    /config/deskbell.toml /deskbell.toml /deskbell.db /deskbell-data/deskbell.db /data/deskbell.db /backup \
    /version /assets/ /assets/portal/ /widget/README.md /Cargo.toml /cgi-bin/ /phpmyadmin/ /wp-login.php";

/// A server with a call, a post and a mail, and those who may see them.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) cookies: String,
    pub(crate) admin: String,
    pub(crate) visitor: String,
    pub(crate) ids: [String; 3],
}

pub(crate) async fn scene(house: &House) -> Scene {
    let admin = house.owner(ADDRESS).await;
    let server = house.serve().await;
    let visitor = server.post("/api/v1/widget/sessions", "", &json!({})).await.json();
    let visitor = visitor["token"].as_str().unwrap().to_owned();
    let called = server.post("/api/v1/widget/conversations", &visitor, &json!({})).await.json();
    let post = json!({ "kind": "error", "title": "It broke", "body": "It broke." });
    let posted = server.post("/api/v1/widget/inquiries", &visitor, &post).await.json();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let mut browser = Browser::new(&server);
    browser.sign_in(ADDRESS, "a quiet bell rings twice").await;
    let mail = until("a kept mail", async || {
        let page = browser.get("/admin/mails/kept").await.text();
        Some(page.split("class=\"row\" href=\"/admin/mails/").nth(1)?.split('"').next()?.to_owned())
    });
    let mail = mail.await;
    let cookies: Vec<String> =
        browser.into_cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let ids = [id(&called["conversation"]["id"]), id(&posted["inquiry"]["id"]), mail];
    Scene { server, cookies: cookies.join("; "), admin, visitor, ids }
}

/// Every route that there is for everybody, by the source of the routers, with ids of this scene in it.
pub(crate) fn routes(scene: &Scene) -> Vec<(String, String)> {
    let sources = [
        ("", include_str!("../../../gateway/src/lib.rs")),
        ("/api/v1/widget", include_str!("../../../gateway/src/rest/mod.rs")),
        ("", include_str!("../../../portal/src/lib.rs")),
        ("/api/v1/admin", include_str!("../../../portal/src/api/mod.rs")),
        ("", include_str!("../../src/health.rs")),
    ];
    let mut routes = BTreeSet::new();
    for (prefix, source) in sources {
        let found = in_source(source);
        assert!(!found.is_empty(), "no routes below {prefix:?}");
        routes.extend(found.into_iter().map(|(method, path)| (method, format!("{prefix}{path}"))));
    }
    let [call, post, mail] = &scene.ids;
    let id = |path: &str| match path {
        path if path.contains("/conversations") => call.clone(),
        path if path.contains("/inquiries") => post.clone(),
        _ => mail.clone(),
    };
    let named = routes.into_iter().map(|(method, path)| {
        let file = if path.contains("/portal/") { "portal.css" } else { "connection.js" };
        let id = id(&path);
        let path = path.replace("{file}", file).replace("{id}", &id).replace("{*rest}", "x/y");
        (method, path.replace("{verb}", "nothing").replace("{secret}", "nobodys"))
    });
    let more = [
        "/nothing",
        "/admin/x.css",
        "/api/v1/nothing",
        "/widget/nothing.js",
        "/socket.io/?EIO=4&transport=polling",
    ];
    named.chain(more.map(|path| ("GET".to_owned(), path.to_owned()))).collect()
}

async fn ask(scene: &Scene, method: &str, path: &str, known: bool) -> Answer {
    ask_at(scene.server.address, scene, method, path, known).await
}

/// The same where something else stands before the server.
pub(crate) async fn ask_at(at: SocketAddr, scene: &Scene, method: &str, path: &str, known: bool) -> Answer {
    let token = if path.starts_with("/api/v1/admin") { &scene.admin } else { &scene.visitor };
    if path == "/api/v1/widget/events" && known {
        let bearer = format!("Bearer {token}");
        // An answer that does not end: its head is what counts.
        let open = EventStream::open(at, path, &[("Authorization", &bearer)]).await;
        return open.map_or_else(|answer| answer, |stream| stream.head.clone());
    }
    let mut request = Request::new(method, path).header("Accept-Language", "ko");
    if known {
        let api = path.starts_with("/api/");
        request = if api { request.bearer(token) } else { request.header("Cookie", &scene.cookies) };
    }
    request.send(at).await
}

/// Pages under names that a cache may take for those of files.
pub(crate) fn as_files(scene: &Scene) -> Vec<String> {
    let [call, post, mail] = &scene.ids;
    let mut paths = Vec::new();
    for page in [
        "/admin".to_owned(),
        "/admin/account".to_owned(),
        "/admin/team".to_owned(),
        "/admin/record".to_owned(),
        format!("/admin/conversations/{call}"),
        format!("/admin/inquiries/{post}"),
        format!("/admin/mails/{mail}"),
        format!("/api/v1/admin/conversations/{call}"),
        "/api/v1/admin/admins".to_owned(),
    ] {
        for name in AS_FILES.split_whitespace() {
            paths.push(format!("{page}{name}"));
        }
        for before in [
            "/assets/portal/..%2F..",
            "/assets/portal/../..",
            "/widget/..",
            "/widget/%2e%2e",
            "/widget/..%2F",
            "/.",
        ] {
            paths.push(format!("{before}{page}"));
        }
        paths.push(format!("/{page}"));
    }
    paths
}

/// For everybody, whoever asks.
fn is_file(path: &str, status: u16) -> bool {
    status == 200 && (path.starts_with("/widget") || path.starts_with("/assets/"))
}

#[tokio::test]
async fn s49_s51_every_answer_says_who_may_frame_it_and_only_files_may_be_kept() {
    let house = House::new();
    let scene = scene(&house).await;
    let routes = routes(&scene);
    assert!(routes.len() > 90, "{}", routes.len());
    let mut seen = BTreeSet::new();
    for (method, path) in &routes {
        for known in [false, true] {
            let answer = ask(&scene, method, path, known).await;
            let what = format!("{method} {path} {known} {}", answer.status);
            assert!(answer.status >= 200 && answer.status < 500, "{what}");
            seen.insert(answer.status);
            // A mail is shown in a frame of our own page, in which nothing runs.
            let framed = path.ends_with("/html") && answer.status == 200;
            let (option, policy) = if framed { ("SAMEORIGIN", "'self'") } else { ("DENY", "'none'") };
            let csp = answer.header("content-security-policy");
            assert_eq!(answer.header("x-frame-options"), option, "{what}");
            assert!(csp.contains(&format!("frame-ancestors {policy}")), "{what}: {csp}");
            assert!(csp.contains("default-src 'none'"), "{what}: {csp}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
            // No address of ours, which may have a secret in it, is told to another site.
            let referrer = answer.header("referrer-policy");
            assert!(["no-referrer", "same-origin"].contains(&referrer), "{what}: {referrer}");
            let caches: Vec<&String> = answer
                .headers
                .iter()
                .filter(|(name, _)| name == "cache-control")
                .map(|(_, value)| value)
                .collect();
            if is_file(path, answer.status) {
                // The names carry no version: a cache asks each time, and what it has is the same for everybody.
                assert_eq!(caches, ["no-cache"], "{what}");
                assert!(
                    answer.header("set-cookie").is_empty() && !answer.header("etag").is_empty(),
                    "{what}"
                );
                assert_eq!(answer.header("vary"), "Accept-Encoding", "{what}");
            } else {
                let kept = caches.len() != 1 || !caches[0].split(',').any(|part| part.trim() == "no-store");
                assert!(!kept, "{what}: {caches:?}");
            }
        }
    }
    for status in [200, 204, 303, 401, 404, 409, 410, 415, 426] {
        assert!(seen.contains(&status), "{status} is not among {seen:?}");
    }
}

#[tokio::test]
async fn s51_a_page_is_not_to_be_had_under_the_name_of_a_file() {
    let house = House::new();
    let scene = scene(&house).await;
    let mine = ask(&scene, "GET", "/admin/account", true).await;
    assert!(mine.status == 200 && mine.text().contains(ADDRESS), "here it is");
    for path in as_files(&scene) {
        for header in [format!("Cookie: {}", scene.cookies), format!("Authorization: Bearer {}", scene.admin)]
        {
            let head =
                format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n");
            let answer = exchange(scene.server.address, head.as_bytes()).await;
            let what = format!("{path}: {} {}", answer.status, answer.text());
            assert!(matches!(answer.status, 308 | 303 | 400 | 401 | 404 | 405), "{what}");
            assert!(!answer.text().contains(ADDRESS) && !answer.text().contains("It broke"), "{what}");
            let control = answer.header("cache-control");
            assert!(answer.status == 400 || control == "no-store", "{what}: {control}");
        }
    }
}

#[tokio::test]
async fn s52_the_public_listener_shows_up_or_down_and_nothing_else_of_how_it_is() {
    let house = House::new();
    let scene = scene(&house).await;
    for known in [false, true] {
        for path in LEFTOVERS.split_whitespace() {
            let answer = ask(&scene, "GET", path, known).await;
            assert!(
                matches!(answer.status, 404 | 401),
                "{path} {known}: {} {}",
                answer.status,
                answer.text()
            );
            let text = answer.text();
            assert!(
                !text.contains("deskbell_") && !text.contains(env!("CARGO_PKG_VERSION")),
                "{path}: {text}"
            );
        }
        let (alive, ready) =
            (ask(&scene, "GET", "/healthz", known).await, ask(&scene, "GET", "/readyz", known).await);
        assert_eq!((alive.status, alive.text().as_str()), (200, "ok\n"));
        assert_eq!((ready.status, ready.json()), (200, json!({ "ready": true, "failed": [] })));
        for answer in [alive, ready, ask(&scene, "GET", "/", known).await] {
            assert!(answer.header("server").is_empty() && answer.header("x-powered-by").is_empty());
        }
        for method in ["TRACE", "CONNECT", "TRACK", "DEBUG", "PROPFIND"] {
            let status = ask(&scene, method, "/help", known).await.status;
            assert!(matches!(status, 400 | 404 | 405), "{method}: {status}");
        }
    }
}

#[tokio::test]
async fn s52_no_label_of_a_figure_names_anybody_or_anything_that_was_asked_for() {
    let mut house = House::new();
    house.set("DESKBELL_SERVER__OPERATOR_LISTEN", "127.0.0.1:0");
    let mut scene = scene(&house).await;
    for (method, path) in routes(&scene) {
        for known in [false, true] {
            ask(&scene, &method, &path, known).await;
        }
    }
    for path in [
        "/CANARY",
        "/admin/CANARY",
        "/widget/CANARY.js",
        "/api/v1/widget/CANARY?CANARY=1",
        "/admin/welcome/CANARY",
    ] {
        ask(&scene, "GET", path, true).await;
        ask(&scene, "CANARY", path, true).await;
    }
    scene.server.learn_operators(&house).await;
    let text = Request::new("GET", "/metrics").send(scene.server.operators()).await.text();
    let mut labels = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((_, rest)) = line.split_once('{') else { continue };
        for label in rest.rsplit_once('}').unwrap().0.split("\",") {
            labels.insert(label.split_once('=').unwrap().1.trim_matches('"').to_owned());
        }
    }
    assert!(labels.contains("/api/v1/widget/conversations/{id}"), "{labels:#?}");
    for label in &labels {
        let digits = label.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 8);
        assert!(!digits && !label.contains('@') && !label.contains("127.0.0.1"), "{label}");
    }
    for secret in ["CANARY", ADDRESS, &scene.admin, &scene.visitor]
        .iter()
        .copied()
        .chain(scene.ids.iter().map(String::as_str))
    {
        assert!(!text.contains(secret), "{secret}");
    }
}
