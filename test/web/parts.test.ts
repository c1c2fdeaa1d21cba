import { assert, integer, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { escape, html, idPath, join, safeHref } from '../../src/web/html.ts';
import { attainedPercent, burn, lengthText, millis, percent } from '../../src/web/parts/number.ts';
import { runTable } from '../../src/web/parts/results.ts';
import { countdown, span, stampText } from '../../src/web/parts/time.ts';

describe('the template', () => {
  test('whatever is put in, no mark of HTML comes out', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        const shown = html`<p title="${text}">${[text, join([text], text)]}</p>`.toString();
        expect(shown.replace(/^<p title="|<\/p>$/g, '').replace('">', '')).not.toMatch(/[<>"']/);
      }),
    );
  });

  test('what was escaped reads as it was written', () => {
    expect(escape(`<a href="x" onclick='y'>&amp;</a>`)).toBe(
      '&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
    );
    expect(escape('a\u0000b\u001bc\td\ne')).toBe('a\uFFFDb\uFFFDc\td\ne');
  });

  test('pieces nest, and nothing is shown for what is not there', () => {
    expect(html`<b>${null}${undefined}${false}${0}${['a', html`<i>b</i>`]}</b>`.toString()).toBe('<b>0a<i>b</i></b>');
  });

  test.each([
    ['https://runbooks.example/a?b=c', 'https://runbooks.example/a?b=c'],
    ['/docs/runbooks/api', null],
    ['javascript:alert(1)', null],
    [' javascript:alert(1)', null],
    ['java\nscript:alert(1)', null],
    ['data:text/html,x', null],
    ['//evil.example', null],
    ['/\\evil.example', null],
    ['runbook.md', null],
  ])('%j links to %j', (address, expected) => {
    expect(safeHref(address)).toBe(expected);
  });

  test('ids keep their slashes and nothing else', () => {
    expect(idPath('duru-notes/api/a b?c#d')).toBe('duru-notes/api/a%20b%3Fc%23d');
  });
});

describe('numbers', () => {
  test.each([
    [percent(0.286), '28.6 %'],
    [percent(1), '100 %'],
    [percent(0.3, 0), '30 %'],
    [percent(1, 0), '100 %'],
    [percent(-0.42), '-42 %'],
    [percent(null), 'no data'],
    [percent(Number.NaN), 'no data'],
    [attainedPercent(0.998996), '99.899 %'],
    [attainedPercent(0.999), '99.9 %'],
    [attainedPercent(1), '100 %'],
    [attainedPercent(null), 'no data'],
    [burn(14.4), '14.4×'],
    [burn(0.25), '0.25×'],
    [burn(1_000), '1000×'],
    [burn(0), '0×'],
    [burn(null), 'no data'],
    [millis(84.4), '84 ms'],
    [millis(5_000), '5 s'],
    [millis(1_450), '1.4 s'],
    [millis(31_000), '31 s'],
    [lengthText(5 * MINUTE), '5 min'],
    [lengthText(3 * DAY), '3 d'],
    [lengthText(10 * SECOND), '10 s'],
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected);
  });

  test('an attained share is never shown as a promise that it broke', () => {
    assert(
      property(integer({ min: 1, max: 999_999 }), integer({ min: 1, max: 10_000_000 }), (ppm, total) => {
        const good = Math.ceil((total * ppm) / 1_000_000) - 1;
        expect(Number.parseFloat(attainedPercent(good / total))).toBeLessThanOrEqual(ppm / 10_000);
      }),
    );
  });
});

describe('times', () => {
  const noon = Date.UTC(2026, 10, 20, 12, 0, 0);
  test.each([
    [span(0), '0 s'],
    [span(-5), '0 s'],
    [span(59_999), '59 s'],
    [span(12 * MINUTE + 30 * SECOND), '12 min'],
    [span(3 * HOUR + 5 * MINUTE), '3 h 5 min'],
    [span(2 * DAY), '2 d'],
    [span(2 * DAY + 4 * HOUR), '2 d 4 h'],
    [countdown(6 * MINUTE + 12 * SECOND), '6 min 12 s'],
    [countdown(6 * MINUTE), '6 min'],
    [countdown(45 * SECOND), '45 s'],
    [countdown(2 * HOUR + MINUTE), '2 h 1 min'],
    [stampText(noon, noon), '12:00 UTC'],
    [stampText(noon - DAY, noon), 'Thu 19 Nov 12:00 UTC'],
    [stampText(noon - 365 * DAY, noon), 'Thu 20 Nov 2025 12:00 UTC'],
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});

describe('the table of checks', () => {
  const passed = {
    at: 1_795_000_000_000,
    durationMs: 12,
    outcome: 'pass',
    reason: 'ok',
    detail: '',
    status: 200,
    phases: {},
    certificateExpiresAt: null,
    location: 'main',
  } as const;

  test('shows what a passed check has to tell: that it was tried again, or is degraded', () => {
    const detail = 'passed at try 2 of 3; before: status was 503, expected 2xx';
    const results = [{ ...passed, detail }, passed];
    expect(runTable(results, passed.at).toString()).toContain(`<bdi>${detail}</bdi>`);
    expect(runTable([passed], passed.at).toString()).not.toContain('<bdi>');
  });

  test('is one line while a target stays slow, although it is not slow by the same', () => {
    const took = (ms: string) => ({
      ...passed,
      reason: 'response-time',
      detail: `response time was ${ms}, expected below 100ms`,
    });
    const slow = ['401ms', '1.2s', '399ms'].map(took);
    const rows = (results: Parameters<typeof runTable>[0]) =>
      runTable(results, passed.at).toString().split('<tr>').length - 2;
    expect(rows(slow)).toBe(1);
    expect(rows([...slow, { ...passed, detail: 'status was 503' }, { ...passed, detail: 'status was 502' }])).toBe(3);
  });
});
