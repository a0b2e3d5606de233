//! Messages in, answers and diagnostics out. While messages wait nothing is looked at: whoever types is not kept waiting.

use super::{
    completion::{self, Names},
    definition,
    diagnostics::by_file,
    documents::Documents,
    frames, hover,
    position::Counted,
};
use crate::{error::Failure, finding::Place, load::WORKSPACE_FILE, run::Edited};
use jiff::Timestamp;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    CompletionOptions, CompletionParams, CompletionResponse, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, GotoDefinitionParams,
    GotoDefinitionResponse, Hover, HoverContents, HoverParams, InitializeParams, Location, MarkupContent,
    MarkupKind, MessageType, OneOf, Position, PublishDiagnosticsParams, ReferenceParams, ServerCapabilities,
    ShowMessageParams, TextDocumentIdentifier, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    notification::{
        DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument,
        DidSaveTextDocument, Exit, Initialized, Notification as _, PublishDiagnostics, ShowMessage,
    },
    request::{
        Completion, GotoDefinition, HoverRequest, Initialize, References, RegisterCapability, Request as _,
        Shutdown,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};
use url::Url;

/// How long nothing is typed before the files are looked at.
const PAUSE: Duration = Duration::from_millis(150);

/// Serves one editor on the standard streams, until it says that it is over or goes away.
pub fn serve(root: &Path, now: Option<Timestamp>) -> Result<(), Failure> {
    let (connection, frames) = frames::connect();
    let end = converse(&connection, root, now);
    // The thread that writes ends with the last message.
    drop(connection);
    frames.end().map_err(|error| Failure::error(format!("the editor cannot be understood: {error}")))?;
    match end {
        End::Over => Ok(()),
        End::NotGreeted => Err(Failure::error("the editor is gone before it has greeted")
            .help("this is for editors: `dialform help yaml`; by hand, use `dialform check`")),
        End::NotShut => Err(Failure::error("the editor has said `exit` before `shutdown`")),
    }
}

/// How a conversation ends.
enum End {
    /// In order, or the editor goes away.
    Over,
    NotGreeted,
    /// An `exit` without a `shutdown`: the protocol has the process fail then.
    NotShut,
}

fn converse(connection: &Connection, root: &Path, now: Option<Timestamp>) -> End {
    let (id, params) = match greeting(connection) {
        Ok(greeting) => greeting,
        Err(end) => return end,
    };
    // What an editor says of itself that is not understood is as if it had not said it.
    let params: InitializeParams = serde_json::from_value(params).unwrap_or_default();
    let general = params.capabilities.general.as_ref();
    let counted = Counted::of(general.and_then(|it| it.position_encodings.as_deref()));
    let documents = Documents::below(&workspace(root, &params));
    let mut server = Server {
        connection,
        counted,
        now,
        edited: None,
        names: BTreeMap::new(),
        shown: BTreeSet::new(),
        is_stale: true,
        is_shut: false,
        documents,
        greeted: Some(params),
    };
    let answer = json!({
        "capabilities": capabilities(counted),
        "serverInfo": { "name": "dialform", "version": env!("CARGO_PKG_VERSION") },
    });
    server.send(Response::new_ok(id, answer).into());
    server.listen()
}

/// The `initialize` that comes first. Other requests before it are refused.
fn greeting(connection: &Connection) -> Result<(RequestId, Value), End> {
    for message in &connection.receiver {
        match message {
            Message::Request(it) if it.method == Initialize::METHOD => return Ok((it.id, it.params)),
            Message::Request(it) => {
                let code = ErrorCode::ServerNotInitialized as i32;
                let refused = Response::new_err(it.id, code, "`initialize` comes first".to_owned());
                // Nobody is left to tell where this cannot be sent: the next message says so.
                let _ = connection.sender.send(refused.into());
            }
            Message::Notification(it) if it.method == Exit::METHOD => return Err(End::NotShut),
            Message::Notification(_) | Message::Response(_) => {}
        }
    }
    Err(End::NotGreeted)
}

fn capabilities(counted: Counted) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(counted.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::FULL),
            save: Some(TextDocumentSyncSaveOptions::Supported(true)),
            ..TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([" ", "\"", "{", "["].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(true.into()),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}

/// The workspace that was named; where that is none, the directory that the editor has open.
fn workspace(root: &Path, params: &InitializeParams) -> PathBuf {
    if root.join(WORKSPACE_FILE).is_file() {
        return root.to_owned();
    }
    workspaces(params).next().unwrap_or_else(|| root.to_owned())
}

/// The directories that the editor has open and that are workspaces.
fn workspaces(params: &InitializeParams) -> impl Iterator<Item = PathBuf> {
    #[expect(deprecated, reason = "older editors say it nowhere else")]
    let uris = params.workspace_folders.iter().flatten().map(|it| &it.uri).chain(&params.root_uri);
    let directories = uris.filter_map(|uri| Url::parse(uri.as_str()).ok()?.to_file_path().ok());
    directories.filter(|it| it.join(WORKSPACE_FILE).is_file())
}

struct Server<'c> {
    connection: &'c Connection,
    counted: Counted,
    now: Option<Timestamp>,
    documents: Documents,
    /// The files as they were looked at last.
    edited: Option<Edited>,
    /// What each file that is open could name when it could be read last, and its text then.
    names: BTreeMap<String, (Names, String)>,
    /// The files of which diagnostics are shown.
    shown: BTreeSet<String>,
    /// Whether something has changed since.
    is_stale: bool,
    /// Whether the editor has said `shutdown`.
    is_shut: bool,
    /// What the editor has said of itself, until it is ready to be asked.
    greeted: Option<InitializeParams>,
}

impl Server<'_> {
    /// Asks the editor to say when files change that it does not show, if it can.
    fn watch(&self, params: &InitializeParams) {
        let workspace = params.capabilities.workspace.as_ref();
        let files = workspace.and_then(|it| it.did_change_watched_files);
        if files.and_then(|it| it.dynamic_registration) != Some(true) {
            return;
        }
        let registration = json!({
            "id": "files",
            "method": DidChangeWatchedFiles::METHOD,
            "registerOptions": { "watchers": [{ "globPattern": "**/*.yaml" }] },
        });
        let params = json!({ "registrations": [registration] });
        let id = RequestId::from("files".to_owned());
        self.send(Request::new(id, RegisterCapability::METHOD.to_owned(), params).into());
    }

    /// Says which open workspaces are not looked at: one process serves one.
    fn tell_of_others(&self, params: &InitializeParams) {
        let served = self.documents.root();
        let others = workspaces(params).filter(|it| it.canonicalize().is_ok_and(|it| it != served));
        let others: BTreeSet<String> = others.map(|it| it.display().to_string()).collect();
        if others.is_empty() {
            return;
        }
        let others = others.into_iter().collect::<Vec<_>>().join(", ");
        let message = format!("dialform looks at {} only, not at {others}", served.display());
        let params = ShowMessageParams { typ: MessageType::WARNING, message };
        self.send(Notification::new(ShowMessage::METHOD.to_owned(), params).into());
    }

    fn listen(&mut self) -> End {
        loop {
            let message = if self.is_stale && !self.is_shut {
                match self.connection.receiver.recv_timeout(PAUSE) {
                    Ok(message) => message,
                    Err(error) if error.is_timeout() => {
                        self.look();
                        continue;
                    }
                    Err(_) => return End::Over,
                }
            } else {
                match self.connection.receiver.recv() {
                    Ok(message) => message,
                    Err(_) => return End::Over,
                }
            };
            match message {
                Message::Request(request) => {
                    let answer = self.answer(request);
                    self.send(answer.into());
                }
                Message::Notification(it) if it.method == Exit::METHOD => {
                    return if self.is_shut { End::Over } else { End::NotShut };
                }
                Message::Notification(notification) => self.note(notification),
                // What it was asked it does, or does not.
                Message::Response(_) => {}
            }
        }
    }

    /// Nobody is left to tell where this cannot be sent: the next message says so.
    fn send(&self, message: Message) {
        let _ = self.connection.sender.send(message);
    }

    /// Takes in what has changed. What is not understood changes nothing.
    fn note(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let is_of_files = match method.as_str() {
            DidOpenTextDocument::METHOD => {
                let opened = understood::<DidOpenTextDocumentParams>(params).map(|it| it.text_document);
                opened.is_some_and(|it| self.documents.put(it.uri, it.version, it.text))
            }
            DidChangeTextDocument::METHOD => {
                let changed = understood::<DidChangeTextDocumentParams>(params);
                changed.is_some_and(|mut it| {
                    let text = it.content_changes.pop().map(|change| change.text);
                    let document = it.text_document;
                    text.is_some_and(|text| self.documents.put(document.uri, document.version, text))
                })
            }
            DidCloseTextDocument::METHOD => {
                let closed = understood::<DidCloseTextDocumentParams>(params);
                closed.is_some_and(|it| self.documents.close(&it.text_document.uri))
            }
            DidSaveTextDocument::METHOD => understood::<DidSaveTextDocumentParams>(params).is_some(),
            DidChangeWatchedFiles::METHOD => true,
            Initialized::METHOD => {
                if let Some(params) = self.greeted.take() {
                    self.watch(&params);
                    self.tell_of_others(&params);
                }
                false
            }
            _ => false,
        };
        self.is_stale |= is_of_files;
    }

    /// Looks at the files, and shows what is wrong with them.
    fn look(&mut self) {
        self.is_stale = false;
        let edited = Edited::look(self.documents.root(), self.documents.unsaved(), self.now);
        for file in self.documents.names() {
            if let Some(loaded) = edited.tenants().find(|it| it.is_in(file)) {
                let text = self.documents.text(file).unwrap_or_default().to_owned();
                self.names.insert(file.to_owned(), (Names::of(&edited, loaded), text));
            }
        }
        let mut files = by_file(&edited.findings, &self.documents, self.counted);
        let now: BTreeSet<String> = files.keys().cloned().collect();
        for gone in self.shown.difference(&now) {
            files.insert(gone.clone(), Vec::new());
        }
        for (file, diagnostics) in files {
            let Some(uri) = self.documents.uri(&file) else { continue };
            let params =
                PublishDiagnosticsParams { uri, diagnostics, version: self.documents.version(&file) };
            self.send(Notification::new(PublishDiagnostics::METHOD.to_owned(), params).into());
        }
        self.shown = now;
        self.edited = Some(edited);
    }

    /// The files as they are now.
    fn looked(&mut self) -> Option<&Edited> {
        if self.is_stale || self.edited.is_none() {
            self.look();
        }
        self.edited.as_ref()
    }

    fn answer(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        if self.is_shut {
            let message = "nothing is answered after `shutdown`".to_owned();
            return Response::new_err(id, ErrorCode::InvalidRequest as i32, message);
        }
        match method.as_str() {
            Completion::METHOD => answered(id, params, |params: CompletionParams| {
                let at = params.text_document_position;
                self.completion(&at.text_document, at.position)
            }),
            HoverRequest::METHOD => answered(id, params, |params: HoverParams| {
                let at = params.text_document_position_params;
                self.hover(&at.text_document, at.position)
            }),
            GotoDefinition::METHOD => answered(id, params, |params: GotoDefinitionParams| {
                let at = params.text_document_position_params;
                let places = self.places(&at.text_document, at.position, definition::definition);
                GotoDefinitionResponse::Array(places)
            }),
            References::METHOD => answered(id, params, |params: ReferenceParams| {
                let at = params.text_document_position;
                let with_own = params.context.include_declaration;
                self.places(&at.text_document, at.position, |edited, file, byte| {
                    definition::pointers(edited, file, byte, with_own)
                })
            }),
            Shutdown::METHOD => {
                self.is_shut = true;
                Response::new_ok(id, Value::Null)
            }
            _ => {
                let message = format!("`{method}` is nothing that dialform answers");
                Response::new_err(id, ErrorCode::MethodNotFound as i32, message)
            }
        }
    }

    /// The name of an open file, and the byte at a position of it.
    fn at(&self, document: &TextDocumentIdentifier, position: Position) -> Option<(String, usize)> {
        let name = self.documents.name(&document.uri)?;
        let byte = self.counted.byte(self.documents.text(&name)?, position);
        Some((name, byte))
    }

    fn completion(&mut self, document: &TextDocumentIdentifier, position: Position) -> CompletionResponse {
        let offered = self.at(document, position).and_then(|(name, _)| {
            if self.is_stale || !self.names.contains_key(&name) {
                self.looked();
            }
            let text = self.documents.text(&name)?;
            let (names, before) = self.names.get(&name)?;
            let names = names.clone().still_in(before, text);
            Some(completion::completion(&names, text, position, self.counted))
        });
        CompletionResponse::Array(offered.unwrap_or_default())
    }

    fn hover(&mut self, document: &TextDocumentIdentifier, position: Position) -> Option<Hover> {
        let (name, byte) = self.at(document, position)?;
        let text = self.documents.text(&name)?.to_owned();
        let value = hover::hover(self.looked()?, &name, &text, byte)?;
        let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
        Some(Hover { contents, range: None })
    }

    fn places(
        &mut self,
        document: &TextDocumentIdentifier,
        position: Position,
        find: impl Fn(&Edited, &str, usize) -> Vec<Place>,
    ) -> Vec<Location> {
        let Some((name, byte)) = self.at(document, position) else { return Vec::new() };
        let places = self.looked().map(|edited| find(edited, &name, byte)).unwrap_or_default();
        let location = |place: &Place| {
            let uri = self.documents.uri(&place.file)?;
            let range = self.counted.range(self.documents.text(&place.file), place);
            Some(Location { uri, range })
        };
        places.iter().filter_map(location).collect()
    }
}

fn understood<P: DeserializeOwned>(params: Value) -> Option<P> {
    serde_json::from_value(params).ok()
}

/// The answer to a request, or that it is not understood.
fn answered<P: DeserializeOwned, A: Serialize>(
    id: RequestId,
    params: Value,
    answer: impl FnOnce(P) -> A,
) -> Response {
    match serde_json::from_value(params) {
        Ok(params) => Response::new_ok(id, answer(params)),
        // What serde says repeats the text.
        Err(_) => {
            let message = "the parameters are not those of this request".to_owned();
            Response::new_err(id, ErrorCode::InvalidParams as i32, message)
        }
    }
}
