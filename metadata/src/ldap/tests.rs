use super::*;

fn entry(settings: &str) -> ConnectorEntry {
    toml::from_str(&format!("kind = \"ldap\"\n{settings}")).expect("an entry")
}

const SEARCH: &str = r#"
    servers = ["ldaps://dc1.x.edu.cn", "ldap://DC2.x.edu.cn:1389"]
    bind_dn = "cn=hub,dc=x"
    bind_password_file = "hub.secret"
    base = "ou=people,dc=x"
    filter = "(uid={login})"
"#;
const DIRECT: &str = r#"servers = ["ldaps://dc1.x.edu.cn"]
"#;

#[test]
fn good_settings_are_read() {
    let read = LdapSettings::read(&entry(SEARCH)).expect("good");
    let of = |host: &str, port, cover| LdapServer { host: host.to_owned(), port, cover };
    let expected =
        [of("dc1.x.edu.cn", 636, Cover::Ldaps), of("dc2.x.edu.cn", 1389, Cover::StartTls)];
    assert_eq!(read.servers, expected);
    assert!(matches!(read.entrance, Entrance::Search { .. }));
    for (more, is_named) in [
        ("bind_dn_template = \"uid={login},dc=x\"", true),
        ("bind_dn_template = \"{login}@x\"\nbase = \"dc=x\"\nfilter = \"(uid={login})\"", false),
    ] {
        let read = LdapSettings::read(&entry(&format!("{DIRECT}{more}"))).expect("good");
        assert_eq!(matches!(read.entrance, Entrance::Named(_)), is_named, "{more}");
        assert_eq!(read.entrance.filter().is_none(), is_named);
    }
    let walk =
        "nested_groups = \"walk\"\ngroup_base = \"ou=groups,dc=x\"\nnetwork = \"10.1.0.0/16\"";
    let read = LdapSettings::read(&entry(&format!("{SEARCH}{walk}"))).expect("good");
    assert_eq!(read.groups.map(|groups| groups.by), Some(NestedBy::Walk));
}

/// The keys that `settings` are blamed for.
fn blamed(settings: &str) -> Vec<String> {
    let faults = LdapSettings::read(&entry(settings)).expect_err(settings);
    assert!(faults.iter().all(|f| !f.what.is_empty() && !f.remedy.is_empty()));
    faults.into_iter().map(|fault| fault.key).collect()
}

#[test]
fn each_fault_names_its_key() {
    for (more, key) in [
        ("network = \"8.0.0.0/8\"", "network"),
        ("network = \"169.254.0.0/16\"", "network"),
        ("plain = \"yes\"", "plain"),
        ("bind_dn_template = \"{login}@x\"", "bind_dn"),
        ("nested_groups = \"deep\"\ngroup_base = \"dc=x\"", "nested_groups"),
        ("group_base = \"dc=x\"", "nested_groups"),
        ("nested_groups = \"walk\"", "group_base"),
        ("nested_groups = \"walk\"\ngroup_base = \"groups\"", "group_base"),
        ("attributes = { name = \"*\" }", "attributes.name"),
        ("attributes = { mail = [\"mail\", \"+\"] }", "attributes.mail"),
        ("attributes = { category = { from = \"a)(b=*\", split = \";\" } }", "attributes.category"),
    ] {
        assert_eq!(blamed(&format!("{SEARCH}{more}")), [key], "{more}");
    }
    for (from, to, key) in [
        ("base = \"ou=people,dc=x\"", "", "base"),
        ("filter = \"(uid={login})\"", "filter = \"(uid=*)\"", "filter"),
        ("filter = \"(uid={login})\"", "", "filter"),
        ("bind_password_file = \"hub.secret\"", "", "bind_password_file"),
        ("bind_dn = \"cn=hub,dc=x\"", "bind_dn = \"\"", "bind_dn"),
        ("bind_dn = \"cn=hub,dc=x\"", "", "bind_dn"),
    ] {
        assert_eq!(blamed(&SEARCH.replace(from, to)), [key], "{from}");
    }
    for more in ["base = \"dc=x\"", "filter = \"(uid={login})\"", "bind_password_file = \"a\""] {
        let settings = format!("{DIRECT}bind_dn_template = \"uid={{login}},dc=x\"\n{more}");
        assert_eq!(blamed(&settings).len(), 1, "{more}");
    }
}

#[test]
fn a_password_goes_to_no_other_machine_without_tls() {
    for bad in [
        "ldap://ldap.x.edu.cn",
        "ldap://10.0.0.1",
        "http://localhost",
        "ldaps://a:b@x.edu.cn",
        "ldaps://x.edu.cn/dc=x",
        "ldaps://x.edu.cn?uid",
        "ldaps://",
        "ldapi:///",
        "x.edu.cn",
    ] {
        let settings = SEARCH.replace("ldaps://dc1.x.edu.cn", bad) + "plain = true";
        assert!(blamed(&settings).iter().all(|key| key == "servers"), "{bad}");
    }
    for here in ["ldap://localhost:3389", "ldap://127.0.0.1", "ldap://[::1]:3389"] {
        let settings = format!(
            "servers = [\"{here}\"]\nplain = true\nbind_dn_template = \"uid={{login}},dc=x\""
        );
        let read = LdapSettings::read(&entry(&settings)).expect(here);
        assert_eq!(read.servers[0].cover, Cover::Plain, "{here}");
    }
}
