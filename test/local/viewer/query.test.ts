import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery, writeQuery } from '../../../src/local/viewer/query.ts';

test.each([
  ['d=1x1', { d: { value: '1x1' } }],
  ['a=1&a=2', { a: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] } }],
  ['D=%2C&flag&e=', { D: { value: '%2C' }, flag: { value: '' }, e: { value: '' } }],
  ['a=b=c&&', { a: { value: 'b=c' } }],
  ['', {}],
])('%s', (querystring, fields) => {
  expect({ ...parseQuery(querystring) }).toEqual(fields);
});

test('what is read is written: every pair, those of one name together in their order', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'B', '%', '2', '_', 'é'), minLength: 1, maxLength: 4 });
  const name = fc.oneof(word, fc.constantFrom('__proto__', 'constructor', '7'));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, word)), (pairs) => {
      const written = writeQuery(parseQuery(pairs.map(([key, value]) => `${key}=${value}`).join('&'))).split('&');
      const of = (wanted: string, all: string[]) => all.filter((pair) => pair.startsWith(`${wanted}=`));
      const sent = pairs.map(([key, value]) => `${key}=${value}`);
      expect([...written].filter(Boolean).sort()).toEqual([...sent].sort());
      for (const [key] of pairs) expect(of(key, written)).toEqual(of(key, sent));
    }),
  );
});
