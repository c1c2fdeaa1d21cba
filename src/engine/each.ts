/** Does the work for every item, also when it fails for one; rejects with the first error when all are done. */
export const forEach = async <T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> => {
  const errors: unknown[] = [];
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
};
