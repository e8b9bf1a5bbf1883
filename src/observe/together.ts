type Promises<T extends readonly unknown[]> = { [At in keyof T]: Promise<T[At]> };

/** Awaits all. Of several failures the one that stands first in the list is thrown, whichever came first in time. */
export async function together<T extends readonly unknown[]>(...work: Promises<T>): Promise<T> {
  const ended = await Promise.allSettled(work);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return ended.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
