import { couldBeStatus, framingOf, noFields, readStatus, sizeOf, takeField, type Fields, type Head } from './head.ts';
import { MAX_HEAD_BYTES } from '../net/reasons.ts';

/** What is wrong with an answer; `what` completes "the answer of … is not valid HTTP: ". */
export type Fault = { code: 'ANSWER_INVALID' | 'ANSWER_TOO_LARGE'; what: string };

/** Who is told what comes out of the bytes. After `end` or `fault` nothing follows. */
export type Sink = {
  head(head: Head): void;
  /** A view of the bytes that were fed. */
  body(bytes: Buffer): void;
  end(): void;
  fault(fault: Fault): void;
};

/** Where an answer is. A plain record: `feed` and `finish` move it on, `leave` ends it. */
export type Parsing = {
  readonly toHead: boolean;
  step: 'blank' | 'status' | 'field' | 'fixed' | 'until-end' | 'size' | 'chunk' | 'chunk-end' | 'trailer' | 'done';
  /** The start of a line whose end has not come, as latin1. */
  line: string;
  /** Bytes of heads, or of chunk extensions and trailers, that were read. */
  held: number;
  /** Bytes that the body, or the chunk, still has. */
  left: number;
  start: Pick<Head, 'httpVersion' | 'status'>;
  fields: Fields;
};

/** What chunk extensions may take in all, as in node:http. */
const MAX_EXTENSION_BYTES = 16 * 1024;

const CHUNK =
  /^([0-9a-fA-F]+)((?:;(?!$)[!#$%&'*+\-.^_`|~0-9A-Za-z]*(?:=[!#$%&'*+\-.^_`|~0-9A-Za-z]*(?:"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"(?=;|$))?)?)*)$/;

const CR = 13;
const LF = 10;

/** An answer from its first byte on. `toHead`: the request was a HEAD, whose answer has no body. */
export const parsing = (toHead: boolean): Parsing => ({
  toHead,
  step: 'blank',
  line: '',
  held: 0,
  left: 0,
  start: { httpVersion: '', status: 0 },
  fields: noFields(),
});

/** Nothing more is wanted. */
export const leave = (answer: Parsing): void => {
  answer.step = 'done';
};

const invalid = (what: string): Fault => ({ code: 'ANSWER_INVALID', what });
const tooLarge = (what: string): Fault => ({ code: 'ANSWER_TOO_LARGE', what });

const HEAD_TOO_LARGE = tooLarge(`the response headers are larger than ${MAX_HEAD_BYTES / 1024} KiB`);
const TRAILERS_TOO_LARGE = tooLarge(`the trailers of the response are larger than ${MAX_HEAD_BYTES / 1024} KiB`);
const EXTENSIONS_TOO_LARGE = tooLarge('the chunk extensions of the response are larger than 16 KiB');

const finishHead = (answer: Parsing, sink: Sink): void => {
  const { start, fields, toHead } = answer;
  const { status } = start;
  // Hints come before the answer; only a switch of protocols is one itself.
  if (status < 200 && status !== 101) {
    answer.fields = noFields();
    answer.step = 'blank';
    return;
  }
  const framing = framingOf(status, fields, toHead);
  answer.held = 0;
  answer.left = framing.kind === 'fixed' ? framing.bytes : 0;
  answer.step = framing.kind === 'none' ? 'done' : framing.kind === 'chunked' ? 'size' : framing.kind;
  sink.head({ ...start, headers: fields.headers });
  if (framing.kind === 'none') sink.end();
};

const takeStatus = (answer: Parsing, line: string): Fault | null => {
  const read = readStatus(line);
  if (read === null) return invalid('it does not begin with a status line of HTTP/1.0 or 1.1');
  answer.start = read;
  answer.step = 'field';
  return null;
};

const takeSize = (answer: Parsing, line: string): Fault | null => {
  const [, digits, extensions = ''] = CHUNK.exec(line) ?? [];
  const size = digits === undefined ? null : sizeOf(`0x${digits}`);
  if (size === null) return invalid('a chunk does not begin with its size');
  answer.held += extensions.length;
  if (answer.held > MAX_EXTENSION_BYTES) return EXTENSIONS_TOO_LARGE;
  answer.left = size;
  answer.step = size === 0 ? 'trailer' : 'chunk';
  if (size === 0) answer.held = 0;
  return null;
};

const takeTrailer = (answer: Parsing, line: string, sink: Sink): Fault | null => {
  if (line === '') {
    answer.step = 'done';
    sink.end();
    return null;
  }
  // Judged like a header, so that a length after chunks is refused; then forgotten.
  const wrong = takeField({ ...noFields(), coding: answer.fields.coding }, line);
  return wrong === null ? null : invalid(`in its trailers, ${wrong}`);
};

const takeLine = (answer: Parsing, line: string, sink: Sink): Fault | null => {
  const { step } = answer;
  if (step === 'status') return takeStatus(answer, line);
  if (step === 'field') {
    const wrong = line === '' ? null : takeField(answer.fields, line);
    if (line === '') finishHead(answer, sink);
    return wrong === null ? null : invalid(wrong);
  }
  if (step === 'size') return takeSize(answer, line);
  if (step === 'trailer') return takeTrailer(answer, line, sink);
  answer.step = 'size';
  return line === '' ? null : invalid('a chunk is longer than its size');
};

/** What is wrong with a line whose end has not come yet, as far as that can be told. */
const tooSoon = ({ step, line, held }: Parsing): Fault | null => {
  if (step === 'status' && !couldBeStatus(line)) return takeStatus(parsing(false), '');
  if (step === 'chunk-end' && !'\r'.startsWith(line)) return invalid('a chunk is longer than its size');
  if (step === 'size') {
    if (line.length > 2 * MAX_EXTENSION_BYTES) return EXTENSIONS_TOO_LARGE;
    return line === '' || /^[0-9a-fA-F]+(?:[;\r]|$)/.test(line)
      ? null
      : invalid('a chunk does not begin with its size');
  }
  if (held <= MAX_HEAD_BYTES) return null;
  return step === 'trailer' ? TRAILERS_TOO_LARGE : HEAD_TOO_LARGE;
};

/** Reads the rest of a line from `at`; gives where the next one begins. */
const readLine = (answer: Parsing, bytes: Buffer, at: number, sink: Sink): number | Fault => {
  const end = bytes.indexOf(LF, at);
  const next = end < 0 ? bytes.length : end + 1;
  if (answer.step === 'status' || answer.step === 'field' || answer.step === 'trailer') answer.held += next - at;
  const part = bytes.toString('latin1', at, end < 0 ? next : end);
  const line = answer.line === '' ? part : answer.line + part;
  answer.line = line;
  const whole = end >= 0 && line.charCodeAt(line.length - 1) === CR;
  const fault = whole && answer.held <= MAX_HEAD_BYTES ? null : tooSoon(answer);
  if (fault || end < 0) return fault ?? next;
  if (!whole) return invalid('a line does not end with CR LF');
  answer.line = '';
  return takeLine(answer, line.slice(0, -1), sink) ?? next;
};

const passBody = (answer: Parsing, bytes: Buffer, at: number, sink: Sink): number => {
  const { step } = answer;
  const size = step === 'until-end' ? bytes.length - at : Math.min(answer.left, bytes.length - at);
  answer.left -= size;
  if (answer.left === 0 && step !== 'until-end') answer.step = step === 'fixed' ? 'done' : 'chunk-end';
  sink.body(size === bytes.length ? bytes : bytes.subarray(at, at + size));
  if (answer.left === 0 && step === 'fixed') sink.end();
  return at + size;
};

const skipBlank = (answer: Parsing, bytes: Buffer, at: number): number => {
  const byte = bytes[at];
  if (byte === CR || byte === LF) {
    answer.held++;
    return at + 1;
  }
  answer.step = 'status';
  return at;
};

/**
 * Takes in the next bytes of an answer, split anywhere. Strict as RFC 9112 and llhttp are: no folded headers, no bare LF,
 * no space before a colon, no control characters, one length. What differs from node:http is listed with its
 * reason in docs/decisions/0011: HTTP/1.0 and 1.1 only, status from 100, all hints together within the limit of the
 * head; hints never have a body, every header counts, and what follows the end is not looked at.
 */
export const feed = (answer: Parsing, bytes: Buffer, sink: Sink): void => {
  let at = 0;
  while (at < bytes.length && answer.step !== 'done') {
    const { step } = answer;
    if (step === 'blank') at = skipBlank(answer, bytes, at);
    else if (step === 'fixed' || step === 'chunk' || step === 'until-end') at = passBody(answer, bytes, at, sink);
    else {
      const next = readLine(answer, bytes, at, sink);
      if (typeof next === 'number') at = next;
      else {
        leave(answer);
        sink.fault(next);
      }
    }
  }
};

/** The target has closed its side. False when the answer was not over. */
export const finish = (answer: Parsing, sink: Sink): boolean => {
  if (answer.step === 'done') return true;
  if (answer.step !== 'until-end') return false;
  leave(answer);
  sink.end();
  return true;
};
