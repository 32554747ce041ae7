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
