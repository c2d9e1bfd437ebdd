//! A bound for maps whose keys strangers choose.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

/// So many keys are counted at once: a few MiB.
pub const MOST_KEYS: usize = 50_000;

/// Room for one more key. Those that are `over` go first; if that is not enough, a quarter of all goes: those whose `weight` is
/// least.
///
/// With nothing left but live keys there are two ways. To refuse every new key (to fail closed) would let whoever has 50,000
/// addresses lock everybody else out, who then could neither call nor sign in. To forget the lightest costs little: a light
/// count has used almost nothing of its allowance, and whoever wants a heavy one forgotten needs tens of thousands of keys
/// that are heavier, each with an allowance of its own that is worth more.
pub fn make_room<K: Hash + Eq, V, W: Ord + Copy, S: BuildHasher + Default>(
    map: &mut HashMap<K, V, S>,
    over: impl Fn(&V) -> bool,
    weight: impl Fn(&V) -> W,
) {
    if map.len() < MOST_KEYS {
        return;
    }
    // A new map, for what is removed from an old one leaves gaps that make it grow.
    let live: HashMap<K, V, S> = std::mem::take(map).into_iter().filter(|(_, value)| !over(value)).collect();
    let surplus = live.len().saturating_sub(MOST_KEYS / 4 * 3);
    if surplus == 0 {
        *map = live;
        return;
    }
    let mut weights: Vec<W> = live.values().map(&weight).collect();
    let (lighter, &mut limit, _) = weights.select_nth_unstable(surplus - 1);
    // Of those that weigh the same as the last one to go, only as many as needed.
    let mut equal = surplus - lighter.iter().filter(|&&weight| weight < limit).count();
    let stays = |(_, value): &(K, V)| {
        let weight = weight(value);
        let goes = weight < limit || (weight == limit && equal > 0);
        equal -= usize::from(goes && weight == limit);
        !goes
    };
    *map = live.into_iter().filter(stays).collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_goes_first_and_then_the_lightest() {
        let full = |value: fn(usize) -> u32| (0..MOST_KEYS).map(|n| (n, value(n))).collect::<HashMap<_, _>>();
        let mut map = full(|n| u32::from(n % 2 == 0));
        make_room(&mut map, |value| *value == 0, |value| *value);
        assert_eq!(map.len(), MOST_KEYS / 2);
        assert!(map.values().all(|value| *value == 1), "what is live stays while there is room");
        let mut map = full(|n| if n < 10 { 7 } else { 1 });
        make_room(&mut map, |_| false, |value| *value);
        assert_eq!(map.len(), MOST_KEYS / 4 * 3);
        assert!((0..10).all(|n| map.contains_key(&n)), "the heavy ones");
    }
}
