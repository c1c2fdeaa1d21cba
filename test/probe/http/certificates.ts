import { webcrypto } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';
import { giveMetadata } from './reflect.ts';

giveMetadata();
const x509 = await import('@peculiar/x509');

x509.cryptoProvider.set(webcrypto);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

type Keys = Awaited<ReturnType<typeof newKeys>>;
export type Authority = { keys: Keys; certificate: X509Certificate; pem: string };
/** What a TLS server is given. */
export type Pair = { key: string; cert: string };

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const newRsaKeys = (modulusLength: number): Promise<Keys> =>
  webcrypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  );

const pemOf = async (keys: Keys): Promise<string> => {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return x509.PemConverter.encode(bytes, 'PRIVATE KEY');
};

export const createAuthority = async (): Promise<Authority> => {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Test authority',
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2090-01-01'),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  return { keys, certificate, pem: certificate.toString('pem') };
};

/**
 * An authority below another; whoever trusts only that one needs its certificate beside the server's. With the keys of
 * one that was there before it is the same authority with a new certificate.
 */
export const createIntermediate = async (
  above: Authority,
  to = new Date('2080-01-01'),
  given: Keys | null = null,
): Promise<Authority> => {
  const keys = given ?? (await newKeys());
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '03',
    subject: 'CN=Test intermediate',
    issuer: above.certificate.subject,
    notBefore: new Date('2020-01-01'),
    notAfter: to,
    publicKey: keys.publicKey,
    signingKey: above.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  return { keys, certificate, pem: certificate.toString('pem') };
};

/** A server certificate of the authority, or a self-signed one; with `rsaBits` its key is one of RSA. */
export const certificateFor = async (
  authority: Authority | null,
  { name, from, to, rsaBits }: { name: string; from: Date; to: Date; rsaBits?: number },
): Promise<Pair> => {
  const keys = rsaBits === undefined ? await newKeys() : await newRsaKeys(rsaBits);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: `CN=${name}`,
    issuer: authority?.certificate.subject ?? `CN=${name}`,
    notBefore: from,
    notAfter: to,
    publicKey: keys.publicKey,
    signingKey: authority?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  return { key: await pemOf(keys), cert: certificate.toString('pem') };
};
