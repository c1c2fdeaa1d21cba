import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf } from '../../src/cli/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'nines-secret-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const config = (env: Record<string, string>) => configOf({ values: {}, positionals: [], env });
const file = (text: string): string => {
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  return path;
};

describe('secrets that are mounted as files', () => {
  it('are read without the line break at their end', () => {
    const { token, databaseUrl } = config({
      NINES_TOKEN_FILE: file('postgres://u:p@h/n\n'),
      DATABASE_URL_FILE: join(folder, 'secret'),
    });
    expect([token?.reveal(), databaseUrl?.reveal()]).toEqual(['postgres://u:p@h/n', 'postgres://u:p@h/n']);
  });

  it('are asked only where the variable itself is not set', () => {
    expect(config({ NINES_TOKEN: 'set', NINES_TOKEN_FILE: '/nowhere' }).token?.reveal()).toBe('set');
    expect(config({ NINES_TOKEN_FILE: '' }).token).toBeNull();
  });

  it('stop the start when they cannot be read, or hold nothing', () => {
    expect(() => config({ NINES_TOKEN_FILE: '/nowhere/token' })).toThrow(
      'NINES_TOKEN_FILE names /nowhere/token, which cannot be read.',
    );
    expect(() => config({ NINES_TOKEN_FILE: file('\n') })).toThrow(/NINES_TOKEN_FILE names .*, which is empty\./);
  });

  it('are shown in no sentence', () => {
    expect(() => config({ DATABASE_URL_FILE: file('a-password') })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('a-password') }),
    );
  });
});
