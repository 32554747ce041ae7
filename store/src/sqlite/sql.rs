//! One SQL statement with its values, which can be run again.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// The values of one row, in the order of its columns.
pub(crate) type Row = Vec<Value>;

/// A statement and what is bound to it.
pub(crate) struct Sql {
    text: &'static str,
    values: Vec<Value>,
}

/// A value that can be bound.
pub(crate) trait Bind {
    fn value(self) -> Value;
}

impl Sql {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, values: Vec::new() }
    }

    /// Binds the next value.
    #[must_use]
    pub(crate) fn bind(mut self, value: impl Bind) -> Self {
        self.values.push(value.value());
        self
    }

    /// Runs it and gives all its rows; prepared once a connection.
    pub(crate) fn all(&self, connection: &Connection) -> rusqlite::Result<Vec<Row>> {
        let mut found = Vec::new();
        self.each(connection, |row| {
            found.push(row);
            true
        })?;
        Ok(found)
    }

    /// Runs it and gives its first row.
    pub(crate) fn first(&self, connection: &Connection) -> rusqlite::Result<Option<Row>> {
        let mut found = None;
        self.each(connection, |row| {
            found = Some(row);
            false
        })?;
        Ok(found)
    }

    /// Runs it until `take` wants no further row.
    fn each(
        &self,
        connection: &Connection,
        mut take: impl FnMut(Row) -> bool,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(self.text)?;
        let width = statement.column_count();
        let mut rows = statement.query(params_from_iter(&self.values))?;
        while let Some(row) = rows.next()? {
            let values = (0..width).map(|place| row.get(place)).collect::<Result<Row, _>>()?;
            if !take(values) {
                break;
            }
        }
        Ok(())
    }
}

impl Bind for i64 {
    fn value(self) -> Value {
        Value::Integer(self)
    }
}

impl Bind for u32 {
    fn value(self) -> Value {
        Value::Integer(i64::from(self))
    }
}

impl Bind for bool {
    fn value(self) -> Value {
        Value::Integer(i64::from(self))
    }
}

impl Bind for &str {
    fn value(self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl Bind for String {
    fn value(self) -> Value {
        Value::Text(self)
    }
}

impl Bind for &[u8] {
    fn value(self) -> Value {
        Value::Blob(self.to_vec())
    }
}

impl Bind for Vec<u8> {
    fn value(self) -> Value {
        Value::Blob(self)
    }
}

impl<T: Bind> Bind for Option<T> {
    fn value(self) -> Value {
        self.map_or(Value::Null, Bind::value)
    }
}
