//! Ends of runs in a file of slots. A slot is written when its run is recorded, so that writing an end into it later
//! needs no disk space.

use lamplight_domain::{RunEnd, RunKey};
use lamplight_ports::record::{self, RecordError};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

/// The size of a slot in bytes.
const SLOT: usize = 16 * 1024;

/// The longest texts that are kept of an end, in bytes, if the whole end does not fit into its slot. The last one always
/// fits, because a run makes few attempts.
const LONGEST: [usize; 3] = [1000, 100, 0];

/// The slots of one file, each free or reserved for a run.
#[derive(Debug)]
pub(crate) struct Slots {
    file: File,
    slots: Vec<Option<Slot>>,
}

#[derive(Debug)]
struct Slot {
    key: RunKey,
    /// The end that the slot holds.
    end: Option<RunEnd>,
}

impl Slots {
    /// The slots of an empty file.
    pub(crate) fn new(file: File) -> Self {
        Self { file, slots: Vec::new() }
    }

    /// Reserves a slot for a run that does not have one.
    pub(crate) fn reserve(&mut self, key: &RunKey) -> io::Result<()> {
        if self.position(key).is_some() {
            return Ok(());
        }
        let free = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        write_slot(&self.file, free, &[])?;
        let slot = Some(Slot { key: key.clone(), end: None });
        match self.slots.get_mut(free) {
            Some(place) => *place = slot,
            None => self.slots.push(slot),
        }
        Ok(())
    }

    /// Writes an end into the slot of its run.
    pub(crate) fn write(&mut self, end: RunEnd) -> io::Result<()> {
        let index = self.position(&end.key).ok_or(io::ErrorKind::NotFound)?;
        write_slot(&self.file, index, fit(&end)?.as_bytes())?;
        if let Some(Some(slot)) = self.slots.get_mut(index) {
            slot.end = Some(end);
        }
        Ok(())
    }

    /// Frees the slot of a run.
    pub(crate) fn release(&mut self, key: &RunKey) -> io::Result<()> {
        let Some(index) = self.position(key) else { return Ok(()) };
        // A slot that begins with this byte is empty.
        write_at(&self.file, index, &[0])?;
        if let Some(place) = self.slots.get_mut(index) {
            *place = None;
        }
        Ok(())
    }

    /// The ends that the slots hold.
    pub(crate) fn ends(&self) -> impl Iterator<Item = &RunEnd> {
        self.slots.iter().flatten().filter_map(|slot| slot.end.as_ref())
    }

    /// Continues in another, empty file, with the same slots.
    pub(crate) fn move_to(&mut self, file: File) -> io::Result<()> {
        for (index, slot) in self.slots.iter().enumerate() {
            let end = slot.as_ref().and_then(|slot| slot.end.as_ref());
            write_slot(&file, index, end.map(fit).transpose()?.unwrap_or_default().as_bytes())?;
        }
        self.file = file;
        Ok(())
    }

    fn position(&self, key: &RunKey) -> Option<usize> {
        self.slots.iter().position(|slot| slot.as_ref().is_some_and(|slot| slot.key == *key))
    }
}

/// What a file of slots holds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The ends that can be read.
    pub(crate) ends: Vec<RunEnd>,
    /// Whether there are also ends of a newer build.
    pub(crate) has_newer: bool,
}

/// Reads all slots of a file. An end that was written only in part is left out: its process was killed while it wrote.
pub(crate) fn read(mut file: &File) -> io::Result<Found> {
    let (mut found, mut bytes) = (Found::default(), Vec::new());
    file.read_to_end(&mut bytes)?;
    for slot in bytes.chunks(SLOT) {
        let text = slot.split(|byte| *byte == 0).next().unwrap_or_default();
        match std::str::from_utf8(text).map(record::read::<RunEnd>) {
            _ if text.is_empty() => {}
            Ok(Ok(end)) => found.ends.push(end),
            Ok(Err(RecordError::Newer { .. })) => found.has_newer = true,
            Ok(Err(RecordError::Damaged(_))) | Err(_) => {
                tracing::warn!("the end of a run was set aside only in part");
            }
        }
    }
    Ok(found)
}

/// The record of an end, as complete as fits into a slot.
fn fit(end: &RunEnd) -> io::Result<String> {
    let write = |end: &RunEnd| record::write(end).map_err(io::Error::other);
    let mut text = write(end)?;
    for longest in LONGEST {
        if text.len() < SLOT {
            break;
        }
        text = write(&end.brief(longest))?;
    }
    if text.len() < SLOT { Ok(text) } else { Err(io::ErrorKind::FileTooLarge.into()) }
}

/// Overwrites a whole slot.
fn write_slot(file: &File, index: usize, text: &[u8]) -> io::Result<()> {
    let mut slot = vec![0; SLOT];
    for (place, byte) in slot.iter_mut().zip(text) {
        *place = *byte;
    }
    write_at(file, index, &slot)
}

fn write_at(mut file: &File, index: usize, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(index as u64 * SLOT as u64))?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_conformance::samples::{finish, sample_key, sample_run};
    use lamplight_domain::RunState;

    fn end(n: u32) -> RunEnd {
        let mut run = sample_run(n);
        finish(&mut run, n, RunState::Succeeded);
        run.end().unwrap()
    }

    /// The keys of the ends in the file.
    fn keys(path: &std::path::Path) -> Vec<RunKey> {
        read(&File::open(path).unwrap()).unwrap().ends.into_iter().map(|end| end.key).collect()
    }

    #[test]
    fn slots_are_reserved_filled_freed_and_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let mut slots = Slots::new(File::create(&path).unwrap());
        assert!(slots.write(end(1)).is_err(), "it has no slot");
        for n in [1, 2, 3, 1] {
            slots.reserve(&sample_key(n)).unwrap();
        }
        let size = || std::fs::metadata(&path).unwrap().len();
        let reserved = size();
        assert_eq!((keys(&path), reserved), (vec![], 3 * SLOT as u64));
        for n in [3, 1, 1] {
            slots.write(end(n)).unwrap();
        }
        assert_eq!(keys(&path), [sample_key(1), sample_key(3)]);
        assert_eq!(slots.ends().count(), 2);
        assert_eq!(read(&File::open(&path).unwrap()).unwrap().ends[0], end(1));
        slots.release(&sample_key(1)).unwrap();
        assert_eq!(keys(&path), [sample_key(3)]);
        slots.reserve(&sample_key(4)).unwrap();
        slots.write(end(4)).unwrap();
        assert_eq!((keys(&path), size()), (vec![sample_key(4), sample_key(3)], reserved));
        let other = folder.path().join("b.lock");
        slots.move_to(File::create(&other).unwrap()).unwrap();
        slots.write(end(2)).unwrap();
        assert_eq!(keys(&other), [sample_key(4), sample_key(2), sample_key(3)]);
    }

    #[test]
    fn an_end_of_any_size_fits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let mut slots = Slots::new(File::create(&path).unwrap());
        slots.reserve(&sample_key(1)).unwrap();
        // Characters that JSON escapes grow the most.
        for text in ["x", "\u{1}", "ä"].map(|text| text.repeat(1_000_000)) {
            let mut long = end(1);
            long.outcome.log_tail = Some(text.clone());
            long.outcome.request_id = Some(text.clone());
            long.outcome.evidence.code = Some(text.clone());
            let error = long.outcome.error.as_mut().unwrap();
            (error.message, error.stack) = (text.clone(), vec![text.clone()]);
            for attempt in &mut long.attempts {
                attempt.evidence.as_mut().unwrap().code = Some(text.clone());
            }
            slots.write(long).unwrap();
            let found = read(&File::open(&path).unwrap()).unwrap().ends.remove(0);
            assert_eq!((found.outcome.state, found.attempts.len()), (RunState::Succeeded, 2));
        }
    }

    #[test]
    fn what_was_written_in_part_is_left_out_and_what_is_newer_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let mut slots = Slots::new(File::create(&path).unwrap());
        for n in 1..=3 {
            slots.reserve(&sample_key(n)).unwrap();
            slots.write(end(n)).unwrap();
        }
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[SLOT + 100..2 * SLOT].fill(0);
        bytes.truncate(2 * SLOT + 200);
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(keys(&path), [sample_key(1)]);
        let text = String::from_utf8(bytes).unwrap().replace("{\"version\":3", "{\"version\":9");
        std::fs::write(&path, text).unwrap();
        let found = read(&File::open(&path).unwrap()).unwrap();
        assert_eq!((found.ends.len(), found.has_newer), (0, true));
    }
}
