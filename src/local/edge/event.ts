/** The events of Lambda@Edge at origin-request and origin-response (AWS-FACTS 1.6, CFDG lambda-event-structure). Pure. */
import { STATUS_CODES } from 'node:http';
import type { S3OriginTarget } from './origin.ts';
import type { Headers } from './types.ts';

export interface LambdaHeader {
  key: string;
  value: string;
}

/** Lower-case names. */
export type LambdaHeaders = Record<string, LambdaHeader[]>;

export interface OriginEventParts {
  distribution: { id: string; domainName: string };
  requestId: string;
  clientIp: string;
  method: string;
  /** As the viewer sent it, still percent-encoded. */
  uri: string;
  /** As it went to the origin. */
  querystring: string;
  requestHeaders: Headers;
  target: S3OriginTarget;
  /** Region of the bucket. */
  region: string;
}

export interface OriginResponseParts extends OriginEventParts {
  status: number;
  responseHeaders: Headers;
}

/** The event that a function associated with origin-request is called with. */
export function originRequestEvent(parts: OriginEventParts) {
  return recordOf({ config: configOf(parts, 'origin-request'), request: requestOf(parts) });
}

/** The event that a function associated with origin-response is called with. */
export function originResponseEvent(parts: OriginResponseParts) {
  const response = {
    headers: lambdaHeaders(parts.responseHeaders),
    status: String(parts.status),
    statusDescription: STATUS_CODES[parts.status] ?? '',
  };
  return recordOf({ config: configOf(parts, 'origin-response'), request: requestOf(parts), response });
}

const recordOf = <Cf>(cf: Cf) => ({ Records: [{ cf }] });

const configOf = ({ distribution, requestId }: OriginEventParts, eventType: string) => ({
  distributionDomainName: distribution.domainName,
  distributionId: distribution.id,
  eventType,
  requestId,
});

/** `cf.request`: the request as it goes to the origin. */
export function requestOf({ target, ...parts }: OriginEventParts) {
  const custom = target.origin.CustomHeaders?.Items ?? [];
  const customHeaders: Headers = Object.fromEntries(
    custom.map(({ HeaderName, HeaderValue }) => [HeaderName ?? '', [HeaderValue ?? '']]),
  );
  return {
    clientIp: parts.clientIp,
    headers: lambdaHeaders(parts.requestHeaders),
    method: parts.method,
    origin: {
      s3: {
        authMethod: target.authMethod,
        customHeaders: lambdaHeaders(customHeaders),
        domainName: target.origin.DomainName ?? '',
        path: target.path,
        region: target.domainRegion ?? parts.region,
      },
    },
    querystring: parts.querystring,
    uri: parts.uri,
  };
}

/** `content-type` -> `{ key: 'Content-Type', value }`. */
export function lambdaHeaders(headers: Headers): LambdaHeaders {
  const entries = Object.entries(headers).map(([name, values]) => {
    const key = capitalised(name);
    return [name.toLowerCase(), values.map((value) => ({ key, value }))] as const;
  });
  return Object.fromEntries(entries);
}

/** CloudFront's own spelling, except for the few that S3 sends in capitals. */
function capitalised(name: string): string {
  if (name.toLowerCase() === 'etag') return 'ETag';
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
