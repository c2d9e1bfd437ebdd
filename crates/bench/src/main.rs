//! Puts measured load on a running Deskbell: durable messages, idle visitors, calls that are mailed.
//!
//! Start a release build with the limits off (`docs/benchmarks.md` says how), then:
//! `cargo run --release -p bench -- chat --url ws://127.0.0.1:4000 --pid PID`.

mod client;
mod process;
mod report;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use client::Visitor;
use process::Process;
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;

#[derive(Debug, Parser)]
#[command(about = "Puts measured load on a running Deskbell")]
struct Cli {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    /// Visitors who call, and then say one message after the other, each waiting for its acknowledgement.
    Chat {
        #[command(flatten)]
        target: Target,
        /// How many messages each says; below 300, for more in 20 seconds is a flood.
        #[arg(long, default_value_t = 100)]
        messages: usize,
    },
    /// Visitors who are connected and silent.
    Idle {
        #[command(flatten)]
        target: Target,
    },
    /// Visitors who call one after the other, at a steady pace, and wait until the mail server has taken every mail.
    Mail {
        #[command(flatten)]
        target: Target,
        /// From one call to the next, in milliseconds.
        #[arg(long, default_value_t = 200)]
        every: u64,
    },
}

#[derive(Debug, Clone, Args)]
struct Target {
    /// Where the server is: `ws://127.0.0.1:4000`.
    #[arg(long)]
    url: String,
    /// The server's process, to read its processor time and memory.
    #[arg(long)]
    pid: u32,
    /// How many visitors.
    #[arg(long, default_value_t = 200)]
    visitors: usize,
}

/// How many connect at the same time: a listener's backlog is finite.
const CONNECTING: usize = 64;

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    // One core for the load: the server has the other.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.scenario {
            Scenario::Chat { target, messages } => chat(target, messages).await,
            Scenario::Idle { target } => idle(target).await,
            Scenario::Mail { target, every } => mail(target, Duration::from_millis(every)).await,
        }
    })
}

async fn connect_all(target: &Target, call: bool) -> anyhow::Result<Vec<Visitor>> {
    let gate = Arc::new(Semaphore::new(CONNECTING));
    let mut connecting = JoinSet::new();
    for number in 0..target.visitors {
        let (gate, url) = (Arc::clone(&gate), target.url.clone());
        connecting.spawn(async move {
            let _permit = gate.acquire_owned().await?;
            let mut visitor = Visitor::connect(&url).await?;
            if call {
                visitor.command(&client::call(number)).await?;
            }
            anyhow::Ok(visitor)
        });
    }
    let mut visitors = Vec::with_capacity(target.visitors);
    while let Some(joined) = connecting.join_next().await {
        visitors.push(joined??);
    }
    Ok(visitors)
}

async fn chat(target: Target, messages: usize) -> anyhow::Result<()> {
    let process = Process(target.pid);
    let visitors = connect_all(&target, true).await.context("the visitors could not connect and call")?;
    let ready = Arc::new(Barrier::new(visitors.len() + 1));
    let mut chats = JoinSet::new();
    for mut visitor in visitors {
        let ready = Arc::clone(&ready);
        chats.spawn(async move {
            ready.wait().await;
            let mut latencies = Vec::with_capacity(messages);
            for number in 0..messages {
                let said = Instant::now();
                visitor.command(&client::say(number)).await?;
                latencies.push(said.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    ready.wait().await;
    let (begun, cpu) = (Instant::now(), process.cpu()?);
    let mut latencies: Vec<Duration> = Vec::new();
    while let Some(chat) = chats.join_next().await {
        latencies.extend(chat??);
    }
    let (took, cpu) = (begun.elapsed(), process.cpu()?.saturating_sub(cpu));
    report::chat(&mut latencies, took, cpu, process.resident()?);
    Ok(())
}

async fn idle(target: Target) -> anyhow::Result<()> {
    let process = Process(target.pid);
    let (before, cpu) = (process.resident()?, process.cpu()?);
    let begun = Instant::now();
    let visitors = connect_all(&target, true).await.context("the visitors could not connect")?;
    let (took, cpu) = (begun.elapsed(), process.cpu()?.saturating_sub(cpu));
    let after = process.resident()?;
    report::idle(visitors.len(), before, after, took, cpu);
    Ok(())
}

/// From a press of the bell to the moment at which the caller is shown that every admin's mail was taken.
async fn mail(target: Target, every: Duration) -> anyhow::Result<()> {
    let mut pace = tokio::time::interval(every);
    let mut calls = JoinSet::new();
    for number in 0..target.visitors {
        pace.tick().await;
        let url = target.url.clone();
        calls.spawn(async move {
            let mut visitor = Visitor::connect(&url).await?;
            let pressed = Instant::now();
            visitor.command(&client::call(number)).await?;
            let acknowledged = pressed.elapsed();
            let mails = visitor.told().await?;
            anyhow::Ok((acknowledged, pressed.elapsed(), mails))
        });
    }
    let (mut acknowledged, mut mailed, mut mails) = (Vec::new(), Vec::new(), 0);
    while let Some(call) = calls.join_next().await {
        let (ack, mail, count) = call??;
        acknowledged.push(ack);
        mailed.push(mail);
        mails += count;
    }
    report::mail(&mut acknowledged, &mut mailed, mails);
    Ok(())
}
