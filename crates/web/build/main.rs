//! Makes the files of `assets/` as they go over the wire: the widget's modules joined, scripts minified, everything compressed; and
//! the client of Socket.IO as it is.

mod classes;
mod join;
mod minify;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::join::Modules;
use crate::minify::{Kind, OwnNames};

/// The languages of the widget: each has a file of its own, with its words in it.
const LANGUAGES: [&str; 2] = ["ko", "en"];

/// Classes that the loader sets and the window's style sheet names.
const KEPT_CLASSES: [&str; 1] = ["left"];

fn main() -> Result<(), Box<dyn Error>> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    let out = out_dir()?;
    println!("cargo::rerun-if-changed=build");
    let widget = scripts(&assets.join("widget"))?;
    let mut files = BTreeMap::new();
    for (name, text) in read(&assets.join("portal"))? {
        files.insert(format!("portal/{name}"), text);
    }
    // One by one for whoever wants one alone: the portal's pages do.
    for (name, text) in &widget {
        let small = minify::minify(text, Kind::Module, None).map_err(|why| format!("{name}: {why}"))?;
        files.insert(format!("widget/{name}"), small.into_bytes());
    }
    files.remove("widget/deskbell.js");
    // As its makers publish it, for whoever trusts their hashes.
    let client = read(&assets.join("../vendor/socket.io-client"))?;
    for (name, text) in client.into_iter().filter(|(name, _)| name.ends_with(".min.js")) {
        files.insert(format!("socket.io/{name}"), text);
    }
    let loader = format!("'use strict';{{{}}}", join::join(&widget, "loader.js", "en")?);
    files.insert("widget/loader.js".to_owned(), minify::minify(&loader, Kind::Script, None)?.into_bytes());
    let kept = KEPT_CLASSES.map(str::to_owned).to_vec();
    let mut names = OwnNames::new(&fs::read_to_string(assets.join("widget/own-names.txt"))?, kept);
    for language in LANGUAGES {
        let whole = join::join(&widget, "deskbell.js", language)? + "export{start};";
        let small = minify::minify(&whole, Kind::Module, Some(&mut names))?;
        files.insert(format!("widget/deskbell.{language}.js"), small.into_bytes());
    }
    fs::write(out.join("files.rs"), table(&files, &out)?)?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "it is how cargo speaks to a build script")]
fn out_dir() -> Result<PathBuf, env::VarError> {
    env::var("OUT_DIR").map(PathBuf::from)
}

/// The scripts of a folder by name.
fn scripts(folder: &Path) -> Result<Modules, Box<dyn Error>> {
    let files = read(folder)?
        .into_iter()
        .filter(|(name, _)| name.rsplit_once('.').is_some_and(|(_, ending)| ending == "js"));
    files.map(|(name, text)| Ok((name, String::from_utf8(text)?))).collect()
}

/// The files of a folder, not of those within it.
fn read(folder: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
        }
    }
    Ok(files)
}

/// Writes each file, plain and compressed, and the Rust that holds them, by path.
fn table(files: &BTreeMap<String, Vec<u8>>, out: &Path) -> Result<String, Box<dyn Error>> {
    let mut table = String::from("&[\n");
    for (index, (path, text)) in files.iter().enumerate() {
        let (plain, gzip) = (format!("{index}"), format!("{index}.gz"));
        let mut packed = Vec::new();
        zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, text.as_slice(), &mut packed)?;
        fs::write(out.join(&plain), text)?;
        fs::write(out.join(&gzip), packed)?;
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..12]));
        writeln!(
            table,
            "File {{ path: {path:?}, plain: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{plain}\")), gzip: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{gzip}\")), etag: {etag:?} }},"
        )?;
    }
    table.push(']');
    Ok(table)
}
