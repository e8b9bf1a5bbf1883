/** The lines that Lambda itself writes around an invocation (AWS-FACTS 5). Pure; times in milliseconds. */

export interface Report {
  requestId: string;
  durationMs: number;
  /** Only on a cold start. */
  initMs: number | undefined;
  memoryMB: number;
  peakBytes: number;
  status: 'success' | 'timeout' | 'error';
}

export const startLine = (requestId: string, version: string) => `START RequestId: ${requestId} Version: ${version}\n`;

export const endLine = (requestId: string) => `END RequestId: ${requestId}\n`;

/** Initialisation is billed with the first invocation; the bill counts whole milliseconds, rounded up. */
export function reportLine({ requestId, durationMs, initMs, memoryMB, peakBytes, status }: Report): string {
  const billed = Math.ceil(durationMs + (initMs ?? 0));
  const usedMB = Math.min(Math.ceil(peakBytes / 1_048_576), memoryMB);
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billed} ms`,
    `Memory Size: ${memoryMB} MB`,
    `Max Memory Used: ${usedMB} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ...(status === 'success' ? [] : [`Status: ${status}`]),
  ];
  return `${parts.join('\t')}\t\n`;
}

export function timeoutLine(now: number, requestId: string, seconds: number): string {
  return `${new Date(now).toISOString()} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds\n\n`;
}

/** Also what Lambda writes when the memory limit ends the process. */
export function killedLine(requestId: string): string {
  return `RequestId: ${requestId} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n`;
}

export function exitLine(requestId: string, code: number | null): string {
  const how = code ? `Runtime exited with error: exit status ${code}` : 'Runtime exited without providing a reason';
  return `RequestId: ${requestId} Error: ${how}\nRuntime.ExitError\n`;
}

/** YYYY/MM/DD/FUNCTION[VERSION]HEX: one stream an execution environment. */
export function streamName(now: number, functionName: string, version: string, hex: string): string {
  return `${new Date(now).toISOString().slice(0, 10).replaceAll('-', '/')}/${functionName}[${version}]${hex}`;
}
