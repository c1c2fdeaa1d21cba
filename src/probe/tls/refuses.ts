import { parseAddress } from '../../definition/address.ts';
import { connect } from '../net/connect.ts';
import { shakeHands, type Offer } from '../net/handshake.ts';
import { createTrace } from '../net/phases.ts';
import { fail, failureOf, isFailure, unknown, type Failure } from '../net/reasons.ts';
import { traced, type Visit } from '../outcome.ts';
import { startTls } from '../starttls.ts';
import { NO_ADDRESS } from '../tcp.ts';
import type { TlsTarget, TlsVersion } from '../targets.ts';

const NODE_NAMES = { '1.0': 'TLSv1', '1.1': 'TLSv1.1', '1.2': 'TLSv1.2', '1.3': 'TLSv1.3' } as const;

/** OpenSSL at its own security level offers neither 1.0 nor 1.1, and every server would seem to refuse them. */
export const OLD_CIPHERS = 'DEFAULT@SECLEVEL=0';

// What OpenSSL says before it has sent a byte: this machine's rules forbid the version.
const NOT_OFFERED = new Set(['ERR_SSL_NO_PROTOCOLS_AVAILABLE', 'ERR_SSL_NO_CIPHERS_AVAILABLE']);
// A server that chooses another version, and one that closes instead of an alert, have refused this one.
const REFUSED = new Set(['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_WRONG_SSL_VERSION', 'ECONNRESET', 'EPIPE']);
const isRefusal = (code: string): boolean => REFUSED.has(code) || /^ERR_SSL_.*_ALERT_/.test(code);

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code);

/**
 * Offers one version alone on a connection of its own, to the address that the check visits. Null = refused; that it
 * could not be found out is never taken for a refusal.
 */
export const judgeRefusal = async (
  target: TlsTarget,
  version: TlsVersion,
  { trace: first, signal, time, startedAt }: Visit,
  ciphers = OLD_CIPHERS,
): Promise<Failure | null> => {
  const at = parseAddress(target.address);
  if (!at) return NO_ADDRESS;
  const name = target.tls.serverName ?? at.host;
  return traced(signal, createTrace(startedAt), async (trace) => {
    trace.place = target.address;
    const host = first.address ?? at.host;
    const door = { host, port: at.port, tls: null, alpn: [], reach: target.reach, guarded: false };
    try {
      const socket = await connect(door, trace, signal, time.monotonic);
      if (isFailure(socket)) return socket;
      const failure = target.startTls ? await startTls(target.startTls, socket, name, trace, time.monotonic) : null;
      if (failure) return failure;
      const offer: Offer = { minVersion: NODE_NAMES[version], maxVersion: NODE_NAMES[version], ciphers };
      await shakeHands(socket, at.host, target.tls, trace, time.monotonic, { offer });
      return fail('tls-version', `${target.address} speaks TLS ${version}, expected it to refuse`);
    } catch (error) {
      if (signal.aborted) throw error;
      const code = codeOf(error);
      if (NOT_OFFERED.has(code))
        return unknown('not-supported', `this machine cannot offer TLS ${version}, so nobody knows if it is refused`);
      return trace.stage === 'tls' && isRefusal(code) ? null : failureOf(error, trace);
    }
  });
};
