//! The files as they go over the wire, made by the build script (`build/`): the widget joined, scripts minified, everything compressed.

/// One file, ready to be sent.
pub(crate) struct File {
    /// Below `assets`: `widget/loader.js`.
    path: &'static str,
    pub(crate) plain: &'static [u8],
    pub(crate) gzip: &'static [u8],
    pub(crate) etag: &'static str,
}

/// Every file, by path.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A file by its path below `assets`.
pub(crate) fn file(path: &str) -> Option<&'static File> {
    let at = FILES.binary_search_by_key(&path, |file| file.path).ok()?;
    FILES.get(at)
}

impl File {
    /// The media type.
    pub(crate) fn kind(&self) -> &'static str {
        match self.path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            _ => "application/octet-stream",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weigh(name: &str) -> usize {
        file(&format!("widget/{name}")).expect("the file is there").gzip.len()
    }

    fn text(name: &str) -> &'static str {
        let file = file(&format!("widget/{name}")).expect("the file is there");
        std::str::from_utf8(file.plain).expect("UTF-8")
    }

    #[test]
    fn the_widget_is_light() {
        let loader = weigh("loader.js");
        assert!(loader <= 5 * 1024, "the loader is {loader} bytes");
        for rest in ["deskbell.ko.js", "deskbell.en.js"] {
            let all = loader + weigh(rest);
            assert!(all <= 25 * 1024, "the loader and {rest} are {all} bytes");
        }
    }

    #[test]
    fn a_language_is_one_file_that_fetches_no_other() {
        for rest in ["deskbell.ko.js", "deskbell.en.js"] {
            assert!(!text(rest).contains("import(") && !text(rest).contains("from`"), "{rest}");
            assert!(text("loader.js").contains("/widget/deskbell."));
        }
        assert!(
            text("deskbell.ko.js").contains("지금 관리자 호출")
                && !text("deskbell.ko.js").contains("Call an admin now")
        );
        assert!(
            text("deskbell.en.js").contains("Call an admin now")
                && !text("deskbell.en.js").contains("지금 관리자 호출")
        );
    }

    #[test]
    fn no_comment_and_no_test_goes_over_the_wire() {
        let scripts = FILES.iter().filter(|file| file.path.starts_with("widget/"));
        for file in scripts {
            let text = std::str::from_utf8(file.plain).expect("UTF-8");
            assert!(
                !text.contains("/*") && !text.contains("@param") && !text.contains("\n//"),
                "{}",
                file.path
            );
        }
        assert!(FILES.iter().all(|file| !file.path.contains("test") && !file.path.contains(".md")));
    }

    #[test]
    fn every_file_is_found_by_its_path() {
        assert!(FILES.iter().all(|one| file(one.path).is_some_and(|found| found.path == one.path)));
        assert!(FILES.len() > 10);
    }
}
