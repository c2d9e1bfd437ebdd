//! The files as they go over the wire: the widget's modules joined and slimmed, everything compressed once.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::LazyLock;

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::assets::slim::{self, Modules};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../assets"]
#[include = "widget/*.js"]
#[include = "portal/*"]
#[exclude = "*/tests/*"]
#[exclude = "*.md"]
struct Assets;

/// One file, ready to be sent.
pub(crate) struct File {
    pub(crate) plain: Bytes,
    pub(crate) gzip: Bytes,
    pub(crate) etag: String,
    pub(crate) kind: &'static str,
}

static FILES: LazyLock<BTreeMap<String, File>> = LazyLock::new(pack);

/// The module that the loader fetches at the first click, and the one that it fetches for the board.
const CALL: &str = "deskbell.js";
const BOARD: &str = "board.js";

/// A file by its path below `assets`.
pub(crate) fn file(path: &str) -> Option<&'static File> {
    FILES.get(path)
}

fn pack() -> BTreeMap<String, File> {
    let mut texts: BTreeMap<String, Vec<u8>> = Assets::iter()
        .filter_map(|path| Some((path.to_string(), Assets::get(&path)?.data.into_owned())))
        .collect();
    for (name, text) in joined(&texts) {
        texts.insert(format!("widget/{name}"), text.into_bytes());
    }
    texts
        .into_iter()
        .map(|(path, text)| {
            let file = File::of(&path, text);
            (path, file)
        })
        .collect()
}

/// The widget's modules: what is fetched together is one file.
fn joined(texts: &BTreeMap<String, Vec<u8>>) -> Modules {
    let modules: Modules = texts
        .iter()
        .filter_map(|(path, text)| {
            let (_, ending) = path.rsplit_once('.')?;
            let name = path.strip_prefix("widget/").filter(|_| ending == "js")?;
            let text = String::from_utf8(text.clone()).ok()?;
            Some((name.to_owned(), if name.starts_with("style") { slim::slim_style(&text) } else { text }))
        })
        .collect();
    let (call, inside) = slim::join(&modules, CALL, None);
    let (board, _) = slim::join(&modules, BOARD, Some((CALL, &inside)));
    let mut files: Modules = modules.iter().map(|(name, text)| (name.clone(), slim::slim(text))).collect();
    files.insert(CALL.to_owned(), call);
    files.insert(BOARD.to_owned(), board);
    files
}

impl File {
    fn of(path: &str, text: Vec<u8>) -> Self {
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&text)[..12]));
        let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            _ => "application/octet-stream",
        };
        let gzip = compress(&text).unwrap_or_default();
        Self { plain: text.into(), gzip: gzip.into(), etag, kind }
    }
}

fn compress(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weigh(name: &str) -> usize {
        file(&format!("widget/{name}")).expect("the file is there").gzip.len()
    }

    #[test]
    fn the_widget_is_light() {
        assert!(weigh("loader.js") <= 5 * 1024, "the loader is {} bytes", weigh("loader.js"));
        for words in ["words.ko.js", "words.en.js"] {
            let call = weigh(CALL) + weigh(words);
            assert!(call <= 20 * 1024, "a call is {call} bytes with {words}");
        }
    }

    #[test]
    fn no_comment_and_no_test_goes_over_the_wire() {
        let call = std::str::from_utf8(&file("widget/deskbell.js").expect("the file is there").plain)
            .expect("UTF-8");
        assert!(!call.contains("@param") && !call.contains("from './"));
        assert!(FILES.keys().all(|path| !path.contains("tests")));
    }
}
