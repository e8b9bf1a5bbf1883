/** Fetches images through the local CDN and prints what came: status, bytes, pixels, format, cache and milliseconds. */
import sharp from 'sharp';

export interface Wanted {
  path: string;
  /** Edge region; Ireland when left out. */
  region?: string;
  /** What the browser says it takes. */
  accept?: string;
}

export interface Answer {
  status: number;
  bytes: number;
  /** `100x100`, or `-` when the body is no image. */
  pixels: string;
  /** What the bytes are, whatever the header says: `avif`, `png`, or `-`. */
  format: string;
  cache: 'HIT' | 'MISS' | 'ERROR' | '-';
  milliseconds: number;
  /** The edge-resize header. */
  note: string;
}

/** Fetches one after the other, printing a row each. */
export async function fetchTable(cdn: string, wanted: Wanted[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  console.log(row(['path', 'edge', 'status', 'bytes', 'pixels', 'format', 'cache', 'ms']));
  for (const one of wanted) {
    const answer = await fetchImage(cdn, one);
    answers.push(answer);
    const { status, bytes, pixels, format, cache, milliseconds } = answer;
    const numbers = [`${status}`, bytes.toLocaleString('en'), pixels, format, cache, milliseconds.toFixed(0)];
    console.log(row([shortened(one.path), one.region ?? IRELAND, ...numbers]));
  }
  return answers;
}

const IRELAND = 'eu-west-1';

async function fetchImage(cdn: string, { path, region = IRELAND, accept = '*/*' }: Wanted): Promise<Answer> {
  const begun = performance.now();
  const response = await fetch(cdn + path, { headers: { 'x-edge-location': region, accept } });
  const body = Buffer.from(await response.arrayBuffer());
  const milliseconds = performance.now() - begun;
  const size = await sharp(body)
    .metadata()
    .catch(() => undefined);
  return {
    status: response.status,
    bytes: body.length,
    pixels: size ? `${size.width}x${size.height}` : '-',
    format: (size?.compression === 'av1' ? 'avif' : size?.format) ?? '-',
    cache: cacheOf(response.headers.get('x-cache') ?? ''),
    milliseconds,
    note: response.headers.get('edge-resize') ?? '',
  };
}

function cacheOf(said: string): Answer['cache'] {
  if (said.startsWith('Hit')) return 'HIT';
  if (said.startsWith('Miss')) return 'MISS';
  // The viewer function answered: the cache was never asked.
  return said.startsWith('FunctionGenerated') ? '-' : 'ERROR';
}

function shortened(path: string): string {
  return path.replace(/(exp|sig)=[^&]*/g, '$1=…');
}

function row([path = '', edge = '', ...rest]: string[]): string {
  const widths = [6, 9, 10, 7, 6, 6];
  return `  ${path.padEnd(42)}${edge.padEnd(15)}${rest.map((text, at) => text.padStart(widths[at] ?? 6)).join('')}`;
}
