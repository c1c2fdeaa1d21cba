import type { TcpTarget } from '../../probe/targets.ts';
import { hostOf, hostPort, mayVisit } from './address.ts';
import { reachOf, tlsOf } from './connection.ts';
import { NO_OBJECTION, type Module, type World } from './module.ts';
import { fromGo } from './patterns.ts';
import type { ModuleSpec } from './schema.ts';
import { isIP } from 'node:net';

type Spec<Kind extends ModuleSpec['prober']> = Extract<ModuleSpec, { prober: Kind }>;
type Made = Pick<Module, 'checkOf' | 'objection'>;

/** There an entry waits for its line first, and then sends one; here a step sends first. */
const stepsOf = ({ query_response: entries }: Spec<'tcp'>['tcp']): TcpTarget['steps'] =>
  entries.flatMap(({ expect, send }) => [
    ...(expect === undefined ? [] : [{ send: null, expect: fromGo(expect) ?? expect }]),
    ...(send === undefined || send === '' ? [] : [{ send: `${send}\n`, expect: null }]),
  ]);

export const tcpModule = ({ tcp }: Spec<'tcp'>, world: World): Made => {
  const tls = tlsOf(tcp.tls_config, ['tcp', 'tls_config'], world);
  const steps = stepsOf(tcp);
  return {
    checkOf: (target, hostname) => {
      const place = hostPort(target);
      if (!place || !mayVisit(place.host, world.allow)) return null;
      return {
        kind: 'tcp',
        address: place.address,
        secure: tcp.tls,
        startTls: null,
        steps,
        reach: reachOf(tcp, world.allow),
        tls: { ...tls, serverName: tls.serverName ?? hostname },
        assertions: [],
        degraded: [],
      };
    },
    objection: NO_OBJECTION,
  };
};

export const grpcModule = ({ grpc }: Spec<'grpc'>, world: World): Made => {
  const tls = tlsOf(grpc.tls_config, ['grpc', 'tls_config'], world);
  return {
    checkOf: (target) => {
      const place = hostPort(target);
      if (!place || !mayVisit(place.host, world.allow)) return null;
      return {
        kind: 'grpc',
        address: place.address,
        secure: grpc.tls,
        service: grpc.service,
        reach: reachOf(grpc, world.allow),
        tls,
        assertions: [],
        degraded: [],
      };
    },
    objection: NO_OBJECTION,
  };
};

/** The target is the name server: only an address, since questions to it do not go through the guard of connections. */
export const dnsModule = ({ dns }: Spec<'dns'>, world: World): Made => ({
  checkOf: (target) => {
    const place = isIP(target) > 0 ? { host: target, address: target } : hostPort(target);
    if (!place || isIP(place.host) === 0 || !mayVisit(place.host, world.allow)) return null;
    const [code = 'NOERROR'] = dns.valid_rcodes;
    const name = dns.query_name.replace(/(?<=.)\.$/, '');
    const assertions = [{ kind: 'code', expected: code } as const];
    return { kind: 'dns', name, type: dns.query_type, server: place.address, assertions, degraded: [] };
  },
  objection: NO_OBJECTION,
});

export const icmpModule = ({ icmp }: Spec<'icmp'>, world: World): Made => ({
  checkOf: (target) => {
    const host = hostOf(target);
    if (host === null || !mayVisit(host, world.allow)) return null;
    return { kind: 'icmp', host, reach: reachOf(icmp, world.allow), assertions: [], degraded: [] };
  },
  objection: NO_OBJECTION,
});
