//! Origins that are nearly `https://desk.example` or `https://shop.example:8443`, and are neither (S10).

/// What may stand behind an origin, to whoever compares beginnings.
const BEHIND: &[&str] = &[
    ".",
    "/",
    "/x",
    "?",
    "#",
    ":0",
    ":80",
    ":8444",
    ":84430",
    ":08443",
    ".evil.example",
    "-evil.example",
    "_.evil.example",
    "`.evil.example",
    "$.evil.example",
    "%00.evil.example",
    "%2eevil.example",
    "%20",
    "@evil.example",
    ":@evil.example",
    "\\evil.example",
    ",https://evil.example",
    " ,https://evil.example",
    " https://evil.example",
    ";x",
    "e",
];

/// What may stand before a host's name, to whoever compares ends.
const BEFORE: &[&str] = &[
    "",
    "//",
    "http://",
    "HTTP://",
    "HTTPS://",
    "ws://",
    "wss://",
    "ftp://",
    "file://",
    "blob:https://",
    "chrome-extension://",
    "https:",
    "https:/",
    "https:///",
    "https://x.",
    "https://evil-",
    "https://evil",
    "https://a@",
    "https://a:b@",
    "https://evil.example/",
    "https://evil.example?",
    "https://evil.example#",
    "https://evil.example/https://",
];

/// Others.
const OTHERS: &[&str] = &[
    "null",
    "",
    "*",
    "https://",
    "https://evil.example",
    "https://DESK.example",
    "https://desk.EXAMPLE",
    "https://desk.exampl",
    "https://esk.example",
    "https://desk.examp1e",
    "https://desk-example",
    "https://deskxexample",
    "https://desk..example",
    "https://xn--desk-x.example",
    "https://xn--dsk-tlc.example",
    "https://desk.example:443",
    "https://desk.example:8443",
    "https://shop.example",
    "https://shop.example:443",
    "https://shop.example:844",
    "https://[::1]",
    "https://0.0.0.0",
    "about:blank",
];

/// At least 80 of them, each once.
pub fn foreign() -> Vec<String> {
    let mut all: Vec<String> = OTHERS.iter().map(|one| (*one).to_owned()).collect();
    for host in ["desk.example", "shop.example:8443"] {
        all.extend(BEHIND.iter().map(|end| format!("https://{host}{end}")));
        all.extend(BEFORE.iter().map(|start| format!("{start}{host}")));
    }
    all.sort();
    all.dedup();
    assert!(all.len() >= 80);
    all
}
