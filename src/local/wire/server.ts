/** The AWS endpoint over HTTP: who may knock, `/_local/`, and bodies in and out. What a call means is `dispatch`. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { World } from '../world.ts';
import { type Dispatcher, dispatch, LARGEST_BODY } from './dispatch.ts';
import { loadModel, type Model } from './model.ts';
import { wireRequest } from './request.ts';
import { type RequestLog, requestLog } from './request-log.ts';
import { NO_BODY, type WireResponse } from './response.ts';
import type { Service, ServiceId } from './service.ts';

export interface EndpointParts {
  world: World;
  services: readonly Service[];
  /** http://127.0.0.1:PORT of the CDN, once it is known, or the address at which it shows one distribution. */
  cdnUrl(domainName?: string): string;
  /** Further host names by which this endpoint may be called, without port. Loopback names always may. */
  hosts?: readonly string[];
}

/** A listener for `http.createServer`. Models of services are loaded on their first call. */
export function awsEndpoint({ world, services, cdnUrl, hosts = [] }: EndpointParts): RequestListener {
  const models = new Map<ServiceId, Promise<Model>>();
  const log = requestLog();
  const parts: Dispatcher = {
    world,
    model(id) {
      const model = models.get(id) ?? loadModel(id);
      models.set(id, model);
      return model;
    },
    service: (id) => services.find((service) => service.id === id),
    newRequestId: (id) => (id === 's3' ? randomBytes(8).toString('hex').toUpperCase() : randomUUID()),
  };
  const answer = async (request: IncomingMessage): Promise<WireResponse> => {
    const stranger = strangerIn(world, request, hosts);
    if (stranger !== undefined) return plain(403, stranger);
    const target = request.url ?? '/';
    if (target.startsWith('/_local/')) return control(target, request, log, { cdnUrl, account: world.account });
    const body = await readBody(
      request,
      world.enforces('wire.body-size') ? LARGEST_BODY + 1 : Number.POSITIVE_INFINITY,
    );
    const call = wireRequest(request.method ?? 'GET', target, request.headers, body);
    const { response, record } = await dispatch(parts, call);
    log.add({ ...record, time: world.now() });
    return response;
  };
  return (request, response) => {
    // A caller that went away, or an answer that HTTP cannot carry: this request ends, the process does not.
    answer(request)
      .then((result) => send(request, response, result))
      .catch(() => response.destroy());
  };
}

/**
 * Why a request is not let in, or undefined. A web page elsewhere can make a browser come here, by an address that
 * resolves to loopback (then Host is a foreign name) or directly (then Origin is).
 */
function strangerIn(world: World, { headers }: IncomingMessage, hosts: readonly string[]): string | undefined {
  const host = headers.host ?? '';
  if (world.enforces('wire.host') && !isLoopback(hostName(host)) && !hosts.includes(hostName(host))) {
    return `The local AWS answers to loopback names only, and the Host header says ${host}`;
  }
  if (world.enforces('wire.origin') && headers.origin !== undefined && headers.origin !== `http://${host}`) {
    return `The local AWS does not answer pages of ${headers.origin}`;
  }
  return undefined;
}

const hostName = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '127.0.0.1' || name === '[::1]';

/** Calls to the local AWS itself: unsigned, behind the same door. */
function control(
  target: string,
  request: IncomingMessage,
  log: RequestLog,
  { cdnUrl, account }: { cdnUrl: EndpointParts['cdnUrl']; account: string },
): WireResponse {
  const [path, query] = target.split('?');
  const call = `${request.method} ${path}`;
  if (call === 'GET /_local/info') {
    const cdn = cdnUrl(new URLSearchParams(query).get('domain') ?? undefined);
    return json({ aws: `http://${request.headers.host}`, cdn, account });
  }
  if (call === 'GET /_local/requests') return json(log.list());
  if (call !== 'DELETE /_local/requests') return plain(404, `The local AWS has no ${call}`);
  log.clear();
  return { status: 204, headers: {}, body: NO_BODY };
}

/** The body, or of a body over `limit` its first `limit` bytes: enough to see that it is too big. */
async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (size < limit) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks);
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: WireResponse): void {
  const bodiless = request.method === 'HEAD' || status === 204 || status === 304;
  // A HEAD answers with the length of the body that a GET would have; only the handler knows it.
  const length =
    status === 204 || status === 304 ? {} : { 'content-length': headers['content-length'] ?? String(body.byteLength) };
  response.writeHead(status, { ...headers, ...length });
  response.end(bodiless ? undefined : body);
}

const json = (value: unknown): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
});

const plain = (status: number, message: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(`${message}\n`),
});
