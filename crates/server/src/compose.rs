//! Builds the parts and runs the chosen roles; read from top to bottom, it is what Deskbell consists of.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use bus::{Bus, InProcessBus, News, Topic};
use desk::{Desk, Source};
use domain::clock::Clock;
use gateway::Gateway;
use mailer::{Mailer, Transport};
use portal::PortalState;
use portal::auth::Passwords;
use storage::Storage;
use storage_sqlite::SqliteStorage;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::hosts::Hosts;

use crate::cli::Role;
use crate::clock::SteadyClock;
use crate::health;
use crate::settings::Settings;

/// What everything works with.
pub(crate) struct Parts {
    pub(crate) store: SqliteStorage,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) source: Source,
    pub(crate) desk: Desk,
}

impl Parts {
    /// Opens the database and sets the desk up on it.
    pub(crate) async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let path = &settings.database;
        let store = SqliteStorage::open(path)
            .await
            .with_context(|| format!("the database {} cannot be opened", path.display()))?;
        let storage: Arc<dyn Storage> = Arc::new(store.clone());
        let clock: Arc<dyn Clock> = Arc::new(SteadyClock::start());
        let bus: Arc<dyn Bus> = Arc::new(InProcessBus::default());
        let source = Source::new(Arc::clone(&clock));
        let desk_parts = desk::Parts {
            storage: Arc::clone(&storage),
            bus: Arc::clone(&bus),
            clock: Arc::clone(&clock),
            source: source.clone(),
        };
        let desk_settings = desk::Settings { policy: settings.policy.clone(), locale: settings.site.locale };
        let desk = Desk::new(desk_parts, desk_settings);
        Ok(Self { store, storage, clock, bus, source, desk })
    }
}

/// How running roles are told to stop, and waited for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lifecycle {
    pub(crate) stop: CancellationToken,
    pub(crate) tracker: TaskTracker,
}

/// By which names we are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    /// The base of all links.
    pub(crate) public_url: &'a str,
    /// Whether `localhost` and its like are meant for us, too.
    pub(crate) loopback: bool,
}

/// Takes the settings apart for the roles that speak HTTP, and puts their routes together.
pub(crate) fn router(
    roles: &[Role],
    parts: &Parts,
    settings: &mut Settings,
    names: Names<'_>,
    life: &Lifecycle,
) -> anyhow::Result<Router> {
    let Names { public_url, loopback } = names;
    let mut router = health::for_everybody(Arc::clone(&parts.storage));
    if roles.contains(&Role::Gateway) {
        let gateway = gateway(parts, settings, public_url, life);
        router = router.merge(gateway::router(gateway));
    }
    if roles.contains(&Role::Portal) {
        router = router.merge(portal::router(portal(parts, settings, public_url, life)?));
    } else {
        // The portal brings a page of its own for what is not there.
        router = router.fallback(|| async { web::Problem::not_found() });
    }
    let hosts = Hosts::new(public_url, loopback);
    let proxies = settings.server.trusted_proxies.clone();
    let router = router
        .layer(web::panics::layer())
        .layer(from_fn(web::headers::layer))
        .layer(from_fn_with_state(hosts, web::hosts::layer))
        .layer(from_fn_with_state(parts.source.clone(), web::trace::layer))
        .layer(from_fn_with_state(proxies, web::client_ip::layer));
    Ok(router)
}

fn gateway(parts: &Parts, settings: &mut Settings, public_url: &str, life: &Lifecycle) -> Gateway {
    let limits = &settings.limits;
    let own = web::origin::of_url(public_url);
    let config = gateway::Config {
        site_name: settings.site.name.clone(),
        origins: web::origin::Origins::new(&own, &settings.site.allowed_origins),
        anonymous: settings.visitors.anonymous,
        identity: settings.visitors.identity.take(),
        demo: settings.mail.url.is_none(),
        limits: gateway::Limits {
            text: settings.policy.limits,
            frame_bytes: limits.frame_bytes,
            body_bytes: limits.body_bytes,
            sockets_per_visitor: limits.sockets_per_visitor,
            messages_per_visitor: limits.messages_per_visitor,
            calls_per_visitor: limits.calls_per_visitor,
            calls_per_ip: limits.calls_per_ip,
            sessions_per_ip: limits.sessions_per_ip,
        },
    };
    Gateway::new(parts.desk.clone(), config, life.stop.clone(), life.tracker.clone())
}

fn portal(
    parts: &Parts,
    settings: &Settings,
    public_url: &str,
    life: &Lifecycle,
) -> anyhow::Result<PortalState> {
    let portal_settings = portal::Settings {
        public_url: public_url.to_owned(),
        site_name: settings.site.name.clone(),
        locale: settings.site.locale,
        mail_is_built_in: settings.mail.url.is_none(),
        require_codes: settings.portal.require_codes,
        secure_cookies: public_url.starts_with("https://"),
        sign_ins_per_account: settings.limits.sign_ins_per_account,
        sign_ins_per_ip: settings.limits.sign_ins_per_ip,
        frame_bytes: settings.limits.frame_bytes,
        body_bytes: settings.limits.body_bytes,
    };
    Ok(PortalState::new(portal::Parts {
        desk: parts.desk.clone(),
        storage: Arc::clone(&parts.storage),
        clock: Arc::clone(&parts.clock),
        settings: portal_settings,
        passwords: Passwords::new().context("passwords cannot be hashed")?,
        stop: life.stop.clone(),
        tracker: life.tracker.clone(),
    }))
}

/// Starts the roles that work in the background.
pub(crate) fn start_workers(
    roles: &[Role],
    parts: &Parts,
    settings: &Settings,
    public_url: &str,
    life: &Lifecycle,
) -> anyhow::Result<()> {
    if roles.contains(&Role::Timeouts) {
        life.tracker.spawn(timeouts::run(parts.desk.clone(), life.stop.clone()));
        let housekeeping = timeouts::HousekeepingParts {
            storage: Arc::clone(&parts.storage),
            clock: Arc::clone(&parts.clock),
        };
        life.tracker.spawn(timeouts::keep_house(housekeeping, life.stop.clone()));
    }
    if roles.contains(&Role::Mailer) {
        let mailer = Mailer::new(mailer::Parts {
            storage: Arc::clone(&parts.storage),
            bus: Arc::clone(&parts.bus),
            clock: Arc::clone(&parts.clock),
            settings: mail(settings, public_url)?,
            secrets: secrets(&parts.source),
        })?;
        life.tracker.spawn(mailer.run(life.stop.clone()));
    }
    // What another process commits rings our bells: all of them when the other roles run apart; else only the
    // one for rights, for `deskbell admin` and `deskbell token` are processes of their own, too.
    let (storage, bus, stop) = (Arc::clone(&parts.storage), Arc::clone(&parts.bus), life.stop.clone());
    if roles.len() < 4 {
        life.tracker.spawn(on_commits(storage, LOOK, stop, move || bus.ring_all()));
    } else {
        let ring = move || bus.ring(Topic::Rights, News::VIEW);
        life.tracker.spawn(on_commits(storage, LOOK_FOR_RIGHTS, stop, ring));
    }
    Ok(())
}

fn secrets(source: &Source) -> mailer::Secrets {
    let source = source.clone();
    Arc::new(move || {
        let secret = source.secret();
        (secret.reveal().to_owned(), secret.hash())
    })
}

fn mail(settings: &Settings, public_url: &str) -> anyhow::Result<mailer::Settings> {
    let from = if let Some(from) = &settings.mail.from {
        from.clone()
    } else {
        let origin = web::origin::of_url(public_url);
        let host = origin.split_once("://").map_or("localhost", |(_, host)| host);
        let host = host.split(':').next().filter(|host| host.contains('.')).unwrap_or("deskbell.invalid");
        format!("desk@{host}").parse().context("mail.from has to be set")?
    };
    let transport = settings.mail.url.clone().map_or(Transport::BuiltIn, Transport::Smtp);
    Ok(mailer::Settings {
        from,
        transport,
        public_url: public_url.to_owned(),
        site_name: settings.site.name.clone(),
        lanes: mailer::Settings::LANES,
        patience: mailer::Settings::PATIENCE,
        prompt: mailer::Settings::PROMPT,
        mails_per_admin: settings.limits.mails_per_admin.parts(),
    })
}

/// How often the database is asked whether somebody has written, for all that others may have done.
const LOOK: Duration = Duration::from_millis(50);
/// The same, for rights that were taken away.
const LOOK_FOR_RIGHTS: Duration = Duration::from_millis(800);

async fn on_commits(storage: Arc<dyn Storage>, every: Duration, stop: CancellationToken, ring: impl Fn()) {
    let mut known = None;
    loop {
        match storage.data_version().await {
            Ok(version) if known.replace(version) != Some(version) => ring(),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the database does not answer");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
    }
}
