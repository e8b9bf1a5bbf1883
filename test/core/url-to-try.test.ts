import { expect, test } from 'vitest';
import { pathToTry } from '../../src/core/url-to-try.ts';

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
