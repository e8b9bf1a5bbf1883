/** A plan as a person sees it. */
import { expect, test } from 'vitest';
import { costAndTime } from '../../src/core/plan/notices.ts';
import { planLines } from '../../src/ui/plan-view.ts';
import { emptyWorld } from '../builders/world.ts';
import { deployPlan, kinds, runSetup, setupPlan } from '../builders/world-run.ts';

const ui = { width: 80, style: (_tone: string, text: string) => text };

test('setup of nothing', async () => {
  const configFile = { path: 'edge-resize.config.json', before: null, fields: { name: 'photos', bucket: 'photos' } };
  const plan = await setupPlan(emptyWorld(), { configFile });
  const lines = await planLines(plan, costAndTime(plan), ui);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../golden/setup-plan.txt');
});

test('a changed policy is a diff in which foreign statements are context', async () => {
  const world = emptyWorld();
  const policy = '{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*"}]}';
  world.buckets.set('photos', { region: 'eu-west-1', policy, objects: new Map() });
  const plan = await setupPlan(world);
  const lines = await planLines(plan, '', ui);
  expect(lines.filter((line) => /^ {4}[-+ ]/.test(line) && line.includes('Theirs'))).toEqual([
    expect.stringMatching(/^ {4} /),
  ]);
});

test('deploy, and no control character of a foreign name reaches the terminal', async () => {
  const world = emptyWorld();
  await runSetup(world);
  const plan = await deployPlan(world);
  expect(kinds(plan)).toContain('cloudfront.associate');
  const evil = { ...plan, notices: ['\u001b[2Jgone'] };
  const text = (await planLines(evil, costAndTime(plan), ui)).join('\n');
  expect(text).not.toContain('\u001b');
  expect(text).toContain('origin-response: the new version');
});
