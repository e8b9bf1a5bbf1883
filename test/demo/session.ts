/** The demo's user: the built CLI in a folder of its own, what it prints, and the claims that are to hold at the end. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DevServer, IMAGES, localEnvironment, runCli } from '../builders/cli.ts';
import { type Answer, fetchTable, type Wanted } from './fetch.ts';

export interface Demo {
  /** Runs a command and shows it with all it prints; its stdout. Throws when it fails. */
  cli(...args: string[]): Promise<string>;
  /** Changes `url` in the config, and shows it. */
  configure(url: Record<string, unknown>): void;
  /** Fetches and shows images; the nth answer. */
  fetch(title: string, wanted: Wanted[]): Promise<(index: number) => Answer>;
  claim(text: string, held: boolean): void;
  /** Shows the claims; whether all of them hold. */
  verdict(): boolean;
}

export function startDemo(home: string, { aws, cdn }: DevServer): Demo {
  const env = localEnvironment(home, aws);
  const file = join(home, 'edge-resize.config.json');
  const claims: [string, boolean][] = [];
  return {
    async cli(...args) {
      heading(`$ edge-resize ${args.map((arg) => (arg === IMAGES ? 'test/fixtures/images' : arg)).join(' ')}`);
      const result = await runCli(args, { cwd: home, env, watch: (text) => process.stdout.write(text) });
      if (result.status !== 0) throw new Error(`edge-resize ${args[0]} ended with status ${result.status}`);
      return result.stdout;
    },
    configure(url) {
      heading(`edge-resize.config.json: "url": ${JSON.stringify(url)}`);
      const config = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, `${JSON.stringify({ ...config, url }, null, 2)}\n`);
    },
    async fetch(title, wanted) {
      heading(title);
      const answers = await fetchTable(cdn, wanted);
      return (index) => {
        const answer = answers[index];
        if (!answer) throw new Error(`no answer ${index}`);
        return answer;
      };
    },
    claim: (text, held) => claims.push([text, held]),
    verdict() {
      heading('What was shown');
      for (const [text, held] of claims) console.log(`  ${held ? 'yes' : 'NO '}  ${text}`);
      return claims.every(([, held]) => held);
    },
  };
}

function heading(text: string): void {
  console.log(`\n${text}`);
}
