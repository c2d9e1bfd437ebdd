//! One-time links and sign-in, as a browser without a script does them.

use testkit::http::{Answer, Request};

use crate::process::{House, Server};

const PASSWORD: &str = "a quiet bell rings twice";

/// A browser that keeps its cookies.
pub(crate) struct Browser<'a> {
    server: &'a Server,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(server: &'a Server) -> Self {
        Self { server, cookies: Vec::new() }
    }

    /// One that has what another has kept.
    pub(crate) fn with(server: &'a Server, cookies: Vec<(String, String)>) -> Self {
        Self { server, cookies }
    }

    /// What it has kept.
    pub(crate) fn into_cookies(self) -> Vec<(String, String)> {
        self.cookies
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::new("GET", path)).await
    }

    /// Opens a page with a form, fills it in and sends it.
    async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await;
        let csrf = value_of(&page.text(), "csrf");
        self.post(path, &csrf, fields).await
    }

    /// Sends a form of one page, by its token, to where it goes.
    pub(crate) async fn fill_in(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = value_of(&self.get(page).await.text(), "csrf");
        self.post(path, &csrf, fields).await
    }

    async fn post(&mut self, path: &str, csrf: &str, fields: &[(&str, &str)]) -> Answer {
        let all = [("csrf", csrf)].into_iter().chain(fields.iter().copied());
        let body: Vec<String> = all.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = Request::new("POST", path);
        self.send(request.bytes("application/x-www-form-urlencoded", body.join("&").as_bytes())).await
    }

    async fn send(&mut self, request: Request) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("Cookie", &cookies.join("; ")).send(self.server.address).await;
        for (name, value) in &answer.headers {
            let pair = value.split(';').next().and_then(|pair| pair.split_once('='));
            if let (true, Some((name, value))) = (name == "set-cookie", pair) {
                self.cookies.retain(|(known, _)| known != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.submit("/admin/sign-in", &[("email", email), ("password", password)]).await
    }
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn value_of(page: &str, field: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{field}\" value=\"")).expect("the form has this field");
    rest.split('"').next().unwrap().to_owned()
}

/// The path of a link that was printed.
fn path_of(link: &str) -> String {
    let link = link.split_whitespace().find(|word| word.starts_with("http")).expect("a link is printed");
    link.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap()
}

fn owner() -> [(&'static str, &'static str); 4] {
    [("name", "Kim"), ("email", "kim@desk.example"), ("password", PASSWORD), ("password_again", PASSWORD)]
}

#[tokio::test]
async fn the_first_owners_link_works_once_and_only_by_its_form() {
    let house = House::new();
    let mut server = house.serve().await;
    let link = path_of(&server.line("First owner").await);
    let mut browser = Browser::new(&server);
    // A mail scanner that follows links uses nothing up.
    for _ in 0..2 {
        assert_eq!(browser.get(&link).await.status, 200);
    }
    let wrong =
        [("name", "Kim"), ("email", "kim@desk.example"), ("password", PASSWORD), ("password_again", "other")];
    assert_eq!(browser.submit(&link, &wrong).await.status, 422, "two passwords that differ");
    assert_eq!(browser.post(&link, "forged", &owner()).await.status, 403, "a form that was not ours");
    assert_eq!(Browser::new(&server).post(&link, "", &owner()).await.status, 403, "no form at all");
    assert_eq!(house.run(&["admin", "list"]).await.ok(), "", "nothing of that made anybody");
    let done = browser.submit(&link, &owner()).await;
    assert_eq!((done.status, done.header("location")), (303, "/admin"));
    assert_eq!(browser.get("/admin").await.status, 200, "and is signed in");
    assert_eq!(house.run(&["admin", "list"]).await.ok(), "kim@desk.example\towner\tKim\ton duty\n");
    let mut other = Browser::new(&server);
    assert_eq!(other.get(&link).await.status, 410);
    assert_eq!(other.post(&link, "any", &owner()).await.status, 410);
}

#[tokio::test]
async fn the_chosen_password_signs_in_and_another_does_not() {
    let house = House::new();
    house.owner("kim@desk.example").await;
    let server = house.serve().await;
    let mut browser = Browser::new(&server);
    let wrong = browser.sign_in("kim@desk.example", "not the password").await;
    let unknown = browser.sign_in("nobody@desk.example", "not the password").await;
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert_eq!(browser.get("/admin").await.status, 303);
    let right = browser.sign_in("KIM@desk.example", PASSWORD).await;
    assert_eq!((right.status, right.header("location")), (303, "/admin"));
    assert_eq!(browser.get("/admin").await.status, 200);
}

#[tokio::test]
async fn a_password_is_kept_as_argon2id_with_the_cost_that_owasp_asks_for_however_it_was_chosen() {
    let house = House::new();
    house.owner("kim@desk.example").await;
    let server = house.serve().await;
    house.run(&["admin", "add", "lee@desk.example"]).await.ok();
    let link = path_of(&house.run(&["admin", "reset-password", "lee@desk.example"]).await.ok());
    let new = [("password", "another quiet bell"), ("password_again", "another quiet bell")];
    assert_eq!(Browser::new(&server).submit(&link, &new).await.status, 303);
    let hashes = house.sql("SELECT password_hash FROM admins").await;
    assert_eq!(hashes.lines().count(), 2);
    for hash in hashes.lines() {
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }
}

#[tokio::test]
async fn a_link_of_the_command_line_works_on_the_running_server_and_ends_the_old_password() {
    let house = House::new();
    house.owner("kim@desk.example").await;
    let server = house.serve().await;
    let mut old = Browser::new(&server);
    old.sign_in("kim@desk.example", PASSWORD).await;
    let first = path_of(&house.run(&["admin", "reset-password", "kim@desk.example"]).await.ok());
    let second = path_of(&house.run(&["admin", "reset-password", "kim@desk.example"]).await.ok());
    let new = [("password", "another quiet bell"), ("password_again", "another quiet bell")];
    let mut browser = Browser::new(&server);
    assert_eq!(browser.get(&first).await.status, 410, "a newer link makes the older one worth nothing");
    assert_eq!(browser.submit(&second, &new).await.status, 303);
    assert_eq!(old.get("/admin").await.status, 303, "the old sessions have ended");
    assert_eq!(Browser::new(&server).sign_in("kim@desk.example", PASSWORD).await.status, 401);
    assert_eq!(Browser::new(&server).sign_in("kim@desk.example", "another quiet bell").await.status, 303);
}
