/** A small S3 over real HTTP that answers nobody whose signature it cannot recompute with the SDK's own signer. */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';

export const CREDENTIALS = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'FwoGZXIvYXdzEXAMPLE//////////wEaDPs+=',
};

export interface Seen {
  /** As sent. */
  url: string;
  status: number;
  /** Of the client's socket: the same port, the same connection. */
  port: number | undefined;
}

export type Misbehave = (request: IncomingMessage, response: ServerResponse, count: number) => boolean;

export interface S3Server {
  endpoint: string;
  /** Objects by `bucket/key`, keys in clear. */
  objects: Map<string, Buffer>;
  /** Headers of every object. */
  headers: Record<string, string>;
  seen: Seen[];
  /** Called for each request, counted from 1, before anything else; true when it dealt with it. */
  misbehave: Misbehave | undefined;
  close(): Promise<void>;
}

export async function startS3(region = 'eu-west-1'): Promise<S3Server> {
  const server: Omit<S3Server, 'endpoint' | 'close'> = {
    objects: new Map(),
    headers: {},
    seen: [],
    misbehave: undefined,
  };
  let count = 0;
  const http = createServer((request, response) => {
    count += 1;
    const { url = '', socket } = request;
    response.on('finish', () => server.seen.push({ url, status: response.statusCode, port: socket.remotePort }));
    if (server.misbehave?.(request, response, count)) return;
    void answer(request, response, server, region);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return Object.assign(server, {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { objects, headers }: Pick<S3Server, 'objects' | 'headers'>,
  region: string,
): Promise<void> {
  const deny = (status: number, code: string) => response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`);
  if (request.headers['x-amz-security-token'] !== CREDENTIALS.sessionToken) return void deny(403, 'InvalidToken');
  if ((await signatureOf(request, region)) !== request.headers.authorization)
    return void deny(403, 'SignatureDoesNotMatch');
  const body = objects.get(decodeURIComponent((request.url ?? '').slice(1)));
  if (!body) return void deny(404, 'NoSuchKey');
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  response.writeHead(200, { ...headers, 'content-length': body.length, etag }).end(body);
}

/** The Authorization header that this request should carry. */
async function signatureOf(
  { method = '', url = '', headers }: IncomingMessage,
  region: string,
): Promise<string | undefined> {
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date']));
  if (!date) return 'none';
  const [, year, month, day, hour, minute, second] = date;
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: CREDENTIALS,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: url,
      query: {},
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
    },
    { signingDate: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) },
  );
  return signed.headers.authorization;
}

/** node:crypto in the shape that the signer takes. */
class Sha256 {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: Uint8Array | string): void {
    this.hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
  reset(): void {}
}
