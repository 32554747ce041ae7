//! Sessions in Redis: a hash each, sorted sets by reader and by index, scored by their end.

use super::scripts::{
    ADD_SERVICE, BY_INDEX, CREATE_SESSION, END_OF_READER, END_SESSION, TOUCH_SESSION,
};
use super::{RedisShared, engine, name, ttl_ms};
use crate::digest::{digest, index_key, session_key, text};
use crate::seen::TOUCH_EVERY_MS;
use crate::{
    EndedSession, SessionRecord, SessionService, SessionServices, Sessions, StoreError, TraceRing,
};
use crate::{sealed, session_blob};
use ::redis::cmd;
use async_trait::async_trait;
use model::{ReaderId, Sid, Timestamp, TraceRecord};

const SESSION: &str = "rp:session:";
const SERVICES: &str = "rp:services:";

#[async_trait]
impl Sessions for RedisShared {
    async fn create(&self, session: &SessionRecord) -> Result<(), StoreError> {
        let key = session_key(&session.sid);
        let mut script = CREATE_SESSION.key(row(SESSION, &key));
        script
            .key(of_reader(&session.reader.id))
            .arg(text(&key))
            .arg(session.opened.unix_ms())
            .arg(session.expires.unix_ms())
            .arg(i64::from(session.idle_s) * 1000)
            .arg(session.last_seen.unix_ms())
            .arg(ttl_ms(session.expires, session.opened))
            .arg(session_blob::write(session)?);
        for index in &session.indexes {
            script.key(of_index(index)).arg(sealed::seal_sid(index, &session.sid)?);
        }
        script.invoke_async::<()>(&mut self.connection.clone()).await.map_err(engine)?;
        self.seen.note(&key, session.last_seen);
        Ok(())
    }

    async fn find(&self, sid: &Sid, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let key = session_key(sid);
        let (record, seen): (Option<Vec<u8>>, Option<i64>) = cmd("HMGET")
            .arg(row(SESSION, &key))
            .arg("record")
            .arg("seen")
            .query_async(&mut self.connection.clone())
            .await
            .map_err(engine)?;
        let (Some(record), Some(seen)) = (record, seen) else { return Ok(None) };
        let session = session_blob::read(&record, sid, Timestamp::from_unix_ms(seen))?;
        if !session.is_live(now) {
            return Ok(None);
        }
        self.seen.note(&key, session.last_seen);
        Ok(Some(session))
    }

    async fn touch(&self, sid: &Sid, now: Timestamp) -> Result<(), StoreError> {
        let key = session_key(sid);
        if self.seen.is_fresh(&key, now) {
            return Ok(());
        }
        TOUCH_SESSION
            .key(row(SESSION, &key))
            .arg(now.unix_ms())
            .arg(TOUCH_EVERY_MS)
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)
    }

    async fn end(&self, sid: &Sid) -> Result<Option<EndedSession>, StoreError> {
        let key = session_key(sid);
        let ended: Option<Vec<Vec<u8>>> = END_SESSION
            .key(row(SESSION, &key))
            .key(row(SERVICES, &key))
            .arg(text(&key))
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)?;
        let Some(ended) = ended else { return Ok(None) };
        let [record, seen, services @ ..] = ended.as_slice() else { return Err(unreadable()) };
        let seen = std::str::from_utf8(seen).ok().and_then(|seen| seen.parse().ok());
        let seen = Timestamp::from_unix_ms(seen.ok_or_else(unreadable)?);
        let record = session_blob::read(record, sid, seen)?;
        Ok(Some(EndedSession { record, services: in_order(services)? }))
    }

    async fn by_index(&self, index: &str, now: Timestamp) -> Result<Vec<Sid>, StoreError> {
        let sealed: Vec<Vec<u8>> = BY_INDEX
            .key(of_index(index))
            .arg(now.unix_ms())
            .arg(SESSION)
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)?;
        sealed.into_iter().map(|sid| sealed::open_sid(index, sid)).collect()
    }

    async fn end_of_reader(&self, reader: &ReaderId) -> Result<usize, StoreError> {
        END_OF_READER
            .key(of_reader(reader))
            .arg(SESSION)
            .arg(SERVICES)
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)
    }
}

#[async_trait]
impl SessionServices for RedisShared {
    async fn add_service(&self, sid: &Sid, service: &SessionService) -> Result<(), StoreError> {
        let key = session_key(sid);
        let note = serde_json::to_vec(service).map_err(|f| StoreError::Corrupt(f.to_string()))?;
        ADD_SERVICE
            .key(row(SESSION, &key))
            .key(row(SERVICES, &key))
            .arg(format!("{} {}", service.service, service.protocol))
            .arg(note)
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)
    }

    async fn note_answer(
        &self,
        sid: &Sid,
        service: &SessionService,
        trace: &TraceRecord,
    ) -> Result<(), StoreError> {
        // Sent together over one connection; a trace that fails loses a trace.
        tokio::try_join!(self.add_service(sid, service), self.write_trace(trace, service.at))
            .map(|_| ())
    }

    async fn services(&self, sid: &Sid) -> Result<Vec<SessionService>, StoreError> {
        let notes: Vec<Vec<u8>> = cmd("HVALS")
            .arg(row(SERVICES, &session_key(sid)))
            .query_async(&mut self.connection.clone())
            .await
            .map_err(engine)?;
        in_order(&notes)
    }
}

fn row(prefix: &str, key: &[u8; 32]) -> String {
    format!("{prefix}{}", text(key))
}

fn of_reader(reader: &ReaderId) -> String {
    name("reader", &digest("readerpass reader", &[reader.as_str().as_bytes()]))
}

fn of_index(index: &str) -> String {
    name("index", &index_key(index))
}

fn in_order(notes: &[Vec<u8>]) -> Result<Vec<SessionService>, StoreError> {
    let read = |note: &Vec<u8>| serde_json::from_slice(note).map_err(|_| unreadable());
    let mut services: Vec<SessionService> = notes.iter().map(read).collect::<Result<_, _>>()?;
    services.sort_by(|a, b| (&a.service, &a.protocol).cmp(&(&b.service, &b.protocol)));
    Ok(services)
}

fn unreadable() -> StoreError {
    StoreError::Corrupt("a session in Redis".to_owned())
}
