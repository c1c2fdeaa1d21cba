import { isIPv6, type Socket } from 'node:net';
import { bytesOf, converse, lineOf, MAX_HEARD_BYTES, tooMuch, type Conversation } from './conversation.ts';
import { shown } from './judge.ts';
import { complete, enter, type Trace } from './net/phases.ts';
import { CLOSED, fail, isFailure, type Failure } from './net/reasons.ts';
import { SSL_REQUEST } from './postgres/tls.ts';
import type { StartTls } from './targets.ts';

/** How a protocol asks for TLS: null once the other side waits for the handshake. `name` is the one it is known by. */
type Dialogue = (talk: Conversation, about: { place: string; name: string; own: string }) => Promise<Failure | null>;

const refused = (place: string, answer: string): Failure =>
  fail('starttls', `${place} did not agree to STARTTLS: ${shown(answer)}`);

const notOffered = (place: string): Failure => fail('starttls', `${place} does not offer STARTTLS`);

type Reply = { code: string; lines: string[] };

/** A reply of SMTP or FTP (RFC 5321 4.2.1, RFC 959 4.2): `250-first`, …, `250 last`. */
const replyOf = async (talk: Conversation, place: string, middle: RegExp): Promise<Reply | Failure> => {
  const lines: string[] = [];
  let size = 0;
  for (;;) {
    const line = await lineOf(talk, place);
    if (typeof line !== 'string') return line;
    size += line.length;
    if (size > MAX_HEARD_BYTES) return tooMuch(place, 'the end of its reply');
    const [, code, more] = /^(\d{3})([ -]|$)/.exec(line) ?? [];
    const first = lines[0] ?? line;
    const isOurs = code !== undefined && code === first.slice(0, 3);
    if (!isOurs && (lines.length === 0 || !middle.test(line)))
      return fail('starttls', `${place} did not greet as its protocol asks: ${shown(line)}`);
    lines.push(line);
    if (isOurs && more !== '-') return { code, lines };
  }
};

// Every line of an SMTP reply has the code; FTP leaves it away in between.
const smtpReply = (talk: Conversation, place: string): Promise<Reply | Failure> => replyOf(talk, place, /(?!)/);
const ftpReply = (talk: Conversation, place: string): Promise<Reply | Failure> => replyOf(talk, place, /^/);

/** RFC 3207. */
const smtp: Dialogue = async (talk, { place, own }) => {
  const greeting = await smtpReply(talk, place);
  if (isFailure(greeting)) return greeting;
  if (greeting.code !== '220') return refused(place, greeting.lines[0] ?? '');
  await talk.say(`EHLO [${isIPv6(own) ? `IPv6:${own}` : own}]\r\n`);
  const hello = await smtpReply(talk, place);
  if (isFailure(hello)) return hello;
  if (hello.code !== '250') return refused(place, hello.lines[0] ?? '');
  if (!hello.lines.slice(1).some((line) => /^250[ -]STARTTLS\s*$/i.test(line))) return notOffered(place);
  await talk.say('STARTTLS\r\n');
  const go = await smtpReply(talk, place);
  if (isFailure(go)) return go;
  return go.code === '220' ? null : refused(place, go.lines[0] ?? '');
};

/** RFC 4217, its greeting by RFC 959: 120 asks to wait for the 220. */
const ftp: Dialogue = async (talk, { place }) => {
  let greeting = await ftpReply(talk, place);
  if (!isFailure(greeting) && greeting.code === '120') greeting = await ftpReply(talk, place);
  if (isFailure(greeting)) return greeting;
  if (greeting.code !== '220') return refused(place, greeting.lines[0] ?? '');
  await talk.say('AUTH TLS\r\n');
  const go = await ftpReply(talk, place);
  if (isFailure(go)) return go;
  return go.code === '234' ? null : refused(place, go.lines[0] ?? '');
};

/** RFC 9051 6.2.1. After PREAUTH, STARTTLS is no longer possible. */
const imap: Dialogue = async (talk, { place }) => {
  const greeting = await lineOf(talk, place);
  if (typeof greeting !== 'string') return greeting;
  if (!/^\* OK\b/i.test(greeting)) return refused(place, greeting);
  await talk.say('n1 STARTTLS\r\n');
  for (let size = 0; size <= MAX_HEARD_BYTES;) {
    const line = await lineOf(talk, place);
    if (typeof line !== 'string') return line;
    if (/^n1 OK\b/i.test(line)) return null;
    if (!line.startsWith('* ') || /^\* BYE\b/i.test(line)) return refused(place, line);
    size += line.length;
  }
  return tooMuch(place, 'an answer to STARTTLS');
};

/** RFC 2595 4. */
const pop3: Dialogue = async (talk, { place }) => {
  const greeting = await lineOf(talk, place);
  if (typeof greeting !== 'string') return greeting;
  if (!/^\+OK\b/.test(greeting)) return refused(place, greeting);
  await talk.say('STLS\r\n');
  const go = await lineOf(talk, place);
  if (typeof go !== 'string') return go;
  return /^\+OK\b/.test(go) ? null : refused(place, go);
};

const postgres: Dialogue = async (talk, { place }) => {
  await talk.say(SSL_REQUEST);
  const answer = (await bytesOf(talk, 1)).toString('latin1');
  if (answer === 'N') return notOffered(place);
  return answer === 'S' ? null : refused(place, answer);
};

const START_TLS_OID = '1.3.6.1.4.1.1466.20037';
const LDAP_REQUEST = Buffer.concat([
  Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, START_TLS_OID.length]),
  Buffer.from(START_TLS_OID),
]);

/** The content of one BER element of this tag (X.690 8.1, definite lengths only); null when it is none. */
const berOf = async (talk: Conversation, tag: number): Promise<Buffer | null> => {
  const [got, short = 0] = await bytesOf(talk, 2);
  if (got !== tag || short === 0x80 || short > 0x84) return null;
  const length = short < 0x80 ? short : (await bytesOf(talk, short - 0x80)).readUIntBE(0, short - 0x80);
  return length > MAX_HEARD_BYTES ? null : bytesOf(talk, length);
};

/** RFC 4511 4.14: an extended response (tag 0x78) to message 1, whose first field is the result code. */
const ldap: Dialogue = async (talk, { place }) => {
  await talk.say(LDAP_REQUEST);
  const message = await berOf(talk, 0x30);
  if (!message) return refused(place, 'something that is no LDAP message');
  const isAnswer = message.subarray(0, 4).equals(Buffer.from([0x02, 0x01, 0x01, 0x78]));
  // Tag and short or long length of the response, then ENUMERATED of one byte.
  const long = message[4] ?? 0;
  const from = 5 + (long > 0x80 ? long - 0x80 : 0);
  if (!isAnswer || message[from] !== 0x0a || message[from + 1] !== 1)
    return refused(place, 'an LDAP message that is no answer');
  const code = message[from + 2];
  return code === 0 ? null : refused(place, `LDAP result code ${code}`);
};

const textUntil = async (talk: Conversation, end: RegExp, place: string): Promise<string | Failure> => {
  for (;;) {
    const bytes = talk.heard();
    const text = bytes.toString('latin1');
    const found = end.exec(text);
    if (found) return talk.take(found.index + found[0].length).toString('utf8');
    if (bytes.length > MAX_HEARD_BYTES) return tooMuch(place, 'the end of its answer');
    if (!(await talk.more())) throw CLOSED;
  }
};

const xmlText = (text: string): string => text.replace(/[&<>'"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** RFC 6120 5.4.2. */
const xmpp: Dialogue = async (talk, { place, name }) => {
  await talk.say(
    `<?xml version='1.0'?><stream:stream to='${xmlText(name)}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
  );
  const features = await textUntil(talk, /<\/stream:features\s*>|<stream:features\s*\/>|<\/stream:stream\s*>/, place);
  if (typeof features !== 'string') return features;
  if (!features.includes('<stream:features')) return refused(place, features);
  if (!/<starttls[\s/>]/.test(features)) return notOffered(place);
  await talk.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  const go = await textUntil(talk, /<(?:proceed|failure)\b[^>]*>/, place);
  if (typeof go !== 'string') return go;
  return go.includes('<proceed') ? null : refused(place, go);
};

const dialogues: Record<StartTls, Dialogue> = { smtp, imap, pop3, ftp, ldap, postgres, xmpp };

/** Asks in the words of the protocol for TLS on an open socket; null once a handshake can begin. */
export const startTls = async (
  protocol: StartTls,
  socket: Socket,
  name: string,
  trace: Trace,
  monotonic: () => number,
): Promise<Failure | null> => {
  enter(trace, 'processing', monotonic());
  const talk = converse(socket);
  const about = { place: trace.place, name, own: (socket.localAddress ?? '127.0.0.1').replace('::ffff:', '') };
  const failure = await dialogues[protocol](talk, about);
  complete(trace, monotonic());
  if (failure) return failure;
  // Whoever stands between could put words into the secured talk this way (CVE-2011-0411).
  return talk.heard().length === 0 ? null : fail('starttls', `${trace.place} went on in plain text after STARTTLS`);
};
