//! Where somebody goes after signing in: only to a page of the portal.

/// `asked`, if it is a page of this portal written plainly. Everything that some browser might read as another
/// host (`//host`, `\`, encoded or control characters, a scheme) fails.
pub(crate) fn safe(asked: &str) -> Option<&str> {
    let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
    let rest = path.strip_prefix("/admin")?;
    let path_fits = (rest.is_empty() || rest.starts_with('/'))
        && !rest.contains("//")
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-".contains(&b));
    let query_fits = query.bytes().all(|b| b.is_ascii_alphanumeric() || b"=&_-%+.".contains(&b));
    let leads_out = ["/sign-in", "/sign-out", "/welcome"].iter().any(|page| rest.starts_with(page));
    (path_fits && query_fits && !leads_out && asked.len() <= 512).then_some(asked)
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn only_pages_of_the_portal_are_gone_to() {
        for page in [
            "/admin",
            "/admin/",
            "/admin/conversations/0194f7a2-7b1c-7d3e-8f00-123456789abc",
            "/admin/inquiries?status=open&q=%EA%B0%80",
        ] {
            assert_eq!(safe(page), Some(page));
        }
        for page in [
            "",
            "/",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "https://evil.example/admin",
            "javascript:alert(1)",
            "/administrator",
            "/admin//evil.example",
            "/admin/../x",
            "/admin\\evil",
            "/admin/%2f%2fevil.example",
            "/admin\n",
            "/admin?x=\u{202e}",
            "/admin#x",
            "/admin@evil.example",
            "/admin/sign-out",
            "/admin/sign-in?next=/admin",
            " /admin",
        ] {
            assert_eq!(safe(page), None, "{page:?}");
        }
    }
}
