import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TAR_END, tarEntries, tarHeader, tarPadding, type TarEntry } from '../../src/store/tar.ts';
import { emptyDirectory } from './directory.ts';

const read = async (path: string, bytes: Uint8Array): Promise<TarEntry[] | null> => {
  await writeFile(path, bytes);
  await using file = await open(path);
  return await tarEntries(file);
};

test('whatever was put into an archive is found where it lies; without its end it is none', async () => {
  const path = join(emptyDirectory(), 'a.tar');
  const files = fc.array(fc.tuple(fc.stringMatching(/^[a-z.]{1,100}$/), fc.uint8Array({ maxLength: 2_000 })), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(files, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (files, cut) => {
      const parts = files.flatMap(([name, bytes]) => [
        tarHeader(name, bytes.length, 0),
        bytes,
        tarPadding(bytes.length),
      ]);
      const whole = Buffer.concat([...parts, TAR_END]);
      const found = await read(path, whole);
      expect(found?.map(({ name, from, bytes }) => [name, whole.subarray(from, from + bytes)])).toEqual(
        files.map(([name, bytes]) => [name, Buffer.from(bytes)]),
      );
      const end = whole.length - TAR_END.length;
      expect(await read(path, whole.subarray(0, Math.floor(cut * end)))).toBeNull();
    }),
    { numRuns: 60 },
  );
});

test('a size beyond eight gigabytes is told as other tars tell it', async () => {
  const header = Buffer.from(tarHeader('series.db', 20 * 1024 ** 3, 0));
  // `truncate -s 20G f; tar --format=gnu -c f | xxd` says the same.
  expect(header.subarray(124, 136).toString('hex')).toBe('800000000000000500000000');
  // Its end is not there, so it is no whole archive; the size was understood.
  expect(await read(join(emptyDirectory(), 'a.tar'), Buffer.concat([header, TAR_END]))).toBeNull();
});

test('a header that was changed is not believed', async () => {
  const header = Buffer.from(tarHeader('nines.db', 0, 0));
  header[0] = 0x58;
  expect(await read(join(emptyDirectory(), 'a.tar'), Buffer.concat([header, TAR_END]))).toBeNull();
});
