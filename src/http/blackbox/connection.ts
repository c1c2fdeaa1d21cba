import type { Reach, Tls } from '../../probe/targets.ts';
import type { World } from './module.ts';
import type { TlsSpec } from './schema.ts';

type Path = readonly (string | number)[];

/** The text that a key holds, or the file named by its twin; null when neither stands there. */
export const textOf = (
  spec: Readonly<Record<string, unknown>>,
  key: string,
  at: Path,
  world: World,
  file = `${key}_file`,
): string | null => {
  const text = spec[key];
  if (typeof text === 'string') return text;
  const path = spec[file];
  if (typeof path !== 'string') return null;
  const read = world.read(path);
  if (read !== undefined) return read;
  world.report([...at, file], `${file} cannot be read`);
  return null;
};

/** Without `insecure_skip_verify` the chain and the name are judged, as in blackbox_exporter. */
export const tlsOf = (spec: TlsSpec, at: Path, world: World): Tls => {
  const certificate = textOf(spec, 'cert', at, world);
  const key = textOf(spec, 'key', at, world);
  if ((certificate === null) !== (key === null)) world.report(at, 'tls_config must have both of cert and key, or none');
  return {
    ca: textOf(spec, 'ca', at, world),
    serverName: spec.server_name ?? null,
    verify: !spec.insecure_skip_verify,
    clientCertificate: certificate !== null && key !== null ? { certificate, key } : null,
  };
};

type Preference = { preferred_ip_protocol: 'ip4' | 'ip6'; ip_protocol_fallback: boolean };

export const reachOf = ({ preferred_ip_protocol, ip_protocol_fallback }: Preference, allow: Reach['allow']): Reach => {
  const family = preferred_ip_protocol === 'ip4' ? 'v4' : 'v6';
  return { ip: ip_protocol_fallback ? `prefer-${family}` : family, resolver: null, addresses: 'one', allow };
};
