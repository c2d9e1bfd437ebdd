//! `deskbell serve`

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use web::listener::{self, Caps};

use crate::cli::{Place, Role, Serve};
use crate::commands::ports;
use crate::compose::{self, Lifecycle, Parts};
use crate::lock::RoleLock;
use crate::settings::Settings;
use crate::{health, telemetry};

/// How long a drain may take.
const DRAIN: Duration = Duration::from_secs(10);

pub(crate) async fn run(place: &Place, serve: Serve) -> anyhow::Result<()> {
    let mut settings = super::load(place)?;
    for address in &serve.listen {
        let address =
            address.parse().with_context(|| format!("--listen {address}: must be an address with a port"))?;
        if !std::mem::replace(&mut settings.server.listen_chosen, true) || serve.listen.len() == 1 {
            settings.server.listen.clear();
        }
        settings.server.listen.push(address);
    }
    telemetry::start();
    for warning in &settings.warnings {
        tracing::warn!(warning, "settings");
    }
    make_folder(&settings, place)?;
    let _locks = lock(place, &serve.roles)?;
    let speaks_http = serve.roles.iter().any(|role| matches!(role, Role::Gateway | Role::Portal));
    let listeners = if speaks_http { listen(&settings)? } else { Vec::new() };
    let public_url = public_url(&settings, &listeners)?;
    let parts = Parts::open(&settings).await?;
    let life = Lifecycle::default();
    // Whoever reads that it is ready may ask it to stop at once, and must be heard.
    let end = the_end()?;
    start(&serve.roles, &parts, &mut settings, &public_url, listeners, &life)?;
    welcome(&serve.roles, &parts, &settings, &public_url).await;
    end.await;
    drain(&parts, &life).await;
    Ok(())
}

/// The data folder is its owner's alone.
fn make_folder(settings: &Settings, place: &Place) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let database = settings.database.parent().filter(|folder| !folder.as_os_str().is_empty());
    for folder in [Some(place.data.as_path()), database].into_iter().flatten() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    Ok(())
}

/// Mailer and timeouts may run any number of times: leases and compare-and-set keep them apart.
fn lock(place: &Place, roles: &[Role]) -> anyhow::Result<Vec<RoleLock>> {
    let named = [(Role::Gateway, "gateway"), (Role::Portal, "portal")];
    let taken = named.into_iter().filter(|(role, _)| roles.contains(role));
    taken.map(|(_, name)| RoleLock::take(&place.data, name)).collect()
}

fn listen(settings: &Settings) -> anyhow::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in &settings.server.listen {
        listeners.push(ports::bind(*address, settings.server.listen_chosen)?);
    }
    Ok(listeners)
}

fn public_url(settings: &Settings, listeners: &[TcpListener]) -> anyhow::Result<String> {
    if let Some(url) = &settings.server.public_url {
        return Ok(url.clone());
    }
    match listeners.first() {
        Some(listener) => Ok(ports::usable(listener.local_addr()?)),
        None => {
            Ok(settings.server.listen.first().map_or_else(String::new, |address| ports::usable(*address)))
        }
    }
}

fn start(
    roles: &[Role],
    parts: &Parts,
    settings: &mut Settings,
    public_url: &str,
    listeners: Vec<TcpListener>,
    life: &Lifecycle,
) -> anyhow::Result<()> {
    let limits = &settings.limits;
    let caps = Caps::new(limits.connections, limits.connections_per_ip, &settings.server.trusted_proxies);
    compose::start_workers(roles, parts, settings, public_url, life)?;
    if !listeners.is_empty() {
        let router = compose::router(roles, parts, settings, public_url, life)?;
        for listener in listeners {
            let (stop, tracker) = (life.stop.clone(), life.tracker.clone());
            life.tracker.spawn(listener::serve(listener, router.clone(), caps.clone(), stop, tracker));
        }
    }
    for address in settings.server.operator_listen.clone() {
        let listener = match ports::bind(address, settings.server.operator_chosen) {
            Ok(listener) => listener,
            Err(error) if settings.server.operator_chosen => return Err(error),
            // Nobody asked for it: that it cannot be had is no reason not to answer visitors.
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the operator's listener is off");
                continue;
            }
        };
        let router = health::router(Arc::clone(&parts.storage));
        let caps = Caps::new(256, 256, &[]);
        life.tracker.spawn(listener::serve(listener, router, caps, life.stop.clone(), life.tracker.clone()));
    }
    Ok(())
}

/// Says where to go. The first line comes when everything answers.
async fn welcome(roles: &[Role], parts: &Parts, settings: &Settings, public_url: &str) {
    println!("Deskbell is ready: {public_url}");
    if roles.contains(&Role::Gateway) && settings.mail.url.is_none() {
        println!("  Demo page    {public_url}/demo");
    }
    if roles.contains(&Role::Portal) {
        println!("  Portal       {public_url}/admin");
        match first_owner(parts).await {
            Ok(Some(link)) => {
                let link = portal::auth::links::url(public_url, &link);
                println!("  First owner  {link}   (once, within 24 hours)");
            }
            Ok(None) => {}
            // It has said that it is ready, and it is: what is stored can be read, and more stored when that works again.
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the link for the first owner could not be made; start again to get one"
            ),
        }
    }
}

/// A link with which the first owner chooses a password, while there is no admin.
async fn first_owner(parts: &Parts) -> Result<Option<desk::Secret>, storage::StorageError> {
    if !parts.storage.admins().await?.is_empty() {
        return Ok(None);
    }
    portal::auth::links::make(&*parts.storage, &parts.source, parts.clock.as_ref(), None).await.map(Some)
}

/// Comes when somebody asks the process to stop; from this call on, and not only once it is awaited.
fn the_end() -> anyhow::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// No new work; what is under way is finished, sockets are closed, mails in flight go out.
async fn drain(parts: &Parts, life: &Lifecycle) {
    tracing::info!("stopping");
    life.stop.cancel();
    life.tracker.close();
    let finished = async {
        life.tracker.wait().await;
        parts.desk.finish().await;
    };
    if tokio::time::timeout(DRAIN, finished).await.is_err() {
        tracing::warn!("some connections did not end in time, and were cut");
    }
    parts.store.close().await;
    tracing::info!("stopped");
}
