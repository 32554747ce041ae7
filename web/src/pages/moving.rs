//! Pages that send the browser on: to an address, or by posting a form.

use crate::page::{Does, Page};
use crate::stage::{Shell, Stage};
use crate::words::Words;
use askama::Template;

#[derive(Template)]
#[template(path = "moving.html")]
struct Moving<'m> {
    shell: Shell,
    w: &'static Words,
    title: &'m str,
    address: &'m str,
    fields: &'m [(String, String)],
}

/// An address that a page or a redirect of ours may lead to; `None` for one that would
/// run as script or show a document of its own in our name. What remains is an absolute
/// address of any other scheme (apps have their own, RFC 8252 section 7.1) or a path here.
pub(crate) fn leads_on(address: &str) -> Option<&str> {
    if address.chars().any(|c| c.is_control() || c == ' ') {
        return None;
    }
    if let Some(path) = address.strip_prefix('/') {
        return (!path.starts_with(['/', '\\'])).then_some(address);
    }
    let (scheme, _) = address.split_once(':')?;
    let mut letters = scheme.chars();
    let is_scheme = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let runs = ["javascript", "data", "vbscript", "blob", "file", "about", "view-source"];
    (is_scheme && !runs.iter().any(|bad| scheme.eq_ignore_ascii_case(bad))).then_some(address)
}

/// A redirect that answers a form: a page that goes on by itself, since Chromium holds
/// redirects after a form to `form-action`.
pub(crate) fn redirect(stage: &Stage<'_>, address: &str) -> Page {
    build(stage, address, &[], Does::Nothing)
}

/// Posts `fields` to `action`, by script or by the button.
pub(crate) fn auto_post(stage: &Stage<'_>, action: &str, fields: &[(String, String)]) -> Page {
    build(stage, action, fields, Does::PostsOut)
}

fn build(stage: &Stage<'_>, address: &str, fields: &[(String, String)], does: Does) -> Page {
    let w = stage.words();
    let mut shell = stage.shell(&w.moving.title, None);
    // The page is gone at once, and asking for it again would start over.
    shell.switch = None;
    let view = Moving { shell, w, title: &w.moving.title, address, fields };
    Page::of(&view, does, stage.lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_in_our_name_is_led_to() {
        for good in [
            "https://sp.example/cb?a=1#x",
            "/login?h=H",
            "com.example.app:/cb",
            "http://ill.localhost:8081/",
        ] {
            assert_eq!(leads_on(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\nscript:alert(1)",
            " javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "/\\evil.example",
            "evil",
            "",
            "blob:x",
            "https://a\r\nSet-Cookie: b",
            ":x",
        ] {
            assert_eq!(leads_on(bad), None, "{bad}");
        }
    }
}
