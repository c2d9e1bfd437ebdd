//! The places where people come in. They are open before there is anybody to answer: who comes early waits.

use anyhow::{Context, bail};
use axum::Router;
use axum::http::HeaderValue;
use axum::middleware::from_fn_with_state;
use web::gate::{self, Gatekeeper};
use web::listener::{self, Caps, Tls};

use crate::compose::Lifecycle;
use crate::health;
use crate::listening::{self, Address, Inherited, Listener, SocketFile};
use crate::settings::Settings;
use crate::tls;

/// The most connections at the operator's listener.
const OPERATORS: usize = 256;

/// The places that were taken; nobody is let in yet.
pub(crate) struct Doors {
    public: Vec<Listener>,
    operator: Vec<Listener>,
    /// What those for everybody show, if they speak TLS.
    tls: Option<Tls>,
}

/// Open doors, behind which people wait.
pub(crate) struct Open {
    public: Gatekeeper,
    operator: Gatekeeper,
    files: Vec<SocketFile>,
}

impl Doors {
    /// Takes the places of the settings: those for everybody only if there is a role that answers there.
    pub(crate) fn take(settings: &Settings, answers: bool) -> anyhow::Result<Self> {
        let server = &settings.server;
        let listen = if answers { server.listen.as_slice() } else { &[] };
        let mut inherited = Inherited::of_this_process(listen.iter().chain(&server.operator_listen));
        let mut take = |addresses: &[Address], chosen, key| -> anyhow::Result<Vec<Listener>> {
            let taken =
                addresses.iter().map(|at| listening::take(at, chosen, key, server.options, &mut inherited));
            Ok(taken.collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect())
        };
        let mut public = take(listen, server.listen_chosen, "server.listen")?;
        let operator = match take(&server.operator_listen, server.operator_chosen, "server.operator_listen") {
            Ok(operator) => operator,
            Err(error) if server.operator_chosen => return Err(error),
            // Nobody asked for it: that it cannot be had is no reason not to answer visitors.
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the operator's listener is off");
                Vec::new()
            }
        };
        for listener in &operator {
            tracing::info!(address = %listener.address, "operators may ask here");
        }
        let tls = server.tls.as_ref().map(|tls| Tls::new(&tls.certificate)).transpose();
        let tls = tls.context("TLS cannot be set up")?;
        if let Some(tls) = &tls {
            public = public.into_iter().map(|listener| listener.protected(tls)).collect();
        }
        Ok(Self { public, operator, tls })
    }

    /// The base of all links: as it was set, or where a browser on this machine finds us.
    pub(crate) fn public_url(&self, settings: &Settings) -> anyhow::Result<String> {
        if let Some(url) = &settings.server.public_url {
            return Ok(url.clone());
        }
        if let Some(url) = self.public.iter().find_map(Listener::url) {
            return Ok(url);
        }
        if !self.public.is_empty() {
            bail!("server.public_url must be set: no browser finds a Unix socket by itself");
        }
        // A role that answers nobody puts links into mails all the same.
        settings.server.base().context("server.public_url must be set: links in mails begin with it")
    }

    /// Whether one of them is reached from this machine by its usual names.
    pub(crate) fn is_loopback(&self) -> bool {
        self.public.iter().any(Listener::is_loopback)
    }

    /// Whether others could connect.
    pub(crate) fn is_beyond_this_machine(&self) -> bool {
        self.public.iter().any(|listener| match &listener.address {
            Address::Tcp(address) => !address.ip().is_loopback(),
            Address::Unix(_) | Address::Inherited(_) => false,
        })
    }

    /// The places besides the one that the public URL names, for people.
    pub(crate) fn others(&self, public_url: &str) -> Vec<String> {
        let shown =
            self.public.iter().map(|listener| listener.url().unwrap_or_else(|| listener.address.to_string()));
        shown.filter(|place| place != public_url).collect()
    }

    /// Lets people in, to wait.
    pub(crate) fn open(
        self,
        settings: &Settings,
        public_url: &str,
        life: &Lifecycle,
    ) -> anyhow::Result<Open> {
        if let (Some(shown), Some(tls)) = (self.tls, &settings.server.tls) {
            tracing::info!(ends = %tls.certificate.ends(), "TLS is spoken");
            life.tracker.spawn(tls::keep_up(tls, shown, life.stop.clone())?);
        }
        let limits = &settings.limits;
        let caps = Caps::new(limits.connections, limits.connections_per_ip, &settings.server.trusted_proxies);
        let operators = Caps::new(OPERATORS, OPERATORS, &settings.server.trusted_proxies);
        let mut files = Vec::new();
        let hsts = settings.server.hsts.and_then(|hsts| hsts.value(public_url));
        let mut open = |listeners: Vec<Listener>, caps: Caps, hsts: Option<HeaderValue>| {
            let (keeper, mut router) = gate::closed(health::starting());
            // Outside of everything: it holds for those who are told to come again, too.
            if let Some(value) = hsts {
                router = router.layer(from_fn_with_state(value, web::hsts::layer));
            }
            for listener in listeners {
                let (ear, file) = listener.into_parts();
                files.extend(file);
                let (stop, tracker) = (life.stop.clone(), life.tracker.clone());
                life.tracker.spawn(listener::serve(ear, router.clone(), caps.clone(), stop, tracker));
            }
            keeper
        };
        let (public, operator) = (open(self.public, caps, hsts), open(self.operator, operators, None));
        Ok(Open { public, operator, files })
    }
}

impl Open {
    /// From now on, these answer. What is returned is to be kept until the end.
    pub(crate) fn answer(self, public: Router, operator: Router) -> Vec<SocketFile> {
        self.public.open(public);
        self.operator.open(operator);
        self.files
    }
}
