//! `readerpass demo` as a visitor starts it: a process with children of its
//! own, which must leave nothing behind however it ends.

mod ends;
pub mod running;
