//! The gateway's own pages: what this is, a page to try it on, and the widget as a page.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::admin::Locale;
use web::Problem;

use crate::state::Gateway;

#[derive(Template)]
#[template(path = "pages/home.html")]
struct Home<'a> {
    site: &'a str,
    locale: Locale,
    demo: bool,
}

#[derive(Template)]
#[template(path = "pages/help.html")]
struct Help<'a> {
    site: &'a str,
    locale: Locale,
}

#[derive(Template)]
#[template(path = "pages/demo.html")]
struct Demo<'a> {
    site: &'a str,
    locale: Locale,
}

/// `/`
pub(crate) async fn home(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    let locale = locale(&gateway, &headers);
    let config = gateway.config();
    page(&Home { site: &config.site_name, locale, demo: config.demo })
}

/// `/help`: for when the host site is down.
pub(crate) async fn help(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    let locale = locale(&gateway, &headers);
    page(&Help { site: &gateway.config().site_name, locale })
}

/// `/demo`: a host page to try it on, while no mail server is set.
pub(crate) async fn demo(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    if !gateway.config().demo {
        return Problem::not_found().into_response();
    }
    let locale = locale(&gateway, &headers);
    page(&Demo { site: &gateway.config().site_name, locale })
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (StatusCode::OK, [(header::VARY, "Accept-Language")], Html(html)).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a page could not be rendered");
            Problem::unavailable().into_response()
        }
    }
}

/// The first language of the browser that we speak, else the site's.
fn locale(gateway: &Gateway, headers: &HeaderMap) -> Locale {
    let wanted =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = wanted.split(',').find_map(|entry| entry.split(';').next()?.trim().parse().ok());
    known.unwrap_or(gateway.desk().settings().locale)
}
