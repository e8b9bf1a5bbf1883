/** The CDN port: HTTP in, an edge's answer out. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { LiveDistribution, World } from '../world.ts';
import type { Edge } from './edge.ts';
import { findDistribution } from './hosts.ts';
import { parseS3Domain } from './origin.ts';
import { errorPage, escapeHtml } from './pages.ts';
import { EDGE_REGIONS, type EdgeRegion, isEdgeRegion, nearestEdge } from './regions.ts';
import type { EdgeResponse, ViewerRequest } from './types.ts';

/** Which edge serves: a request header of the local AWS alone, never forwarded. */
export const EDGE_HEADER = 'x-edge-location';

const LOCAL_ID = 'local';

export function cdnListener(world: World, edge: Edge): RequestListener {
  return (incoming, outgoing) => {
    // Bodies are not forwarded; unread ones would keep the connection from its next request.
    incoming.resume();
    const method = incoming.method ?? 'GET';
    answer(world, edge, viewerRequest(incoming))
      .then((response) => write(outgoing, method, response))
      // Also what cannot be written, such as a header that no check has met: the process lives on.
      .catch((error: unknown) => writeFailure(outgoing, method, error));
  };
}

function writeFailure(outgoing: ServerResponse, method: string, error: unknown): void {
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
  write(outgoing, method, errorPage(500, escapeHtml(`The local AWS failed: ${String(error)}`), LOCAL_ID));
}

async function answer(world: World, edge: Edge, request: ViewerRequest): Promise<EdgeResponse> {
  const found = findDistribution(world.cloudfront.live(), request.headers.host ?? '');
  if (found.kind === 'none') {
    return errorPage(404, 'There is no distribution yet. Make one: edge-resize setup --bucket images', LOCAL_ID);
  }
  if (found.kind === 'several') {
    const hosts = found.hosts.map(escapeHtml).join(', ');
    return errorPage(421, `There are several distributions. Ask for one by its host name: ${hosts}`, LOCAL_ID);
  }
  if (found.kind === 'foreign') {
    if (world.enforces('edge.host')) return errorPage(403, 'No distribution has this host name.', LOCAL_ID);
    return answer(world, edge, { ...request, headers: { ...request.headers, host: 'localhost' } });
  }
  if (!found.live.config) return notDeployed(found.live);
  const region = edgeOf(world, found.live, request);
  if (!region) {
    const known = EDGE_REGIONS.join(', ');
    return errorPage(400, `${EDGE_HEADER} must be a region with a regional edge cache: ${known}`, LOCAL_ID);
  }
  return edge.serve(found.live, region, request);
}

/** AWS has no address for it before its first deployment ended; here the port answers, so it says why. */
function notDeployed(live: LiveDistribution): EdgeResponse {
  const page = errorPage(503, `Distribution ${live.id} is being deployed for the first time.`, LOCAL_ID);
  return { ...page, headers: { ...page.headers, 'retry-after': ['1'] } };
}

function edgeOf(world: World, live: LiveDistribution, request: ViewerRequest): EdgeRegion | undefined {
  const wanted = request.headers[EDGE_HEADER];
  if (wanted !== undefined) return isEdgeRegion(wanted) ? wanted : undefined;
  const bucket = parseS3Domain(live.config?.Origins?.Items?.[0]?.DomainName ?? '')?.bucket;
  return nearestEdge((bucket && world.s3.bucket(bucket)?.region) || world.region);
}

/** The path stays as it was sent: `//`, dots and percent signs are part of an S3 key. */
export function viewerRequest(incoming: IncomingMessage): ViewerRequest {
  const target = (incoming.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '') || '/';
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const headers = Object.entries(incoming.headers).map(([name, value]) => {
    return [name, Array.isArray(value) ? value.join(', ') : (value ?? '')];
  });
  return {
    method: incoming.method ?? 'GET',
    path: path.startsWith('/') ? path : `/${path}`,
    querystring: question < 0 ? '' : target.slice(question + 1),
    headers: Object.fromEntries(headers) as Record<string, string>,
    clientIp: incoming.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1',
  };
}

function write(outgoing: ServerResponse, method: string, response: EdgeResponse): void {
  const bodyless = method === 'HEAD' || response.status === 304 || response.status === 204;
  if (response.statusDescription) outgoing.statusMessage = response.statusDescription.replace(/[^\x20-\x7e]/g, ' ');
  outgoing.statusCode = response.status;
  for (const [name, values] of Object.entries(response.headers)) {
    outgoing.setHeader(name, values.length === 1 && values[0] !== undefined ? values[0] : values);
  }
  outgoing.end(bodyless ? undefined : response.body);
}
