import { readFileSync } from 'node:fs';
import { start, type Given, type Story } from './nines.ts';

const SHIPPED = ['duru-notes.yaml', 'policies.yaml', 'requirements.yaml'];

export const AVAILABILITY = 'duru-notes/api/availability';
export const RESPONSE_TIME = 'duru-notes/api/response-time';
export const API = 'duru-notes/api/health';

/** The whole product on the catalog as it is shipped, its addresses set; what the probes see is the story's to say. */
export const startDuru = (given: Given = {}): Promise<Story> =>
  start({
    files: Object.fromEntries(SHIPPED.map((name) => [name, readFileSync(`slo/${name}`, 'utf8')])),
    history: [AVAILABILITY, RESPONSE_TIME],
    ...given,
    env: {
      DURU_API_URL: 'https://api.duru.test',
      DURU_NOTIFICATIONS_URL: 'https://notifications.duru.test',
      ...given.env,
    },
  });
