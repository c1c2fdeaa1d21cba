import type { IncomingHttpHeaders } from 'node:http2';

// The messages of grpc.health.v1 are small enough to be written by hand. From grpc/health/v1/health.proto:
//   message HealthCheckRequest { string service = 1; }
//   message HealthCheckResponse { enum ServingStatus {...}  ServingStatus status = 1; }

/** `HealthCheckResponse.ServingStatus`. */
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export type ServingStatus = (typeof STATUSES)[number];

/** The status codes of gRPC, by number. */
const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

export const codeName = (code: number): string => CODES[code] ?? `CODE_${code}`;

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];

const PREFIX_BYTES = 5;

/** Length-Prefixed-Message of gRPC's PROTOCOL-HTTP2.md: a byte "not compressed", four of length, the message. */
const framed = (message: Uint8Array): Buffer => {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

/** A HealthCheckRequest as it goes over the wire; an empty service is left out, as proto3 does with defaults. */
export const requestBytes = (service: string): Buffer => {
  const name = Buffer.from(service);
  return framed(name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]));
};

/** A varint of at most ten bytes at `at` and where it ends; null when it is cut off. Only the low 32 bits count here. */
const varintAt = (bytes: Buffer, at: number): { value: number; end: number } | null => {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    if (i < 5) value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  return null;
};

/** Where a field that means nothing to us ends; null when the message is broken. Groups are no longer written. */
const skip = (bytes: Buffer, at: number, wire: number): number | null => {
  if (wire === 0) return varintAt(bytes, at)?.end ?? null;
  if (wire === 1) return at + 8;
  if (wire === 5) return at + 4;
  const length = wire === 2 ? varintAt(bytes, at) : null;
  return length && length.end + length.value;
};

/** The one message of an answer → its status; null when the bytes are no such message. */
export const servingStatus = (bytes: Buffer): ServingStatus | null => {
  if (bytes.length < PREFIX_BYTES || bytes[0] !== 0 || bytes.readUInt32BE(1) !== bytes.length - PREFIX_BYTES)
    return null;
  let status = 0;
  for (let at: number = PREFIX_BYTES; at < bytes.length;) {
    const key = varintAt(bytes, at);
    if (!key || key.value < 8) return null;
    const end = skip(bytes, key.end, key.value % 8);
    if (end === null || end > bytes.length) return null;
    // Field 1, a varint; the last one of several counts.
    if (key.value === 0x08) status = varintAt(bytes, key.end)?.value ?? 0;
    at = end;
  }
  return STATUSES[status] ?? null;
};

/** `grpc-message` is percent-encoded UTF-8; what is not stays as it is. */
export const messageOf = (headers: IncomingHttpHeaders): string => {
  const text = String(headers['grpc-message'] ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** `grpc-status` as a number; null where there is none, or none that is one. */
export const statusOf = (headers: IncomingHttpHeaders): number | null => {
  const text = headers['grpc-status'];
  return typeof text === 'string' && /^\d{1,3}$/.test(text) ? Number(text) : null;
};
