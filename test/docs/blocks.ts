/** The fenced blocks of a Markdown page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../builders/cli.ts';

export interface Block {
  /** Path of the page from the project's root. */
  page: string;
  language: string;
  text: string;
}

export function blocksOf(page: string): Block[] {
  const markdown = readFileSync(join(ROOT, page), 'utf8');
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    page,
    language,
    text,
  }));
}
