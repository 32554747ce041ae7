//! A connector of kind `ldap`: its settings are judged with the folder, and its files read.

use super::faults::{UNION, faults, tells};
use crate::testing::{Folder, SIGNER, pem, registry};

const GOOD: &str = "kind = \"ldap\"\nservers = [\"ldaps://ldap.lib.test\"]\nca = \"ldap-ca.pem\"\n\
                    bind_dn = \"cn=hub,dc=x\"\nbind_password_file = \"ldap.secret\"\n\
                    base = \"ou=people,dc=x\"\nfilter = \"(uid={login})\"";

fn folder(settings: &str) -> Folder {
    let folder = registry();
    folder.edit(UNION, "kind = \"central\"", settings);
    folder.write("members/ldap-ca.pem", &pem(&SIGNER));
    folder.write("members/ldap.secret", "p a ss\n");
    folder
}

#[test]
fn each_setting_is_judged_with_the_folder() {
    assert_eq!(faults(&folder(GOOD)), []);
    for (from, to, key, what) in [
        ("ldaps://ldap.lib.test", "ldap://ldap.lib.test/x", "servers", "is not ldaps://"),
        ("(uid={login})", "(uid=*)", "filter", "does not compare"),
        ("ca = \"ldap-ca.pem\"", "surprise = 1", "surprise", "unknown key"),
        ("ca = \"ldap-ca.pem\"", "metadata = \"nju-idp.xml\"", "metadata", "no such key"),
        ("ca = \"ldap-ca.pem\"", "unsolicited = [\"ill\"]", "unsolicited", "no such key"),
        ("ldap-ca.pem", "gone.pem", "ca", "the file is missing"),
        ("ldap-ca.pem", "nju-idp.xml", "ca", "holds no certificate"),
        ("ldap.secret", "gone.secret", "bind_password_file", "the file is missing"),
        (
            "ca = \"ldap-ca.pem\"",
            "attributes = { local_id = \"sAMAccountName\" }",
            "attributes.local_id",
            "may pass to another person",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let key = format!("connector[0].{key}");
        tells(&folder(&GOOD.replace(from, to)), (UNION, &key, what));
    }
    let lasting = "attributes = { local_id = \"sAMAccountName\" }\nreassignable = true";
    assert_eq!(faults(&folder(&GOOD.replace("ca = \"ldap-ca.pem\"", lasting))), []);
}
