import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

const MAX_CHAIN = 10;
const MAX_KEPT = 10_000;

/**
 * Epoch ms at which the first certificate of the chain expires, as `probe_ssl_earliest_cert_expiry`; null without one.
 * Read each time: the same leaf may come with another chain, from another server or after an intermediate was changed.
 */
export const certificateExpiry = (socket: TLSSocket): number | null => {
  let certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
  if (!certificate) return null;
  let earliest = Infinity;
  for (let depth = 0; certificate && depth < MAX_CHAIN; depth++) {
    earliest = Math.min(earliest, certificate.validToDate.getTime());
    const issuer: X509Certificate | undefined = certificate.issuerCertificate;
    certificate = issuer && issuer.fingerprint256 !== certificate.fingerprint256 ? issuer : undefined;
  }
  return earliest;
};

const names = new Map<string, boolean>();

/** Whether the leaf names this host or address (RFC 6125; its subject counts only without alternative names). */
const isCertificateFor = (socket: TLSSocket, name: string): boolean => {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return false;
  const key = `${leaf.fingerprint256} ${name}`;
  const known = names.get(key);
  if (known !== undefined) return known;
  const matches = isIP(name) === 0 ? leaf.checkHost(name.replace(/\.$/, '')) : leaf.checkIP(name);
  if (names.size >= MAX_KEPT) names.clear();
  names.set(key, matches !== undefined);
  return matches !== undefined;
};

/** OpenSSL's word on the chain, then node's on the name; null when both are fine. */
export const certificateVerdict = (socket: TLSSocket, name: string): string | null => {
  if (socket.authorized) return isCertificateFor(socket, name) ? null : 'ERR_TLS_CERT_ALTNAME_INVALID';
  const error: unknown = socket.authorizationError;
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
};
