//! How often something may be done, as the settings say it.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// `60/1m`: so many within that time; `off`: no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(Option<(NonZeroU32, Duration)>);

impl Rate {
    /// No limit.
    pub const OFF: Self = Self(None);

    /// So many within a time; zero is no limit.
    pub const fn new(count: u32, per: Duration) -> Self {
        match NonZeroU32::new(count) {
            Some(count) => Self(Some((count, per))),
            None => Self(None),
        }
    }

    /// How many, and within which time; `None`: no limit.
    pub const fn parts(self) -> Option<(u32, Duration)> {
        match self.0 {
            Some((count, per)) => Some((count.get(), per)),
            None => None,
        }
    }
}

/// Not a rate such as `3/10m`, nor `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a rate such as \"60/1m\", or \"off\"")]
pub struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        if text == "off" {
            return Ok(Self::OFF);
        }
        let (count, per) = text.split_once('/').ok_or(NotARate)?;
        let count: NonZeroU32 = count.trim().parse().map_err(|_| NotARate)?;
        let per = duration(per.trim()).filter(|per| !per.is_zero()).ok_or(NotARate)?;
        Ok(Self(Some((count, per))))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("off"),
            Some((count, per)) => write!(f, "{count}/{}s", per.as_secs()),
        }
    }
}

/// `90s`, `3m`, `24h`, `7d`; `0s` too.
pub fn duration(text: &str) -> Option<Duration> {
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(split);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    count.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_or_refused() {
        assert_eq!("60/1m".parse(), Ok(Rate::new(60, Duration::from_mins(1))));
        assert_eq!("off".parse(), Ok(Rate::OFF));
        for bad in ["", "60", "0/1m", "3/0s", "3/m", "x/1m", "3/1w", "-1/1m"] {
            assert_eq!(bad.parse::<Rate>(), Err(NotARate), "{bad}");
        }
        assert_eq!(duration("24h"), Some(Duration::from_hours(24)));
        assert_eq!(duration("24"), None);
    }
}
