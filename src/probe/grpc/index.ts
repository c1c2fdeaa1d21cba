import { TLSSocket } from 'node:tls';
import { parseAddress } from '../../definition/address.ts';
import { judge, shown } from '../judge.ts';
import { createProbe, namedByAddress } from '../kind.ts';
import { connect } from '../net/connect.ts';
import { complete, enter, type Trace } from '../net/phases.ts';
import { fail, isFailure, type Failure } from '../net/reasons.ts';
import type { Outcome, Time, Visit } from '../outcome.ts';
import type { Facts, Probe } from '../probe.ts';
import { NO_ADDRESS } from '../tcp.ts';
import type { GrpcTarget } from '../targets.ts';
import { callHealth, openSession, type Answer } from './call.ts';
import { codeName, messageOf, servingStatus, statusOf } from './message.ts';

const OK = 0;
const NOT_FOUND = 5;

type Read = { failure: Failure | null; facts: Facts };

/** What an answer says of the service, by gRPC's PROTOCOL-HTTP2.md and the health checking protocol. */
const read = ({ headers, trailers, body, tooLarge }: Answer, { service }: GrpcTarget, place: string): Read => {
  const about = service === '' ? place : `${shown(service)} at ${place}`;
  const code = statusOf(trailers);
  const facts: Facts = code === null ? {} : { grpc_status_code: code };
  const broken = (why: string): Read => ({ failure: fail('protocol', `the answer of ${place} ${why}`), facts });
  if (tooLarge) return { failure: fail('too-large', `the answer of ${place} is larger than 64 KiB`), facts };
  const http = Number(headers[':status']);
  if (http !== 200) return broken(`is not gRPC: its status was ${http}`);
  if (!/^application\/grpc(?:[+;]|$)/.test(headers['content-type'] ?? ''))
    return broken(`is not gRPC: its content type was ${shown(headers['content-type'] ?? 'missing')}`);
  if (code === null) return broken('ended without a grpc-status');
  if (code !== OK) {
    const message = messageOf(trailers);
    const said = message === '' ? '' : `: ${shown(message)}`;
    const what = code === NOT_FOUND ? 'does not know this service' : 'did not answer the health check';
    return { failure: fail('serving', `${about} ${what}, ${codeName(code)} (${code})${said}`), facts };
  }
  const status = servingStatus(body);
  if (status === null) return broken('is not a health check response');
  const all = { ...facts, grpc_healthcheck_response: status };
  if (status === 'SERVING') return { failure: null, facts: all };
  return { failure: fail('serving', `${about} is ${status}, expected SERVING`), facts: all };
};

const isNoHttp2 = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^ERR_HTTP2_(?:SESSION_|STREAM_)?ERROR$/.test(String(error.code));

const ask = async (
  target: GrpcTarget,
  { trace, signal, time, timeoutMs, startedAt, found }: Visit,
): Promise<Answer | Failure> => {
  const at = parseAddress(target.address);
  if (!at) return NO_ADDRESS;
  const { address, secure, service } = target;
  trace.place = address;
  const door = {
    ...at,
    tls: secure ? target.tls : null,
    alpn: ['h2'],
    reach: target.reach,
    guarded: false,
    ...(found && { found }),
  };
  const socket = await connect(door, trace, signal, time.monotonic);
  if (isFailure(socket)) return socket;
  if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2')
    return fail('protocol', `${address} does not speak HTTP/2 over TLS`);
  enter(trace, 'processing', time.monotonic());
  const left = timeoutMs - (time.monotonic() - startedAt);
  const call = { authority: address, secure, service, timeoutMs: left };
  const session = openSession(socket, call);
  try {
    return await callHealth(session, call, () => complete(trace, time.monotonic()));
  } catch (error) {
    if (signal.aborted || !isNoHttp2(error)) throw error;
    const { code, message } = error as Error & { code: string };
    return fail(
      'protocol',
      `the answer of ${address} is not valid HTTP/2 (${/NGHTTP2_\w+/.exec(message)?.[0] ?? code})`,
    );
  } finally {
    session.destroy();
  }
};

const evidenceOf = (trace: Trace, { time, startedAt }: Visit) => ({
  durationMs: time.monotonic() - startedAt,
  certificateExpiresAt: trace.certificateExpiresAt,
  readings: {},
  now: time.now(),
});

const look = async (target: GrpcTarget, visit: Visit): Promise<Outcome | Failure> => {
  const answer = await ask(target, visit);
  if (isFailure(answer)) return answer;
  const { failure, facts } = read(answer, target, visit.trace.place);
  const all = { ...facts, grpc_ssl: target.secure ? 1 : 0 };
  const judged = failure ? { failure } : judge(target, evidenceOf(visit.trace, visit));
  return { ...judged, ...(visit.inspect ? { facts: all } : {}) };
};

/** Asks `grpc.health.v1.Health/Check` over HTTP/2, in plain or over TLS. */
export const createGrpcProbe = (time?: Time): Probe<GrpcTarget> => createProbe(look, time, namedByAddress);
