use super::*;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = std::env::temp_dir().join(format!("readerpass-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let name: u64 = text.bytes().fold(7, |a, b| a.wrapping_mul(31).wrapping_add(b.into()));
    let file = folder.join(format!("{name}-{}.toml", environment.len()));
    std::fs::write(&file, text).expect("a file");
    let pairs = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Config::read(&file, pairs)
}

#[test]
fn the_environment_lies_over_the_file() {
    let config = read(
        "public_url = \"https://login.example.org\"\n",
        &[
            ("READERPASS_STORE__SHARED", "redis://127.0.0.1:6379"),
            ("READERPASS_LISTEN", "127.0.0.1:9999"),
            ("READERPASS_TRUSTED_PROXIES", "[\"10.0.0.1\"]"),
        ],
    )
    .expect("reads");
    assert_eq!(config.shared.as_deref(), Some("redis://127.0.0.1:6379"));
    assert_eq!(config.listen.port(), 9999);
    assert_eq!(config.trusted_proxies.len(), 1);
}

#[test]
fn addresses_that_may_read_the_figures_are_none_unless_named() {
    let base = "public_url = \"https://login.example.org\"\n";
    assert!(read(base, &[]).expect("reads").metrics_from.is_empty());
    let named = format!("{base}metrics_from = [\"10.0.0.5\", \"10.1.0.0/16\"]\n");
    assert_eq!(read(&named, &[]).expect("reads").metrics_from.len(), 2);
    let fault = read(&format!("{base}metrics_from = [\"all\"]\n"), &[]).unwrap_err();
    assert!(fault.to_string().contains("metrics_from: `all`"), "{fault}");
    assert!(read(base, &[]).expect("reads").metrics_listen.is_none());
    let own = read(&format!("{base}metrics_listen = \"127.0.0.1:9464\"\n"), &[]).expect("reads");
    assert_eq!(own.metrics_listen, Some(([127, 0, 0, 1], 9464).into()));
}

#[test]
fn an_unknown_key_is_named() {
    let fault = read("public_url = \"https://a.example\"\nlisten_on = \"x\"\n", &[]).unwrap_err();
    assert!(fault.to_string().contains("listen_on"), "{fault}");
}

#[test]
fn plain_http_is_for_loopback_names_only() {
    let fault = read("public_url = \"http://login.example.org\"\n", &[]).unwrap_err();
    assert!(fault.to_string().contains("public_url"), "{fault}");
    assert!(read("public_url = \"http://hub.localhost:8080\"\n", &[]).is_ok());
}

/// Whoever writes the file knows TOML, and not the types of this program.
#[test]
fn a_wrong_type_is_said_plainly_with_an_example() {
    let base = "public_url = \"https://login.example.org\"\n";
    for (keys, says) in [
        ("listen = 5", "listen: the number 5 stands here"),
        ("listen = \"8080\"", "as in listen = \"127.0.0.1:8080\""),
        ("trusted_proxies = \"10.0.0.1\"", "a list in brackets, as in trusted_proxies ="),
        ("tls = { cert = \"c.pem\" }", "tls.key: missing — add the key, as in tls = {"),
        ("data_dir = ", "line 2: "),
        ("shared = \"x\"", "shared: unknown key — remove it, or correct its spelling; known"),
    ] {
        let said = read(&format!("{base}{keys}\n"), &[]).unwrap_err().to_string();
        assert!(said.contains(says), "{keys}: {said}");
        for word in ["struct", "variant", "field", "invalid type"] {
            assert!(!said.contains(word), "{keys}: {said}");
        }
    }
    let missing = read("listen = \"127.0.0.1:1\"\n", &[]).unwrap_err().to_string();
    assert!(missing.contains("public_url: missing — add the key, as in public_url ="), "{missing}");
}
