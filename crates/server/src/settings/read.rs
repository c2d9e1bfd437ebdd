//! Reads each setting, with the check that is its own.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::admin::Locale;
use domain::notice::Audience;
use domain::policy::{Policy, Step};
use domain::text::TextLimits;
use gateway::IdentityKey;
use ipnet::IpNet;
use toml::{Table, Value};
use tracing_subscriber::EnvFilter;
use web::client_ip::TrustedProxies;
use web::rate_limit::Rate;

use crate::listening::{Address, Options};
use crate::settings::layers::Layers;
use crate::settings::protection;
use crate::settings::reader::Reader;
use crate::settings::{Fault, Limits, Log, Mail, Portal, Server, Settings, Site, Visitors, telemetry};
use crate::telemetry::Format;

pub(crate) fn settings(layers: Layers, data: &Path) -> Result<Settings, Vec<Fault>> {
    let shown = show(&layers.table);
    let mut warnings = Vec::new();
    let mut reader = Reader::new(layers);
    let server = server(&mut reader);
    if !server.trusted_proxies.unix && server.listen.iter().any(|at| matches!(at, Address::Unix(_))) {
        warnings.push(
            "server.trusted_proxies does not have \"unix\": all who come by the Unix socket count as one address".to_owned(),
        );
    }
    if server.tls.is_some() && server.public_url.as_ref().is_some_and(|url| url.starts_with("http://")) {
        warnings.push(
            "server.public_url begins with http://, and TLS is spoken: links would not open".to_owned(),
        );
    }
    let site = site(&mut reader);
    let database = database(&mut reader, data);
    let visitors = visitors(&mut reader);
    let portal = Portal { require_codes: reader.flag("portal.require_codes") };
    let texts = texts(&mut reader);
    let policy = policy(&mut reader, texts, &mut warnings);
    let mail = mail(&mut reader);
    let limits = limits(&mut reader, texts);
    let log = log(&mut reader);
    let telemetry = telemetry::read(&mut reader, &mut warnings);
    let settings = Settings {
        server,
        site,
        database,
        visitors,
        portal,
        policy,
        mail,
        limits,
        log,
        telemetry,
        warnings,
        shown,
    };
    let faults = reader.finish();
    if faults.is_empty() { Ok(settings) } else { Err(faults) }
}

/// The settings in force as TOML. Secrets show that they are there, not what they are.
fn show(table: &Table) -> String {
    let mut shown = table.clone();
    for (section, key) in [("visitors", "identity_secret"), ("mail", "url"), ("telemetry", "otlp_headers")] {
        if let Some(Value::String(secret)) = shown.get_mut(section).and_then(|section| section.get_mut(key)) {
            *secret = match (key, secret.parse::<mailer::SmtpUrl>()) {
                ("url", Ok(url)) => url.to_string(),
                _ => "********".to_owned(),
            };
        }
    }
    toml::to_string(&shown).unwrap_or_default()
}

fn server(reader: &mut Reader) -> Server {
    let listen_chosen = reader.chosen("server.listen");
    let operator_chosen = reader.chosen("server.operator_listen");
    let listen = reader.list("server.listen", str::parse);
    if listen.is_empty() && !reader.is_faulty("server.listen") {
        reader.fault("server.listen", "must name at least one address");
    }
    let public_url = reader.text("server.public_url").map(|url| url.trim_end_matches('/').to_owned());
    if let Some(url) = &public_url
        && !is_base_url(url)
    {
        reader.fault("server.public_url", "must be a base such as https://desk.example, without a path");
    }
    let proxies = reader.list("server.trusted_proxies", proxy);
    let trusted_proxies =
        TrustedProxies { unix: proxies.contains(&None), networks: proxies.into_iter().flatten().collect() };
    let options = Options {
        backlog: u16::try_from(reader.number("server.backlog", 1..=65_535)).unwrap_or(u16::MAX),
        ipv6_only: reader.flag("server.ipv6_only"),
        reuse_port: reader.flag("server.reuse_port"),
        unix_mode: mode(reader),
    };
    let tls = protection::tls(reader);
    Server {
        listen,
        listen_chosen,
        operator_listen: reader.list("server.operator_listen", str::parse),
        operator_chosen,
        options,
        public_url,
        tls,
        hsts: protection::hsts(reader),
        trusted_proxies,
    }
}

/// A proxy's address or network; nothing stands for `unix`, whoever comes by a Unix socket.
fn proxy(text: &str) -> Result<Option<IpNet>, String> {
    if text == "unix" {
        return Ok(None);
    }
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map(Some).map_err(|_| {
        format!("{text}: must be an IP address, a network such as 10.0.0.0/8, or unix for those who come by a Unix socket")
    })
}

fn mode(reader: &mut Reader) -> u32 {
    let text = reader.text("server.unix_mode").unwrap_or_default();
    u32::from_str_radix(&text, 8).ok().filter(|mode| *mode <= 0o777).unwrap_or_else(|| {
        reader.fault("server.unix_mode", "must be a file's mode such as 0660");
        0
    })
}

fn is_base_url(url: &str) -> bool {
    let Some((scheme, host)) = url.split_once("://") else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    matches!(scheme, "http" | "https") && !host.is_empty() && host.chars().all(plain)
}

fn site(reader: &mut Reader) -> Site {
    let name = reader.text("site.name").unwrap_or_default();
    let name = match domain::text::Name::new(&name, 80) {
        Ok(name) => name.as_str().to_owned(),
        Err(fault) => {
            reader.fault("site.name", fault.to_string());
            name
        }
    };
    let allowed_origins = reader.list("site.allowed_origins", |text| {
        let origin = text.trim_end_matches('/');
        if is_base_url(origin) {
            Ok(web::origin::of_url(origin))
        } else {
            Err(format!("{text}: must be an origin such as https://shop.example"))
        }
    });
    let locale = reader.text("site.locale").unwrap_or_default();
    let locale = locale.parse().unwrap_or_else(|()| {
        reader.fault("site.locale", "must be ko or en");
        Locale::Ko
    });
    Site { name, allowed_origins, locale }
}

fn database(reader: &mut Reader, data: &Path) -> PathBuf {
    let Some(url) = reader.text("storage.url") else {
        return data.join("deskbell.db");
    };
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
    if let Some(path) = path.filter(|path| !path.is_empty()) {
        return PathBuf::from(path);
    }
    reader.fault("storage.url", "must be sqlite: and a path, such as sqlite:deskbell-data/deskbell.db");
    PathBuf::new()
}

fn visitors(reader: &mut Reader) -> Visitors {
    let anonymous = reader.flag("visitors.anonymous");
    let secret = reader.secret("visitors.identity_secret");
    let pem = reader.secret("visitors.identity_public_key");
    let key = match (&secret, &pem) {
        (Some(_), Some(_)) => {
            reader.fault("visitors.identity_secret", "and identity_public_key are both set; keep one");
            None
        }
        (Some(secret), None) => Some(("visitors.identity_secret", IdentityKey::from_secret(secret))),
        (None, Some(pem)) => Some(("visitors.identity_public_key", IdentityKey::from_pem(pem))),
        (None, None) if !anonymous => {
            reader.fault("visitors.anonymous", "is false, and no identity key is set: nobody could call");
            None
        }
        (None, None) => None,
    };
    let identity = match key {
        Some((_, Ok(key))) => Some(key),
        Some((name, Err(fault))) => {
            reader.fault(name, fault.to_string());
            None
        }
        None => None,
    };
    Visitors { anonymous, identity }
}

fn policy(reader: &mut Reader, limits: TextLimits, warnings: &mut Vec<String>) -> Policy {
    let offer_after = reader.duration("wait.offer_after");
    let move_after = reader.duration("wait.move_after");
    let known = !reader.is_faulty("wait.");
    if known && move_after < offer_after {
        reader.fault("wait.move_after", "must not be before wait.offer_after");
    }
    if move_after > Duration::from_hours(24 * 30) {
        reader.fault("wait.move_after", "must be at most 720h");
    }
    let steps = steps(reader);
    if !reader.is_faulty("wait.") && !steps.iter().any(|step| step.after < move_after) {
        reader.fault("wait.steps", "must tell somebody before wait.move_after");
    }
    for step in steps.iter().filter(|step| step.after >= move_after) {
        let after = step.after.as_secs();
        warnings.push(format!(
            "wait.steps: the step after {after}s is never reached, for the call has moved by then"
        ));
    }
    Policy { offer_after, move_after, steps, limits }
}

fn steps(reader: &mut Reader) -> Vec<Step> {
    let Some(Value::Array(items)) = reader.take("wait.steps") else {
        reader.fault("wait.steps", "must be a list of { after, notify }");
        return Vec::new();
    };
    let mut steps = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        let key = format!("wait.steps[{at}]");
        let Value::Table(mut table) = item else {
            reader.fault(&key, "must be a table of after and notify");
            continue;
        };
        let after = table.remove("after").and_then(|value| web::rate_limit::duration(value.as_str()?));
        let notify = match table.remove("notify").as_ref().and_then(Value::as_str) {
            Some("on-duty") => Some(Audience::OnDuty),
            Some("everyone") => Some(Audience::Everyone),
            _ => None,
        };
        if let Some(unknown) = table.keys().next() {
            reader.fault(&format!("{key}.{unknown}"), "is not a setting");
        }
        match (after, notify) {
            (Some(after), Some(notify)) => steps.push(Step { after, notify }),
            (None, _) => reader.fault(&format!("{key}.after"), "must be a duration such as 0s or 60s"),
            (_, None) => reader.fault(&format!("{key}.notify"), "must be \"on-duty\" or \"everyone\""),
        }
    }
    steps.sort_by_key(|step| step.after);
    steps
}

fn mail(reader: &mut Reader) -> Mail {
    let from = reader.text("mail.from");
    let from = from.and_then(|text| reader.parse("mail.from", &text));
    let url = reader.secret("mail.url");
    let url = url.and_then(|text| reader.parse("mail.url", &text));
    if url.is_some() && from.is_none() {
        reader.fault("mail.from", "must say who mails are from, as mail.url is set");
    }
    let dkim_selector = reader.text("mail.dkim_selector");
    let of_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if dkim_selector.as_ref().is_some_and(|selector| selector.is_empty() || !selector.chars().all(of_a_name))
    {
        reader.fault("mail.dkim_selector", "must be what stands before ._domainkey in the name of your key");
    }
    Mail { from, url, dkim_selector }
}

fn log(reader: &mut Reader) -> Log {
    let format = reader.text("log.format").unwrap_or_default();
    let format = reader.parse("log.format", &format).unwrap_or(Format::Text);
    let filter = reader.text("log.filter").unwrap_or_default();
    if let Err(error) = filter.parse::<EnvFilter>() {
        reader.fault("log.filter", format!("cannot be read: {error}"));
    }
    Log { format, filter }
}

fn texts(reader: &mut Reader) -> TextLimits {
    TextLimits {
        message_bytes: reader.number("limits.message_bytes", 16..=65_536),
        name_chars: reader.number("limits.name_chars", 1..=200),
        title_chars: reader.number("limits.title_chars", 10..=500),
        post_bytes: reader.number("limits.post_bytes", 16..=1_048_576),
    }
}

fn limits(reader: &mut Reader, texts: TextLimits) -> Limits {
    let frame_bytes = reader.number("limits.frame_bytes", 1024..=1_048_576);
    let body_bytes = reader.number("limits.body_bytes", 1024..=16_777_216);
    if texts.message_bytes >= frame_bytes {
        reader.fault("limits.frame_bytes", "must be more than limits.message_bytes");
    }
    if texts.post_bytes >= body_bytes {
        reader.fault("limits.body_bytes", "must be more than limits.post_bytes");
    }
    let mut rate = |key: &str| {
        let text = reader.text(key).unwrap_or_default();
        reader.parse(key, &text).unwrap_or(Rate::OFF)
    };
    let (messages_per_visitor, calls_per_visitor) =
        (rate("limits.messages_per_visitor"), rate("limits.calls_per_visitor"));
    let (calls_per_ip, sessions_per_ip) = (rate("limits.calls_per_ip"), rate("limits.sessions_per_ip"));
    let mails_per_admin = rate("limits.mails_per_admin");
    let (sign_ins_per_account, sign_ins_per_ip) =
        (rate("limits.sign_ins_per_account"), rate("limits.sign_ins_per_ip"));
    Limits {
        frame_bytes,
        body_bytes,
        connections: reader.number("limits.connections", 1..=10_000_000),
        connections_per_ip: reader.number("limits.connections_per_ip", 1..=10_000_000),
        sockets_per_visitor: reader.number("limits.sockets_per_visitor", 1..=10_000),
        messages_per_visitor,
        calls_per_visitor,
        calls_per_ip,
        sessions_per_ip,
        mails_per_admin,
        sign_ins_per_account,
        sign_ins_per_ip,
    }
}
