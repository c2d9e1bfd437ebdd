//! The widget's files, loadable from any page, small, and asked for again in one small answer; and our own pages.

use testkit::http::Request;

use crate::stage::{Stage, config};

#[tokio::test]
async fn the_widget_and_the_client_of_socket_io_load_from_any_page_and_are_not_sent_twice() {
    let stage = Stage::open().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/widget");
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let served: Vec<String> = files
        .filter(|name| std::path::Path::new(name).extension().is_some_and(|ending| ending == "js"))
        .map(|name| format!("/widget/{name}"))
        .collect();
    assert!(served.len() > 3);
    let wholes = [
        "/widget.js",
        "/widget/deskbell.ko.js",
        "/widget/deskbell.en.js",
        "/socket.io/socket.io.js",
        "/socket.io/socket.io.min.js",
        "/socket.io/socket.io.esm.min.js",
    ];
    for path in served.iter().map(String::as_str).filter(|path| *path != "/widget/deskbell.js").chain(wholes)
    {
        let whole = Request::new("GET", path).header("Origin", "https://any.example").send(stage.at).await;
        assert_eq!((whole.status, whole.header("access-control-allow-origin")), (200, "*"), "{path}");
        assert_eq!(whole.header("cross-origin-resource-policy"), "cross-origin", "{path}");
        assert!(whole.header("content-type").starts_with("text/javascript"), "{path}");
        assert_eq!(whole.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(whole.header("cache-control"), "no-cache", "{path}");
        let tag = whole.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() > 10, "{path}: {tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let again = Request::new("GET", path).header("If-None-Match", &known).send(stage.at).await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{path} {known}");
            assert_eq!(again.header("etag"), tag, "{path}");
            assert_eq!(again.header("access-control-allow-origin"), "*", "{path}");
        }
        let changed = Request::new("GET", path).header("If-None-Match", "\"other\"").send(stage.at).await;
        assert_eq!(changed.status, 200, "{path}");
        let small = Request::new("GET", path).header("Accept-Encoding", "gzip").send(stage.at).await;
        assert_eq!(small.header("content-encoding"), "gzip", "{path}");
        assert_eq!(&small.body[..2], [0x1f, 0x8b], "{path}");
        assert!(small.body.len() < whole.body.len() || whole.body.len() < 200, "{path}");
        assert!(small.header("vary").to_ascii_lowercase().contains("accept-encoding"), "{path}");
        let head = Request::new("HEAD", path).send(stage.at).await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
    }
}

/// The licence asks for its notice, and whoever has pinned the published file's hash gets that file.
#[tokio::test]
async fn the_client_of_socket_io_is_the_published_one() {
    let stage = Stage::open().await;
    let published = include_bytes!("../../../../vendor/socket.io-client/socket.io.min.js");
    let served = Request::new("GET", "/socket.io/socket.io.js").send(stage.at).await;
    assert!(served.body == published, "{} bytes", served.body.len());
    assert!(served.text().contains("Released under the MIT License"));
}

/// S05.
#[tokio::test]
async fn nothing_beside_the_widget_is_served_with_it() {
    let stage = Stage::open().await;
    for path in [
        "/widget/nothing.js",
        "/widget/../portal/live.js",
        "/widget/..%2fportal%2flive.js",
        "/widget/%2e%2e%2fportal%2flive.js",
        "/widget/tests",
        "/widget/README.md",
        "/widget/.",
        "/widget/%00",
        "/widget/%ff",
        "/widget/",
        "/widget.js/",
        "/widget//loader.js",
        "/socket.io/LICENSE",
        "/socket.io/socket.io.msgpack.min.js",
        "/socket.io/..%2fwidget%2floader.js",
    ] {
        let answer = Request::new("GET", path).send(stage.at).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn our_pages_speak_the_readers_language_and_frame_nowhere() {
    let stage = Stage::open().await;
    for path in ["/", "/help", "/demo"] {
        for (wanted, lang) in
            [("en-US,en;q=0.9", "en"), ("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("fr,en;q=0.5", "en")]
        {
            let page = Request::new("GET", path).header("Accept-Language", wanted).send(stage.at).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.text().contains(&format!("lang=\"{lang}\"")), "{path} {wanted}");
            assert_eq!(page.header("x-frame-options"), "DENY", "{path}");
            assert!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
            assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
            assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert!(!page.header("content-security-policy").contains("unsafe"), "{path}");
            assert!(!page.header("x-request-id").is_empty(), "{path}");
        }
    }
    let stage = Stage::with(gateway::Config { demo: false, ..config() }).await;
    assert_eq!(Request::new("GET", "/demo").send(stage.at).await.status, 404, "a real site has no demo page");
}
