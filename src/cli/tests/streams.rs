use super::*;
use crate::secret::KnownSecrets;

/// One log of both streams.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// In the log of a job both streams are one: data that waits for more must not end up behind the talk that follows it.
#[test]
fn data_stands_before_the_talk_that_follows_it() {
    let (log, known) = (Log::default(), Arc::new(KnownSecrets::default()));
    let (mut to_out, mut to_err) = (log.clone(), log.clone());
    let mut data = Data::new(Redacting::buffered(&mut to_out, Arc::clone(&known)));
    let mut talk = Talk { data: data.clone(), err: Redacting::by_line(&mut to_err, known) };
    data.write_all(b"data 1\n").unwrap();
    assert_eq!(log.text(), "");
    talk.write_all(b"talk 1\n").unwrap();
    assert_eq!(log.text(), "data 1\ntalk 1\n");
    data.write_all(b"data 2\nhalf").unwrap();
    talk.write_all(b"talk 2\n").unwrap();
    data.write_all(b" and half\n").unwrap();
    data.flush().unwrap();
    assert_eq!(log.text(), "data 1\ntalk 1\ndata 2\ntalk 2\nhalf and half\n");
}

/// Counts what reaches the system.
#[derive(Default)]
struct Calls(Vec<Vec<u8>>);

impl Write for Calls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Text is coloured until it is known where it goes. Without its colours it is still one piece, also where a piece ends in
/// the middle of one.
#[test]
fn a_piece_without_its_colours_is_one_write() {
    let mut plain = Plain { raw: Calls::default(), colours: StripBytes::new() };
    let text = "\u{1b}[32m+ one\u{1b}[0m é\n".repeat(3);
    plain.write_all(text.as_bytes()).unwrap();
    plain.write_all(b"a\x1b[3").unwrap();
    plain.write_all(b"1mb\n").unwrap();
    let expected = ["+ one é\n".repeat(3).into_bytes(), b"a".to_vec(), b"b\n".to_vec()];
    assert_eq!(plain.raw.0, expected);
}
