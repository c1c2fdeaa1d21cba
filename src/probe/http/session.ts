import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TlsVersion } from '../targets.ts';

/** What a TLS connection was made of, as plain texts that outlive its socket. Names read `CN=R11, O=Let's Encrypt`. */
export type Session = {
  version: TlsVersion | null;
  /** The name that IANA registered. */
  cipher: string;
  /** The chain leads to an authority that is trusted. */
  trusted: boolean;
  issuer: string;
  subject: string;
  /** Names of the certificate, joined by commas. */
  names: string;
  /** Lower-case hex. */
  fingerprint: string;
  serial: string;
};

const VERSIONS: Record<string, TlsVersion> = { TLSv1: '1.0', 'TLSv1.1': '1.1', 'TLSv1.2': '1.2', 'TLSv1.3': '1.3' };

// Node gives a name as lines, the most general first; people and other tools read it the other way round.
const nameOf = (lines: string | undefined): string => (lines ?? '').split('\n').toReversed().join(', ');

const namesOf = (certificate: X509Certificate | undefined): string =>
  (certificate?.subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .join(',');

/** Must be read while the connection is open; null when it is not TLS. */
export const readSession = (socket: Socket): Session | null => {
  if (!(socket instanceof TLSSocket)) return null;
  const certificate = socket.getPeerX509Certificate();
  return {
    version: VERSIONS[socket.getProtocol() ?? ''] ?? null,
    cipher: socket.getCipher().standardName,
    trusted: socket.authorized,
    issuer: nameOf(certificate?.issuer),
    subject: nameOf(certificate?.subject),
    names: namesOf(certificate),
    fingerprint: (certificate?.fingerprint256 ?? '').replaceAll(':', '').toLowerCase(),
    serial: (certificate?.serialNumber ?? '').toLowerCase(),
  };
};
