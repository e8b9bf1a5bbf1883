/** What carries our name must carry our mark, or it is someone else's and is left alone. */
import { AppError } from '../../errors.ts';
import { ownerMark, TAG_DISTRIBUTION, TAG_NAME } from '../names.ts';

/** @throws AppError FOREIGN_RESOURCE */
function foreign(what: string, why: string, name: string): AppError {
  return new AppError('FOREIGN_RESOURCE', `${what} exists and is not from this installation`, {
    why,
    fix: `choose another name: --name ${name}-2 (or "name" in the config), or remove ${what} if nothing uses it`,
  });
}

/** @throws AppError FOREIGN_RESOURCE when our tag is not on it */
export function checkName(what: string, name: string, tags: Record<string, string>): void {
  if (tags[TAG_NAME] === name) return;
  throw foreign(what, `It has no tag ${TAG_NAME}=${name}, so someone else made it.`, name);
}

/**
 * Is the tagged thing ours, and does its tag point at the distribution at hand?
 * `retag`: it is ours, and the distribution of its tag is gone.
 * @param distribution undefined when it is still to be made
 * @throws AppError FOREIGN_RESOURCE
 */
export function checkTags(
  what: string,
  name: string,
  distribution: string | undefined,
  found: { tags: Record<string, string>; distributionExists: boolean },
): 'ours' | 'retag' {
  checkName(what, name, found.tags);
  const tagged = found.tags[TAG_DISTRIBUTION];
  if (tagged === distribution && tagged !== undefined) return 'ours';
  if (tagged !== undefined && found.distributionExists) {
    throw foreign(what, `Its tag ${TAG_DISTRIBUTION} says it belongs to distribution ${tagged}.`, name);
  }
  return 'retag';
}

/** @throws AppError FOREIGN_RESOURCE when a thing that cannot be tagged lacks our mark */
export function checkMark(what: string, name: string, mark: string | undefined): void {
  if (mark === ownerMark(name)) return;
  throw foreign(what, `Its description is not "${ownerMark(name)}", so someone else made it.`, name);
}
