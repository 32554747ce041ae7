//! The pages, one module each: plain data in, a finished [`Page`](crate::page::Page) out.

pub(crate) mod confirm;
pub(crate) mod console;
pub(crate) mod desk;
pub(crate) mod discovery;
pub(crate) mod explained;
pub(crate) mod factor;
pub(crate) mod form;
pub(crate) mod landing;
pub(crate) mod members;
pub(crate) mod moving;
pub(crate) mod portal;
pub(crate) mod refused;
pub(crate) mod rows;
pub(crate) mod signed_out;
pub(crate) mod status;
pub(crate) mod ways;

#[cfg(test)]
pub(crate) mod tests;
