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

/** A server certificate of the authority, or a self-signed one. */
export const certificateFor = async (
  authority: Authority | null,
  { name, from, to }: { name: string; from: Date; to: Date },
): Promise<Pair> => {
  const keys = await newKeys();
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
