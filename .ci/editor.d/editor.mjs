// Asks yaml-language-server, as an editor does, about files of a workspace that has its schemas: what it offers, what it
// says of a key, and what it marks. Arguments: the server's script, and the workspace.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const [, , server, workspace] = process.argv;
const running = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
const waiting = new Map();
const marked = new Map();
let [buffer, last] = [Buffer.alloc(0), 0];

const write = (message) => {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  running.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};
const ask = (method, params) => new Promise((done) => {
  last += 1;
  waiting.set(last, done);
  write({ id: last, method, params });
});
const tell = (method, params) => write({ method, params });
const settings = { yaml: { hover: true, completion: true, validate: true, schemaStore: { enable: false } } };

running.stdout.on('data', (data) => {
  buffer = Buffer.concat([buffer, data]);
  for (;;) {
    const head = buffer.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())[1]);
    if (buffer.length < head + 4 + length) return;
    const message = JSON.parse(buffer.subarray(head + 4, head + 4 + length).toString());
    buffer = buffer.subarray(head + 4 + length);
    if (message.method === 'textDocument/publishDiagnostics') {
      marked.get(message.params.uri)?.(message.params.diagnostics);
    } else if (message.method === 'workspace/configuration') {
      write({ id: message.id, result: message.params.items.map(({ section }) => settings[section] ?? null) });
    } else if (message.method && message.id !== undefined) {
      write({ id: message.id, result: null });
    } else if (waiting.has(message.id)) {
      waiting.get(message.id)(message.result);
      waiting.delete(message.id);
    }
  }
});

const root = pathToFileURL(workspace).href;
await ask('initialize', {
  processId: process.pid,
  rootUri: root,
  workspaceFolders: [{ uri: root, name: 'workspace' }],
  capabilities: {
    textDocument: { hover: { contentFormat: ['plaintext'] }, completion: { completionItem: {} }, publishDiagnostics: {} },
    workspace: { configuration: true },
  },
});
tell('initialized', {});

let wrong = 0;
let asked = 0;
const check = (what, is) => {
  asked += 1;
  if (is) return;
  wrong += 1;
  console.error(`wrong: ${what}`);
};

// A file with a text, and where `^` stands in it; what is marked in it.
let files = 0;
const open = async (kind, body) => {
  files += 1;
  const text = `# yaml-language-server: $schema=../schema/tenant.${kind}.schema.json\ntenant: a\nprovider: ${kind}\naccount: a\n${body}`;
  const before = text.slice(0, text.includes('^') ? text.indexOf('^') : 0).split('\n');
  const uri = pathToFileURL(path.join(workspace, 'tenants', `new${files}.yaml`)).href;
  const diagnostics = new Promise((done) => marked.set(uri, done));
  tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text: text.replace('^', '') } });
  const at = { textDocument: { uri }, position: { line: before.length - 1, character: before.at(-1).length } };
  return { at, text, diagnostics: await diagnostics };
};
const offered = async (kind, body) => {
  const { at } = await open(kind, body);
  const list = await ask('textDocument/completion', at);
  return (list?.items ?? list ?? []).map((item) => item.label);
};
const explained = async (kind, body) => {
  const { at } = await open(kind, body);
  const hover = await ask('textDocument/hover', at);
  const contents = hover?.contents;
  return typeof contents === 'string' ? contents : contents?.value ?? '';
};
const marks = async (kind, body) => (await open(kind, body)).diagnostics.map(({ message, range }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`);

// What completes, and what must not be offered: it would be refused.
const completions = [
  ['stratus', 'rules:\n  "101":\n    order:\n      - when: default\n        for^', ['forward'], []],
  ['stratus', 'rules:\n  "101":\n    order:\n      - when: default\n        forward:\n          ^', ['always', 'on_call', 'busy', 'no_answer', 'unreachable'], []],
  ['stratus', 'diverts:\n  "101":\n    busy:\n      ^', ['extension', 'queue', 'number'], ['receiver', 'menu', 'voice_bot', 'agent']],
  ['stratus', '^', ['schedules', 'numbers', 'forwards', 'rules', 'queues', 'diverts'], ['receivers']],
  ['stratus', 'queues:\n  "400":\n    dispatch: ^', ['ring_all', 'linear_hunt'], ['sticky', 'weighted']],
  ['ctm', '^', ['schedules', 'receivers', 'numbers', 'queues'], ['rules', 'diverts', 'bulk']],
  ['ctm', 'numbers:\n  "+18005550100":\n    route:\n      ^', ['receivers', 'queue', 'menu'], ['extension', 'phone', 'attendant']],
  ['ctm', 'schedules:\n  hours:\n    ^', ['weekly', 'time_zone'], ['monthly', 'extension']],
  ['deskphone', '^', ['diverts'], ['schedules', 'receivers', 'numbers', 'forwards', 'rules', 'queues', 'bulk', 'absent', 'exhaustive']],
  ['deskphone', 'diverts:\n  "2001":\n    ^', ['always', 'busy', 'no_answer', 'unreachable'], ['on_call']],
];
for (const [kind, body, has, has_not] of completions) {
  const labels = await offered(kind, body);
  const what = `${kind}, ${JSON.stringify(body)} offers ${JSON.stringify(labels)}`;
  for (const word of has) check(`${what}, and not ${word}`, labels.includes(word));
  for (const word of has_not) check(`${what}, and ${word} is refused`, !labels.includes(word));
}

// What a key is for, in the words of the key and not of its type.
const hovers = [
  ['stratus', 'diverts:\n  "101":\n    unreach^able: { extension: "102" }\n', 'No phone is registered (Stratus: When offline'],
  ['stratus', 'queues:\n  "400":\n    fail^over: { extension: "102" }\n', 'Where callers go when every agent is offline'],
  ['stratus', 'forwards:\n  "+12145550100":\n    t^o: "+19725550199"\n', 'The fallback number'],
  ['ctm', 'receivers:\n  "+14105550100":\n    skip_whi^sper: true\n', 'Leave the whisper out'],
  ['deskphone', 'diverts:\n  "2001":\n    no_ans^wer: off\n', 'Nobody answered within the ring timeout'],
];
for (const [kind, body, words] of hovers) {
  const text = (await explained(kind, body)).replace(/\s+/g, ' ').replace(/\\/g, '');
  check(`${kind}, ${JSON.stringify(body)} is explained as ${JSON.stringify(text)}`, text.includes(words));
  // The type's own text is that of every key of the type.
  check(`${JSON.stringify(body)} begins with its type: ${JSON.stringify(text)}`, text.trim().replace(/^#+ dialform tenant( \|\| dialform tenant)*\s*/, '').startsWith(words));
}

// What is marked, and where; a good file has no marks.
const mistakes = [
  ['stratus', 'diverts:\n  "101":\n    unreachible: { extension: "102" }\n', /^7:5 .*unreachible/],
  ['stratus', 'diverts:\n  "101":\n    busy: { extention: "102" }\n', /^7:\d+ /],
  ['stratus', 'numbers:\n  "2145550100": { label: Main }\n', /^6:3 /],
  ['deskphone', 'queues:\n  "400": {}\n', /^5:1 .*queues/],
  ['ctm', 'schedules:\n  hours:\n    weekly: { mon: ["8:00-25:00"] }\n', /^7:\d+ /],
];
for (const [kind, body, mark] of mistakes) {
  const found = await marks(kind, body);
  check(`${kind}, ${JSON.stringify(body)} has the marks ${JSON.stringify(found)}`, found.length > 0 && mark.test(found[0]));
}
for (const kind of ['stratus', 'deskphone']) {
  const found = await marks(kind, 'diverts:\n  "101":\n    busy: { number: "+12145550101" }\n    unreachable: off\n');
  check(`a good file of ${kind} has the marks ${JSON.stringify(found)}`, found.length === 0);
}
// The examples, by their own first lines.
for (const name of process.argv.slice(4)) {
  const uri = pathToFileURL(name).href;
  const diagnostics = new Promise((done) => marked.set(uri, done));
  tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text: readFileSync(name, 'utf8') } });
  const found = await diagnostics;
  check(`${name} has the marks ${JSON.stringify(found.map(({ message, range }) => `${range.start.line + 1} ${message}`))}`, found.length === 0);
}

running.kill();
console.log(`an editor: ${asked} questions, ${wrong} wrong answers`);
process.exit(wrong ? 1 : 0);
