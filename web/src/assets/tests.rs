use super::*;
use std::collections::BTreeMap;

#[tokio::test]
async fn an_asset_is_served_under_its_own_fingerprint_only() {
    let name = LOOK.name();
    let found = serve(Path(name.clone())).await;
    assert_eq!(found.status(), 200);
    assert_eq!(found.headers()["content-type"], "text/css; charset=utf-8");
    assert!(found.headers()["cache-control"].to_str().expect("ASCII").contains("immutable"));
    assert_eq!(serve(Path("look.css".into())).await.status(), 404);
    assert_eq!(serve(Path("../look.css".into())).await.status(), 404);
    assert_eq!(serve(Path(name.replace("look", "lock"))).await.status(), 404);
}

#[test]
fn a_changed_byte_changes_the_name() {
    assert_ne!(fingerprint(b"a{}"), fingerprint(b"b{}"));
}

#[test]
fn no_asset_fetches_from_elsewhere() {
    for asset in [LOOK, SEAL, DISCOVER, AUTOPOST] {
        let body = asset.body.replace("http://www.w3.org/2000/svg", "");
        for word in ["http:", "https:", "@import", "url(", "innerHTML", "eval(", "document.write"] {
            assert!(!body.contains(word), "{}: {word}", asset.stem);
        }
    }
}

/// The tokens of the style sheet: light ones, and light with dark laid over them.
fn schemes() -> [BTreeMap<String, String>; 2] {
    let tokens = |part: &str| -> BTreeMap<String, String> {
        part.split(';')
            .filter_map(|d| d.rsplit_once('{').map_or(Some(d), |(_, d)| Some(d)))
            .filter_map(|d| d.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .filter(|(name, value)| name.starts_with("--") && value.starts_with('#'))
            .collect()
    };
    let (light, rest) =
        LOOK.body.split_once("@media (prefers-color-scheme: dark)").expect("two schemes");
    let (dark, _) = rest.split_once("\n}\n").expect("an end");
    let light = tokens(light);
    let mut both = light.clone();
    both.extend(tokens(dark));
    [light, both]
}

fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("#rrggbb");
        let share = f64::from(value) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_and_edges_keep_the_contrast_of_wcag_aa_in_both_schemes() {
    const TEXT: [(&str, &[&str]); 9] = [
        ("--ink", &["--paper", "--card", "--act-soft"]),
        ("--ink-2", &["--paper", "--card", "--act-soft"]),
        ("--ink-3", &["--paper", "--card"]),
        ("--act", &["--paper", "--card", "--act-soft"]),
        ("--act-ink", &["--act", "--act-hover"]),
        ("--seal", &["--paper", "--card", "--act-soft", "--seal-soft"]),
        ("--seal-ink", &["--seal"]),
        ("--good", &["--good-soft"]),
        ("--warn", &["--warn-soft"]),
    ];
    for tokens in schemes() {
        for (ink, grounds) in TEXT {
            for ground in grounds {
                let ratio = contrast(&tokens[ink], &tokens[*ground]);
                assert!(ratio >= 4.5, "{ink} on {ground}: {ratio:.2}");
            }
        }
        for ground in ["--paper", "--card"] {
            let ratio = contrast(&tokens["--edge"], &tokens[ground]);
            assert!(ratio >= 3.0, "--edge on {ground}: {ratio:.2}");
        }
    }
}

#[test]
fn no_text_is_smaller_than_14_px() {
    for declaration in LOOK.body.split(['{', ';', '}']) {
        let Some(value) = declaration.trim().strip_prefix("font-size:") else { continue };
        if let Some(rem) = value.trim().strip_suffix("rem") {
            assert!(rem.parse::<f64>().expect("a number") >= 0.875, "{declaration}");
        }
    }
}
