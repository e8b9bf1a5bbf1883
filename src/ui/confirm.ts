/** Asking a person, on stderr so that stdout stays the result. */
import type { Io } from '../context.ts';
import { AppError } from '../errors.ts';

/** Yes or no, no by default. @throws AppError INTERRUPTED when the person pressed Ctrl-C or Escape. */
export async function askToConfirm(question: string, { stdin, stderr, signal }: Io): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: question,
    initialValue: false,
    input: stdin,
    output: stderr,
    signal,
    withGuide: false,
  });
  if (isCancel(answer)) {
    throw new AppError('INTERRUPTED', 'stopped at the question: nothing was written', {
      fix: 'run the command again when it suits',
    });
  }
  return answer;
}
