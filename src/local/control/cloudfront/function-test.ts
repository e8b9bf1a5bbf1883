/** TestFunction: runs a function in one of its stages with an event of the caller's, as an edge would. */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { runViewerFunction, type ViewerResult } from '../../viewer/index.ts';
import type { Handler } from '../../wire/service.ts';
import { checkIfMatch } from './etags.ts';
import { findFunction, findStage, runnable, summarizeFunction } from './function-view.ts';
import type { CloudFrontRoom } from './room.ts';

type Test = Handler<Sdk.TestFunctionCommandInput, Sdk.TestFunctionCommandOutput>;

/** TestFunction. A function that fails is a result with FunctionErrorMessage and no error of the call (API reference). */
export function functionTestHandlers(room: CloudFrontRoom) {
  return {
    TestFunction: (async (input) => {
      const row = findFunction(room, input.Name);
      const found = findStage(room, row, input.Stage);
      checkIfMatch(room, input.IfMatch, found.content.etag);
      const event = readEvent(room, input.EventObject);
      const fn = runnable(room, row, found.content);
      const keyValues =
        fn.keyValueStore === undefined ? undefined : room.world.cloudfront.keyValues?.(fn.keyValueStore);
      const result = await runViewerFunction({ fn, keyValues, event, now: room.world.now() });
      return { TestResult: { FunctionSummary: summarizeFunction(room, row, found), ...answer(result) } };
    }) satisfies Test,
  };
}

/** @throws InvalidArgument */
function readEvent(room: CloudFrontRoom, bytes: Uint8Array | undefined): unknown {
  try {
    const event: unknown = JSON.parse(Buffer.from(bytes ?? []).toString());
    if (typeof event === 'object' && event !== null) return event;
  } catch {
    // Refused below, like JSON that is no event.
  }
  room.refuse('cloudfront.test-event', true, 'InvalidArgument', 'The EventObject is not valid JSON.'); // INF
  return {};
}

function answer({ output, error, logs, computeUtilization }: ViewerResult): Sdk.TestResult {
  return {
    ComputeUtilization: String(computeUtilization),
    FunctionExecutionLogs: logs,
    FunctionErrorMessage: error ?? '',
    FunctionOutput: error === undefined ? JSON.stringify(named(output)) : '',
  };
}

/** AWS puts what was returned under the name of what it is (developer guide, "Test functions"). */
function named(output: unknown): Record<string, unknown> {
  const isResponse = typeof output === 'object' && output !== null && 'statusCode' in output;
  return isResponse ? { response: output } : { request: output ?? null };
}
