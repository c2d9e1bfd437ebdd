//! `deskbell admin …`

use std::io::Read;

use anyhow::{Context, bail};
use domain::admin::{Admin, Role};
use domain::conversation::Actor;
use domain::deed::{Deed, DeedKind};
use domain::id::AdminId;
use domain::text::{Email, isolated};
use portal::auth::{Passwords, links};
use portal::name_or_address;
use storage::{NewAdmin, StorageError};

use crate::cli::{self, AdminRole, Place};
use crate::compose::Parts;
use crate::settings::Settings;
use crate::telemetry;

pub(crate) async fn run(place: &Place, command: cli::Admin) -> anyhow::Result<()> {
    let settings = super::load(place)?;
    let parts = Parts::open(&settings).await?;
    match command {
        cli::Admin::Add { email, name, role, password_stdin } => {
            let password = if password_stdin { Some(password()?) } else { None };
            add(&parts, &settings, &email, name.as_deref(), role, password).await?;
        }
        cli::Admin::List => list(&parts).await?,
        cli::Admin::Disable { email } => disable(&parts, &email).await?,
        cli::Admin::Enable { email } => {
            let admin = find(&parts, &email).await?;
            let deed = deed(&parts, DeedKind::AdminEnabled).to_admin(admin.id);
            parts.storage.update_admin(&Admin { disabled_at: None, ..admin }, &deed).await?;
        }
        cli::Admin::ResetPassword { email } => {
            let admin = find(&parts, &email).await?;
            print_link(&parts, &settings, admin.id).await?;
        }
        cli::Admin::DisableCodes { email } => {
            let admin = find(&parts, &email).await?;
            let deed = deed(&parts, DeedKind::CodesOff).to_admin(admin.id);
            parts.storage.set_second_factor(admin.id, None, None, &deed).await?;
        }
    }
    parts.store.close().await;
    Ok(())
}

/// The first line of standard input.
fn password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text).context("the password cannot be read")?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

async fn add(
    parts: &Parts,
    settings: &Settings,
    email: &str,
    name: Option<&str>,
    role: Option<AdminRole>,
    password: Option<String>,
) -> anyhow::Result<()> {
    let address = Email::new(email).map_err(|fault| anyhow::anyhow!("{email} {fault}"))?;
    let team = parts.storage.admins().await?;
    let limit = settings.policy.limits.name_chars;
    let name =
        name_or_address(name, email, limit, &team).map_err(|fault| anyhow::anyhow!("the name {fault}"))?;
    let password_hash = match &password {
        Some(password) => {
            Passwords::check(password, &[&settings.site.name, name.as_str(), email])?;
            Some(Passwords::new()?.hash(password).await?)
        }
        None => None,
    };
    let first = team.is_empty();
    let role = match role {
        Some(AdminRole::Owner) => Role::Owner,
        None if first => Role::Owner,
        Some(AdminRole::Admin) | None => Role::Admin,
    };
    let admin = Admin {
        id: AdminId(parts.source.id()),
        email: address,
        name,
        role,
        on_duty: true,
        locale: settings.site.locale,
        disabled_at: None,
        created_at: parts.clock.now(),
    };
    let id = admin.id;
    let deed = deed(parts, DeedKind::AdminAdded).to_admin(id).with(role.as_str());
    match parts.storage.add_admin(NewAdmin { admin, password_hash, notices: Vec::new() }, &deed).await {
        Ok(()) => {}
        Err(StorageError::Taken) => bail!("{email} is an admin already; see `deskbell admin list`"),
        Err(error) => return Err(error.into()),
    }
    telemetry::tell(&format!("{email} was added as {}.", role.as_str()));
    if password.is_none() { print_link(parts, settings, id).await } else { Ok(()) }
}

async fn list(parts: &Parts) -> anyhow::Result<()> {
    for admin in parts.storage.admins().await? {
        let state = if !admin.enabled() {
            "disabled"
        } else if admin.on_duty {
            "on duty"
        } else {
            "off duty"
        };
        telemetry::tell(&format!(
            "{}\t{}\t{}\t{state}",
            admin.email.as_str(),
            admin.role.as_str(),
            isolated(admin.name.as_str())
        ));
    }
    Ok(())
}

/// The last owner cannot be shut out: nobody could let anybody in again.
async fn disable(parts: &Parts, email: &str) -> anyhow::Result<()> {
    let admin = find(parts, email).await?;
    let others = parts.storage.admins().await?;
    let owner_left = others.iter().any(|a| a.id != admin.id && a.role == Role::Owner && a.enabled());
    if admin.role == Role::Owner && !owner_left {
        bail!("{email} is the last owner; make somebody else an owner first");
    }
    let disabled_at = admin.disabled_at.or_else(|| Some(parts.clock.now()));
    let deed = deed(parts, DeedKind::AdminDisabled).to_admin(admin.id);
    parts.storage.update_admin(&Admin { disabled_at, ..admin }, &deed).await?;
    Ok(())
}

async fn print_link(parts: &Parts, settings: &Settings, admin: AdminId) -> anyhow::Result<()> {
    parts.storage.note_deed(&deed(parts, DeedKind::LinkMade).to_admin(admin)).await?;
    let secret = links::make(&*parts.storage, &parts.source, parts.clock.as_ref(), Some(admin)).await?;
    let base = settings.server.base().context("server.public_url must be set: the link begins with it")?;
    telemetry::tell(&format!("Choose a password within 24 hours, once: {}", links::url(&base, &secret)));
    Ok(())
}

/// Something done here, for the record.
pub(super) fn deed(parts: &Parts, kind: DeedKind) -> Deed {
    Deed::new(parts.clock.now(), Actor::System, kind)
}

pub(super) async fn find(parts: &Parts, email: &str) -> anyhow::Result<Admin> {
    let folded = email.trim().to_ascii_lowercase();
    let found = parts.storage.admin_by_email(&folded).await?;
    let (admin, _) = found.with_context(|| format!("{email} is no admin; see `deskbell admin list`"))?;
    Ok(admin)
}
