import type { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Facts } from '../probe.ts';

const MAX_CHAIN = 10;

/** `CN=R3, O=Example`: the parts of a name in the order of the certificate. */
export const nameOf = (parts: string): string => parts.split('\n').join(', ');

/**
 * Epoch ms at which the verified chain ends: node completes what was presented with the authorities that it trusts.
 * Unlike `probe_ssl_earliest_cert_expiry`, which looks at the certificates that were presented.
 */
const verifiedUntil = (socket: TLSSocket): number => {
  let earliest = Infinity;
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  for (let depth = 0; certificate?.valid_to && depth < MAX_CHAIN; depth++) {
    earliest = Math.min(earliest, Date.parse(certificate.valid_to));
    const above: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    certificate = above?.fingerprint256 === certificate.fingerprint256 ? undefined : above;
  }
  return earliest;
};

const aboutCertificate = (certificate: X509Certificate): Facts => ({
  fingerprint_sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  subject: nameOf(certificate.subject ?? ''),
  issuer: nameOf(certificate.issuer),
  subjectalternative: certificate.subjectAltName ?? '',
  serialnumber: certificate.serialNumber.toLowerCase(),
});

/** What blackbox_exporter's `probe_ssl_*` and `probe_tls_*` tell, times in epoch seconds. */
export const tlsFacts = (socket: TLSSocket, earliestExpiry: number | null): Facts => {
  const certificate = socket.getPeerX509Certificate();
  const verified = socket.authorized ? verifiedUntil(socket) : Infinity;
  return {
    ...(earliestExpiry === null ? {} : { ssl_earliest_cert_expiry: earliestExpiry / 1_000 }),
    ...(Number.isFinite(verified) ? { ssl_last_chain_expiry_timestamp_seconds: verified / 1_000 } : {}),
    tls_version_info: (socket.getProtocol() ?? '').replace('TLSv', 'TLS ').replace(/^TLS 1$/, 'TLS 1.0'),
    tls_cipher_info: socket.getCipher().standardName,
    ...(certificate ? aboutCertificate(certificate) : {}),
  };
};

const LEAST_BITS: Record<string, number> = { rsa: 2_048, 'rsa-pss': 2_048, dsa: 2_048 };

/** How a key is too small by NIST SP 800-57 part 1, table 2 (112 bits of security): `RSA with 1024 bits`; null when it is not. */
export const weakness = (certificate: X509Certificate | undefined): string | null => {
  const key = certificate?.publicKey;
  const kind = key?.asymmetricKeyType ?? '';
  const { modulusLength = Infinity, namedCurve = '' } = key?.asymmetricKeyDetails ?? {};
  if (modulusLength < (LEAST_BITS[kind] ?? 0)) return `${kind.toUpperCase()} with ${modulusLength} bits`;
  return /^(?:secp1\d\d|prime192|secp?192|sect1)/.test(namedCurve) ? `the curve ${namedCurve}` : null;
};
