//! Sessions in SQLite.

use crate::digest::{hex, index_key, session_key};
use crate::seen::TOUCH_EVERY_MS;
use crate::sqlite::fault::{column, time};
use crate::sqlite::shared::SqliteShared;
use crate::sqlite::sql::{Row, Sql};
use crate::sqlite::trace::write_trace;
use crate::{EndedSession, SessionRecord, SessionService, SessionServices, Sessions, StoreError};
use crate::{sealed, session_blob};
use async_trait::async_trait;
use model::{ReaderId, ServiceId, Sid, Timestamp, TraceRecord};

/// The indexes come with it, by the trigger.
const CREATE: &str = "INSERT INTO session
    (key, reader, expires, idle_ms, last_seen, record, indexes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const FIND: &str = "SELECT record, last_seen FROM session
    WHERE key = ?1 AND expires > ?2 AND last_seen + idle_ms > ?2";
const TOUCH: &str = "UPDATE session SET last_seen = ?2
    WHERE key = ?1 AND expires > ?2 AND last_seen + idle_ms > ?2 AND last_seen <= ?2 - ?3";
const SERVICES: &str = "SELECT service, protocol, at, detail FROM session_service
    WHERE session = (SELECT id FROM session WHERE key = ?1) ORDER BY service, protocol";
/// Indexes and services go with it, by the foreign keys.
const END: &str = "DELETE FROM session WHERE key = ?1 RETURNING record, last_seen";
const ADD_SERVICE: &str = "INSERT INTO session_service (session, service, protocol, at, detail)
    SELECT id, ?2, ?3, ?4, ?5 FROM session WHERE key = ?1
    ON CONFLICT (session, service, protocol)
    DO UPDATE SET at = excluded.at, detail = excluded.detail";
const BY_INDEX: &str = "SELECT i.sid FROM session_index i JOIN session s ON s.id = i.session
    WHERE i.key = ?1 AND s.expires > ?2 AND s.last_seen + s.idle_ms > ?2 ORDER BY s.id";
const END_OF_READER: &str = "DELETE FROM session WHERE reader = ?1 RETURNING 1";

#[async_trait]
impl Sessions for SqliteShared {
    async fn create(&self, session: &SessionRecord) -> Result<(), StoreError> {
        let key = session_key(&session.sid);
        let create = Sql::new(CREATE)
            .bind(key.as_slice())
            .bind(session.reader.id.as_str())
            .bind(session.expires.unix_ms())
            .bind(i64::from(session.idle_s) * 1000)
            .bind(session.last_seen.unix_ms())
            .bind(session_blob::write(session)?)
            .bind(indexes(session)?);
        self.writer.one(create).await?;
        self.seen.note(&key, session.last_seen);
        self.wrote(session.opened).await;
        Ok(())
    }

    async fn find(&self, sid: &Sid, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let key = session_key(sid);
        let sql = Sql::new(FIND).bind(key.as_slice()).bind(now.unix_ms());
        let Some(row) = self.first(&sql)? else { return Ok(None) };
        let last_seen = time(&row, 1)?;
        self.seen.note(&key, last_seen);
        session_blob::read(column(&row, 0)?, sid, last_seen).map(Some)
    }

    async fn touch(&self, sid: &Sid, now: Timestamp) -> Result<(), StoreError> {
        let key = session_key(sid);
        if self.seen.is_fresh(&key, now) {
            return Ok(());
        }
        let sql = Sql::new(TOUCH).bind(key.as_slice()).bind(now.unix_ms()).bind(TOUCH_EVERY_MS);
        self.writer.one(sql).await?;
        self.wrote(now).await;
        Ok(())
    }

    async fn end(&self, sid: &Sid) -> Result<Option<EndedSession>, StoreError> {
        let key = session_key(sid);
        let services = Sql::new(SERVICES).bind(key.as_slice());
        let mut results = self.writer.all(&[services, Sql::new(END).bind(key.as_slice())]).await?;
        let (ended, services) = (results.pop(), results.pop());
        let Some(row) = ended.as_ref().and_then(|rows| rows.first()) else { return Ok(None) };
        Ok(Some(EndedSession {
            record: session_blob::read(column(row, 0)?, sid, time(row, 1)?)?,
            services: services.iter().flatten().map(service).collect::<Result<_, _>>()?,
        }))
    }

    async fn by_index(&self, index: &str, now: Timestamp) -> Result<Vec<Sid>, StoreError> {
        let name = index_key(index);
        let sql = Sql::new(BY_INDEX).bind(name.as_slice()).bind(now.unix_ms());
        let rows = self.rows(&sql)?;
        rows.iter().map(|row| sealed::open_sid(index, column(row, 0)?)).collect()
    }

    async fn end_of_reader(&self, reader: &ReaderId) -> Result<usize, StoreError> {
        let sql = Sql::new(END_OF_READER).bind(reader.as_str());
        Ok(self.writer.one(sql).await?.len())
    }
}

#[async_trait]
impl SessionServices for SqliteShared {
    async fn add_service(&self, sid: &Sid, service: &SessionService) -> Result<(), StoreError> {
        self.writer.one(add_service(sid, service)).await?;
        self.wrote(service.at).await;
        Ok(())
    }

    async fn note_answer(
        &self,
        sid: &Sid,
        service: &SessionService,
        trace: &TraceRecord,
    ) -> Result<(), StoreError> {
        let steps = [add_service(sid, service), write_trace(trace, service.at)?];
        self.writer.all(&steps).await?;
        self.wrote(service.at).await;
        Ok(())
    }

    async fn services(&self, sid: &Sid) -> Result<Vec<SessionService>, StoreError> {
        let key = session_key(sid);
        let rows = self.rows(&Sql::new(SERVICES).bind(key.as_slice()))?;
        rows.iter().map(service).collect()
    }
}

fn add_service(sid: &Sid, service: &SessionService) -> Sql {
    Sql::new(ADD_SERVICE)
        .bind(session_key(sid).as_slice())
        .bind(service.service.as_str())
        .bind(service.protocol.as_str())
        .bind(service.at.unix_ms())
        .bind(service.detail.as_str())
}

/// As the trigger reads them.
fn indexes(session: &SessionRecord) -> Result<Option<String>, StoreError> {
    if session.indexes.is_empty() {
        return Ok(None);
    }
    let mut pairs = Vec::with_capacity(session.indexes.len());
    for index in &session.indexes {
        pairs.push([hex(&index_key(index)), hex(&sealed::seal_sid(index, &session.sid)?)]);
    }
    serde_json::to_string(&pairs).map(Some).map_err(|f| StoreError::Corrupt(f.to_string()))
}

fn service(row: &Row) -> Result<SessionService, StoreError> {
    let id: &str = column(row, 0)?;
    Ok(SessionService {
        service: ServiceId::parse(id).map_err(|f| StoreError::Corrupt(f.to_string()))?,
        protocol: column(row, 1)?,
        at: time(row, 2)?,
        detail: column(row, 3)?,
    })
}
