//! The web servers in front, run from the files in `deploy` themselves.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustls::pki_types::ServerName;
use tempfile::TempDir;
use testkit::ports::free;
use testkit::smtp::Identity;
use tokio::net::TcpStream;

use super::door;
use crate::process::until;

/// A web server that runs.
pub(crate) struct Front {
    process: Child,
    _folder: TempDir,
    /// The name that its certificate is for.
    pub(crate) name: &'static str,
    /// What it calls itself.
    pub(crate) called: &'static str,
    /// Who vouches for its certificate.
    pub(crate) authority: String,
    /// Where it speaks TLS.
    pub(crate) secure: SocketAddr,
    /// Where it does not.
    pub(crate) plain: SocketAddr,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Front {
    /// `deploy/nginx.conf`, in which only ports and the certificate's paths are others.
    pub(crate) async fn nginx(to: SocketAddr) -> Self {
        let (folder, plain, secure) = (tempfile::tempdir().unwrap(), free(), free());
        let root = folder.path();
        let identity = Identity::of("desk.example");
        std::fs::write(root.join("fullchain.pem"), &identity.authority).unwrap();
        std::fs::write(root.join("privkey.pem"), &identity.key).unwrap();
        let ours = [
            ("server 127.0.0.1:4000;", format!("server {to};")),
            ("listen 80;", format!("listen {plain};")),
            ("listen [::]:80;", format!("listen [::1]:{};", plain.port())),
            ("listen 443 ssl http2;", format!("listen {secure} ssl http2;")),
            ("listen [::]:443 ssl http2;", format!("listen [::1]:{} ssl http2;", secure.port())),
            ("/etc/letsencrypt/live/desk.example/", format!("{}/", root.display())),
        ];
        let deployed = include_str!("../../../../../deploy/nginx.conf");
        std::fs::write(root.join("site.conf"), with(deployed, &ours)).unwrap();
        let process = run_nginx(root);
        let authority = identity.authority;
        let (name, called) = ("desk.example", "nginx");
        Self { process, _folder: folder, name, called, authority, secure, plain }.listening().await
    }

    /// `deploy/Caddyfile`, which takes its names by environment. Caddy vouches for `localhost` itself.
    pub(crate) async fn caddy(to: SocketAddr) -> Self {
        let (folder, plain, secure) = (tempfile::tempdir().unwrap(), free(), free());
        let root = folder.path();
        let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/Caddyfile");
        let around = format!(
            "{{\n admin off\n skip_install_trust\n default_bind 127.0.0.1\n http_port {}\n https_port {}\n}}\nimport {site}\n",
            plain.port(),
            secure.port()
        );
        std::fs::write(root.join("Caddyfile"), around).unwrap();
        let mut command = Command::new("/usr/bin/caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(root.join("Caddyfile"));
        command.env("DESK_HOST", "localhost").env("DESK_UPSTREAM", to.to_string());
        for home in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            command.env(home, root);
        }
        let process = begun(command.current_dir(root).stderr(Stdio::null()));
        let vouches = root.join("caddy/pki/authorities/local/root.crt");
        let authority = until("Caddy vouches", async || {
            std::fs::read_to_string(&vouches).ok().filter(|text| text.contains("END CERTIFICATE"))
        });
        let authority = authority.await;
        let (name, called) = ("localhost", "Caddy");
        Self { process, _folder: folder, name, called, authority, secure, plain }.listening().await
    }

    /// `deploy/haproxy.cfg`, in which only ports, the certificate's path, the size and who runs it are others.
    pub(crate) async fn haproxy(to: SocketAddr) -> Self {
        let (folder, plain, secure) = (tempfile::tempdir().unwrap(), free(), free());
        let root = folder.path();
        let identity = Identity::of("desk.example");
        let certificate = root.join("desk.example.pem");
        std::fs::write(&certificate, format!("{}{}", identity.authority, identity.key)).unwrap();
        let ours = [
            ("    user haproxy\n    group haproxy\n    chroot /var/lib/haproxy\n", String::new()),
            ("maxconn 20000", "maxconn 256".to_owned()),
            ("log /dev/log local0", "log stderr format raw local0".to_owned()),
            ("bind :80\n", format!("bind {plain}\n")),
            ("bind [::]:80 ", format!("bind [::1]:{} ", plain.port())),
            ("bind :443 ", format!("bind {secure} ")),
            ("bind [::]:443 ", format!("bind [::1]:{} ", secure.port())),
            ("crt /etc/haproxy/desk.example.pem", format!("crt {}", certificate.display())),
            ("server deskbell 127.0.0.1:4000 ", format!("server deskbell {to} ")),
            ("inter 5s fastinter 1s", "inter 100ms".to_owned()),
        ];
        let deployed = include_str!("../../../../../deploy/haproxy.cfg");
        std::fs::write(root.join("haproxy.cfg"), with(deployed, &ours)).unwrap();
        // One process in the foreground, so that ending it ends all of it.
        let mut command = Command::new("/usr/sbin/haproxy");
        let process = begun(command.arg("-db").arg("-f").arg(root.join("haproxy.cfg")));
        let authority = identity.authority;
        // It names itself nowhere.
        let (name, called) = ("desk.example", "");
        Self { process, _folder: folder, name, called, authority, secure, plain }.listening().await
    }

    async fn listening(self) -> Self {
        // Caddy listens before it has made its certificate.
        let connector = door::trusting(&self.authority, &[]);
        let greeted = until("it speaks TLS", async || {
            let stream = TcpStream::connect(self.secure).await.ok()?;
            connector.connect(ServerName::try_from(self.name).ok()?, stream).await.ok()
        });
        drop(greeted.await);
        self
    }
}

/// What is deployed, with what has to be another here.
fn with(deployed: &str, ours: &[(&str, String)]) -> String {
    ours.iter().fold(deployed.to_owned(), |text, (known, ours)| {
        assert!(text.contains(known), "what is deployed has no {known:?} any more");
        text.replace(known, ours)
    })
}

/// nginx with the site that is in this folder as `site.conf`.
pub(crate) fn run_nginx(root: &Path) -> Child {
    std::fs::write(root.join("nginx.conf"), around(root)).unwrap();
    let mut command = Command::new("/usr/sbin/nginx");
    begun(command.arg("-c").arg(root.join("nginx.conf")).arg("-p").arg(root).args(["-e", "stderr"]))
}

fn begun(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).spawn().expect("it is installed: cargo xtask test brings it")
}

/// What Debian's nginx.conf is around a site; one process, so that ending it ends all of it.
fn around(root: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    let root_user = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    // As the user that we are, so that it reaches the folder.
    let user = if root_user { "user root;" } else { "" };
    let root = root.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {root}/{name};"))
        .concat();
    format!(
        "daemon off; master_process off; {user} worker_processes 1; pid {root}/pid; error_log {root}/error.log error;
         events {{ worker_connections 256; }} http {{ {temporary} include {root}/site.conf; }}"
    )
}
