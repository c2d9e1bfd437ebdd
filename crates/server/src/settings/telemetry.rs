//! The settings of what is told to a collector of traces.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::outward::Target;
use crate::settings::reader::Reader;

#[derive(Debug)]
pub(crate) struct Telemetry {
    /// Where traces go, if anywhere.
    pub(crate) collector: Option<Target>,
    pub(crate) headers: Headers,
    pub(crate) service_name: String,
    pub(crate) trace_ratio: f64,
}

/// Headers for the collector. They may be a key, so they are never shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers(pub(crate) HeaderMap);

pub(super) fn read(reader: &mut Reader, warnings: &mut Vec<String>) -> Telemetry {
    let endpoint = reader.text("telemetry.otlp_endpoint");
    let collector = endpoint.and_then(|url| {
        let target = Target::of(&url);
        if target.is_none() {
            let detail = "must be the collector's base, such as http://127.0.0.1:4318";
            reader.fault("telemetry.otlp_endpoint", detail);
        }
        target
    });
    let headers = reader.secret("telemetry.otlp_headers");
    let headers = headers.map(|text| headers_of(&text).ok_or("must be name=value, comma-separated"));
    let headers = match headers.transpose() {
        Ok(headers) => headers.unwrap_or_default(),
        Err(detail) => {
            reader.fault("telemetry.otlp_headers", detail);
            Headers::default()
        }
    };
    if !headers.0.is_empty() && collector.as_ref().is_some_and(Target::is_open_to_others) {
        warnings.push(
            "telemetry.otlp_endpoint is not protected: telemetry.otlp_headers can be read on the way"
                .to_owned(),
        );
    }
    let service_name = reader.text("telemetry.service_name").unwrap_or_default();
    if service_name.is_empty() || service_name.len() > 200 {
        reader.fault("telemetry.service_name", "must be a name of 1 to 200 bytes");
    }
    Telemetry { collector, headers, service_name, trace_ratio: reader.ratio("telemetry.trace_ratio") }
}

/// Read as OpenTelemetry's own variable is (`OTEL_EXPORTER_OTLP_HEADERS`), so that what a provider shows can be copied.
fn headers_of(text: &str) -> Option<Headers> {
    let mut headers = HeaderMap::new();
    for pair in text.split([',', '\n']).map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let name: HeaderName = name.trim().parse().ok()?;
        let mut value = HeaderValue::from_bytes(&decoded(value.trim())?).ok()?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Some(Headers(headers))
}

/// With `%20` and the like as what they stand for.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut out) = (text.bytes(), Vec::new());
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        };
        out.push(byte);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_providers_show_them_and_not_shown() {
        let read = headers_of("authorization=Basic%20YTpiPT0=, x-team = desk\nx-empty=,").unwrap();
        assert_eq!(read.0["authorization"], "Basic YTpiPT0=");
        assert_eq!((read.0["x-team"].as_bytes(), read.0["x-empty"].as_bytes()), (&b"desk"[..], &b""[..]));
        assert!(!format!("{read:?}").contains("YTpi"));
        for wrong in ["key", "a b=c", "=c", "key=%2", "key=%zz", "key=%0a"] {
            assert!(headers_of(wrong).is_none(), "{wrong}");
        }
    }
}
