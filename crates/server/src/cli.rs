//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::{patience, resolver_address};
use crate::listening::Address;

/// The bell on your site's front desk: a visitor calls, you are mailed, you answer.
#[derive(Debug, Parser)]
#[command(name = "deskbell", version, about, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where settings and data are.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// The settings file. Without one, the defaults hold.
    #[arg(long, global = true, env = "DESKBELL_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder in which everything is kept.
    #[arg(long, global = true, env = "DESKBELL_DATA", value_name = "DIR", default_value = "deskbell-data")]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    Serve(Serve),
    /// Who may sign in to the portal.
    #[command(subcommand)]
    Admin(Admin),
    /// API tokens of admins.
    #[command(subcommand)]
    Token(Token),
    /// The settings.
    #[command(subcommand)]
    Config(Config),
    /// Try what can break: data folder, database, mail, certificate, public address, WebSocket, clock, SPF, DKIM, DMARC.
    Doctor(Doctor),
    /// Ask the running server whether it can serve: one line, and exit status 0 or 1. For health checks.
    Health(Health),
    /// Copy the database into a new file, while it is served.
    Backup {
        /// The copy; it must not be there yet.
        file: PathBuf,
    },
    /// Put a copy into service, where there is no database.
    Restore {
        /// What `deskbell backup` has written.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Send a mail there, and show what the mail server says.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) mail_to: Option<String>,
    /// Whom to ask for the mail domain's records, instead of this machine's resolvers: an IP address, with a port or without.
    #[arg(long, value_name = "ADDR", value_parser = resolver_address)]
    pub(crate) resolver: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(crate) struct Health {
    /// Ask only whether the process lives (/healthz), not whether it can serve (/readyz).
    #[arg(long)]
    pub(crate) alive: bool,
    /// For how long an answer is waited for.
    #[arg(long, value_name = "DURATION", default_value = "3s", value_parser = patience)]
    pub(crate) timeout: Duration,
    /// Where it listens, if `serve` was told so: instead of server.listen; may be given several times.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Vec<Address>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen, instead of server.listen; may be given several times.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Vec<Address>,
    /// Which roles to run in this process.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["gateway", "portal", "mailer", "timeouts"])]
    pub(crate) roles: Vec<Role>,
}

/// What a process may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Speaks with visitors.
    Gateway,
    /// Speaks with admins.
    Portal,
    /// Sends mails.
    Mailer,
    /// Fires deadlines.
    Timeouts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AdminRole {
    Owner,
    Admin,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    /// Add an admin; prints a one-time link with which they choose a password.
    Add {
        email: String,
        /// What visitors see; else the part before the @.
        #[arg(long)]
        name: Option<String>,
        /// Owners also manage the team; the first admin is one.
        #[arg(long, value_enum)]
        role: Option<AdminRole>,
        /// Read the password from standard input instead of making a link.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List all admins.
    List,
    /// Take the right to sign in away, and end all sessions.
    Disable { email: String },
    /// Give it back.
    Enable { email: String },
    /// Print a one-time link with which an admin chooses a new password.
    ResetPassword { email: String },
    /// Ask an admin for no code at the sign-in any more: for somebody who has lost their phone and recovery codes.
    DisableCodes { email: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make an API token; it stands alone on the last line, and is not shown again.
    Create {
        /// Whose rights it has.
        #[arg(long)]
        admin: String,
        /// What it is for.
        #[arg(long, default_value = "API")]
        name: String,
    },
    /// List all API tokens.
    List,
    /// Make a token worth nothing.
    Revoke { id: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print the settings in force as TOML, secrets masked, or name every fault.
    Check,
}
