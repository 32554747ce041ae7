//! The connector `sip2`: the reader's card number and password, checked by the library system.

mod wire;
