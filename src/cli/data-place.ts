import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { runningOn } from './running.ts';
import type { Invocation } from './table.ts';

/**
 * Whether a running server must be asked, or the files may be opened here: one is asked when it is named, when it uses
 * the data folder, or when there is no data in that folder.
 */
export const asksServer = ({ values }: Invocation, { dataDir }: Config): boolean =>
  values['host'] !== undefined ||
  values['port'] !== undefined ||
  runningOn(dataDir) !== null ||
  !existsSync(join(dataDir, 'nines.db'));
