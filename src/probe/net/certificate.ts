import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

const MAX_CHAIN = 10;

/** Epoch ms at which the first certificate of the chain expires, as `probe_ssl_earliest_cert_expiry`; null without one. */
export const certificateExpiry = (socket: TLSSocket): number | null => {
  let earliest: number | null = null;
  let certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
  for (let depth = 0; certificate && depth < MAX_CHAIN; depth++) {
    const at = certificate.validToDate.getTime();
    if (earliest === null || at < earliest) earliest = at;
    const issuer: X509Certificate | undefined = certificate.issuerCertificate;
    certificate = issuer?.fingerprint256 === certificate.fingerprint256 ? undefined : issuer;
  }
  return earliest;
};
