/** Turns the AWS errors that a caller can do something about into `Refused`; all others are worded by `call`. */
import { call } from './errors.ts';
import { type RefusalKind, Refused } from './ports/refused.ts';

/**
 * `call`, with refusals told apart.
 * @param kindOf the kind of an SDK error, undefined when it is none of them
 * @throws Refused, AppError
 */
export async function refusable<T>(
  what: string,
  send: () => Promise<T>,
  kindOf: (error: Error) => RefusalKind | undefined,
): Promise<T> {
  const answer = await call(what, async () => {
    try {
      return { value: await send() };
    } catch (error) {
      const kind = error instanceof Error ? kindOf(error) : undefined;
      if (kind === undefined) throw error;
      return { refused: new Refused(kind, (error as Error).message, error) };
    }
  });
  if ('refused' in answer) throw answer.refused;
  return answer.value;
}
