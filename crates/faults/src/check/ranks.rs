//! Whether two sets of durations differ: the rank-sum test of Mann and Whitney (Ann. Math. Statist. 18, 1947), in its normal
//! approximation.

use std::time::Duration;

/// How two sets of samples stand to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Compared {
    /// Of the first and the second.
    pub(crate) medians: (Duration, Duration),
    /// How many standard deviations the sum of the ranks is from where chance would have it; above 0 the first are longer.
    pub(crate) z: f64,
    /// The standard error of the difference of the medians, from the middle halves of both.
    pub(crate) unsure: Duration,
}

/// Compares two sets, neither of them empty.
#[expect(clippy::cast_precision_loss, reason = "thousands of samples are exact in an f64")]
pub(crate) fn compare(first: &[Duration], second: &[Duration]) -> Compared {
    let mut all: Vec<(Duration, bool)> = first.iter().map(|&took| (took, true)).collect();
    all.extend(second.iter().map(|&took| (took, false)));
    all.sort_unstable();
    let mut sum = 0.0;
    let mut rank = 0;
    // Those that took equally long share their ranks.
    for tied in all.chunk_by(|one, other| one.0 == other.0) {
        let shared = rank as f64 + f64::midpoint(tied.len() as f64, 1.0);
        sum += shared * tied.iter().filter(|(_, of_first)| *of_first).count() as f64;
        rank += tied.len();
    }
    let (n, m) = (first.len() as f64, second.len() as f64);
    let by_chance = n * (n + m + 1.0) / 2.0;
    let z = (sum - by_chance) / (n * m * (n + m + 1.0) / 12.0).sqrt();
    let (one, other) = (quartiles(first), quartiles(second));
    // Of a normal distribution: a median's error is 1.253 standard deviations over √n, which are 1.349 to the middle half.
    let error = |[low, _, high]: [Duration; 3], n: f64| {
        (high.saturating_sub(low)).as_secs_f64() * 1.253 / 1.349 / n.sqrt()
    };
    let unsure = Duration::from_secs_f64(error(one, n).hypot(error(other, m)));
    Compared { medians: (one[1], other[1]), z, unsure }
}

fn quartiles(samples: &[Duration]) -> [Duration; 3] {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let at = |quarter: usize| sorted[(sorted.len() - 1) * quarter / 4];
    [at(1), at(2), at(3)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(of: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        of.into_iter().map(Duration::from_millis).collect()
    }

    /// Values computed by hand: ranks 1 3 5 against 2 4 6, and 1 2 3 against 4 5 6.
    #[test]
    fn the_sum_of_the_ranks_is_as_the_table_has_it() {
        let mixed = compare(&millis([10, 30, 50]), &millis([20, 40, 60]));
        assert!((mixed.z - -1.5 / 5.25_f64.sqrt()).abs() < 1e-9, "{}", mixed.z);
        let apart = compare(&millis([40, 50, 60]), &millis([10, 20, 30]));
        assert!((apart.z - 4.5 / 5.25_f64.sqrt()).abs() < 1e-9, "{}", apart.z);
        assert_eq!(apart.medians, (Duration::from_millis(50), Duration::from_millis(20)));
    }

    #[test]
    fn equals_are_no_difference() {
        assert!(compare(&millis([7; 50]), &millis([7; 40])).z.abs() < 1e-9);
    }

    #[test]
    fn a_small_shift_of_many_is_seen_and_of_few_is_not() {
        let spread = |n: u64, shift: u64| millis((0..n).map(move |i| 100 + (i * 37) % 101 + shift));
        assert!(compare(&spread(2000, 5), &spread(2000, 0)).z > 4.0);
        assert!(compare(&spread(20, 5), &spread(20, 0)).z < 2.0);
    }
}
