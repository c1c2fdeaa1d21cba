import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';

const CHECKOUT = 'shop/checkout/health';
const GATEWAY = 'shop/network/gateway';
const ANYCAST = 'shop/network/anycast';

const FILES = {
  'shop.yaml': `${SYSTEM.replace('services:', 'connectivity: { probes: [network/gateway, network/anycast] }\nservices:')}
  - id: network
    name: Network
    policy: standard
    probes:
      - { id: gateway, kind: tcp, address: '127.0.0.1:1', every: 2s, timeout: 1s }
      - { id: anycast, kind: tcp, address: '127.0.0.1:2', every: 2s, timeout: 1s }
`,
  'policies.yaml': POLICIES,
};

describe('while no reference of the connectivity answers', () => {
  let story: Story;
  beforeEach(async () => {
    story = await start({ files: FILES });
    await story.advance('1m');
  });
  afterEach(() => story.stop());

  const opened = async (): Promise<number> => (await story.app.nines.incidents({ limit: 9 })).length;

  it('failures of others page nobody and cost no budget, and each says which references fail', async () => {
    expect(story.app.nines.probe(CHECKOUT)?.state).toBe('up');
    for (const probe of [GATEWAY, ANYCAST]) story.target(probe, 'fails');
    await story.advance('3s');
    story.target(CHECKOUT, 'fails');
    await story.advance('10m');
    expect(await opened()).toBe(0);
    expect(story.app.nines.slo('shop/checkout/availability')?.budget.bad).toBe(0);
    const { state, last } = story.app.nines.probe(CHECKOUT)!;
    expect(state).toBe('stale');
    expect(last).toMatchObject({ outcome: 'unknown', reason: 'offline' });
    expect(last?.detail).toBe(
      'this machine seems to be cut off: 0 of 2 references answer and 1 must; failing: network/gateway (status was 503, expected 2xx), network/anycast (status was 503, expected 2xx); the check: status was 503, expected 2xx',
    );
    expect(story.app.nines.probe(GATEWAY)?.last?.outcome).toBe('fail');
  });

  it('and as soon as one of them answers again, the others count again', async () => {
    for (const probe of [GATEWAY, ANYCAST]) story.target(probe, 'fails');
    await story.advance('1m');
    story.target(GATEWAY, 'passes');
    await story.advance('3s');
    story.target(CHECKOUT, 'fails');
    await story.advance('2m');
    expect(await opened()).toBe(1);
  });

  it('one that answers is enough: an outage is an outage', async () => {
    for (const probe of [GATEWAY, CHECKOUT]) story.target(probe, 'fails');
    await story.advance('2m');
    expect(await opened()).toBe(1);
  });
});
