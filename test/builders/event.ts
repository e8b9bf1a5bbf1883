/** Events at the origin's side as CloudFront sends them (AWS-FACTS 1.6). */
import type {
  EdgeRequest,
  EdgeResponse,
  Headers,
  OriginRequestEvent,
  OriginResponseEvent,
} from '../../handler/event.ts';

/** `{ etag: '"x"' }` as CloudFront's header map. */
export function headerMap(plain: Record<string, string>): Headers {
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key.toLowerCase(), [{ key, value }]]));
}

export interface EventParts {
  uri?: string;
  querystring?: string;
  method?: string;
  status?: string;
  /** Of the response, by plain name. */
  headers?: Record<string, string>;
  /** Of the request, beside those that CloudFront always sends. */
  requestHeaders?: Record<string, string>;
  domainName?: string;
  originPath?: string;
  /** Replaces the S3 origin; null leaves it out. */
  origin?: EdgeRequest['origin'] | null;
}

export const SOURCE_ETAG = '"9b2cf535f27731c974343645a3985328"';

/** A GET of `/cat.jpg` from bucket `pictures` in eu-west-1, on its way to S3. */
export function originRequest(parts: EventParts = {}): OriginRequestEvent {
  const s3 = {
    authMethod: 'none',
    customHeaders: {},
    domainName: parts.domainName ?? 'pictures.s3.eu-west-1.amazonaws.com',
    path: parts.originPath ?? '',
    region: 'eu-west-1',
  };
  const request: EdgeRequest = {
    clientIp: '203.0.113.178',
    headers: headerMap({ 'User-Agent': 'Amazon CloudFront', Host: s3.domainName, ...parts.requestHeaders }),
    method: parts.method ?? 'GET',
    querystring: parts.querystring ?? '',
    uri: parts.uri ?? '/cat.jpg',
  };
  if (parts.origin !== null) request.origin = parts.origin ?? { s3 };
  return { Records: [{ cf: { config: config('origin-request'), request } }] };
}

/** The same, found. */
export function originResponse(parts: EventParts = {}): OriginResponseEvent {
  const { request } = originRequest(parts).Records[0].cf;
  const response: EdgeResponse = {
    status: parts.status ?? '200',
    statusDescription: 'OK',
    headers: headerMap({
      'Content-Type': 'image/jpeg',
      'Last-Modified': 'Mon, 02 Nov 2026 10:00:00 GMT',
      ETag: SOURCE_ETAG,
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'max-age=31536000',
      Server: 'AmazonS3',
      ...parts.headers,
    }),
  };
  return { Records: [{ cf: { config: config('origin-response'), request, response } }] };
}

const config = (eventType: string) => ({
  distributionDomainName: 'd111111abcdef8.cloudfront.net',
  distributionId: 'EDFDVBD6EXAMPLE',
  eventType,
  requestId: '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==',
});
