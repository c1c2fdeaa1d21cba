import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Tls } from '../targets.ts';
import { withCode } from './reasons.ts';

const contexts = new Map<string, SecureContext>();
const MAX_CONTEXTS = 256;

/** Without the post-quantum hybrid that OpenSSL offers first: its key share costs a tenth of a handshake. */
const GROUPS = 'X25519:P-256:P-384:P-521:X448';

/** A context takes any text for an authority and then trusts nobody. */
const checkAuthority = (ca: string): void => {
  try {
    void new X509Certificate(ca);
  } catch {
    throw withCode('AUTHORITY_INVALID');
  }
};

const createContext = ({ ca, clientCertificate }: Tls): SecureContext => {
  if (ca !== null) checkAuthority(ca);
  const trust = ca === null ? { ecdhCurve: GROUPS } : { ca, ecdhCurve: GROUPS };
  if (!clientCertificate) return createSecureContext(trust);
  try {
    return createSecureContext({ ...trust, cert: clientCertificate.certificate, key: clientCertificate.key });
  } catch {
    throw withCode('CLIENT_CERTIFICATE_INVALID');
  }
};

/** Making a context costs 0.2 ms of CPU, so that targets with the same authority and client certificate share one. */
export const contextOf = (tls: Tls): SecureContext => {
  const key = tls.ca === null && !tls.clientCertificate ? '' : JSON.stringify([tls.ca, tls.clientCertificate]);
  const known = contexts.get(key);
  if (known) return known;
  const context = createContext(tls);
  if (contexts.size >= MAX_CONTEXTS) contexts.clear();
  contexts.set(key, context);
  return context;
};
