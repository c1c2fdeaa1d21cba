import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemsOf } from '../../src/http/json-items.ts';

const taken = async (text: string, turn: () => void = () => {}) => {
  const parts = await itemsOf(Buffer.from(text), 'alerts', async () => turn());
  return (
    parts && {
      rest: JSON.parse(parts.rest) as object,
      items: parts.items.map((one) => JSON.parse(one.toString()) as unknown),
    }
  );
};

describe('a large JSON object taken apart', () => {
  it('gives the items and the rest as JSON.parse sees them, wherever the array stands', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.dictionary(
          fc.string().filter((name) => name !== 'alerts' && name !== '__proto__'),
          fc.jsonValue(),
        ),
        fc.boolean(),
        fc.constantFrom(undefined, 2),
        async (alerts, others, isFirst, indent) => {
          const whole = isFirst ? { alerts, ...others } : { ...others, alerts };
          const text = JSON.stringify(whole, null, indent);
          const { alerts: items, ...rest } = JSON.parse(text) as { alerts: unknown[] };
          expect(await taken(text)).toEqual({ rest: { ...rest, alerts: [] }, items });
        },
      ),
    ));

  it('is not misled by an array of that name further down, or by text that looks like one', async () => {
    expect(
      await taken('{"a":{"alerts":[1]},"b":"\\"alerts\\":[","c":["alerts",[2]],"alerts":[{"alerts":[3]}]}'),
    ).toEqual({
      rest: { a: { alerts: [1] }, b: '"alerts":[', c: ['alerts', [2]], alerts: [] },
      items: [{ alerts: [3] }],
    });
  });

  it('takes nothing but objects', async () => {
    for (const item of ['1', '"x"', 'null', '[{}]', '{},true'])
      expect([item, await taken(`{"alerts":[${item}]}`)]).toEqual([item, null]);
  });

  it.each(['', '{', '{"alerts":[', '{"alerts":[{', '{"alerts":[{}', '{"alerts":"', ']', '"\\'])(
    'comes to an end with what is no JSON: %s',
    async (text) => {
      await expect(taken(text)).rejects.toThrow(SyntaxError);
    },
  );

  it('gives way every 64 KiB', async () => {
    let turns = 0;
    const alerts = Array.from({ length: 5_000 }, (_, index) => ({
      labels: { instance: `i${index}`, x: 'y'.repeat(200) },
    }));
    await taken(JSON.stringify({ alerts }), () => void turns++);
    expect(turns).toBeGreaterThan(15);
  });

  it('gives way inside a long string, too', async () => {
    let turns = 0;
    await taken(JSON.stringify({ alerts: [{ a: '"'.repeat(1024 * 1024) }] }), () => void turns++);
    expect(turns).toBeGreaterThan(15);
  });

  it('refuses more than 50,000 items, and more than 256 KB beside them', async () => {
    const items = (count: number) => `{"alerts":[${'{},'.repeat(count - 1)}{}]}`;
    expect((await taken(items(50_000)))?.items).toHaveLength(50_000);
    await expect(taken(items(50_001))).rejects.toMatchObject({ code: 'invalid_request' });
    const long = 'x'.repeat(300_000);
    for (const text of [`{"a":"${long}","alerts":[]}`, `{"alerts":[],"a":"${long}"}`, `{"a":"${long}`, `[${long}`])
      await expect(taken(text)).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await taken(`{"alerts":[{"a":"${long}"}]}`)).toEqual({ rest: { alerts: [] }, items: [{ a: long }] });
  });
});
