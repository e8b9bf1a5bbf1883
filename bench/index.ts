/**
 * `npm run bench`: every part, one after the other, or those that are named (`npm run bench -- warm ladder`). Ends with
 * 1 when one misses a target. `--write` puts what was printed into docs/performance.md; `--accept` takes the memory that
 * was measured as the new budget.
 */
import { parseArgs } from 'node:util';
import { writePage } from './page.ts';
import { isPart, PARTS, type Part, type PartName } from './parts.ts';

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean' }, accept: { type: 'boolean' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !isPart(name));
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(3);
}
const names = positionals.length > 0 ? positionals.filter(isPart) : (Object.keys(PARTS) as PartName[]);

const printed = new Map<PartName, string>();
const broken: PartName[] = [];
for (const name of names) {
  const part: Part = PARTS[name];
  console.log(`\n${name}: ${part.what}`);
  const { text, kept } = await whilePrinting(() => part.run({ accept: values.accept === true }));
  printed.set(name, text);
  if (!kept) broken.push(name);
}
if (values.write) await writePage(printed, new Date());
console.log(
  `\n${names.length - broken.length} kept, ${broken.length} broken${broken.map((name) => ` ${name}`).join(',')}`,
);
process.exitCode = broken.length === 0 ? 0 : 1;

/** Runs a part, and keeps what it prints besides. What throws has not kept its targets. */
async function whilePrinting(run: () => Promise<boolean>): Promise<{ text: string; kept: boolean }> {
  const lines: string[] = [];
  const { log } = console;
  const began = performance.now();
  console.log = (line: string) => {
    lines.push(line);
    log(line);
  };
  try {
    return { kept: await run(), text: lines.join('\n') };
  } catch (error) {
    console.error(error);
    return { kept: false, text: [...lines, `  BROKEN ${error}`].join('\n') };
  } finally {
    console.log = log;
    console.log(`  (${((performance.now() - began) / 1000).toFixed(0)} s)`);
  }
}
