//! A stream passes a buffering nginx at once, whatever it speaks to us.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use desk::Caller;
use serde_json::Value;
use testkit::event_stream::EventStream;
use tokio::net::UnixStream;

use crate::stage::{API, Stage};

/// Debian's nginx with its own defaults for a proxy: it keeps what we say until its buffers are full.
struct Nginx {
    process: Child,
    folder: tempfile::TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Nginx {
    async fn before(stage: &Stage, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display();
        // One process, so that ending it ends all of it: a worker that is left would hold our output open for ever.
        // As the user that we are, so that it reaches the folder.
        let user = if is_root() { "user root;" } else { "" };
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {root}/{name};"))
            .concat();
        let settings = format!(
            "daemon off; master_process off; {user} worker_processes 1; pid {root}/pid; error_log stderr error;
             events {{ worker_connections 64; }}
             http {{ access_log off; {temporary}
               server {{ listen unix:{root}/socket; location / {{ proxy_pass http://{}; {more} }} }} }}",
            stage.at
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, settings).unwrap();
        let process = Command::new("/usr/sbin/nginx")
            .arg("-c")
            .arg(&file)
            .arg("-p")
            .arg(folder.path())
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .spawn()
            .expect("nginx is installed: cargo xtask test brings it");
        let nginx = Self { process, folder };
        stage.until("nginx listens", async || UnixStream::connect(nginx.socket()).await.is_ok()).await;
        nginx
    }

    fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join("socket")
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(Path::new("/proc/self")).unwrap().uid() == 0
}

#[tokio::test]
async fn every_word_passes_a_buffering_proxy_the_moment_it_is_said() {
    for more in ["", "proxy_http_version 1.1; proxy_set_header Connection \"\";"] {
        let stage = Stage::open().await;
        let owner = Caller::Admin(stage.owner().await);
        let (visitor, token) = stage.world.visitor().await;
        let id = stage.world.call(&visitor, "help").await;
        stage.world.desk.join(&owner, id).await.unwrap();
        let nginx = Nginx::before(&stage, more).await;
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str())];
        let connection = UnixStream::connect(nginx.socket()).await.unwrap();
        let path = format!("{API}/conversations/{id}/events");
        let mut stream = EventStream::over(connection, &path, &headers).await.unwrap();
        assert!(stream.head.header("server").contains("nginx"), "{:?}", stream.head);
        stream.next("welcome").await;
        for n in 0..20 {
            // Each word waits for the one before it to have come: nothing is held back.
            let words = format!("word {n}");
            stage.world.says(&owner, id, &words).await;
            let heard = |frame: &Value| frame["event"]["body"] == words.as_str();
            stream.find(&words, heard).await;
        }
        drop(stage);
        assert_eq!(stream.ended().await, 1001, "that it ends is passed on, too");
    }
}
