/** Which images a bucket holds, by the paths of their URLs. Reads alone. */
import type { AwsPorts } from '../aws/ports/index.ts';
import { keyFolder } from '../core/distribution.ts';
import { isImageKey, pathOfKey } from '../core/invalidation/paths.ts';
import { namedDistribution } from './distribution.ts';

/** Keys that are listed at most: 100 requests, and far beyond what anyone pays for. */
const KEY_LIMIT = 100_000;

export interface ImagePlace {
  bucket: string;
  region: string;
  behavior: string;
  distribution: string;
}

export interface FoundImages {
  paths: string[];
  /** Bucket and key prefix that were listed. */
  place: string;
  /** How many keys were looked at when there are more; undefined when all were. */
  more: number | undefined;
}

/**
 * The images below each URL path prefix, such as `/photos/`; of an adopted origin's own path the URLs know nothing.
 * @throws AppError DISTRIBUTION_MISSING, DISTRIBUTION_UNSUPPORTED
 */
export async function imagePaths(
  ports: Pick<AwsPorts, 's3' | 'cloudfront'>,
  { bucket, region, behavior, distribution }: ImagePlace,
  prefixes: string[],
): Promise<FoundImages[]> {
  if (prefixes.length === 0) return [];
  const [s3, { config }] = await Promise.all([
    ports.s3(region),
    ports.cloudfront().then((cloudfront) => namedDistribution(cloudfront, distribution)),
  ]);
  const folder = keyFolder(config, behavior, bucket);
  const found: FoundImages[] = [];
  for (const prefix of prefixes) {
    const within = folder + decodePrefix(prefix);
    const { keys, more } = await s3.listKeys(bucket, { prefix: within, limit: KEY_LIMIT });
    const images = keys.map(({ key }) => key).filter(isImageKey);
    const paths = images.map((key) => pathOfKey(key.slice(folder.length)));
    found.push({ paths, place: `${bucket}/${within}`, more: more ? KEY_LIMIT : undefined });
  }
  return found;
}

function decodePrefix(path: string): string {
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return path.slice(1);
  }
}
