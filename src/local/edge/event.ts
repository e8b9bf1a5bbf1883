/** The origin-response event of Lambda@Edge (AWS-FACTS 1.6, CFDG lambda-event-structure). Pure. */
import { STATUS_CODES } from 'node:http';
import type { S3OriginTarget } from './origin.ts';
import type { Headers } from './types.ts';

export interface LambdaHeader {
  key: string;
  value: string;
}

/** Lower-case names. */
export type LambdaHeaders = Record<string, LambdaHeader[]>;

export interface OriginResponseParts {
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
  status: number;
  responseHeaders: Headers;
}

/** The event that a function associated with origin-response is called with. */
export function originResponseEvent(parts: OriginResponseParts) {
  const { distribution, target } = parts;
  const custom = target.origin.CustomHeaders?.Items ?? [];
  const customHeaders: Headers = Object.fromEntries(
    custom.map(({ HeaderName, HeaderValue }) => [HeaderName ?? '', [HeaderValue ?? '']]),
  );
  const cf = {
    config: {
      distributionDomainName: distribution.domainName,
      distributionId: distribution.id,
      eventType: 'origin-response',
      requestId: parts.requestId,
    },
    request: {
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
    },
    response: {
      headers: lambdaHeaders(parts.responseHeaders),
      status: String(parts.status),
      statusDescription: STATUS_CODES[parts.status] ?? '',
    },
  };
  return { Records: [{ cf }] };
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
