//! Brings a database file to the form that this program knows.

use crate::StoreError;
use crate::sqlite::fault::engine;
use rusqlite::{Connection, TransactionBehavior};

/// The forms of one database, oldest first: each brings the one before it up by one.
pub(crate) struct Schema {
    /// The file's name.
    pub(crate) file: &'static str,
    /// SQLite's `application_id`: a file of another program is never touched.
    pub(crate) application: i64,
    /// When a commit is on the disk.
    pub(crate) synchronous: &'static str,
    /// Whether what is deleted is overwritten: erased personal fields must be gone.
    pub(crate) secure_delete: &'static str,
    /// SQL that ends at `user_version` 1, 2, …
    pub(crate) steps: &'static [&'static str],
}

pub(crate) static DURABLE: Schema = Schema {
    file: "durable.db",
    application: 0x5250_6475,
    synchronous: "FULL",
    secure_delete: "ON",
    steps: &[
        include_str!("migrations/durable-1.sql"),
        include_str!("migrations/durable-2.sql"),
        include_str!("migrations/durable-3.sql"),
        include_str!("migrations/durable-4.sql"),
        include_str!("migrations/durable-5.sql"),
        include_str!("migrations/durable-6.sql"),
    ],
};

pub(crate) static SHARED: Schema = Schema {
    file: "shared.db",
    application: 0x5250_7368,
    synchronous: "NORMAL",
    secure_delete: "FAST",
    steps: &[include_str!("migrations/shared-1.sql"), include_str!("migrations/shared-2.sql")],
};

/// Runs the steps that are missing, all or none; refuses a newer or a foreign file.
pub(crate) fn migrate(connection: &mut Connection, schema: &Schema) -> Result<(), StoreError> {
    let work =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(engine)?;
    let version = known(&work, schema)?;
    let done = usize::try_from(version).unwrap_or(0);
    for step in schema.steps.iter().skip(done) {
        work.execute_batch(step).map_err(engine)?;
    }
    work.commit().map_err(engine)
}

/// The version of the file, where it is one of ours and not newer than this program.
pub(crate) fn known(connection: &Connection, schema: &Schema) -> Result<i64, StoreError> {
    let version = number(connection, "PRAGMA user_version")?;
    let application = number(connection, "PRAGMA application_id")?;
    let tables = number(connection, "SELECT count(*) FROM sqlite_schema")?;
    let newest = i64::try_from(schema.steps.len()).unwrap_or(i64::MAX);
    if application != schema.application && (version != 0 || tables != 0) {
        return Err(StoreError::setup(
            format!("{} is not a database of readerpass", schema.file),
            "name another data folder, or move the file away",
        ));
    }
    if version > newest {
        return Err(StoreError::setup(
            format!(
                "{} has version {version}, this program knows versions up to {newest}",
                schema.file
            ),
            "start the newer readerpass that wrote it, or restore a backup from before the upgrade",
        ));
    }
    Ok(version)
}

fn number(connection: &Connection, sql: &'static str) -> Result<i64, StoreError> {
    connection.query_row(sql, [], |row| row.get(0)).map_err(engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Connection {
        Connection::open_in_memory().unwrap()
    }

    #[test]
    fn every_step_records_its_own_number() {
        for schema in [&DURABLE, &SHARED] {
            let db = memory();
            for (place, step) in schema.steps.iter().enumerate() {
                db.execute_batch(step).unwrap();
                let version = number(&db, "PRAGMA user_version").unwrap();
                assert_eq!(version, i64::try_from(place).unwrap() + 1);
            }
            let application = number(&db, "PRAGMA application_id").unwrap();
            assert_eq!(application, schema.application);
        }
    }

    #[test]
    fn it_runs_once_and_again_without_harm() {
        let mut db = memory();
        migrate(&mut db, &DURABLE).unwrap();
        migrate(&mut db, &DURABLE).unwrap();
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_form_whole() {
        static BROKEN: Schema = Schema {
            file: "durable.db",
            application: 0x5250_6475,
            synchronous: "FULL",
            secure_delete: "ON",
            steps: &[
                include_str!("migrations/durable-1.sql"),
                include_str!("migrations/durable-2.sql"),
                include_str!("migrations/durable-3.sql"),
                include_str!("migrations/durable-4.sql"),
                include_str!("migrations/durable-5.sql"),
                include_str!("migrations/durable-6.sql"),
                "PRAGMA user_version = 7; CREATE TABLE extra (a); CREATE TABLE account (a);",
            ],
        };
        let mut db = memory();
        migrate(&mut db, &DURABLE).unwrap();
        assert!(migrate(&mut db, &BROKEN).is_err());
        assert_eq!(number(&db, "PRAGMA user_version").unwrap(), 6);
        let extra = "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'";
        assert_eq!(number(&db, extra).unwrap(), 0);
    }

    #[test]
    fn a_key_of_before_the_life_cycle_is_in_use_since_it_was_made() {
        let mut db = memory();
        db.execute_batch(include_str!("migrations/durable-1.sql")).unwrap();
        db.execute_batch("INSERT INTO key VALUES ('a', 'saml', 1, 42, x'01', x'02')").unwrap();
        migrate(&mut db, &DURABLE).unwrap();
        assert_eq!(number(&db, "SELECT use_from FROM key WHERE withdrawn IS NULL").unwrap(), 42);
    }

    #[test]
    fn a_newer_or_foreign_file_is_refused_with_a_remedy() {
        let mut newer = memory();
        migrate(&mut newer, &SHARED).unwrap();
        newer.execute_batch("PRAGMA user_version = 99").unwrap();
        let text = migrate(&mut newer, &SHARED).unwrap_err().to_string();
        assert!(text.contains("version 99") && text.contains("restore a backup"), "{text}");

        let mut foreign = memory();
        foreign.execute_batch("CREATE TABLE theirs (a)").unwrap();
        let text = migrate(&mut foreign, &SHARED).unwrap_err().to_string();
        assert!(text.contains("not a database of readerpass"), "{text}");

        let mut other = memory();
        migrate(&mut other, &SHARED).unwrap();
        assert!(migrate(&mut other, &DURABLE).is_err());
    }
}
