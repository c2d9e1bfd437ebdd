//! What strace has seen of a server: the system calls that reach the disk and the network, in their order.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::Context;

/// The words before a server's command that write its calls to this file, and make some of them fail as `faults` say
/// in strace's own language (`fsync:error=EIO:when=3`). strace is the server's grandchild then (`-D`), so that the
/// process one starts, waits for and kills is the server itself.
pub(crate) fn tracing(into: &Path, faults: &[String]) -> Vec<String> {
    let into = into.display().to_string();
    let calls =
        "trace=openat,pwrite64,fdatasync,fsync,ftruncate,unlink,unlinkat,rename,mkdir,write,writev,sendto";
    let words =
        ["strace", "-D", "-f", "-q", "--seccomp-bpf", "-y", "-xx", "-s", "70000", "-e", "signal=KILL"];
    let mut words: Vec<String> =
        words.into_iter().chain(["-e", calls, "-o", &into]).map(str::to_owned).collect();
    for fault in faults {
        words.extend(["-e".to_owned(), format!("inject={fault}")]);
    }
    words
}

/// The words before a server's command that make its calls fail until [`relieve`]d: its system calls are stopped one
/// by one, for a filter in the kernel could not be taken away again.
pub(crate) fn hindering(into: &Path, fault: &str) -> Vec<String> {
    let calls = fault.split(':').next().unwrap_or_default();
    let (trace, inject, into) =
        (format!("trace={calls}"), format!("inject={fault}"), into.display().to_string());
    let words = ["strace", "-D", "-f", "-q", "-e", "signal=KILL", "-e", &trace, "-e", &inject, "-o", &into];
    words.map(str::to_owned).to_vec()
}

/// Takes strace away from a process, which goes on without it. As a grandchild it does not listen to milder signals.
pub(crate) async fn relieve(pid: u32) -> anyhow::Result<()> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:")).map(str::trim);
    let tracer = tracer.filter(|tracer| *tracer != "0").context("nobody traces the server")?;
    let ask = format!("kill -KILL {tracer}");
    let asked = tokio::process::Command::new("sh").args(["-c", &ask]).status().await?;
    anyhow::ensure!(asked.success(), "strace could not be taken away");
    Ok(())
}

/// One call that did what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// Bytes went to a place in a file.
    Write { file: String, at: u64, bytes: Vec<u8> },
    /// A file was given this length.
    Truncate { file: String, length: u64 },
    /// A file, or a folder, was brought to the disk.
    Sync { file: String },
    /// Bringing a file to the disk has failed.
    NoSync { file: String },
    /// A file was opened that would have been made had it not been there.
    Open { file: String },
    /// A folder was made.
    Folder { file: String },
    /// A file was removed.
    Remove { file: String },
    /// Bytes went into a pipe, a socket, or the end of a file.
    Send { bytes: Vec<u8> },
}

/// Reads what [`tracing`] has written. Bytes count as sent when their sending began, everything else as done when
/// it had ended.
pub(crate) fn read(trace: &Path) -> anyhow::Result<Vec<Call>> {
    let mut file = BufReader::new(File::open(trace).context("strace has written nothing")?);
    let (mut calls, mut begun, mut line) = (Vec::new(), HashMap::new(), Vec::new());
    while {
        line.clear();
        file.read_until(b'\n', &mut line)?
    } != 0
    {
        let text = String::from_utf8_lossy(&line);
        let Some((thread, said)) = text.trim_end().split_once(' ') else { continue };
        let said = said.trim_start();
        if let Some((first, _)) = said.split_once(" <unfinished ...>") {
            // What a peer may have read already is a promise, whatever becomes of the call.
            calls.extend(sent(first));
            begun.insert(thread.to_owned(), first.to_owned());
        } else if let Some((_, rest)) = said.split_once(" resumed>").filter(|_| said.starts_with("<... ")) {
            let whole = begun.remove(thread).unwrap_or_default() + rest;
            calls.extend(done(&whole));
        } else {
            calls.extend(done(said));
            calls.extend(sent(said));
        }
    }
    Ok(calls)
}

/// Whether strace has seen the end of the process: then the file is whole.
pub(crate) fn is_whole(trace: &Path) -> bool {
    let last = || -> std::io::Result<bool> {
        let mut file = File::open(trace)?;
        file.seek(SeekFrom::End(-4))?;
        let mut bytes = [0; 4];
        file.read_exact(&mut bytes)?;
        Ok(bytes == *b"+++\n")
    };
    last().unwrap_or(false)
}

/// A call that reached the disk. Failed ones, and those that were only made to look as if they had worked, did not.
fn done(said: &str) -> Option<Call> {
    let (call, result) = said.rsplit_once(" = ")?;
    let (name, arguments) = call.trim_end().split_once('(')?;
    let arguments = arguments.strip_suffix(')')?;
    if matches!(name, "fsync" | "fdatasync") && result.starts_with('-') {
        return Some(Call::NoSync { file: opened(arguments)? });
    }
    if result.starts_with('-') || result.starts_with('?') || result.ends_with("(INJECTED)") {
        return None;
    }
    match name {
        "pwrite64" => {
            let (rest, at) = arguments.rsplit_once(", ")?;
            Some(Call::Write { file: opened(arguments)?, at: at.parse().ok()?, bytes: quoted(rest)? })
        }
        "ftruncate" => {
            let (_, length) = arguments.rsplit_once(", ")?;
            Some(Call::Truncate { file: opened(arguments)?, length: length.parse().ok()? })
        }
        "fsync" | "fdatasync" => Some(Call::Sync { file: opened(arguments)? }),
        "openat" if arguments.contains("O_CREAT") => Some(Call::Open { file: opened(result)? }),
        "mkdir" => Some(Call::Folder { file: name_in(arguments)? }),
        "unlink" | "unlinkat" => Some(Call::Remove { file: name_in(arguments)? }),
        _ => None,
    }
}

fn sent(said: &str) -> Option<Call> {
    let (name, arguments) = said.split_once('(')?;
    matches!(name, "write" | "writev" | "sendto").then(|| Call::Send { bytes: all_quoted(arguments) })
}

/// The path of the open file that comes first: `3</a/path>`.
fn opened(arguments: &str) -> Option<String> {
    let (_, path) = arguments.split_once('<')?;
    let (path, _) = path.split_once('>')?;
    Some(if path.starts_with("\\x") {
        String::from_utf8_lossy(&bytes(path)).into_owned()
    } else {
        path.to_owned()
    })
}

fn name_in(arguments: &str) -> Option<String> {
    Some(String::from_utf8_lossy(&quoted(arguments)?).into_owned())
}

fn quoted(arguments: &str) -> Option<Vec<u8>> {
    let (_, text) = arguments.split_once('"')?;
    // Cut short it would be followed by three dots; what a server writes at once is never so long.
    let (text, _) = text.split_once('"')?;
    Some(bytes(text))
}

fn all_quoted(arguments: &str) -> Vec<u8> {
    arguments.split('"').skip(1).step_by(2).flat_map(bytes).collect()
}

/// `\x41\x42` is `AB`.
fn bytes(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let codes = text.as_bytes().chunks_exact(4);
    codes.filter_map(|code| Some(digit(code[2])? << 4 | digit(code[3])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Call, read};

    #[test]
    fn calls_are_read_as_they_were_made_and_sends_as_they_were_begun() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace");
        let text = r#"7  openat(AT_FDCWD<\x2f>, "\x61", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 3<\x2f\x61>
7  openat(AT_FDCWD<\x2f>, "\x61", O_RDONLY) = 4<\x2f\x61>
7  pwrite64(3<\x2f\x61>, "\x41\x22\x00", 3, 4096) = 3
7  pwrite64(3<\x2f\x61>, "\x41", 1, 0) = -1 ENOSPC (No space left on device)
7  fsync(3<\x2f\x61> <unfinished ...>
9  sendto(5<\x54>, "\x68\x69", 2, MSG_NOSIGNAL, NULL, 0 <unfinished ...>
7  <... fsync resumed>)              = 0
9  <... sendto resumed>) = 2
7  fdatasync(3<\x2f\x61>) = 0 (INJECTED)
7  fsync(3<\x2f\x61>) = -1 EIO (Input/output error) (INJECTED)
7  writev(5<\x54>, [{iov_base="\x61", iov_len=1}, {iov_base="\x62", iov_len=1}], 2) = 2
7  ftruncate(3<\x2f\x61>, 0) = 0
7  mkdir("\x2f\x64", 0700) = 0
7  unlink("\x2f\x61") = 0
7  +++ exited with 0 +++
"#;
        std::fs::write(&path, text).unwrap();
        let file = || "/a".to_owned();
        let expected = [
            Call::Open { file: file() },
            Call::Write { file: file(), at: 4096, bytes: vec![0x41, 0x22, 0] },
            Call::Send { bytes: b"hi".to_vec() },
            Call::Sync { file: file() },
            Call::NoSync { file: file() },
            Call::Send { bytes: b"ab".to_vec() },
            Call::Truncate { file: file(), length: 0 },
            Call::Folder { file: "/d".to_owned() },
            Call::Remove { file: file() },
        ];
        assert_eq!(read(&path).unwrap(), expected);
        assert!(super::is_whole(&path));
    }
}
