//! What was measured, a line each.

use std::time::Duration;

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per(total: Duration, count: usize) -> f64 {
    total.as_secs_f64() * 1e6 / count.max(1) as f64
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

fn percentile(sorted: &[Duration], thousandths: usize) -> f64 {
    let at = (sorted.len() * thousandths / 1000).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
}

/// Durable messages.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn chat(latencies: &mut [Duration], took: Duration, cpu: Duration, resident: u64) {
    latencies.sort_unstable();
    let count = latencies.len();
    println!("messages             {count}");
    println!("durable messages/s   {:.0}", count as f64 / took.as_secs_f64());
    println!("server CPU/message   {:.1} us", per(cpu, count));
    println!("acknowledged, p50    {:.2} ms", percentile(latencies, 500));
    println!("acknowledged, p99    {:.2} ms", percentile(latencies, 990));
    println!("server memory        {:.1} MiB", mib(resident));
}

/// Idle visitors.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn idle(count: usize, before: u64, after: u64, took: Duration, cpu: Duration) {
    let each = after.saturating_sub(before) as f64 / 1024.0 / count.max(1) as f64;
    println!("idle visitors        {count}");
    println!("server memory each   {each:.1} KiB");
    println!("server memory        {:.1} MiB before, {:.1} MiB after", mib(before), mib(after));
    println!("connect and call     {:.0} us CPU each, {:.1} s in all", per(cpu, count), took.as_secs_f64());
}

/// Calls, and the mails about them.
pub(crate) fn mail(acknowledged: &mut [Duration], mailed: &mut [Duration], mails: u64) {
    acknowledged.sort_unstable();
    mailed.sort_unstable();
    println!("calls                {}, {mails} mails", mailed.len());
    for (what, sorted) in [("call acknowledged   ", acknowledged), ("every mail accepted ", mailed)] {
        let [p50, p99, max] = [500, 990, 1000].map(|thousandths| percentile(sorted, thousandths));
        println!("{what} p50 {p50:.1} ms, p99 {p99:.1} ms, max {max:.1} ms");
    }
}
