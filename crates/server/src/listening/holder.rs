//! Which program has a port that we were to have.
//!
//! Read from `/proc` (proc(5), `/proc/net/tcp`): on a system without it, and for programs of other users, nobody is named.

use std::fs;
use std::path::Path;

/// The state of a socket that listens (`TCP_LISTEN`).
const LISTENS: &str = "0A";

/// The program that listens on this port, as people know it: `nginx (process 812)`.
pub(crate) fn of_port(port: u16) -> Option<String> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| inodes(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    let numbered = |name: &std::ffi::OsStr| name.as_encoded_bytes().iter().all(u8::is_ascii_digit);
    let processes = processes.filter(|process| numbered(&process.file_name()));
    let holder = processes.map(|process| process.path()).find(|process| holds(process, &sockets))?;
    let name = fs::read_to_string(holder.join("comm")).ok()?;
    Some(format!("{} (process {})", name.trim(), holder.file_name()?.to_str()?))
}

/// The inodes of the sockets that listen on a port, from a table as the kernel prints it.
fn inodes(table: &str, port: u16) -> Vec<String> {
    let port = format!(":{port:04X}");
    let rows = table.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>());
    let listening = rows
        .filter(|row| row.get(1).is_some_and(|local| local.ends_with(&port)) && row.get(3) == Some(&LISTENS));
    listening.filter_map(|row| row.get(9).map(|inode| (*inode).to_owned())).collect()
}

fn holds(process: &Path, sockets: &[String]) -> bool {
    let Ok(open) = fs::read_dir(process.join("fd")) else { return false };
    let targets = open.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    targets.filter_map(|target| target.to_str().map(str::to_owned)).any(|target| sockets.contains(&target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let holder = of_port(listener.local_addr().unwrap().port()).unwrap();
        assert!(holder.ends_with(&format!("(process {})", std::process::id())), "{holder}");
    }

    #[test]
    fn only_sockets_that_listen_are_meant() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
             0: 0100007F:0FA0 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n   \
             1: 0100007F:0FA0 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0\n   \
             2: 0100007F:1FA0 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0\n";
        assert_eq!(inodes(table, 4000), ["4711"]);
    }
}
