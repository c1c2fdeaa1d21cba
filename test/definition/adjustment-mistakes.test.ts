import { describe, expect, test } from 'vitest';
import { POLICIES, catalogOf, linesOf, shopWith } from './documents.ts';

/** The shop (in Toronto) with this line in place of the first one of its connectors; what is said of that line. */
const textOf = (line: string): string => shopWith('connectors:', `${line}\nconnectors:`);
const said = (line: string): string[] =>
  linesOf({ 'slo/shop.yaml': textOf(line), 'slo/policies.yaml': POLICIES }).filter((one) =>
    one.startsWith('slo/shop.yaml:7:'),
  );
const catalogWith = (line: string) =>
  catalogOf({ 'slo/shop.yaml': textOf(line), 'slo/policies.yaml': POLICIES }).systems.get('shop');

const exclusion = (fields: string): string => `exclusions: [{ id: attack, ${fields}, owner: dana, because: A DDoS }]`;
const correction = (fields: string): string =>
  `corrections: [{ id: wrong, ${fields}, owner: dana, because: Wrong probe }]`;

describe('Exclusions', () => {
  test.for([
    'slos: [web/availability], from: 2026-11-21T02:00, to: 2026-11-21T03:30',
    'slos: ["web/*"], from: 2026-11-21T02:00Z, to: 2026-11-21T03:30-05:00',
    'slos: ["*/avail*", web/speed], from: 2026-11-21T02:00, to: 2026-11-21T09:00Z',
  ])('%s', (fields) => {
    expect(said(exclusion(fields))).toEqual([]);
  });

  test.for([
    [
      'slos: [web/availabilty], from: 2026-11-21T02:00, to: 2026-11-21T03:00',
      '7:35 slo web/availabilty does not exist; did you mean web/availability?',
    ],
    ['slos: ["shop/*"], from: 2026-11-21T02:00, to: 2026-11-21T03:00', '7:35 no slo is called shop/*'],
    [
      'slos: [web/speed], from: 2026-11-21T03:00, to: 2026-11-21T03:00',
      '7:75 to must be after from, which is 2026-11-21T03:00, got 2026-11-21T03:00',
    ],
    // 05:00 in London is midnight in Toronto.
    [
      'slos: [web/speed], from: 2026-11-21T02:00, to: 2026-11-21T05:00Z',
      '7:75 to must be after from, which is 2026-11-21T02:00, got 2026-11-21T05:00Z',
    ],
    [
      'slos: [web/speed], from: 2027-02-29T03:00, to: 2027-03-01T03:00',
      '7:53 from must be a time that exists, got 2027-02-29T03:00',
    ],
    [
      'slos: [web/speed], from: 2026-11-21T03:00, to: 2026-11-21T25:00',
      '7:75 to must be a time that exists, got 2026-11-21T25:00',
    ],
    [
      'slos: [web/speed], from: 2026-11-21, to: 2026-11-21T03:00',
      '7:53 from must be a time such as 2026-11-21T02:00 (local) or 2026-11-21T07:00Z, got "2026-11-21"',
    ],
    [
      'slos: [speed], from: 2026-11-21T02:00, to: 2026-11-21T03:00',
      '7:35 slos[0] must be service/slo, or a pattern of such names as checkout/*, got "speed"',
    ],
    [
      'slos: ["web/*"], from: 2026-11-21T02:00, to: 2026-11-24T03:00',
      '7:73 to leaves nothing of the budget of web/errors: its window is day',
    ],
  ] as const)('%s', ([fields, line]) => {
    expect(said(exclusion(fields))).toEqual([`slo/shop.yaml:${line}`]);
  });

  test('say who and why', () => {
    expect(
      said(
        'exclusions: [{ id: a, slos: [web/speed], from: 2026-11-21T02:00, to: 2026-11-21T03:00, owner: " ", because: "" }]',
      ),
    ).toEqual([
      'slo/shop.yaml:7:95 owner must not be empty, got " "',
      'slo/shop.yaml:7:109 because must not be empty, got ""',
    ]);
  });

  test('have each name once', () => {
    const one =
      '{ id: a, slos: [web/speed], from: 2026-11-21T02:00, to: 2026-11-21T03:00, owner: dana, because: DDoS }';
    expect(said(`exclusions: [${one}, ${one}]`)).toEqual([
      expect.stringContaining('id a is used twice in these exclusions'),
    ]);
  });

  test('are resolved to whole ids and to instants of the local clock, summer and winter', () => {
    const system = catalogWith(
      exclusion('slos: ["web/*ed", web/availability], from: 2026-10-31T02:00, to: 2026-11-02T02:00'),
    );
    expect(system?.exclusions).toEqual([
      {
        id: 'attack',
        slos: ['shop/web/speed', 'shop/web/availability'],
        from: Date.parse('2026-10-31T02:00-04:00'),
        to: Date.parse('2026-11-02T02:00-05:00'),
        owner: 'dana',
        because: 'A DDoS',
      },
    ]);
  });
});

describe('Corrections', () => {
  test.for([
    ['slo: web/sped, at: 2026-11-21, bad: -5', '7:33 slo web/sped does not exist; did you mean web/speed?'],
    ['slo: web/speed, at: 2026-02-30, bad: -5', '7:48 at must be a day or an hour that exists, got 2026-02-30'],
    [
      'slo: web/speed, at: 2026-11-21T02:30, bad: -5',
      '7:48 at must be a day such as 2026-11-21, or a local hour such as 2026-11-21T02:00, got "2026-11-21T02:30"',
    ],
    ['slo: web/speed, at: 2026-11-21', '7:21 correction wrong changes nothing: bad or total must be other than 0'],
    ['slo: web/speed, at: 2026-11-21, bad: -1.5', '7:65 bad must be a whole number, got -1.5'],
  ] as const)('%s', ([fields, line]) => {
    expect(said(correction(fields))).toEqual([`slo/shop.yaml:${line}`]);
  });

  test('are about an hour, or about a day of 25 hours', () => {
    const system = catalogWith(
      `corrections: [{ id: hour, slo: web/speed, at: 2026-11-21T02:00, bad: -5, owner: dana, because: x }, { id: day, slo: web/speed, at: 2026-11-01, total: 7, owner: dana, because: x }]`,
    );
    const [hour, day] = system?.corrections ?? [];
    expect(hour).toMatchObject({
      slo: 'shop/web/speed',
      from: Date.parse('2026-11-21T02:00-05:00'),
      bad: -5,
      total: 0,
    });
    expect((hour?.to ?? 0) - (hour?.from ?? 0)).toBe(3_600_000);
    expect((day?.to ?? 0) - (day?.from ?? 0)).toBe(25 * 3_600_000);
  });
});
