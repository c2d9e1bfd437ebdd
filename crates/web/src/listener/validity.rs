//! From when to when a certificate is valid: the few fields of X.509 that lead there (RFC 5280, section 4.1).

use domain::Timestamp;
use time::{Date, Month, Time, UtcDateTime};

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// The version, which old certificates do not have.
const VERSION: u8 = 0xA0;

/// The first and the last moment, of a certificate in DER.
pub(super) fn of(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let mut fields = Fields(Fields(Fields(certificate).one(SEQUENCE)?).one(SEQUENCE)?);
    if fields.0.first() == Some(&VERSION) {
        fields.one(VERSION)?;
    }
    let _serial = fields.one(INTEGER)?;
    let _signed_by = fields.one(SEQUENCE)?;
    let _issuer = fields.one(SEQUENCE)?;
    let mut validity = Fields(fields.one(SEQUENCE)?);
    Some((validity.moment()?, validity.moment()?))
}

/// What of a sequence's content was not read yet.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The next field's tag and content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, length], rest) = self.0.split_first_chunk()?;
        let (length, rest) = if length < 0x80 {
            (usize::from(length), rest)
        } else {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7F))?;
            // No certificate is as long as four bytes could say.
            let length = (1..=4).contains(&digits.len()).then_some(digits)?;
            (length.iter().fold(0, |length, &digit| length << 8 | usize::from(digit)), rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of the next field, if it has this tag.
    fn one(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().and_then(|(found, content)| (found == tag).then_some(content))
    }

    fn moment(&mut self) -> Option<Timestamp> {
        let (tag, content) = self.next()?;
        let text = str::from_utf8(content).ok()?.strip_suffix('Z')?;
        let (year, rest) = match tag {
            UTC_TIME => {
                let (year, rest) = text.split_at_checked(2)?;
                let year: i32 = year.parse().ok()?;
                (if year < 50 { 2000 + year } else { 1900 + year }, rest)
            }
            GENERALIZED_TIME => {
                let (year, rest) = text.split_at_checked(4)?;
                (year.parse().ok()?, rest)
            }
            _ => return None,
        };
        let two = |at: usize| rest.get(at..at + 2)?.parse::<u8>().ok();
        let date = Date::from_calendar_date(year, Month::try_from(two(0)?).ok()?, two(2)?).ok()?;
        let time = Time::from_hms(two(4)?, two(6)?, two(8)?).ok()?;
        Some(Timestamp(UtcDateTime::new(date, time).unix_timestamp().checked_mul(1000)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn certificate(begins: i32, ends: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(["desk.example".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(begins, 1, 2), date_time_ymd(ends, 12, 31));
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn both_ends_are_read_in_both_ways_of_writing_them() {
        let (begins, ends) = of(&certificate(2026, 2049)).unwrap();
        assert_eq!(
            (begins.to_string().as_str(), ends.to_string().as_str()),
            ("2026-01-02T00:00:00.000Z", "2049-12-31T00:00:00.000Z")
        );
        // From 2050 on, years have four digits.
        let (begins, ends) = of(&certificate(1999, 2051)).unwrap();
        assert_eq!(
            (begins.to_string().as_str(), ends.to_string().as_str()),
            ("1999-01-02T00:00:00.000Z", "2051-12-31T00:00:00.000Z")
        );
    }

    proptest! {
        #[test]
        fn whatever_else_comes_is_no_certificate_and_no_panic(at in 0_usize..512, byte: u8, cut in 0_usize..512) {
            let mut bytes = certificate(2026, 2027);
            let at = at % bytes.len();
            bytes[at] = byte;
            of(&bytes);
            of(&bytes[..cut % bytes.len()]);
        }
    }
}
