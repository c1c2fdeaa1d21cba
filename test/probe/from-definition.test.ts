import { expect, test } from 'vitest';
import { revealTarget } from '../../src/definition/resolve.ts';
import { startDeadline } from '../../src/probe/deadline.ts';
import { runProbe } from '../../src/probe/index.ts';
import type { CheckResult } from '../../src/probe/probe.ts';
import { POLICIES, SECRETS, catalogOf, shopWith } from '../definition/documents.ts';
import { dnsServer } from './dns-server.ts';
import { answer, grpcServer, message } from './grpc/server.ts';
import { said, serving } from './visit.ts';

/** Runs a probe as its YAML says it, through definition, hand-over and the record of kinds. */
const run = async (written: string): Promise<CheckResult> => {
  const before = '      - id: nightly\n';
  const probe = `- id: extra\n${written}`.replace(/^(?=.)/gm, '      ');
  const catalog = catalogOf({
    'slo/shop.yaml': shopWith(before, `${probe}\n${before}`),
    'slo/policies.yaml': POLICIES,
  });
  const found = catalog.probes.get('shop/web/extra');
  const target = found && revealTarget(found, (reference) => SECRETS[reference]);
  if (!target) throw new Error('the probe is not configured');
  const deadline = startDeadline(target.timeoutMs);
  const result = await runProbe(target.check, { id: target.id, timeoutMs: target.timeoutMs, signal: deadline.signal });
  deadline.clear();
  return result;
};

test('Escapes of YAML are bytes on the wire, and references are filled in', async () => {
  const heard: Buffer[] = [];
  const address = await serving((socket) =>
    socket.on('data', (bytes: Buffer) => {
      heard.push(bytes);
      socket.write('+OK\r\n');
    }),
  );
  const result = await run(
    `  kind: tcp\n  address: ${address}\n  steps:\n    - send: "AUTH \${env:SHOP_TOKEN}\\0\\t\\x01\\r\\n"\n      expect: ^\\+OK$\n`,
  );
  expect(said(result)).toBe('pass ok: ');
  expect(Buffer.concat(heard).toString('latin1')).toBe('AUTH token-1\0\t\x01\r\n');
  expect(result).not.toHaveProperty('facts');
});

test('A name server is asked as it is written', async () => {
  const server = await dnsServer(({ name, type }) => ({
    records: [{ type, data: name === 'example.org' ? '7 mx.example.org' : '' }],
  }));
  const written = `  kind: dns\n  name: example.org\n  type: MX\n  server: ${server}\n  assert:\n    - answers: { equal: [7 mx.example.org] }\n`;
  expect(said(await run(written))).toBe('pass ok: ');
});

test('A gRPC service is asked as it is written', async () => {
  const address = await grpcServer((stream, service) => answer(stream, message(service === 'a.B' ? 1 : 2)));
  expect(said(await run(`  kind: grpc\n  address: ${address}\n  service: a.B\n`))).toBe('pass ok: ');
});

test('TLS and ping are in the record too', async () => {
  const address = await serving((socket) => socket.once('data', () => socket.destroy()));
  expect((await run(`  kind: tls\n  address: ${address}\n`)).reason).toBe('reset');
  expect((await run('  kind: icmp\n  host: no-such-name.invalid\n')).reason).toBe('dns');
});
