import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

const MAX_CHAIN = 10;
const MAX_KEPT = 10_000;

const kept = new Map<string, number>();

const earliestOf = (leaf: X509Certificate): number => {
  let earliest = Infinity;
  let certificate: X509Certificate | undefined = leaf;
  for (let depth = 0; certificate && depth < MAX_CHAIN; depth++) {
    earliest = Math.min(earliest, certificate.validToDate.getTime());
    const issuer: X509Certificate | undefined = certificate.issuerCertificate;
    certificate = issuer?.fingerprint256 === certificate.fingerprint256 ? undefined : issuer;
  }
  return earliest;
};

/**
 * Epoch ms at which the first certificate of the chain expires, as `probe_ssl_earliest_cert_expiry`; null without one.
 * A chain is read again only when its leaf changes.
 */
export const certificateExpiry = (socket: TLSSocket): number | null => {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return null;
  const { fingerprint256 } = leaf;
  const known = kept.get(fingerprint256);
  if (known !== undefined) return known;
  const earliest = earliestOf(leaf);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(fingerprint256, earliest);
  return earliest;
};
