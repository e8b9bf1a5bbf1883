/** A config on its way to the edges: what was written last, and what they serve meanwhile. */

export interface Change<T> {
  /** Milliseconds since 1970. */
  at: number;
  config: T;
}

export interface Deployments<T> {
  /** Written last. */
  current: Change<T>;
  /** What may still be served, oldest first. */
  earlier: Change<T>[];
}

export function firstDeployment<T>(config: T, now: number): Deployments<T> {
  return { current: { at: now, config }, earlier: [] };
}

/** `config` becomes the current one. `delay` is how long a deployment takes, in milliseconds. */
export function deploy<T>(before: Deployments<T>, config: T, now: number, delay: number): Deployments<T> {
  const changes = [...before.earlier, before.current];
  const served = changes.findLastIndex((change) => isOut(change, now, delay));
  return { current: { at: now, config }, earlier: changes.slice(Math.max(served, 0)) };
}

/** What the edges serve: the last config whose deployment ended; undefined before the first did. */
export function served<T>(deployments: Deployments<T>, now: number, delay: number): T | undefined {
  const changes = [...deployments.earlier, deployments.current];
  return changes.findLast((change) => isOut(change, now, delay))?.config;
}

export function isDeployed<T>(deployments: Deployments<T>, now: number, delay: number): boolean {
  return isOut(deployments.current, now, delay);
}

function isOut<T>(change: Change<T>, now: number, delay: number): boolean {
  return change.at + delay <= now;
}
