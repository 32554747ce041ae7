//! See the module of this name.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::ldap_template::run(data));
