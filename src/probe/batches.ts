import type { CheckResult } from './probe.ts';

const BATCH_MS = 100;

/** Collects results for a tenth of a second: a message between threads for each would cost more than its check. */
export const createBatches = (deliver: (results: readonly CheckResult[]) => void) => {
  let batch: CheckResult[] = [];
  let sending: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(sending);
    sending = undefined;
    if (batch.length === 0) return;
    const results = batch;
    batch = [];
    deliver(results);
  };

  return {
    add: (result: CheckResult): void => {
      batch.push(result);
      sending ??= setTimeout(flush, BATCH_MS);
    },
    flush,
  };
};
