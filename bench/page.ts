/** docs/performance.md: what the benchmarks printed, section by section. A section stays until its part is run again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ROOT } from '../test/builders/cli.ts';
import { isPart, PARTS, type PartName } from './parts.ts';

const PAGE = join(ROOT, 'docs/performance.md');

const HEAD = `# Performance

Printed by \`npm run bench -- --write\`; not edited by hand. \`npm run bench -- warm ladder\` runs two parts of it.

Ratios of one table were measured side by side in one run and hold on other machines; milliseconds do not. Every part has
targets: a line says \`kept\` or \`BROKEN\`, and the run ends with status 1 when one is broken. The pictures are made by
bench/pictures.ts from the project's photographs: mosaics of all five under a sensor's grain, 0.2 to 0.5 bytes a pixel.
`;

/** Writes the sections of `printed` anew and leaves the others as they are. */
export async function writePage(printed: Map<PartName, string>, now: Date): Promise<void> {
  const sections = existsSync(PAGE) ? sectionsOf(readFileSync(PAGE, 'utf8')) : new Map<PartName, string>();
  for (const [name, text] of printed) sections.set(name, section(name, text, now));
  const names = Object.keys(PARTS).filter(isPart);
  writeFileSync(PAGE, [HEAD, ...names.flatMap((name) => sections.get(name) ?? [])].join('\n'));
}

function sectionsOf(page: string): Map<PartName, string> {
  const found = page.split(/^(?=## )/m).slice(1);
  const named = found.map((text) => [/^## (\w+)/.exec(text)?.[1] ?? '', text.trimEnd().concat('\n')] as const);
  return new Map(named.filter((entry): entry is [PartName, string] => isPart(entry[0])));
}

function section(name: PartName, text: string, now: Date): string {
  const { what, reads } = PARTS[name];
  return `## ${name}: ${what}\n\n${reads}\n\n\`\`\`\n${text}\n\`\`\`\n\n${measuredOn(now)}\n`;
}

function measuredOn(now: Date): string {
  const processor = cpus()[0]?.model ?? 'unknown processor';
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const { sharp: version, vips } = sharp.versions;
  return `${now.toISOString().slice(0, 10)}: ${cpus().length} x ${processor}, ${gigabytes} GiB, node ${process.versions.node}, sharp ${version}, libvips ${vips}.`;
}
