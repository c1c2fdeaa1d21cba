import { systemClock } from '../../clock.ts';
import { formatDuration, MINUTE } from '../../duration.ts';
import { NinesError } from '../../errors.ts';
import { restoreDirectory } from '../../store/sqlite-restore.ts';
import { configOf } from '../config.ts';
import { print, printJson, size } from '../print.ts';
import { runningOn } from '../running.ts';
import type { Run } from '../table.ts';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** A backup in the place of the data, which is kept beside it. */
export const run: Run = async (invocation) => {
  const { values, positionals } = invocation;
  const [file] = positionals;
  if (!file) throw new NinesError('invalid_request', 'Name the backup: nines restore FILE.');
  const { dataDir } = configOf(invocation);
  const pid = runningOn(dataDir);
  if (pid !== null)
    throw new NinesError('data_locked', `Nines (process ${pid}) runs on ${dataDir}: stop it, then restore.`);
  const now = systemClock.now();
  const { takenAt, bytes, holds, doubts, before } = await restoreDirectory(
    file,
    dataDir,
    now,
    values['force'] === true,
  );
  const ageMs = Math.max(0, now - takenAt);
  if (values['json']) {
    const facts = { incidents: holds.incidents, openIncidents: holds.open, slos: holds.slos };
    printJson({
      data: dataDir,
      takenAt: iso(takenAt),
      ageSeconds: Math.round(ageMs / 1000),
      bytes,
      ...facts,
      from: iso(holds.from),
      to: iso(holds.to),
      doubts,
      before,
    });
    return 0;
  }
  const span = holds.from === null ? 'no history' : `history from ${iso(holds.from)} to ${iso(holds.to)}`;
  print(
    `${dataDir} is as it was at ${iso(takenAt)}, ${ageMs < MINUTE ? 'a moment' : formatDuration(Math.floor(ageMs / MINUTE) * MINUTE)} ago.`,
  );
  print(`${holds.incidents} incidents, ${holds.slos} SLIs with ${span}, ${size(bytes)}.`);
  if (holds.open > 0)
    print(
      `${holds.open} of the incidents were open then. When Nines starts they go on, and what became due meanwhile is paged: nines incidents lists them.`,
    );
  for (const { what, text } of doubts) print(`Look at this: ${what}: ${text}.`);
  if (before) print(`The data from before is in ${before}; remove it when you do not need it.`);
  return 0;
};
