//! A cache for everybody in front: one that keeps whatever it may, and one that keeps whatever is named like a file. Nobody is
//! handed what was somebody's (S51).

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::process::Child;

use tempfile::TempDir;
use testkit::http::{Answer, Request};
use testkit::ports::free;
use tokio::net::TcpStream;

use crate::answers::{ADDRESS, Scene, as_files, ask_at, routes, scene};
use crate::process::{House, until};
use crate::proxies::front::run_nginx;

/// What makes a cache of a careless site: whatever ends like a file is one, and is kept whatever the server says.
const FILES: &str = r"location ~* \.(css|js|png|ico|svg|map|woff2?)$ {
    proxy_ignore_headers Cache-Control Expires Set-Cookie Vary X-Accel-Expires;
    proxy_pass http://SERVER;
}";

/// nginx with a cache in front of a server.
struct Cache {
    process: Child,
    _folder: TempDir,
    at: SocketAddr,
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Cache {
    /// Everything is kept for a minute, unless the answer forbids it; what is below `/control/` comes from somebody who forbids nothing.
    async fn before(scene: &Scene, more: &str) -> Self {
        let (folder, at) = (tempfile::tempdir().unwrap(), free());
        let root = folder.path();
        let site = "proxy_cache_path ROOT/cache levels=1 keys_zone=all:1m;
             server { listen unix:ROOT/control; location / { return 200 $request_id; } }
             server {
                 listen AT;
                 proxy_cache all;
                 proxy_cache_valid any 1m;
                 proxy_http_version 1.1;
                 proxy_set_header Host $host;
                 add_header X-Cache $upstream_cache_status always;
                 location / { proxy_pass http://SERVER; }
                 location ^~ /control/ { proxy_pass http://unix:ROOT/control:; }
                 MORE
             }";
        let site = site.replace("MORE", more).replace("ROOT", &root.display().to_string());
        let site = site.replace("AT;", &format!("{at};"));
        std::fs::write(root.join("site.conf"), site.replace("SERVER", &scene.server.address.to_string()))
            .unwrap();
        let process = run_nginx(root);
        let cache = Self { process, _folder: folder, at };
        until("nginx listens", async || TcpStream::connect(at).await.ok()).await;
        cache
    }

    /// It does keep what it may.
    async fn keeps(&self, path: &str) {
        let ask = async || Request::new("GET", path).send(self.at).await;
        let (first, again) = (ask().await, ask().await);
        assert_eq!((first.header("x-cache"), again.header("x-cache")), ("MISS", "HIT"), "{path}");
        assert_eq!(first.text(), again.text());
    }
}

/// All that was said, in the head as well.
fn all_of(answer: &Answer) -> String {
    let head: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{}\n\n{}", head.join("\n"), answer.text())
}

/// What is theirs alone: who they are, what was written to them, and what opens their doors.
fn personal(scene: &Scene) -> Vec<String> {
    let cookies = scene.cookies.split("; ").filter_map(|cookie| cookie.split_once('='));
    let keys = cookies.map(|(_, value)| value).filter(|value| value.len() > 8).map(str::to_owned);
    let known = [ADDRESS, "It broke", &scene.admin, &scene.visitor].map(str::to_owned);
    known.into_iter().chain(keys).collect()
}

/// Cookies and tokens of forms that were handed out with an answer: nobody else may have the same.
fn handed_out(answer: &Answer) -> BTreeSet<String> {
    let cookies = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let cookies =
        cookies.filter_map(|(_, cookie)| Some(cookie.split(';').next()?.split_once('=')?.1.to_owned()));
    let text = answer.text();
    let tokens = text.split("name=\"csrf\" value=\"").skip(1);
    let tokens = tokens.filter_map(|rest| Some(rest.split('"').next()?.to_owned()));
    cookies.chain(tokens).filter(|secret| secret.len() > 8).collect()
}

/// Asks as somebody who may see it, and then as nobody.
async fn asked_twice(cache: &Cache, scene: &Scene, path: &str) -> (Answer, Answer) {
    let mine = ask_at(cache.at, scene, "GET", path, true).await;
    let nobodys = ask_at(cache.at, scene, "GET", path, false).await;
    let said = all_of(&nobodys);
    for secret in personal(scene).iter().chain(&handed_out(&mine)) {
        assert!(!said.contains(secret), "{path}: nobody is told {secret:?}: {said}");
    }
    (mine, nobodys)
}

#[tokio::test]
async fn s51_a_cache_that_keeps_whatever_it_may_keeps_nothing_of_anybody() {
    let house = House::new();
    let scene = scene(&house).await;
    let cache = Cache::before(&scene, "").await;
    cache.keeps("/control/page").await;
    let personal = personal(&scene);
    let (mut asked, mut told) = (0, 0);
    for (_, path) in routes(&scene).iter().filter(|(method, _)| method == "GET") {
        let (mine, nobodys) = asked_twice(&cache, &scene, path).await;
        asked += 1;
        told += usize::from(personal.iter().any(|secret| all_of(&mine).contains(secret)));
        for answer in [mine, nobodys] {
            assert_ne!(answer.header("x-cache"), "HIT", "{path}: {}", all_of(&answer));
        }
    }
    assert!(asked > 45 && told > 15, "of {asked} answers {told} had something to keep");
}

#[tokio::test]
async fn s51_a_cache_that_keeps_whatever_is_named_like_a_file_has_no_page_among_it() {
    let house = House::new();
    let scene = scene(&house).await;
    let cache = Cache::before(&scene, FILES).await;
    cache.keeps("/control/page").await;
    let mut kept = 0;
    for path in as_files(&scene) {
        let (mine, nobodys) = asked_twice(&cache, &scene, &path).await;
        kept += usize::from(nobodys.header("x-cache") == "HIT");
        let said = all_of(&mine);
        assert!(!said.contains(ADDRESS) && !said.contains("It broke"), "{path} is no page: {said}");
    }
    assert!(kept > 50, "the trap was open: {kept} answers were kept and handed on");
    // What is a file is kept, and is everybody's.
    for path in ["/assets/portal/portal.css", "/widget.js"] {
        let (_, nobodys) = asked_twice(&cache, &scene, path).await;
        assert_eq!((nobodys.status, nobodys.header("x-cache")), (200, "HIT"), "{path}");
    }
}
