import { parentPort, workerData } from 'node:worker_threads';
import { verifyCopy } from './sqlite-verify.ts';

const { dir } = workerData as { dir: string };
parentPort?.postMessage(verifyCopy(dir));
