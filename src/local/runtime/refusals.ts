/** What the runtime does not let a function do, by id. */
export const RUNTIME_REFUSALS = {
  'runtime.log-permission': 'log lines of a role without logs:PutLogEvents: they are lost in silence (AWS-FACTS 5, 6)',
  'runtime.timeout': 'more seconds than the configured timeout: 503 (AWS-FACTS 1.7)',
  'runtime.memory': 'more resident memory than the configured size: 503 (DESIGN 4)',
  'runtime.callback-handler': 'handlers that take a callback, from nodejs24.x on (AWS-FACTS 1.4)',
} as const;
