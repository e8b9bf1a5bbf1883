/** Fetches images through the local CDN and prints what came: status, bytes, pixels, cache and milliseconds. */
import sharp from 'sharp';

export interface Answer {
  status: number;
  bytes: number;
  /** `100x100`, or `-` when the body is no image. */
  pixels: string;
  cache: 'HIT' | 'MISS' | 'ERROR';
  milliseconds: number;
  /** The edge-resize header. */
  note: string;
}

/** Fetches `[path, edge region]` one after the other, printing a row each. */
export async function fetchTable(cdn: string, wanted: [string, string][]): Promise<Answer[]> {
  const answers: Answer[] = [];
  console.log(row('path', 'edge', 'status', 'bytes', 'pixels', 'cache', 'ms'));
  for (const [path, region] of wanted) {
    const answer = await fetchImage(cdn, path, region);
    answers.push(answer);
    const { status, bytes, pixels, cache, milliseconds } = answer;
    console.log(row(path, region, `${status}`, bytes.toLocaleString('en'), pixels, cache, milliseconds.toFixed(0)));
  }
  return answers;
}

async function fetchImage(cdn: string, path: string, region: string): Promise<Answer> {
  const begun = performance.now();
  const response = await fetch(cdn + path, { headers: { 'x-edge-location': region } });
  const body = Buffer.from(await response.arrayBuffer());
  const milliseconds = performance.now() - begun;
  const size = await sharp(body)
    .metadata()
    .catch(() => undefined);
  const said = response.headers.get('x-cache') ?? '';
  return {
    status: response.status,
    bytes: body.length,
    pixels: size ? `${size.width}x${size.height}` : '-',
    cache: said.startsWith('Hit') ? 'HIT' : said.startsWith('Miss') ? 'MISS' : 'ERROR',
    milliseconds,
    note: response.headers.get('edge-resize') ?? '',
  };
}

function row(path: string, edge: string, ...numbers: string[]): string {
  const widths = [6, 9, 9, 6, 6];
  return `  ${path.padEnd(34)}${edge.padEnd(15)}${numbers.map((text, at) => text.padStart(widths[at] ?? 6)).join('')}`;
}
