/** A line a step, alive while it runs. */
import type { Ui, Waiting } from '../context.ts';
import type { Step } from '../core/plan/types.ts';
import { stepTitle } from './plan-view.ts';
import { printable } from './text.ts';

/** What happens to a step. */
export type StepEvent =
  | { type: 'begin'; step: Step }
  | { type: 'progress'; step: Step; text: string }
  | { type: 'done'; step: Step; text: string }
  | { type: 'failed'; step: Step; error: unknown };

/** Shows the events of one run; steps do not overlap. */
export function stepReporter(ui: Pick<Ui, 'waiting'>): (event: StepEvent) => void {
  let line: Waiting | undefined;
  return (event) => {
    const title = stepTitle(event.step);
    if (event.type === 'begin') line = ui.waiting(title);
    else if (event.type === 'progress') line?.update(`${title}: ${printable(event.text)}`);
    else if (event.type === 'done') line?.done(printable(event.text));
    else line?.fail(title);
  };
}
