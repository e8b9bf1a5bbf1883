/** The function before CloudFront asks S3 (origin-request) against after it did (origin-response): reads of the original and time. */
import { clearRequestLog, requestLog } from '../test/builders/cli.ts';
import { startDeployed, type Trigger } from './deployed.ts';
import { atMost, median } from './race.ts';
import { table } from './table.ts';

const VARIANTS = 40;
const ORIGINAL = 'hubble_deep_field.jpg';

interface Cost {
  trigger: Trigger;
  /** Reads of the original for one variant: by CloudFront, and by the function. */
  edgeReads: number;
  functionReads: number;
  /** Milliseconds of a viewer's wait for a new variant: the median. */
  milliseconds: number;
}

export async function benchTrigger(): Promise<boolean> {
  const costs = [await costOf('origin-response'), await costOf('origin-request')] as const;
  console.log(`${VARIANTS} new variants of one original of 0.5 MB, one after the other; reads of it for each variant`);
  console.log(
    table(
      ['trigger', 'by CloudFront', 'by the function', 'ms'],
      costs.map(({ trigger, edgeReads, functionReads, milliseconds }) => [
        trigger,
        edgeReads.toFixed(2),
        functionReads.toFixed(2),
        milliseconds.toFixed(1),
      ]),
    ),
  );
  const [after, before] = costs.map(({ edgeReads, functionReads }) => edgeReads + functionReads);
  return [
    atMost('reads for a variant, origin-response', after ?? Number.NaN, 2),
    atMost('reads for a variant, origin-request', before ?? Number.NaN, 1),
  ].every(Boolean);
}

async function costOf(trigger: Trigger): Promise<Cost> {
  const deployed = await startDeployed(trigger);
  try {
    await view(`${deployed.cdn}/${ORIGINAL}?d=99x99`); // the start of the function is not the question here
    const before = deployed.edgeReads();
    await clearRequestLog(deployed.aws);
    const waits: number[] = [];
    for (let index = 0; index < VARIANTS; index += 1) {
      waits.push(await view(`${deployed.cdn}/${ORIGINAL}?d=${200 + index}x${150 + index}`));
    }
    const log = await requestLog(deployed.aws);
    const gets = log.filter(({ service, operation }) => service.toLowerCase() === 's3' && operation === 'GetObject');
    return {
      trigger,
      edgeReads: (deployed.edgeReads() - before) / VARIANTS,
      functionReads: gets.length / VARIANTS,
      milliseconds: median(waits),
    };
  } finally {
    await deployed.close();
  }
}

/** Milliseconds until a new variant is here. @throws Error when it is something else */
async function view(url: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  const note = response.headers.get('edge-resize') ?? '';
  if (response.status !== 200 || !note.startsWith('w=')) throw new Error(`${url}: ${response.status} ${note}`);
  return performance.now() - began;
}
