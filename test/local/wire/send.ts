/** Requests that no SDK client would send: raw ones, and signed ones that are altered on their way. */
import { createHash, createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawRequest {
  method?: string;
  /** As it stands in the request line. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Code of the error in the body, if there is one. */
  code: string | undefined;
}

/** @param endpoint http://127.0.0.1:PORT */
export function send(endpoint: string, { method = 'GET', path, headers = {}, body }: RawRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint);
    const call = request({ hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? /"__type":"(\w+)"/.exec(text)?.[1];
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Sends and throws an error of the answer's name when the status is no success, as the SDK would. */
export async function sendOrThrow(endpoint: string, raw: RawRequest): Promise<RawResponse> {
  const response = await send(endpoint, raw);
  if (response.status < 300) return response;
  const name = response.code ?? String(response.headers['x-amzn-errortype'] ?? response.status);
  throw Object.assign(new Error(response.text), { name });
}

export interface Signing {
  service: string;
  accessKeyId?: string;
  secretAccessKey?: string;
  region?: string;
  /** Milliseconds since 1970. */
  at?: number;
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Written out from the SigV4 documentation, so that the server is not checked against the library it uses. Query strings are not signed. */
export function sign(endpoint: string, raw: RawRequest, signing: Signing): RawRequest {
  const { service, accessKeyId = 'test', secretAccessKey = 'test', region = 'us-east-1', at = Date.now() } = signing;
  const date = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  const hash = raw.headers?.['x-amz-content-sha256'] ?? sha256(raw.body ?? '');
  const headers: Record<string, string> = {
    host: new URL(endpoint).host,
    ...raw.headers,
    'x-amz-content-sha256': hash,
    'x-amz-date': date,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    raw.method ?? 'GET',
    raw.path,
    '',
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    hash,
  ].join('\n');
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [date.slice(0, 8), region, service, 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${hmac(key, toSign).toString('hex')}`;
  return { ...raw, headers: { ...headers, authorization } };
}
