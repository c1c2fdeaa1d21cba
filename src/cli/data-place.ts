import { existsSync, readdirSync } from 'node:fs';
import { RESTORED } from '../store/restored.ts';
import type { Config } from '../config.ts';
import { runningOn } from './running.ts';
import type { Invocation } from './table.ts';

/** Data lies there, or a restore of it was broken off and will be finished by who opens it. */
const holdsData = (dir: string): boolean =>
  existsSync(dir) && readdirSync(dir).some((name) => name === 'nines.db' || name.startsWith(RESTORED));

/**
 * Whether a running server must be asked, or the files may be opened here: one is asked when it is named, when it uses
 * the data folder, or when there is no data in that folder.
 */
export const asksServer = ({ values }: Invocation, { dataDir }: Config): boolean =>
  values['host'] !== undefined || values['port'] !== undefined || runningOn(dataDir) !== null || !holdsData(dataDir);
