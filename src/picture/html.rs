//! A drawing as a page: one file that needs no network and no script.

use super::{
    svg::{picture, quiet},
    told::told,
    words::shown,
};
use crate::{explained::Explained, flow::Drawing};
use maud::{DOCTYPE, PreEscaped, html};

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:1.5rem;font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif;line-height:1.5}\
h1{font-size:1.4rem}h2{font-size:1.1rem}\
figure{margin:1rem 0;overflow:auto}\
@media print{figure{overflow:visible}figure svg{max-width:100%;height:auto}}";

/// The page. `title`: what it shows; `notes`: what is to be said of it.
pub fn html(drawing: &Drawing, title: &str, notes: &[String]) -> Result<String, Explained> {
    let picture = picture(drawing, title)?;
    let title = shown(title);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Whatever a name holds, nothing runs and nothing is fetched.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            (PreEscaped("\n"))
            body {
                main {
                    h1 { (title) }
                    @for note in notes { p { (shown(note)) } }
                    // A keyboard scrolls it as well.
                    figure tabindex="0" role="group" aria-label="The picture" { (picture) }
                    h2 { "In words" }
                    ul { @for sentence in told(drawing) { li { (sentence) } } }
                }
            }
        }
    };
    Ok(quiet(page.into_string() + "\n"))
}
