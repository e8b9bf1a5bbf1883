/** Nothing is written before someone agreed: a person at the terminal, or `--yes`. */
import type { Context } from '../context.ts';
import type { Consent } from '../core/plan/types.ts';
import { AppError } from '../errors.ts';
import { sameAim } from './shell.ts';

export interface Agreement {
  question: string;
  /** The command that was given, to be repeated with the global flags and `--yes`. */
  command: string;
  /** What has a question of its own; asked first. */
  consents?: Consent[];
  /** What would be done, for `--json`. */
  plan: unknown;
}

/** @throws AppError CONFIRM_REQUIRED when nobody is there to ask, DECLINED when an answer was no */
export async function agree({ ui, options }: Pick<Context, 'ui' | 'options'>, asked: Agreement): Promise<void> {
  if (options.yes) return;
  if (!ui.interactive) {
    throw new AppError('CONFIRM_REQUIRED', 'confirmation needed; nothing was written', {
      why: 'Nobody is there to be asked, and --yes was not given.',
      fix: `${sameAim(asked.command, options)} --yes`,
      details: ui.json ? { plan: asked.plan } : undefined,
    });
  }
  for (const { question, declined } of asked.consents ?? []) {
    if (!(await ui.confirm(question))) throw refusal(declined);
  }
  if (!(await ui.confirm(asked.question))) throw refusal({ fix: 'run the command again when it suits' });
}

function refusal(parts: { why?: string; fix: string }): AppError {
  return new AppError('DECLINED', 'declined; nothing was written', parts);
}
