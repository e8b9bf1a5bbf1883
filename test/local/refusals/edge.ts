/** How to meet each refusal of the edges and of the runtime. */
import { request } from 'node:http';
import type { TestAws } from '../../builders/local-aws.ts';
import { makeSite, type SiteOptions } from '../edge/site.ts';
import type { RefusalRow } from './row.ts';

const INVALID = 'LambdaValidationError';
const LIMIT = 'LambdaLimitExceeded';

const answering = (expression: string) =>
  `exports.handler = async (event) => { const response = event.Records[0].cf.response; return ${expression}; };`;

/** Rejects with what `x-cache` says when a page of CloudFront came instead of the object. */
async function visit(aws: TestAws, options: SiteOptions, headers = {}, method = 'GET'): Promise<void> {
  const site = await makeSite(aws, options);
  const answer = await site.get('/a.jpg?d=1x1', headers, method);
  const [result] = (answer.headers.get('x-cache') ?? '').split(' from ');
  if (answer.status >= 300) throw Object.assign(new Error(await answer.text()), { name: result });
}

function invalid(id: string, expression: string): RefusalRow {
  return { id, error: INVALID, provoke: (aws) => visit(aws, { handler: answering(expression) }) };
}

const requesting = (expression: string) =>
  `exports.handler = async (event) => { const request = event.Records[0].cf.request; return ${expression}; };`;

function invalidRequest(id: string, expression: string): RefusalRow {
  const options = { handler: requesting(expression), triggers: ['origin-request' as const] };
  return { id, error: INVALID, provoke: (aws) => visit(aws, options) };
}

function invalidFunction(id: string, statement: string): RefusalRow {
  const request = `function handler(event) { var request = event.request; ${statement} return request; }`;
  return { id, error: 'FunctionValidationError', provoke: (aws) => visit(aws, { viewer: { request } }) };
}

const CALLBACK = 'exports.handler = (event, context, done) => done(null, event.Records[0].cf.response);';
const SLOW = `exports.handler = async (event) => {
  await new Promise((done) => setTimeout(done, 1500));
  return event.Records[0].cf.response;
};`;
const GREEDY = `exports.handler = async (event) => {
  globalThis.kept = Buffer.alloc(200 * 1048576, 1);
  await new Promise((done) => setTimeout(done, 500));
  return event.Records[0].cf.response;
};`;

export const rows: RefusalRow[] = [
  { id: 'edge.method', error: 'Error', message: /HTTP request method/, provoke: (aws) => visit(aws, {}, {}, 'DELETE') },
  {
    id: 'edge.viewer-protocol',
    error: 'Redirect',
    provoke: (aws) => visit(aws, {}, { 'x-edge-viewer-protocol': 'http' }),
  },
  {
    id: 'edge.host',
    error: 'Forbidden',
    provoke: async (aws) => {
      await makeSite(aws);
      await askAs(aws.cdn, 'images.example.com');
    },
  },
  invalid('edge.result-not-object', '[]'),
  invalid('edge.status', '{ ...response, status: 200 }'),
  invalid('edge.header-shape', `{ ...response, headers: { ETag: [{ value: '"1"' }] } }`),
  invalid('edge.blacklisted-header', `{ ...response, headers: { 'x-edge-resize': [{ value: 'w=1' }] } }`),
  invalid('edge.read-only-header', `{ ...response, headers: { via: [{ value: '1.1 me' }] } }`),
  invalid('edge.body-shape', '{ ...response, body: 1 }'),
  invalid('edge.body-base64', `{ ...response, body: 'no!', bodyEncoding: 'base64' }`),
  invalid('edge.response-size', `{ ...response, body: 'x'.repeat(1048576) }`),
  invalidRequest('edge.request-shape', `{ ...request, uri: 'a.jpg' }`),
  invalidRequest('edge.request-header', `{ ...request, headers: { ...request.headers, via: [] } }`),
  invalidFunction('edge.function-result', `request.uri = 'a.jpg';`),
  invalidFunction('edge.function-header', `request.headers['x-edge-resize'] = { value: '1' };`),
  {
    id: 'runtime.log-permission',
    error: 'NoLines',
    provoke: async (aws) => {
      const site = await makeSite(aws, { handler: answering('response'), logs: false });
      await site.get('/a.jpg');
      const lines = await site.log('us-east-1');
      if (lines.length === 0) throw Object.assign(new Error('no lines'), { name: 'NoLines' });
    },
  },
  { id: 'runtime.timeout', error: LIMIT, provoke: (aws) => visit(aws, { handler: SLOW, timeout: 1 }) },
  { id: 'runtime.memory', error: LIMIT, provoke: (aws) => visit(aws, { handler: GREEDY, memory: 128 }) },
  {
    id: 'runtime.callback-handler',
    error: 'LambdaExecutionError',
    provoke: (aws) => visit(aws, { handler: CALLBACK, runtime: 'nodejs24.x' }),
  },
];

/** `fetch` does not let a caller set Host. */
function askAs(cdn: string, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(`${cdn}/a.jpg`, { headers: { host } }, (answer) => {
      answer.resume();
      if (answer.statusCode === 403) reject(Object.assign(new Error('refused'), { name: 'Forbidden' }));
      else resolve();
    });
    sent.on('error', reject).end();
  });
}
