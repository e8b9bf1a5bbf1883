/** A proxy before the local AWS that lets a test step in before a call takes effect, or between that and its answer. */
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AwsProxy {
  url: string;
  /** Called with the method and path of a call that writes. While the promise is open, AWS has not seen the call. */
  beforeWrite: (call: string) => Promise<void>;
  /** Called when a call that writes has taken effect. While the promise is open, the caller waits for its answer. */
  afterWrite: () => Promise<void>;
  close(): void;
}

export async function startProxy(target: string): Promise<AwsProxy> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const writing = writes(request, body.toString('latin1'));
    if (writing) await proxy.beforeWrite(`${request.method} ${request.url}`);
    const { hostname, port } = new URL(target);
    const onward = httpRequest(
      // Host stays the caller's: it is signed.
      { hostname, port, method: request.method, path: request.url, headers: request.headers },
      async (answer) => {
        const parts: Buffer[] = [];
        for await (const part of answer) parts.push(part as Buffer);
        if (writing) await proxy.afterWrite();
        response.writeHead(answer.statusCode ?? 500, answer.headers).end(Buffer.concat(parts));
      },
    );
    onward.on('error', () => response.destroy());
    onward.end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const proxy: AwsProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    beforeWrite: async () => undefined,
    afterWrite: async () => undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}

/** IAM and STS say in a form what they do; elsewhere the method tells. A test run of a CloudFront Function leaves it as it is. */
function writes({ method = '', url = '' }: { method?: string; url?: string }, body: string): boolean {
  if (method === 'GET' || method === 'HEAD' || /\/function\/[^/]+\/test$/.test(url)) return false;
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1];
  return action === undefined || !/^(Get|List)/.test(action);
}
