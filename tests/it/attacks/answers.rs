//! Answers over HTTP that no honest server gives, byte by byte as they go over the wire.

use std::{io::Write, net::TcpStream, thread, time::Duration};

pub type Sent = std::io::Result<()>;
/// How a request for a path is answered.
pub type Answer = fn(&mut TcpStream, &str) -> Sent;

pub fn head(to: &mut TcpStream, status: &str, headers: &str) -> Sent {
    write!(to, "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}\r\n")
}

pub fn whole(to: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> Sent {
    head(to, status, &format!("{headers}content-length: {}\r\n", body.len()))?;
    to.write_all(body)
}

pub fn json(to: &mut TcpStream, body: &str) -> Sent {
    whole(to, "200 OK", "", body.as_bytes())
}

/// A beginning, and then the same for ever.
pub fn endless(to: &mut TcpStream, status: &str, start: &str, again: &str) -> Sent {
    head(to, status, "transfer-encoding: chunked\r\n")?;
    write!(to, "{:x}\r\n{start}\r\n", start.len())?;
    let text = again.repeat((1 << 16) / again.len());
    let chunk = format!("{:x}\r\n{text}\r\n", text.len());
    loop {
        to.write_all(chunk.as_bytes())?;
    }
}

/// A beginning, the same so many times, and an end.
pub fn huge(to: &mut TcpStream, start: &str, again: &str, times: usize, end: &str) -> Sent {
    head(to, "200 OK", &format!("content-length: {}\r\n", start.len() + again.len() * times + end.len()))?;
    to.write_all(start.as_bytes())?;
    let block = again.repeat(1000);
    for _ in 0..times / 1000 {
        to.write_all(block.as_bytes())?;
    }
    to.write_all(again.repeat(times % 1000).as_bytes())?;
    to.write_all(end.as_bytes())
}

/// Piece by piece, slower than anybody waits.
pub fn drip(to: &mut TcpStream, text: &str) -> Sent {
    for byte in text.bytes() {
        to.write_all(&[byte])?;
        to.flush()?;
        thread::sleep(Duration::from_millis(300));
    }
    Ok(())
}

pub fn hang() -> Sent {
    thread::sleep(Duration::from_secs(30));
    Ok(())
}

/// The number of a parameter of the query.
pub fn asked(path: &str, parameter: &str) -> usize {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let pair = query.split('&').find_map(|pair| pair.strip_prefix(parameter)?.strip_prefix('='));
    pair.and_then(|number| number.parse().ok()).unwrap_or_default()
}
