/**
 * Every refusal of the local AWS, both ways: provoked, it is refused with AWS's error; with that rule alone switched
 * off, not with that error. A rule without a row fails, so none can be forgotten, and none can be switched off unseen.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REFUSALS } from '../../src/local/refusals.ts';
import { startTestAws } from '../builders/local-aws.ts';
import type { RefusalRow } from './refusals/row.ts';

const FOLDER = join(import.meta.dirname, 'refusals');

async function allRows(): Promise<RefusalRow[]> {
  const files = readdirSync(FOLDER).filter((file) => file !== 'row.ts');
  const modules = await Promise.all(files.map((file) => import(join(FOLDER, file)) as Promise<{ rows: RefusalRow[] }>));
  return modules.flatMap(({ rows }) => rows);
}

const rows = await allRows();

test('every refusal has a row, and every row a refusal', () => {
  expect([...new Set(rows.map((row) => row.id))].sort()).toEqual(Object.keys(REFUSALS).sort());
});

describe.concurrent.each(rows)('$id', (row) => {
  test('refuses', async () => {
    const error = await provoked(row, []);
    expect(error?.name).toBe(row.error);
    if (row.message) expect(error?.message).toMatch(row.message);
  });

  test('does not when it is switched off', async () => {
    const error = await provoked(row, [row.id]);
    const same = error?.name === row.error && (row.message === undefined || row.message.test(error.message));
    expect(same ? error : undefined).toBeUndefined();
  });
});

async function provoked(row: RefusalRow, off: string[]): Promise<Error | undefined> {
  const aws = await startTestAws({ off });
  try {
    await row.provoke(aws);
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await aws.close();
  }
}
