//! The scripts, each hashed once.

use ::redis::Script;
use std::sync::LazyLock;

macro_rules! script {
    ($name:ident, $file:literal) => {
        pub(super) static $name: LazyLock<Script> =
            LazyLock::new(|| Script::new(include_str!(concat!("scripts/", $file, ".lua"))));
    };
}

script!(PUT_ONCE, "put_once");
script!(PUT_ALL_ONCE, "put_all_once");
script!(TAKE, "take");
script!(COUNT, "count");
script!(CREATE_SESSION, "create_session");
script!(TOUCH_SESSION, "touch_session");
script!(END_SESSION, "end_session");
script!(ADD_SERVICE, "add_service");
script!(BY_INDEX, "by_index");
script!(END_OF_READER, "end_of_reader");
script!(WRITE_TRACE, "write_trace");
script!(NOTE_TROUBLE, "note_trouble");
