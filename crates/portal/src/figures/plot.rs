//! Plots as SVG. Their sizes are attributes, as our policy for pages allows no inline styles; their colours are classes.

use std::fmt;
use std::fmt::Write;

use askama::filters::HtmlSafe;

/// The height of a plot in its own units; its width is a hundred for each column.
const HEIGHT: u32 = 160;
/// A column's part of its hundred.
const COLUMN: u32 = 56;

/// An `<svg>` that fills its place. Nothing in it comes from people.
#[derive(Debug, Clone)]
pub(crate) struct Plot(String);

impl HtmlSafe for Plot {}

impl fmt::Display for Plot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Plot {
    /// Columns of parts that stand on each other, the first at the bottom; each part has the class of its place in `classes`.
    pub(super) fn stacked(columns: &[Vec<u32>], classes: &[&str]) -> Self {
        let most = columns.iter().map(|parts| parts.iter().sum::<u32>()).max().unwrap_or(0).max(1);
        let mut svg = begin(columns.len());
        for (at, parts) in columns.iter().enumerate() {
            let mut under = 0;
            for (part, class) in parts.iter().zip(classes) {
                rectangle(&mut svg, class, at, COLUMN, (scaled(under, most), scaled(under + part, most)));
                under += part;
            }
        }
        end(svg)
    }

    /// For each column a bar from the first value to the second, with a mark at the first; none where there is nothing.
    pub(super) fn ranges(columns: &[Option<(u32, u32)>]) -> Self {
        let most = columns.iter().flatten().map(|(_, to)| *to).max().unwrap_or(0).max(1);
        let mut svg = begin(columns.len());
        for (at, column) in columns.iter().enumerate() {
            let Some((from, to)) = column else { continue };
            let (low, high) = (scaled(*from, most), scaled(*to, most));
            rectangle(&mut svg, "range", at, 14, (low, high.max(low + 1)));
            rectangle(&mut svg, "median", at, COLUMN, (low.saturating_sub(2), low + 2));
        }
        end(svg)
    }

    /// One bar, as long as its part of the most.
    pub(super) fn bar(value: u32, most: u32) -> Self {
        let width = u64::from(value) * 100 / u64::from(most.max(1));
        Self(format!(
            "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">\
             <rect class=\"answered\" width=\"{width}\" height=\"8\"/></svg>"
        ))
    }
}

fn begin(columns: usize) -> String {
    let width = columns.max(1) * 100;
    let mut svg = format!(
        "<svg class=\"plot\" viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">"
    );
    for quarter in 0..=4 {
        let y = HEIGHT * quarter / 4;
        // Writing into a String cannot fail.
        let _ = write!(svg, "<path class=\"rule\" d=\"M0 {y}H{width}\"/>");
    }
    svg
}

fn end(mut svg: String) -> Plot {
    svg.push_str("</svg>");
    Plot(svg)
}

fn scaled(value: u32, most: u32) -> u32 {
    u32::try_from(u64::from(value) * u64::from(HEIGHT) / u64::from(most)).unwrap_or(HEIGHT)
}

fn rectangle(svg: &mut String, class: &str, column: usize, width: u32, (from, to): (u32, u32)) {
    if to <= from {
        return;
    }
    let x = column * 100 + usize::try_from((100 - width) / 2).unwrap_or(0);
    let (y, height) = (HEIGHT.saturating_sub(to), to - from);
    let _ =
        write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_on_each_other_and_nothing_is_drawn_for_nothing() {
        let plot = Plot::stacked(&[vec![1, 3], vec![0, 0], vec![2, 0]], &["a", "b"]).to_string();
        assert!(plot.contains("<rect class=\"a\" x=\"22\" y=\"120\" width=\"56\" height=\"40\"/>"), "{plot}");
        assert!(plot.contains("<rect class=\"b\" x=\"22\" y=\"0\" width=\"56\" height=\"120\"/>"), "{plot}");
        assert_eq!(plot.matches("<rect").count(), 3);
        assert!(plot.contains("viewBox=\"0 0 300 160\""));
    }

    #[test]
    fn a_range_that_is_a_point_is_seen() {
        let plot = Plot::ranges(&[None, Some((5, 5))]).to_string();
        assert_eq!(plot.matches("<rect").count(), 2);
        assert!(Plot::stacked(&[], &[]).to_string().ends_with("</svg>"), "a plot of nothing is one");
        assert!(Plot::bar(1, 3).to_string().contains("width=\"33\""));
    }
}
