import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { withCode } from './reasons.ts';

const LACKS = new Set(['EMFILE', 'ENFILE']);

/**
 * Why a look-up failed: without a file descriptor c-ares says that the server refused, and getaddrinfo that there is no
 * such name. Both would be said of every target at once, so a failure is asked whether it is ours.
 */
export const orOwnLack = (error: unknown): unknown => {
  try {
    closeSync(openSync(devNull, 'r'));
  } catch (lack) {
    const { code = '' } = lack as NodeJS.ErrnoException;
    if (LACKS.has(code)) return withCode(code);
  }
  return error;
};
