//! `deskbell token …`

use anyhow::{Context, bail};
use domain::deed::DeedKind;
use domain::id::ApiTokenId;
use domain::text::Name;
use storage::ApiToken;

use super::admin::deed;
use crate::cli::{Place, Token};
use crate::compose::Parts;
use crate::telemetry;

pub(crate) async fn run(place: &Place, command: Token) -> anyhow::Result<()> {
    let settings = super::load(place)?;
    let parts = Parts::open(&settings).await?;
    match command {
        Token::Create { admin, name } => create(&parts, &admin, &name).await?,
        Token::List => list(&parts).await?,
        Token::Revoke { id } => revoke(&parts, &id).await?,
    }
    parts.store.close().await;
    Ok(())
}

async fn create(parts: &Parts, email: &str, name: &str) -> anyhow::Result<()> {
    let admin = super::admin::find(parts, email).await?;
    if !admin.enabled() {
        bail!("{email} is disabled; enable them first");
    }
    let name = Name::new(name, 80).map_err(|fault| anyhow::anyhow!("the name {fault}"))?;
    let secret = parts.source.secret();
    let token = ApiToken {
        id: ApiTokenId(parts.source.id()),
        admin: admin.id,
        name: name.as_str().to_owned(),
        created_at: parts.clock.now(),
        last_used_at: None,
        revoked_at: None,
    };
    let deed = deed(parts, DeedKind::TokenMade).to_admin(admin.id).with(token.name.as_str());
    parts.storage.add_api_token(&token, secret.hash(), &deed).await?;
    telemetry::tell(&format!("Token {} for {email}. It is not shown again:", token.id));
    telemetry::tell(secret.reveal());
    Ok(())
}

async fn list(parts: &Parts) -> anyhow::Result<()> {
    let admins = parts.storage.admins().await?;
    for token in parts.storage.api_tokens().await? {
        let owner = admins.iter().find(|admin| admin.id == token.admin);
        let email = owner.map_or("?", |admin| admin.email.as_str());
        let state = match (token.revoked_at, token.last_used_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(at)) => format!("last used {at}"),
            (None, None) => "never used".to_owned(),
        };
        telemetry::tell(&format!("{}\t{email}\t{}\t{state}", token.id, token.name));
    }
    Ok(())
}

async fn revoke(parts: &Parts, id: &str) -> anyhow::Result<()> {
    let token: ApiTokenId =
        id.parse().ok().with_context(|| format!("{id} is no token's id; see `deskbell token list`"))?;
    let owner = parts.storage.api_tokens().await?.into_iter().find(|known| known.id == token);
    let mut deed = deed(parts, DeedKind::TokenRevoked);
    if let Some(owner) = owner {
        deed = deed.to_admin(owner.admin).with(owner.name);
    }
    if !parts.storage.revoke_api_token(token, &deed).await? {
        bail!("there is no token {id}; see `deskbell token list`");
    }
    Ok(())
}
