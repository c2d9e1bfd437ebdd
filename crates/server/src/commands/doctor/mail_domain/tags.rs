//! Lists of tags, as DKIM and DMARC write them: `v=DMARC1; p=none` (RFC 6376, section 3.2).

/// The value of a tag, without the spaces that may stand in it.
pub(super) fn value(record: &str, tag: &str) -> Option<String> {
    let mut tags = record.split(';').filter_map(|part| part.split_once('='));
    let (_, value) = tags.find(|(name, _)| name.trim() == tag)?;
    Some(value.split_whitespace().collect())
}
