import { expect, test } from 'vitest';
import { printRecipe, type Rules } from '../../handler/grammar.ts';
import { pathToTry, recipeToTry } from '../../src/core/url-to-try.ts';

const keys = ['readme.txt', 'top level.png', 'img/a.jpg', 'photos/img/b.webp'];

test.each([
  ['the first image', '*', '', '/top%20level.png'],
  ['one that the behavior takes', '/img/*', '', '/img/a.jpg'],
  ['a pattern without its slash', 'img/*.jpg', '', '/img/a.jpg'],
  ['one below the origin path, which no URL has', '*', 'photos/', '/img/b.webp'],
  ['a made-up one when there is none', '/none/*', '', '/none/image.jpg'],
  ['a made-up one at the top', '*', 'nowhere/', '/image.jpg'],
  ['a dot is a dot', '/img.a*', '', '/img.aimage.jpg'],
])('%s', (_what, behavior, folder, path) => {
  expect(pathToTry({ keys, behavior, folder })).toBe(path);
});

const LIMITS = { maxWidth: 4096, maxHeight: 4096, quality: 80 };
const OPEN: Rules = { ...LIMITS, families: [], unlisted: 'snap', presets: {}, presetsOnly: false };

test.each([
  ['any size', {}, '100x100'],
  ['the nearest listed one', { sizes: ['640x', '150x150'] }, '150x150'],
  ['a listed one, where others are refused', { sizes: ['640x', '150x150'], unlisted: 'refuse' }, '640x'],
  ['a preset, where nothing else is made', { presets: { thumb: '90x60,up=0' }, presetsOnly: true }, '90x60,up=0'],
] satisfies [string, Partial<Rules>, string][])('in a size that is made: %s', (_what, rules, d) => {
  expect(printRecipe(recipeToTry({ ...OPEN, ...rules }))).toBe(d);
});
