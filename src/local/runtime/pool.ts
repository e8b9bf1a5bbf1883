/** The execution environments of one version: few, kept warm, each bound to the region it was started in. */

/** What a pool needs to know of the things it holds. */
export interface Pooled {
  usable(): boolean;
  end(): void;
}

export interface Lease<T> {
  item: T;
  /** Was it started for this lease? */
  cold: boolean;
  /** Gives it back; what is no longer usable is ended. */
  release(): void;
}

export interface Pool<T> {
  /** Waits for a free one when `most` are busy. Rejects when a new one cannot be started. @throws Crowded */
  acquire(region: string): Promise<Lease<T>>;
  close(): void;
}

export interface PoolOptions<T> {
  /** Most environments at a time, over all regions. */
  most: number;
  /** Milliseconds after which an unused one ends. */
  idleMs: number;
  /** Milliseconds that somebody waits for a free one at most. */
  waitMs: number;
  start(region: string): Promise<T>;
}

/** Nothing came free within `waitMs`. */
export class Crowded extends Error {}

interface Held<T> {
  item: T;
  region: string;
  timer?: NodeJS.Timeout;
}

interface Waiting<T> {
  region: string;
  /** With nothing: there is a place for one of its own. */
  resolve(given: Held<T> | undefined): void;
}

export function createPool<T extends Pooled>({ most, idleMs, waitMs, start }: PoolOptions<T>): Pool<T> {
  const idle: Held<T>[] = [];
  const held = new Set<Held<T>>();
  const waiting: Waiting<T>[] = [];
  let places = most;
  let closed = false;

  const drop = (one: Held<T>) => {
    clearTimeout(one.timer);
    held.delete(one);
    one.item.end();
  };

  /** A place became free: the longest waiting may start one of its own. */
  const freePlace = () => {
    const next = waiting.shift();
    if (next) next.resolve(undefined);
    else places++;
  };

  const takeIdle = (matches: (one: Held<T>) => boolean) => {
    const index = idle.findIndex(matches);
    const [one] = index < 0 ? [] : idle.splice(index, 1);
    clearTimeout(one?.timer);
    return one;
  };

  const rest = (one: Held<T>) => {
    one.timer = setTimeout(() => {
      takeIdle((other) => other === one);
      drop(one);
      freePlace();
    }, idleMs).unref();
    idle.push(one);
  };

  const release = (one: Held<T>) => {
    const index = waiting.findIndex(({ region }) => region === one.region);
    const [peer] = index < 0 ? [] : waiting.splice(index, 1);
    if (one.item.usable() && peer) return peer.resolve(one);
    if (one.item.usable() && waiting.length === 0) return rest(one);
    drop(one);
    if (peer) waiting.unshift(peer);
    freePlace();
  };

  const wait = (region: string) =>
    new Promise<Held<T> | undefined>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(one), 1);
        reject(new Crowded(`nothing came free within ${waitMs} ms`));
      }, waitMs).unref();
      const one: Waiting<T> = {
        region,
        resolve(given) {
          clearTimeout(timer);
          resolve(given);
        },
      };
      waiting.push(one);
    });

  const lease = (one: Held<T>, cold: boolean): Lease<T> => ({ item: one.item, cold, release: () => release(one) });

  const startOne = async (region: string) => {
    try {
      const one = { item: await start(region), region };
      held.add(one);
      // Whoever closed the pool meanwhile could not know this one.
      if (closed) drop(one);
      return lease(one, true);
    } catch (error) {
      freePlace();
      throw error;
    }
  };

  return {
    async acquire(region) {
      const warm = takeIdle((one) => one.region === region);
      if (warm?.item.usable()) return lease(warm, false);
      if (warm) drop(warm);
      // A place: the ended one's, a free one, one of another region that nobody uses, or the next that comes free.
      if (!warm && places > 0) places--;
      else if (!warm) {
        const other = takeIdle(() => true);
        if (other) drop(other);
        else {
          const given = await wait(region);
          if (given) return lease(given, false);
        }
      }
      return startOne(region);
    },
    close() {
      closed = true;
      for (const one of held) drop(one);
    },
  };
}
