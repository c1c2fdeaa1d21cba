/** Settles on SIGTERM or SIGINT, or when the process that started us is gone. A second signal ends at once. */
export const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
      // The channel to our parent, listened to below, must not keep us alive once our work is done.
      process.channel?.unref();
      resolve();
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    process.once('disconnect', stop);
  });
