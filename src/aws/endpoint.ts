/** Endpoints that do not answer, or not as AWS does: a dead port, a silent host, a proxy's error page, another server. */
import { AppError, type AppErrorParts } from '../errors.ts';

interface Request {
  protocol: string;
  hostname: string;
  port?: number | undefined;
}

interface Handler {
  handle(request: unknown, options?: unknown): Promise<{ response: unknown }>;
}

/** What the SDK hands to an extension of a client; `handle` is replaced in place. */
interface Extended {
  httpHandler(): Handler;
}

interface Fault extends Error {
  code?: string;
  errors?: unknown[];
  hostname?: string;
  address?: string;
  port?: number;
  /** `host:port` that was asked, put on by `endpointNamed`. */
  endpoint?: string;
}

const SILENT = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
]);
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_/;
const ANOTHER_PROTOCOL = /^(EPROTO|HPE_)/;
const NOT_AWS = 'NotAwsError';

/**
 * An extension of an SDK client: faults of the connection learn the endpoint's name, which time-outs and parsers do
 * not tell, and an answer that cannot be AWS's is one of these faults. Without it the SDK reports "Unknown", a syntax
 * error, or takes `{}` for an empty list.
 */
export const endpointNamed = {
  configure(client: Extended): void {
    const handler = client.httpHandler();
    const send = handler.handle.bind(handler);
    handler.handle = async (request, options) => {
      const endpoint = nameOf(request as Request) ?? 'the endpoint';
      const answer = await send(request, options).catch((error: Fault) => {
        throw Object.assign(rootOf(error), { endpoint });
      });
      refuseForeign(answer.response as Answer, endpoint);
      return answer;
    };
  },
};

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
}

/** Every answer of AWS, and of what stands in for it, has an x-amz… header: the request id at least. None is a web page. */
function refuseForeign({ statusCode, headers }: Answer, endpoint: string): void {
  const page = headers['content-type']?.startsWith('text/html') === true;
  if (!page && Object.keys(headers).some((name) => name.startsWith('x-amz'))) return;
  const what = page ? 'with a web page' : 'with nothing that AWS sends';
  const error = new Error(`It answered ${statusCode} ${what}: a proxy, or another server.`);
  // With the status the SDK tries again where that may help: 502, 503, 504.
  throw Object.assign(error, { name: NOT_AWS, endpoint, $metadata: { httpStatusCode: statusCode } });
}

/** A fault of the endpoint, worded; undefined when it is none. `what` completes "could not …". */
export function endpointError(what: string, error: unknown): AppError | undefined {
  const root = rootOf((error ?? {}) as Fault);
  const reason = root.code ?? root.name;
  const known = root.endpoint ?? nameOf(root);
  const endpoint = known ?? 'the endpoint';
  const parts: AppErrorParts = {
    why: plain(root.message) || reason,
    cause: error,
    details: { ...(known && { endpoint }), reason },
  };
  if (SILENT.has(reason)) return silent(what, endpoint, parts);
  if (root.name === NOT_AWS || ANOTHER_PROTOCOL.test(reason)) {
    const fix = `correct the address, ${SOURCES}; behind a proxy, let ${endpoint} through`;
    return new AppError('ENDPOINT_NOT_AWS', `could not ${what}: ${endpoint} does not answer as AWS does`, {
      ...parts,
      fix,
    });
  }
  if (!CERTIFICATE.test(root.code ?? '')) return undefined;
  return new AppError('ENDPOINT_NOT_AWS', `could not ${what}: the certificate of ${endpoint} is not trusted`, {
    ...parts,
    fix: 'behind a proxy that has its own, name its file: export NODE_EXTRA_CA_CERTS=FILE',
  });
}

const SOURCES = "--endpoint-url, AWS_ENDPOINT_URL or the profile's endpoint_url";

function silent(what: string, endpoint: string, parts: AppErrorParts): AppError {
  const local = /^(localhost|127\.|\[::1)/.test(endpoint);
  return new AppError('ENDPOINT_UNREACHABLE', `could not ${what}: ${endpoint} does not answer`, {
    ...parts,
    fix: local
      ? `start the local AWS, edge-resize dev, and use the address that it prints; or leave ${SOURCES} away to use AWS`
      : `check ${SOURCES}, and the network`,
  });
}

/** Node wraps the attempts on several addresses of a host into one AggregateError. */
function rootOf(error: Fault): Fault {
  return (error.errors?.[0] as Fault | undefined) ?? error;
}

/** `host:port` of a request or of a fault of Node's, as an address in a URL has it. */
function nameOf({ hostname, address, port }: { hostname?: string; address?: string; port?: number | undefined }) {
  const host = hostname ?? address;
  const name = host?.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return name && port ? `${name}:${port}` : name;
}

/** The words of the SDK's connection layer without its package names. */
function plain(message: string | undefined): string | undefined {
  const silence = /socket timed out after (\d+) ms/.exec(message ?? '');
  if (silence) return `It took the connection, and sent nothing for ${Number(silence[1]) / 1_000} s.`;
  return message?.replace(/^@smithy\/[\w-]+ - /, '');
}
