//! Where to listen, as the operator writes it.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// One place to listen at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// `127.0.0.1:4000`, `[::]:4000`, `localhost:4000`.
    Tcp(SocketAddr),
    /// `unix:/run/deskbell.sock`
    Unix(PathBuf),
    /// `fd:3`, a socket that whoever started us has opened and handed over (systemd.socket(5)); `fd:` takes all that no
    /// other setting names.
    Inherited(Option<u32>),
}

/// The first descriptor that is handed over (`SD_LISTEN_FDS_START`, sd_listen_fds(3)).
pub(crate) const FIRST_INHERITED: u32 = 3;

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            return if path.is_absolute() {
                Ok(Self::Unix(path))
            } else {
                Err(format!("{text}: must name an absolute path, such as unix:/run/deskbell.sock"))
            };
        }
        if let Some(number) = text.strip_prefix("fd:") {
            return match (number.is_empty(), number.parse()) {
                (true, _) => Ok(Self::Inherited(None)),
                (false, Ok(number)) if number >= FIRST_INHERITED => Ok(Self::Inherited(Some(number))),
                _ => Err(format!(
                    "{text}: must be fd: alone or a descriptor's number from {FIRST_INHERITED} on, such as fd:3"
                )),
            };
        }
        let named = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let address = named.as_deref().unwrap_or(text).parse();
        address.map(Self::Tcp).map_err(|_| {
            format!("{text}: must be an address with a port, such as 127.0.0.1:4000 or [::]:4000, unix: with a path, or fd:")
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Inherited(None) => f.write_str("fd:"),
            Self::Inherited(Some(number)) => write!(f, "fd:{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_meant() {
        for text in ["127.0.0.1:4000", "[::]:4000", "unix:/run/desk.sock", "fd:", "fd:4"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        assert_eq!("localhost:80".parse::<Address>().unwrap().to_string(), "127.0.0.1:80");
    }

    #[test]
    fn what_is_none_is_told_with_what_would_be() {
        for text in
            ["", "4000", "127.0.0.1", "127.0.0.1:99999", "unix:", "unix:desk.sock", "fd:2", "fd:x", "fd:-1"]
        {
            let told = text.parse::<Address>().unwrap_err();
            assert!(told.starts_with(text) && told.contains("such as"), "{told}");
        }
    }
}
