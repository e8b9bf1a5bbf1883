/** Many new variants at once, through the local CDN and the deployed zip, which runs a few requests at a time. */
import sharp from 'sharp';
import { startDeployed } from './deployed.ts';
import { atMost } from './race.ts';

const VARIANTS = 200;
/** Requests that the function may answer at a time; CloudFront waits with the others. */
const CONCURRENCY = 2;
const NAMES = ['astronaut.png', 'chelsea.png', 'coffee.png', 'hubble_deep_field.jpg', 'rocket.jpg'];

interface Answer {
  status: number;
  note: string;
  /** `WxH` as asked, and as the body has it. */
  asked: string;
  came: string;
  milliseconds: number;
}

export async function benchBurst(): Promise<boolean> {
  const local = await startDeployed('origin-response', CONCURRENCY);
  try {
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: VARIANTS }, (_, index) => ask(local.cdn, index)));
    return report(answers, performance.now() - began);
  } finally {
    await local.close();
  }
}

/** No two ask for the same: the size grows from one to the next. */
async function ask(cdn: string, index: number): Promise<Answer> {
  const asked = `${100 + index}x${80 + index}`;
  const began = performance.now();
  const response = await fetch(`${cdn}/${NAMES[index % NAMES.length]}?d=${asked}`);
  const body = Buffer.from(await response.arrayBuffer());
  const milliseconds = performance.now() - began;
  const size = await sharp(body)
    .metadata()
    .catch(() => undefined);
  const note = response.headers.get('edge-resize') ?? '';
  return { status: response.status, note, asked, came: size ? `${size.width}x${size.height}` : '-', milliseconds };
}

function report(answers: Answer[], milliseconds: number): boolean {
  const failed = answers.filter(({ status }) => status !== 200);
  const pictures = answers.filter(({ asked, came, status }) => status === 200 && asked === came);
  const originals = answers.filter(({ note, status }) => status === 200 && note.startsWith('original'));
  const longest = Math.max(...answers.map((answer) => answer.milliseconds));
  console.log(
    `  ${answers.length} new variants at once: ${pictures.length} pictures, ${originals.length} originals, ${failed.length} errors`,
  );
  console.log(`  all in ${(milliseconds / 1000).toFixed(1)} s, the longest wait ${(longest / 1000).toFixed(1)} s`);
  for (const { status, note } of failed.slice(0, 5)) console.log(`  ${status} ${note}`);
  return [
    atMost('answered with an error', failed.length, 0, 0),
    atMost(
      'neither the size that was asked nor the original',
      answers.length - pictures.length - originals.length,
      0,
      0,
    ),
  ].every(Boolean);
}
