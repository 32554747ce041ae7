//! Brings a database file to the form that this program knows.

use crate::StoreError;
use crate::sqlite::fault::engine;
use sqlx::sqlite::{SqliteConnection, SqliteSynchronous};
use sqlx::{Connection as _, Row as _};

/// The forms of one database, oldest first: each brings the one before it up by one.
pub(crate) struct Schema {
    /// The file's name.
    pub(crate) file: &'static str,
    /// SQLite's `application_id`: a file of another program is never touched.
    pub(crate) application: i64,
    /// When a commit is on the disk.
    pub(crate) synchronous: SqliteSynchronous,
    /// Whether what is deleted is overwritten: erased personal fields must be gone.
    pub(crate) secure_delete: &'static str,
    /// SQL that ends at `user_version` 1, 2, …
    pub(crate) steps: &'static [&'static str],
}

pub(crate) static DURABLE: Schema = Schema {
    file: "durable.db",
    application: 0x5250_6475,
    synchronous: SqliteSynchronous::Full,
    secure_delete: "ON",
    steps: &[include_str!("migrations/durable-1.sql")],
};

pub(crate) static SHARED: Schema = Schema {
    file: "shared.db",
    application: 0x5250_7368,
    synchronous: SqliteSynchronous::Normal,
    secure_delete: "FAST",
    steps: &[include_str!("migrations/shared-1.sql")],
};

/// Runs the steps that are missing, all or none; refuses a newer or a foreign file.
pub(crate) async fn migrate(
    connection: &mut SqliteConnection,
    schema: &Schema,
) -> Result<(), StoreError> {
    let mut work = connection.begin_with("BEGIN IMMEDIATE").await.map_err(engine)?;
    let version = number(&mut work, "PRAGMA user_version").await?;
    let application = number(&mut work, "PRAGMA application_id").await?;
    let tables = number(&mut work, "SELECT count(*) FROM sqlite_schema").await?;
    let known = i64::try_from(schema.steps.len()).unwrap_or(i64::MAX);
    if application != schema.application && (version != 0 || tables != 0) {
        return Err(StoreError::setup(
            format!("{} is not a database of readerpass", schema.file),
            "name another data folder, or move the file away",
        ));
    }
    if version > known {
        return Err(StoreError::setup(
            format!(
                "{} has version {version}, this program knows versions up to {known}",
                schema.file
            ),
            "start the newer readerpass that wrote it, or restore a backup from before the upgrade",
        ));
    }
    let done = usize::try_from(version).unwrap_or(0);
    for step in schema.steps.iter().skip(done) {
        sqlx::raw_sql(*step).execute(&mut *work).await.map_err(engine)?;
    }
    work.commit().await.map_err(engine)
}

async fn number(connection: &mut SqliteConnection, sql: &'static str) -> Result<i64, StoreError> {
    let row = sqlx::query(sql).fetch_one(connection).await.map_err(engine)?;
    row.try_get(0).map_err(engine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::ConnectOptions as _;
    use sqlx::sqlite::SqliteConnectOptions;

    async fn memory() -> SqliteConnection {
        SqliteConnectOptions::new().in_memory(true).connect().await.unwrap()
    }

    #[tokio::test]
    async fn every_step_records_its_own_number() {
        for schema in [&DURABLE, &SHARED] {
            let mut db = memory().await;
            for (place, step) in schema.steps.iter().enumerate() {
                sqlx::raw_sql(*step).execute(&mut db).await.unwrap();
                let version = number(&mut db, "PRAGMA user_version").await.unwrap();
                assert_eq!(version, i64::try_from(place).unwrap() + 1);
            }
            let application = number(&mut db, "PRAGMA application_id").await.unwrap();
            assert_eq!(application, schema.application);
        }
    }

    #[tokio::test]
    async fn it_runs_once_and_again_without_harm() {
        let mut db = memory().await;
        migrate(&mut db, &DURABLE).await.unwrap();
        migrate(&mut db, &DURABLE).await.unwrap();
    }

    #[tokio::test]
    async fn a_step_that_fails_leaves_the_old_form_whole() {
        static BROKEN: Schema = Schema {
            file: "durable.db",
            application: 0x5250_6475,
            synchronous: SqliteSynchronous::Full,
            secure_delete: "ON",
            steps: &[
                include_str!("migrations/durable-1.sql"),
                "PRAGMA user_version = 2; CREATE TABLE extra (a); CREATE TABLE account (a);",
            ],
        };
        let mut db = memory().await;
        migrate(&mut db, &DURABLE).await.unwrap();
        assert!(migrate(&mut db, &BROKEN).await.is_err());
        assert_eq!(number(&mut db, "PRAGMA user_version").await.unwrap(), 1);
        let extra = "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'";
        assert_eq!(number(&mut db, extra).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_newer_or_foreign_file_is_refused_with_a_remedy() {
        let mut newer = memory().await;
        migrate(&mut newer, &SHARED).await.unwrap();
        sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut newer).await.unwrap();
        let text = migrate(&mut newer, &SHARED).await.unwrap_err().to_string();
        assert!(text.contains("version 99") && text.contains("restore a backup"), "{text}");

        let mut foreign = memory().await;
        sqlx::raw_sql("CREATE TABLE theirs (a)").execute(&mut foreign).await.unwrap();
        let text = migrate(&mut foreign, &SHARED).await.unwrap_err().to_string();
        assert!(text.contains("not a database of readerpass"), "{text}");

        let mut other = memory().await;
        migrate(&mut other, &SHARED).await.unwrap();
        assert!(migrate(&mut other, &DURABLE).await.is_err());
    }
}
