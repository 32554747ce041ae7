//! One SQL statement with its values, which can be run again.

use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Arguments as _, Encode, Sqlite, Type};

/// A prepared statement and what is bound to it.
pub(crate) struct Sql {
    text: &'static str,
    values: Result<SqliteArguments, String>,
}

impl Sql {
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text, values: Ok(SqliteArguments::default()) }
    }

    /// Binds the next value.
    #[must_use]
    pub(crate) fn bind<'t, T>(mut self, value: T) -> Self
    where
        T: Encode<'t, Sqlite> + Type<Sqlite>,
    {
        if let Ok(values) = &mut self.values
            && let Err(fault) = values.add(value)
        {
            self.values = Err(fault.to_string());
        }
        self
    }

    /// Runs it and gives all its rows; prepared once a connection.
    pub(crate) async fn all(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        sqlx::query_with(self.text, self.values()?).fetch_all(connection).await
    }

    /// Runs it and gives its first row.
    pub(crate) async fn first(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Option<SqliteRow>, sqlx::Error> {
        sqlx::query_with(self.text, self.values()?).fetch_optional(connection).await
    }

    fn values(&self) -> Result<SqliteArguments, sqlx::Error> {
        self.values.clone().map_err(|fault| sqlx::Error::Encode(fault.into()))
    }
}
