//! A socket on a path of the file system.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::UnixListener;
use web::listener::Ear;

use super::Options;

/// The file of a Unix socket: removed when it is dropped, unless it is somebody else's by then.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    inode: u64,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if fs::metadata(&self.path).is_ok_and(|file| file.ino() == self.inode) {
            let _gone_already = fs::remove_file(&self.path);
        }
    }
}

/// Listens on a path. A file that a killed server has left there is replaced; one behind which somebody listens is not, nor is
/// one that is no socket.
pub(crate) fn bind(path: &Path, options: Options) -> anyhow::Result<(Ear, SocketFile)> {
    make_way(path)?;
    let shown = path.display();
    // Made beside it and moved there, so that nobody finds it before it has its mode and listens.
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let listener = open(&beside, options).with_context(|| format!("unix:{shown} cannot be listened on"))?;
    let moved = fs::rename(&beside, path).and_then(|()| fs::metadata(path));
    let file = moved.inspect_err(|_| drop(fs::remove_file(&beside)));
    let inode = file.with_context(|| format!("unix:{shown} cannot be put in its place"))?.ino();
    Ok((Ear::Unix(listener), SocketFile { path: path.to_owned(), inode }))
}

fn make_way(path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("unix:{shown} cannot be looked at")),
        Ok(file) if !file.file_type().is_socket() => {
            bail!("{shown} is there and is no socket; remove it, or choose another path")
        }
        Ok(_) if std::os::unix::net::UnixStream::connect(path).is_ok() => {
            bail!("unix:{shown} is in use by another program; stop it, or choose another path")
        }
        Ok(_) => Ok(()),
    }
}

fn open(path: &Path, options: Options) -> io::Result<UnixListener> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::unix(path)?)?;
    fs::set_permissions(path, fs::Permissions::from_mode(options.unix_mode))?;
    socket.listen(options.backlog.into())?;
    UnixListener::from_std(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: Options = Options { backlog: 16, ipv6_only: false, reuse_port: false, unix_mode: 0o600 };

    #[tokio::test]
    async fn it_has_its_mode_replaces_what_was_left_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sock");
        let left = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let told = bind(&path, OPTIONS).unwrap_err().to_string();
        assert!(told.contains("in use by another program"), "{told}");
        drop(left);
        let (ear, file) = bind(&path, OPTIONS).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::os::unix::net::UnixStream::connect(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        drop((ear, file));
        assert!(!path.exists());
        fs::write(&path, "a letter").unwrap();
        let told = bind(&path, OPTIONS).unwrap_err().to_string();
        assert!(told.contains("is no socket"), "{told}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "a letter");
    }

    #[tokio::test]
    async fn a_place_that_another_has_taken_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sock");
        let (ear, file) = bind(&path, OPTIONS).unwrap();
        drop(ear);
        let (_ear, _new) = bind(&path, OPTIONS).unwrap();
        drop(file);
        std::os::unix::net::UnixStream::connect(&path).unwrap();
    }
}
