/** Which operation a request is for, and the labels in its path. */
import type { Model, Operation } from './model.ts';
import { percentDecode, queryValue, type WireRequest } from './request.ts';
import { AwsError } from './service.ts';

export interface Route {
  operation: Operation;
  /** Decoded values of the path's labels, by member name. */
  labels: Record<string, string>;
}

/**
 * @param form the body's fields, for query services
 * @throws AwsError for a request that is no operation of the service
 */
export function findRoute(model: Model, request: WireRequest, form: URLSearchParams | undefined): Route {
  const { protocol, id } = model.traits;
  if (protocol === 'query') return byName(model, form?.get('Action') ?? undefined, form?.get('Version') ?? undefined);
  if (protocol === 'json') return byTarget(model, request.headers['x-amz-target']);
  const route = id === 's3' ? s3Route(model, request) : pathRoute(model, request);
  if (route) return route;
  throw new AwsError(
    protocol === 'rest-json' ? 'UnknownOperationException' : 'UnknownOperation',
    `The local AWS knows no operation of ${id} for ${request.method} ${request.path}`,
    { status: 404 },
  );
}

function byName(model: Model, action: string | undefined, version: string | undefined): Route {
  const { id, apiVersion } = model.traits;
  if (action === undefined) {
    throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.', { status: 400 });
  }
  const operation = model.operations.get(action);
  if (operation && (version === undefined || version === apiVersion)) return { operation, labels: {} };
  throw new AwsError(
    'InvalidAction',
    `Could not find operation ${action} for version ${version ?? apiVersion} of ${id}`,
    {
      status: 400,
    },
  );
}

function byTarget(model: Model, target = ''): Route {
  const [prefix, name = ''] = target.split('.');
  const operation = prefix === model.traits.target ? model.operations.get(name) : undefined;
  if (operation) return { operation, labels: {} };
  throw new AwsError('UnknownOperationException', `The local AWS knows no operation ${target}`, { status: 400 });
}

function pathRoute(model: Model, request: WireRequest): Route | undefined {
  const parts = request.path.replace(/\/$/, '').split('/');
  const routes = [...model.operations.values()].flatMap((operation): Route[] => {
    const labels = operation.http && matchPath(operation.http.path.replace(/\/$/, '').split('/'), parts);
    return labels ? [{ operation, labels }] : [];
  });
  return best(routes, request);
}

function matchPath(template: string[], parts: string[]): Record<string, string> | undefined {
  const greedy = template.at(-1)?.endsWith('+}') === true;
  if (greedy ? parts.length < template.length : parts.length !== template.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [i, piece] of template.entries()) {
    const name = /^\{(\w+)(\+?)\}$/.exec(piece);
    const given = name?.[2] ? parts.slice(i).join('/') : (parts[i] ?? '');
    if (name?.[1]) labels[name[1]] = percentDecode(given) ?? given;
    if (name ? given === '' : given !== piece) return undefined;
  }
  return labels;
}

/** S3 has three levels - account, bucket, object - told apart by the address, then the method and the query. */
function s3Route(model: Model, request: WireRequest): Route | undefined {
  const labels = s3Address(request);
  const level = labels.Key !== undefined ? 'object' : labels.Bucket !== undefined ? 'bucket' : 'account';
  const routes = [...model.operations.values()].filter((operation) => s3Level(operation) === level);
  return best(
    routes.map((operation) => ({ operation, labels })),
    request,
  );
}

function s3Level(operation: Operation): string {
  if (operation.http?.path === '/{Key+}') return 'object';
  if (operation.http?.path !== '/') return 'none';
  return 'Bucket' in operation.input.getMemberSchemas() ? 'bucket' : 'account';
}

/** Path style (`/bucket/key`), or virtual-host style when the Host header starts with a bucket (`bucket.localhost`). */
function s3Address(request: WireRequest): Record<string, string> {
  const host = virtualBucket(request.headers.host ?? '');
  const path = host === undefined ? request.path.slice(1) : `${host}/${request.path.slice(1)}`;
  const slash = path.indexOf('/');
  const bucket = slash < 0 ? path : path.slice(0, slash);
  const key = slash < 0 ? '' : path.slice(slash + 1);
  const labels = { ...(bucket === '' ? {} : { Bucket: bucket }), ...(key === '' ? {} : { Key: key }) };
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, decodeKey(value)]));
}

/** `s3.localhost` and `localhost` are the service itself: no bucket's name is as short as `s3`. */
function virtualBucket(host: string): string | undefined {
  const name = /^(.+?)(?:\.s3)?\.localhost(?::\d+)?$/i.exec(host)?.[1];
  return name === 's3' ? undefined : name?.toLowerCase();
}

function decodeKey(text: string): string {
  const decoded = percentDecode(text);
  if (decoded !== undefined) return decoded;
  throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", { status: 400 });
}

/** Of the routes whose method and query literals fit, the one that explains most of the request. */
function best(routes: Route[], request: WireRequest): Route | undefined {
  const scored = routes.flatMap((route) => {
    const score = scoreOf(route.operation, request);
    return score === undefined ? [] : [{ route, score }];
  });
  return scored.sort((a, b) => b.score - a.score)[0]?.route;
}

function scoreOf({ http, input }: Operation, request: WireRequest): number | undefined {
  if (http?.method !== request.method) return undefined;
  const given = (name: string, value: string) =>
    request.query.some(([key, text]) => key === name && (value === '' || text === value));
  if (!http.literals.every(([name, value]) => given(name, value))) return undefined;
  const required = requiredBindings(input);
  // ListParts is GetObject with a required uploadId, CopyObject is PutObject with a required header.
  const present = required.filter(({ query, header }) =>
    query === undefined ? header in request.headers : queryValue(request, query) !== undefined,
  );
  const missing = required.length - present.length;
  const hinted = http.hint !== undefined && queryValue(request, 'x-id') === http.hint ? 1 : 0;
  return http.literals.length * 100 + present.length * 2 - missing * 3 + hinted;
}

function requiredBindings(input: Operation['input']): { query: string | undefined; header: string }[] {
  if (!input.isStructSchema()) return [];
  return Object.entries(input.getMemberSchemas())
    .filter(([name]) => requiredMembers(input).includes(name))
    .map(([, member]) => member.getMergedTraits())
    .filter((traits) => traits.httpQuery !== undefined || traits.httpHeader !== undefined)
    .map((traits) => ({ query: traits.httpQuery, header: traits.httpHeader?.toLowerCase() ?? '' }));
}

/** The members that a structure must have: the schemas list those first and end with their number. */
export function requiredMembers(structure: Operation['input']): string[] {
  const schema = structure.getSchema();
  if (!Array.isArray(schema)) return [];
  const [, , , , names, , required] = schema as unknown as [
    number,
    string,
    string,
    unknown,
    string[],
    unknown,
    number?,
  ];
  return names.slice(0, required ?? 0);
}
