//! Browsers by name.

/// A browser's name for itself, in two words: `Chrome 146 · Windows`.
pub(crate) fn short(agent: &str) -> String {
    let name = [
        ("Edg/", "Edge"),
        ("Whale/", "Whale"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let found = name.iter().find_map(|(mark, name)| {
        let version: String =
            agent.split_once(mark)?.1.chars().take_while(char::is_ascii_digit).take(4).collect();
        Some(format!("{name} {version}"))
    });
    let on = system.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (found, on) {
        (Some(found), Some(on)) => format!("{} · {on}", found.trim_end()),
        (Some(found), None) => found,
        _ => agent.chars().filter(|c| !c.is_control()).take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_browser_is_named_in_two_words() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36";
        assert_eq!(short(chrome), "Chrome 146 · Windows");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
        assert_eq!(short(safari), "Safari 604 · iPhone");
        assert_eq!(short("curl"), "curl");
    }
}
