/** How a plan is shown: who and where in the first line, a line a step, diffs under it, then what to know before agreeing. */
import type { Ui } from '../context.ts';
import type { Change, Plan, Step, StepKind } from '../core/plan/types.ts';
import { diffText } from './diff.ts';
import { count, pad, printable, wrap } from './text.ts';

interface Title {
  /** + makes something, ~ changes something, · writes nothing. */
  mark: '+' | '~' | '·';
  noun: string;
}

const TITLES = {
  's3.createBucket': { mark: '+', noun: 'bucket' },
  's3.putPolicy': { mark: '~', noun: 'bucket policy' },
  's3.upload': { mark: '+', noun: 'objects' },
  'cloudfront.createAccessControl': { mark: '+', noun: 'origin access control' },
  'cloudfront.createCachePolicy': { mark: '+', noun: 'cache policy' },
  'cloudfront.createDistribution': { mark: '+', noun: 'distribution' },
  'cloudfront.addCacheKey': { mark: '~', noun: 'cache key' },
  'cloudfront.associate': { mark: '~', noun: 'association' },
  'cloudfront.createKeyStore': { mark: '+', noun: 'key value store' },
  'cloudfront.putSigningKey': { mark: '+', noun: 'signing key in' },
  'cloudfront.rotateSigningKey': { mark: '~', noun: 'signing keys in' },
  'cloudfront.createViewer': { mark: '+', noun: 'viewer function' },
  'cloudfront.updateViewer': { mark: '~', noun: 'viewer function' },
  'cloudfront.publishViewer': { mark: '~', noun: 'live viewer function' },
  'cloudfront.tag': { mark: '~', noun: 'tags of' },
  'cloudfront.wait': { mark: '·', noun: 'wait' },
  'iam.createRole': { mark: '+', noun: 'role' },
  'iam.updateTrust': { mark: '~', noun: 'trust policy' },
  'iam.putRolePolicy': { mark: '+', noun: 'role policy' },
  'iam.tagRole': { mark: '~', noun: 'tags of role' },
  'lambda.create': { mark: '+', noun: 'function' },
  'lambda.tag': { mark: '~', noun: 'tags of function' },
  'lambda.updateCode': { mark: '~', noun: 'code' },
  'lambda.updateConfig': { mark: '~', noun: 'settings' },
  'lambda.publish': { mark: '+', noun: 'version' },
  'config.write': { mark: '+', noun: 'config file' },
} satisfies Record<StepKind, Title>;

const AREA_WIDTH = 11;
const INDENT = ' '.repeat(AREA_WIDTH + 5);

type Painter = Pick<Ui, 'style' | 'width'>;

/**
 * The lines of a plan.
 * @param footer time and cost
 */
export async function planLines(plan: Plan, footer: string, ui: Painter): Promise<string[]> {
  const where = plan.distribution ? `distribution ${plan.distribution}` : 'a new distribution';
  const lines = [ui.style('bold', `${plan.command} ${plan.name} · account ${plan.account} · ${where}`)];
  for (const step of plan.steps) lines.push(...(await stepLines(step, ui)));
  for (const { says, question } of plan.consents) lines.push(...marked('?', `${says} ${question}`, ui));
  for (const notice of plan.notices) lines.push(...marked('!', notice, ui));
  const gone = plan.steps.filter((step) => step.destructive).length;
  const summary = `${count(plan.steps.length, 'step')}, ${gone === 0 ? 'none' : gone} destructive. ${footer}`;
  return [...lines, ...wrap(summary, ui.width)];
}

function marked(mark: '?' | '!', text: string, ui: Painter): string[] {
  const [first = '', ...rest] = wrap(printable(text), ui.width - 4);
  return [`  ${ui.style('warn', mark)} ${first}`, ...rest.map((line) => `    ${line}`)];
}

/** A few words for a step, for a line that lives while it runs. */
export function stepTitle(step: Step): string {
  return printable(`${areaOf(step)}: ${TITLES[step.kind].noun} ${step.resource}`);
}

async function stepLines(step: Step, ui: Painter): Promise<string[]> {
  const { mark, noun } = TITLES[step.kind];
  const tone = mark === '+' ? 'good' : mark === '~' ? 'warn' : 'dim';
  const head = `  ${ui.style(tone, mark)} ${pad(areaOf(step), AREA_WIDTH)} ${printable(`${noun} ${step.resource}`)}`;
  const lines = [head, ...wrap(step.reason, ui.width - INDENT.length).map((line) => INDENT + ui.style('dim', line))];
  for (const change of step.changes) lines.push(...(await changeLines(change, ui)));
  return lines;
}

async function changeLines(change: Change, ui: Painter): Promise<string[]> {
  const { what, before, after } = change;
  if ([before, after].some((text) => text?.includes('\n'))) {
    const diff = await diffText(before ?? undefined, after ?? undefined, ui);
    return diff.map((line) => `    ${line}`);
  }
  const text = before === null ? after : `${before} → ${after ?? 'nothing'}`;
  return wrap(printable(`${what}: ${text}`), ui.width - INDENT.length).map((line) => INDENT + line);
}

function areaOf({ kind }: Step): string {
  return kind.slice(0, kind.indexOf('.'));
}
