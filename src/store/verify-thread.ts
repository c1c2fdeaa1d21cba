import { parentPort, workerData } from 'node:worker_threads';
import { verifyDirectory } from './verify.ts';

const { dir } = workerData as { dir: string };
parentPort?.postMessage(verifyDirectory(dir));
