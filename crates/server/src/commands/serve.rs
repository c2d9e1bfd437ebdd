//! `deskbell serve`

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Place, Role, Serve};
use crate::compose::{self, Lifecycle, Names, Parts};
use crate::doors::Doors;
use crate::lock::RoleLock;
use crate::settings::Settings;
use crate::telemetry::{self, tell};
use crate::{health, metrics, service_manager};

/// How long a drain may take.
const DRAIN: Duration = Duration::from_secs(10);

pub(crate) async fn run(place: &Place, serve: Serve) -> anyhow::Result<()> {
    let mut settings = super::load(place)?;
    super::listen_at(&mut settings, &serve.listen);
    let export = telemetry::start(&settings.log, &settings.telemetry)?;
    let ended = serve_until_the_end(place, &serve, settings).await;
    export.finish().await;
    ended
}

async fn serve_until_the_end(place: &Place, serve: &Serve, mut settings: Settings) -> anyhow::Result<()> {
    let figures = metrics::start()?;
    for warning in &settings.warnings {
        tracing::warn!(warning, "settings");
    }
    allow_files();
    make_folder(&settings, place)?;
    let _locks = lock(place, &serve.roles)?;
    // Whoever reads that it is ready may ask it to stop at once, and must be heard.
    let mut end = std::pin::pin!(the_end()?);
    let answers = serve.roles.iter().any(|role| matches!(role, Role::Gateway | Role::Portal));
    let doors = Doors::take(&settings, answers)?;
    let public_url = doors.public_url(&settings)?;
    let (loopback, mut hints) = (doors.is_loopback(), doors.others(&public_url));
    for place in &mut hints {
        *place = format!("  Also at      {place}");
    }
    if settings.server.public_url.is_none() && doors.is_beyond_this_machine() {
        hints.push(
            "  For others   not yet: server.public_url has to say by which address they come".to_owned(),
        );
    }
    let life = Lifecycle::default();
    let doors = doors.open(&settings, &public_url, &life)?;
    let parts = tokio::select! {
        parts = Parts::open(&settings) => parts?,
        // What a migration has not committed is as if it had not begun.
        () = &mut end => return Ok(()),
    };
    compose::start_workers(&serve.roles, &parts, &settings, &public_url, &life)?;
    let names = Names { public_url: &public_url, loopback };
    let router = compose::router(&serve.roles, &parts, &mut settings, names, &life)?;
    life.tracker.spawn(metrics::keep_up(figures.clone(), life.stop.clone()));
    let _files = doors.answer(router, operators(&parts, figures));
    life.tracker.spawn(service_manager::watchdog(life.stop.clone()));
    service_manager::ready();
    welcome(&serve.roles, &parts, &settings, &public_url, &hints).await;
    end.await;
    service_manager::stopping();
    drain(&parts, &life).await;
    Ok(())
}

/// As many open files as this process may have: each connection is one, and a shell's usual 1,024 are few.
fn allow_files() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::debug!(error = &error as &dyn std::error::Error, "the limit on open files stays as it is");
    }
}

/// What operators may ask for.
fn operators(parts: &Parts, figures: PrometheusHandle) -> Router {
    let (storage, clock) = (Arc::clone(&parts.storage), Arc::clone(&parts.clock));
    let figures = metrics::router(figures, Arc::clone(&storage), Arc::clone(&clock));
    health::for_operators(storage, clock).merge(figures)
}

/// The data folder is its owner's alone.
pub(super) fn make_folder(settings: &Settings, place: &Place) -> anyhow::Result<()> {
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
pub(super) fn lock(place: &Place, roles: &[Role]) -> anyhow::Result<Vec<RoleLock>> {
    let named = [(Role::Gateway, "gateway"), (Role::Portal, "portal")];
    let taken = named.into_iter().filter(|(role, _)| roles.contains(role));
    taken.map(|(_, name)| RoleLock::take(&place.data, name)).collect()
}

/// Says where to go. The first line comes when everything answers.
async fn welcome(roles: &[Role], parts: &Parts, settings: &Settings, public_url: &str, hints: &[String]) {
    tell(&format!("Deskbell is ready: {public_url}"));
    for hint in hints {
        tell(hint);
    }
    if roles.contains(&Role::Gateway) && settings.mail.url.is_none() {
        tell(&format!("  Demo page    {public_url}/demo"));
    }
    if roles.contains(&Role::Portal) {
        tell(&format!("  Portal       {public_url}/admin"));
        match first_owner(parts).await {
            Ok(Some(link)) => {
                let link = portal::auth::links::url(public_url, &link);
                tell(&format!("  First owner  {link}   (once, within 24 hours)"));
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
