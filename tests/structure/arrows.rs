//! A call never goes upwards: DESIGN.md section 3, kept by this list.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Which room may use which. `readerpass`, the tests and the benchmarks may use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("store", &["model"]),
    ("saml", &["model"]),
    ("policy", &["model"]),
    ("metadata", &["policy", "saml", "store", "model"]),
    ("accounts", &["store", "model"]),
    ("idp-bridge", &["accounts", "metadata", "saml", "store", "model"]),
    ("login", &["idp-bridge", "accounts", "metadata", "policy", "store", "model"]),
    ("sp-proxy", &["login", "metadata", "policy", "saml", "store", "model"]),
    ("web", &["login", "accounts", "metadata", "policy", "model"]),
    ("second-opinion", &["saml", "model"]),
    ("demo-services", &[]),
];

const MAY_USE_ALL: &[&str] = &["readerpass", "system-tests", "bench", "fuzz"];

pub fn workspace() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = json["packages"].as_array().expect("packages");
    let names: BTreeSet<_> =
        packages.iter().map(|p| p["name"].as_str().expect("a name").to_owned()).collect();
    packages
        .iter()
        .map(|package| {
            let name = package["name"].as_str().expect("a name").to_owned();
            let manifest = package["manifest_path"].as_str().expect("a path").to_owned();
            let uses = package["dependencies"]
                .as_array()
                .expect("dependencies")
                .iter()
                .filter(|d| d["kind"].is_null())
                .map(|d| d["name"].as_str().expect("a name").to_owned())
                .filter(|d| names.contains(d))
                .collect();
            (name, (manifest, uses))
        })
        .collect()
}

#[test]
fn every_arrow_between_rooms_is_one_of_the_plan() {
    for (name, (_, uses)) in workspace() {
        if MAY_USE_ALL.contains(&name.as_str()) {
            continue;
        }
        let (_, allowed) = MAY_USE
            .iter()
            .find(|(room, _)| *room == name)
            .unwrap_or_else(|| panic!("the room `{name}` stands in no plan"));
        for used in uses {
            assert!(allowed.contains(&used.as_str()), "`{name}` must not use `{used}`");
        }
    }
}

/// What the rooms open for the fuzz targets is closed in all that is tested and shipped:
/// only the feature that `cargo fuzz` is given opens it.
#[test]
fn no_build_but_that_of_the_fuzz_targets_opens_their_doors() {
    for (name, (manifest, _)) in workspace() {
        let text = std::fs::read_to_string(&manifest).expect("a manifest");
        let naming = text.lines().filter(|l| l.contains("fuzzing") && !l.starts_with('#'));
        for line in naming {
            let is_run = name == "fuzz" && line.starts_with("run = [");
            assert!(line == "fuzzing = []" || is_run, "{name}: {line}");
        }
        assert!(!text.lines().any(|l| l.starts_with("default = ")), "{name} has default features");
        let uses_run = name != "fuzz" && text.contains("fuzz/run");
        assert!(!uses_run, "{name} builds the fuzz targets");
    }
}

/// The second opinion is a program of its own: what it links, the hub is built and run without.
#[test]
fn the_default_program_is_built_of_nothing_that_the_second_opinion_links() {
    let tree = |further: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--locked", "-e", "normal,build", "--prefix", "none"])
            .args(further)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.lines().filter_map(|l| l.split(' ').next()).map(str::to_owned).collect()
    };
    let linked = ["samael", "libxml", "openssl", "openssl-sys", "bindgen", "clang-sys"];
    let child: BTreeSet<String> = tree(&["-p", "second-opinion", "--features", "samael"]);
    for crate_name in linked {
        assert!(child.contains(crate_name), "the list is of yesterday: {crate_name}");
    }
    let hub: BTreeSet<String> = tree(&["-p", "readerpass"]);
    assert!(!hub.contains("second-opinion"), "by default");
    let asking: BTreeSet<String> = tree(&["-p", "readerpass", "--features", "second-opinion"]);
    assert!(asking.contains("second-opinion"), "with the feature");
    for crate_name in linked {
        assert!(!hub.contains(crate_name), "{crate_name}, by default");
        assert!(!asking.contains(crate_name), "{crate_name}, though it only asks");
    }
}

#[test]
fn only_the_saml_room_parses_xml() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for room in [
        "model",
        "store",
        "policy",
        "metadata",
        "accounts",
        "idp-bridge",
        "login",
        "sp-proxy",
        "web",
        ".",
    ] {
        let manifest =
            std::fs::read_to_string(format!("{root}/{room}/Cargo.toml")).expect("a file");
        let own = manifest.split("[workspace.dependencies]").next().expect("a part");
        for parser in ["bergshamra", "quick-xml", "roxmltree", "uppsala", "xml-rs", "libxml"] {
            let listed = own.lines().any(|l| l.starts_with(parser));
            assert!(!listed, "{room} uses the XML parser {parser}");
        }
    }
}
