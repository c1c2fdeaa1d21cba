// A probe thread that crashes on its first start and works on the next one: each thread gets a copy of the environment.
if (process.env['PROBE_THREAD_CRASHED'] === undefined) {
  setTimeout(() => {
    throw new Error('crashed');
  }, 20);
} else {
  await import('../../src/probe/thread.ts');
}
