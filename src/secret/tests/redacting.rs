use super::*;
use secrecy::SecretString;

/// What arrives, and in how many writes.
#[derive(Default)]
struct Sink {
    bytes: Vec<u8>,
    writes: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn known() -> Arc<KnownSecrets> {
    let known = Arc::new(KnownSecrets::default());
    known.learn(&SecretString::from("nsd_planted"));
    known
}

/// Writers write in pieces: a credential must not pass in two halves, nor lines be held back where somebody reads them.
#[test]
fn a_credential_in_pieces_is_hidden() {
    let mut seen = Sink::default();
    let mut out = Redacting::by_line(&mut seen, known());
    for piece in ["a nsd_", "plan", "ted b\nand nsd_", "planted"] {
        out.write_all(piece.as_bytes()).unwrap();
    }
    assert_eq!(out.pending, b"and nsd_planted");
    out.flush().unwrap();
    assert_eq!(String::from_utf8(seen.bytes).unwrap(), "a [hidden credential] b\nand [hidden credential]");
    assert_eq!(seen.writes, 2);
}

/// A plan of a fleet is hundreds of thousands of lines; a write for each is most of the time it takes to show it.
#[test]
fn many_lines_are_few_writes() {
    let mut seen = Sink::default();
    let mut out = Redacting::buffered(&mut seen, known());
    let line = "  ~ numbers.+12145550100 label: \"Old\" -> \"New\"\n";
    let lines = 100_000;
    for _ in 0..lines {
        out.write_all(&line.as_bytes()[..9]).unwrap();
        out.write_all(&line.as_bytes()[9..]).unwrap();
    }
    out.flush().unwrap();
    assert!(seen.bytes == line.repeat(lines).as_bytes());
    assert!(seen.writes <= seen.bytes.len() / CHUNK + 2, "{} writes", seen.writes);
}

/// Where a chunk ends is chance: wherever a credential lies around it, in lines or in one line without end, none of it
/// passes, and no sign is torn.
#[test]
fn a_credential_across_the_edge_of_a_chunk_is_hidden() {
    const CHUNK: usize = 64;
    let known = known();
    for fill in ["é", "abc\n", "nsd_plante"] {
        for before in 0..2 * CHUNK {
            let mut text = fill.repeat(before / fill.len());
            text.push_str(&"x".repeat(before - text.len()));
            text.push_str("nsd_planted");
            text.push_str(&fill.repeat(40));
            let expected = known.hide(&text);
            for length in [1, 7, CHUNK, text.len()] {
                let mut seen = Sink::default();
                let mut out = Redacting::buffered(&mut seen, Arc::clone(&known));
                out.chunk = CHUNK;
                for piece in text.as_bytes().chunks(length) {
                    out.write_all(piece).unwrap();
                }
                out.flush().unwrap();
                assert_eq!(String::from_utf8(seen.bytes).unwrap(), expected, "{fill:?}, {before}, {length}");
                assert!(seen.writes > 1 || length == text.len());
            }
        }
    }
}

/// A line that never ends is not kept whole: memory does not follow what a server sends.
#[test]
fn a_line_without_end_is_written_as_it_comes() {
    let mut seen = Sink::default();
    let mut out = Redacting::by_line(&mut seen, known());
    for _ in 0..1000 {
        out.write_all(&[b'x'; 1000]).unwrap();
        assert!(out.pending.len() < CHUNK);
    }
    out.flush().unwrap();
    assert_eq!(seen.bytes.len(), 1_000_000);
}

/// Who is told that the output cannot be written may not be who answers for it: the next one is told the same.
#[test]
fn a_failure_is_told_until_the_end() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut full = Full;
    let mut out = Redacting::buffered(&mut full, known());
    out.write_all(b"line\n").unwrap();
    for _ in 0..2 {
        assert_eq!(out.write_lines().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
    assert_eq!(out.flush().unwrap_err().kind(), io::ErrorKind::StorageFull);
}
