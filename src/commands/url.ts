/** `url`: the addresses of variants, as the config's grammar has them. Reads nothing but the config, unless --full or --sign is given. */
import {
  OPTION_NAMES,
  type OptionName,
  type Pair,
  printRecipe,
  type Rules,
  variantQuery,
} from '../../handler/grammar.ts';
import { recipeOfPairs } from '../config/asked.ts';
import { loadConfig } from '../config/load.ts';
import { rulesFrom } from '../config/rules.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { pathFromUser } from '../core/invalidation/paths.ts';
import { htmlOf, type Link } from '../core/urls/html.ts';
import { expiryOf, type Signing, signedQuery } from '../core/urls/signed.ts';
import { offer } from '../core/urls/srcset.ts';
import { AppError } from '../errors.ts';
import { cdnUrl } from '../observe/cdn-url.ts';
import { namedDistribution } from '../observe/distribution.ts';
import { KEY_VARIABLE, signerOf } from '../observe/signer.ts';
import { together } from '../observe/together.ts';

export interface UrlOptions extends Partial<Record<OptionName, string>> {
  paths: string[];
  /** A value of `d`, or the name of a preset. */
  size?: string;
  dpr?: string;
  /** As `f` and `q`. */
  format?: string;
  quality?: string;
  /** Domain, or the beginning of an address, that URLs begin with. */
  host?: string;
  /** Ask AWS for the domain. */
  full?: boolean;
  /** Sign them. */
  sign?: boolean;
  /** Until when signed URLs hold: `1h`, or an ISO time. */
  expires?: string;
  /** Widths in pixels; true or auto for the usual ones. */
  srcset?: true | 'auto' | number[];
  html?: boolean;
  sizes?: string;
}

/** What is printed of one image. */
interface Printed {
  path: string;
  d: string;
  url: string;
  srcset?: { url: string; descriptor: string }[];
  html?: string;
}

/** A signing, and what is said of it. */
type Signed = Signing & { keyId?: string };

/** @throws AppError CONFIG_MISSING, USAGE, INVALID_PATH, INVALID_SIZE; with --full and --sign what AWS says */
export async function url(context: Context, options: UrlOptions): Promise<number> {
  const { config } = await loadConfig(context, { required: true });
  if (options.paths.length === 0) {
    throw new AppError('USAGE', 'no image was named', { fix: 'edge-resize url /photos/cat.jpg --size 300x200' });
  }
  const rules = rulesFrom(config);
  const [base, signing] = await together(baseOf(context, config, options), signingOf(context, config, options));
  const printed = options.paths.map((text) => printOne(text, options, { rules, base, signing }));
  for (const one of printed) for (const line of shown(one).split('\n')) context.ui.out(line);
  warnAbout(context, config, printed, signing);
  const { keyId, expires } = signing ?? {};
  context.ui.document('url', { urls: printed, ...(signing && { signed: { keyId, expires } }) });
  return 0;
}

interface Way {
  rules: Rules;
  /** What URLs begin with: empty, or an origin and perhaps a path. */
  base: string;
  signing: Signing | undefined;
}

function printOne(text: string, options: UrlOptions, { rules, base, signing }: Way): Printed {
  const [plain = '', query] = text.split(/\?(.*)/s);
  const path = pathFromUser(plain);
  if (path.includes('*')) {
    throw new AppError('INVALID_PATH', `${text} is no path of one image`, { fix: 'edge-resize url /photos/cat.jpg' });
  }
  const recipe = recipeOfPairs([...pairsOf(options, rules), ...(query ? queryPairs(query) : [])], rules);
  // The edge sees the path of the whole URL.
  const uri = base === '' ? path : base.slice(new URL(base).origin.length) + path;
  const link: Link = (one) => `${base}${path}?${signing ? signedQuery(uri, one, signing) : variantQuery(one)}`;
  const offered = options.srcset ? offer(recipe, rules, options.srcset === true ? 'auto' : options.srcset) : undefined;
  return {
    path,
    d: printRecipe(recipe),
    url: link(recipe),
    ...(offered && { srcset: offered.map((one) => ({ url: link(one.recipe), descriptor: one.descriptor })) }),
    ...(options.html && { html: htmlOf(recipe, { rules, offered, link, sizes: options.sizes }) }),
  };
}

/** Flags as the names and values of a query. */
function pairsOf(options: UrlOptions, { presets }: Rules): Pair[] {
  const { size = '', dpr, format, quality } = options;
  const named = {
    [Object.hasOwn(presets, size.toLowerCase()) ? 'p' : 'd']: size || undefined,
    dpr,
    f: format,
    q: quality,
  };
  const own = OPTION_NAMES.map((name): [string, string | undefined] => [name, options[name]]);
  return [...Object.entries(named), ...own].flatMap(([name, value]): Pair[] =>
    value === undefined ? [] : [[name, encodeURIComponent(value)]],
  );
}

function queryPairs(query: string): Pair[] {
  return query.split('&').map((pair): Pair => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
}

function shown({ url, srcset, html }: Printed): string {
  return html ?? srcset?.map((one) => `${one.url} ${one.descriptor}`).join(', ') ?? url;
}

/** What URLs begin with: nothing, unless it was said or asked for. */
async function baseOf({ aws }: Context, { distribution, bucket }: Config, { host, full }: UrlOptions): Promise<string> {
  if (host !== undefined) return baseOfHost(host);
  if (!full) return '';
  if (!distribution) {
    throw new AppError('NOT_SET_UP', 'the config names no distribution', {
      fix: `edge-resize setup --bucket ${bucket}`,
    });
  }
  const { domainName } = await namedDistribution(await aws.cloudfront(), distribution);
  return cdnUrl(await aws.endpointUrl(), domainName);
}

function baseOfHost(host: string): string {
  const text = /^https?:\/\//.test(host) ? host : `https://${host}`;
  if (URL.canParse(text)) {
    const { origin, pathname, search, hash } = new URL(text);
    if (search === '' && hash === '') return origin + pathname.replace(/\/$/, '');
  }
  throw new AppError('USAGE', `--host ${host} is no address`, { fix: 'give --host cdn.example.com' });
}

/** What URLs are signed with, and until when; undefined when they are not to be signed. */
async function signingOf(
  { aws, io, clock }: Context,
  { url, name, account }: Config,
  { sign, expires }: UrlOptions,
): Promise<Signed | undefined> {
  if (!sign) {
    if (expires === undefined) return undefined;
    throw new AppError('USAGE', '--expires is for signed URLs', { fix: 'add --sign, or leave out --expires' });
  }
  if (!url.signed) {
    throw new AppError('USAGE', 'signed URLs are off', {
      why: 'The config does not switch them on, so the edge would not look at a signature.',
      fix: 'set "signed": true under "url" in the config, then: edge-resize deploy',
    });
  }
  const until = expires === undefined ? undefined : expiryOf(expires, clock.now());
  const signer = await signerOf(aws, { name, account, given: io.env[KEY_VARIABLE] });
  return { ...signer, ...(until !== undefined && { expires: until }) };
}

/** What keeps these URLs from doing what they say, and how long they do. */
function warnAbout({ ui }: Context, config: Config, printed: Printed[], signing: Signed | undefined): void {
  if (config.url.signed && !signing) {
    ui.warn('The config wants signed URLs: as they stand, these are refused. --sign signs them.');
  }
  if (signing) ui.info(`Signed with ${keyText(signing)}. ${termText(signing)}`);
  if (!config.viewerFunction && printed.some(({ d }) => /(?:^|,)f=auto\b/.test(d))) {
    ui.warn('f=auto has no effect without the viewer function ("viewerFunction" in the config).');
  }
}

function keyText({ keyId }: Signed): string {
  return keyId === undefined ? `the key in ${KEY_VARIABLE}` : `the key ${keyId}`;
}

function termText({ expires }: Signing): string {
  if (expires === undefined) return 'These URLs hold until the keys have been rotated twice.';
  return `These URLs hold until ${new Date(expires * 1000).toISOString().replace('.000Z', 'Z')}.`;
}
