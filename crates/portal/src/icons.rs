//! The pictures of the pages: one stroke each, drawn for this portal.

use std::fmt;

use askama::filters::HtmlSafe;

/// An `<svg>`; everything in it is written here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Icon(&'static str);

impl HtmlSafe for Icon {}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\"><path d=\"{}\"/></svg>",
            self.0
        )
    }
}

/// The picture of this name; a dot when there is none.
pub(crate) fn icon(name: &str) -> Icon {
    Icon(match name {
        "bell" => "M12 5V3.5M10 3.5h4M4.5 16a7.5 7.5 0 0 1 15 0zM3 19.5h18",
        "chat" => "M4 5.5h16v11H11l-4.5 3.5v-3.5H4zM8 9.5h8M8 12.8h5",
        "board" => "M5 4.5h14v15H5zM8.5 9h7M8.5 12.5h7M8.5 16h4",
        "mail" => "M3.5 6h17v12h-17zM4 7l8 6 8-6",
        "team" => {
            "M9 11a3.3 3.3 0 1 0 0-6.6A3.3 3.3 0 0 0 9 11zM2.8 19.5a6.2 6.2 0 0 1 12.4 0M15.5 4.7a3.3 3.3 0 0 1 0 6M17.5 14a6.2 6.2 0 0 1 3.7 5.5"
        }
        "person" => "M12 11.5a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6zM4.8 20a7.2 7.2 0 0 1 14.4 0",
        "out" => "M10 4.5H5v15h5M9.5 12H20m-4-4 4 4-4 4",
        "back" => "m14.5 5-7 7 7 7",
        "next" => "m9.5 5 7 7-7 7",
        "send" => "M12 19V5m-6 6 6-6 6 6",
        "chart" => "M4 20h16M7 16.5v-5M12 16.5v-9M17 16.5V4.5",
        "clock" => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 7.5V12l3 2",
        "check" => "m5 12.5 4.5 4.5L19 7.5",
        "cross" => "m6 6 12 12M18 6 6 18",
        "warn" => "M12 4 2.5 20h19zM12 10v4m0 3h.01",
        "search" => "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.5 15.5 20 20",
        "page" => "M3.5 5h17v14h-17zM3.5 9h17M6 7h.01M8.5 7h.01",
        "pen" => "m4 20 1-4L16 5l3 3L8 19zM14 7l3 3",
        "note" => "M5 4.5h14v9.5l-5 5.5H5zM14 19.5V14h5",
        "trash" => "M5 7h14M10 4h4M7 7l1 13h8l1-13M10.5 10.5v6M13.5 10.5v6",
        "again" => "M19 12a7 7 0 1 1-2.3-5.2M19 4v4h-4",
        "link" => {
            "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.4l-3 3A4 4 0 0 0 10.7 18l1.3-1.3"
        }
        "sound" => "M4.5 9.5h3l4.5-4v13l-4.5-4h-3zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11",
        "join" => "M13.5 4.5H19v15h-5.5M4 12h10.5m-4-4 4 4-4 4",
        "plus" => "M12 5v14M5 12h14",
        "key" => "M8 12a3.8 3.8 0 1 0 0 .1zM11.8 12H20v3.5M16.5 12v2.5",
        "eye" => {
            "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5"
        }
        "info" => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 11v5.5M12 7.6h.01",
        _ => "M12 12h.01",
    })
}
