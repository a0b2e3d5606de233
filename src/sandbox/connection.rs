//! Accepts connections that a request can have cut, so that an answer never arrives.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// The handle with which a request cuts its own connection.
#[derive(Debug, Clone, Default)]
pub struct Connection(Arc<AtomicBool>);

impl Connection {
    /// Makes every later write fail, which makes the server drop the connection.
    pub fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn check(&self) -> io::Result<()> {
        match self.0.load(Ordering::Acquire) {
            true => Err(io::ErrorKind::ConnectionReset.into()),
            false => Ok(()),
        }
    }
}

impl Connected<IncomingStream<'_, ConnectionListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, ConnectionListener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Pending connections of a listener.
const BACKLOG: u32 = 1024;

/// A port on loopback that can be closed and opened again.
#[derive(Debug)]
pub struct ClosableListener {
    address: SocketAddr,
    /// What opens next.
    next: Option<TcpListener>,
    /// Bound to the same port and deaf, so that nobody else takes it while connections are refused.
    keeper: Option<TcpSocket>,
}

impl ClosableListener {
    /// Opens a port, 0 for a free one. Only one that `returns` is open again after it was closed.
    pub async fn new(port: u16, returns: bool) -> io::Result<Self> {
        if !returns {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            return Ok(Self { address: listener.local_addr()?, next: Some(listener), keeper: None });
        }
        let first = bound((Ipv4Addr::LOCALHOST, port).into())?;
        let address = first.local_addr()?;
        let keeper = bound(address)?;
        Ok(Self { address, next: Some(first.listen(BACKLOG)?), keeper: Some(keeper) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens, unless the port is to stay closed.
    pub fn open(&mut self) -> Option<TcpListener> {
        if let Some(listener) = self.next.take() {
            return Some(listener);
        }
        let listener = self.keeper.take()?.listen(BACKLOG).ok()?;
        self.keeper = bound(self.address).ok();
        Some(listener)
    }
}

/// A socket that has the port and does not listen: whoever connects is refused.
fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    // Two of these may share the port, the one that listens and the one that keeps it.
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Where lines come in.
#[derive(Debug)]
pub struct ConnectionListener(pub TcpListener);

impl Listener for ConnectionListener {
    type Io = Wire;
    type Addr = Connection;

    async fn accept(&mut self) -> (Wire, Connection) {
        loop {
            if let Ok((stream, _)) = self.0.accept().await {
                // Responses are small: no waiting to fill a packet.
                let _ = stream.set_nodelay(true);
                let line = Connection::default();
                return (Wire { stream, line: line.clone() }, line);
            }
            // Out of file handles: more come free as other connections close.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn local_addr(&self) -> io::Result<Connection> {
        Ok(Connection::default())
    }
}

/// A connection with its handle.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    line: Connection,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.line.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
